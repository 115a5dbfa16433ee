"""What a build says: its resources, where they came from, and why Kustomize would refuse it."""

import re
from enum import StrEnum
from typing import NamedTuple

from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.identity import remote_chart_id
from graphdoc.model.kustomize import Selector
from graphdoc.model.location import Location, SourceFile, Span
from graphdoc.model.node import Mapping
from graphdoc.model.redact import redact_text
from graphdoc.model.resource import Resource, ResourceId
from graphdoc.resolve.kustomize.resources.trees import Hidden

__all__ = [
    "AppliedPatch", "Build", "BuildProblem", "BuildProblemKind", "ChartRequest", "Include",
    "Inflation", "Part",
]  # fmt: skip


# A component that is not there may patch what others bring, a replacement changes it.
_CHANGING = re.compile(r"^component |\breplacements?\b")


class BuildProblemKind(StrEnum):
    """Which rule a reason for refusal belongs to."""

    MISSING_ENTRY = "missing-kustomize-entry"
    INVALID = "invalid-kustomization"
    CYCLE = "kustomization-cycle"
    UNREADABLE = "unreadable-file"


@dataclass(frozen=True, slots=True)
class BuildProblem:
    """One reason why Kustomize would not build it; ``named`` is what it names and is missing.

    ``hides`` is what is not known of what the rest of it makes, ``aims`` of what, if that is known.
    """

    kind: BuildProblemKind
    message: str
    span: Span
    related: tuple[Location, ...] = ()
    named: str = ""
    hides: Hidden = Hidden.RESOURCES
    aims: tuple[ResourceId, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", redact_text(self.message))

    def may_change(self, resource: Resource) -> bool:
        """Whether what failed was to change it, whose name may have got a prefix since."""
        if self.hides is not Hidden.FIELDS and not _CHANGING.search(self.message):
            return False
        aims = (aim for aim in self.aims if aim.kind == resource.kind and aim.name in resource.name)
        return not self.aims or any(aims)


@dataclass(frozen=True, slots=True)
class AppliedPatch:
    """One patch of a kustomization and what it met; ``file`` where it is given by path.

    ``wanted`` is the target that it names, where it names one; ``deletes`` says that it takes away
    all that it meets.
    """

    kustomization: SourceFile
    span: Span
    file: SourceFile | None
    targets: tuple[ResourceId, ...]
    wanted: Selector | None = None
    deletes: bool = False


class Inflation(NamedTuple):
    """A chart of the kustomization's own repository, and the values that are laid over it."""

    clone: str
    path: str
    values: Mapping


class ChartRequest(NamedTuple):
    """A chart that a kustomization has Helm render, at hand or not, and what it is told.

    ``folder`` is its node id where it lies in a repository; the chart's own values are not among
    ``values``. Where ``namespace`` is empty, whoever applies the result says where it goes.
    """

    name: str
    version: str
    repository: str
    folder: str | None
    values: Mapping
    span: Span
    namespace: str

    @property
    def id(self) -> str:
        """The chart's node id."""
        return self.folder or remote_chart_id(self.repository, self.name, self.version)

    @property
    def mark(self) -> Span:
        """Where all that it brings from elsewhere stands: a point, of which no text is read."""
        file, line, column, _, _ = self.span
        return Span(file, line, column, line, column)


@dataclass(frozen=True, slots=True)
class Include:
    """One entry of a kustomization that leads to a file or a directory."""

    kind: str
    target: str
    is_directory: bool
    clone: str
    span: Span


class Part(NamedTuple):
    """A kustomization, or a component that one includes, and the entries that it has itself."""

    clone: str
    path: str
    includes: tuple[Include, ...]


@dataclass(frozen=True, slots=True)
class Build:
    """What Kustomize would make of a directory; with problems, what the rest of it makes.

    ``components`` are those that it includes itself, and those that they include.
    ``charts`` are all that it would have Helm render, at hand or not. ``namespace`` is where it
    lays all that it brings, if it says so itself.
    ``pending`` are digests of what is asked of resources that are not at hand.
    """

    path: str
    clone: str
    resources: tuple[Resource, ...] = ()
    includes: tuple[Include, ...] = ()
    components: tuple[Part, ...] = ()
    files: frozenset[SourceFile] = frozenset()
    kustomizations: tuple[SourceFile, ...] = ()
    patches: tuple[AppliedPatch, ...] = ()
    problems: tuple[BuildProblem, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()
    inflations: tuple[Inflation, ...] = ()
    charts: tuple[ChartRequest, ...] = ()
    pending: tuple[str, ...] = ()
    namespace: str = ""

    @property
    def parts(self) -> tuple[Part, ...]:
        """Whose entries make it: its own, and those of its components."""
        return (Part(self.clone, self.path, self.includes), *self.components)

    @property
    def error(self) -> str | None:
        """Why Kustomize would refuse it; ``None`` where it would not."""
        if not self.problems:
            return None
        first = self.problems[0]
        return f"{first.span}: {first.message}"
