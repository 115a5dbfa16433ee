"""What a build notes on its way, besides the resources."""

import re
from dataclasses import field

from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.location import Location, SourceFile, Span
from graphdoc.resolve.kustomize.files.result import (
    AppliedPatch,
    BuildProblem,
    BuildProblemKind,
    ChartRequest,
    Include,
    Inflation,
    Part,
)
from graphdoc.resolve.kustomize.files.roots import Root, shown_at
from graphdoc.resolve.kustomize.resources.trees import (
    AbsentTargetError,
    Hidden,
    KustomizeError,
    NotUnderstoodError,
)

__all__ = ["LoadError", "MissingEntryError", "Record"]


class LoadError(KustomizeError):
    """A file or directory of a kustomization cannot be used."""

    def __init__(
        self,
        kind: BuildProblemKind,
        reason: str,
        span: Span | None = None,
        related: tuple[Location, ...] = (),
    ) -> None:
        super().__init__(reason, span, related)
        self.kind = kind


class MissingEntryError(LoadError):
    """What a kustomization names is not there; ``named`` is the name as it is written."""

    def __init__(self, what: str, named: str, span: Span, fault: str = "does not exist") -> None:
        super().__init__(BuildProblemKind.MISSING_ENTRY, f"{what} '{named}' {fault}", span)
        self.named = named


_QUOTED = re.compile(r"'[^']+'")


@dataclass(slots=True)
class Record:
    """The notes of one kustomization and all below it; each note once, in order.

    ``is_open``: what a component changes may not be at hand, as its includer knows.
    ``pending``: digests of what is asked of resources that are not at hand.
    """

    is_open: bool = False
    pending: dict[str, None] = field(default_factory=dict)
    includes: list[Include] = field(default_factory=list)
    components: dict[Part, None] = field(default_factory=dict)
    files: dict[SourceFile, None] = field(default_factory=dict)
    kustomizations: dict[SourceFile, None] = field(default_factory=dict)
    roots: dict[tuple[str, str], None] = field(default_factory=dict)
    patches: dict[AppliedPatch, None] = field(default_factory=dict)
    problems: dict[BuildProblem, None] = field(default_factory=dict)
    not_understood: dict[NotUnderstood, None] = field(default_factory=dict)
    inflations: list[Inflation] = field(default_factory=list)
    charts: list[ChartRequest] = field(default_factory=list)

    def absorb(self, other: "Record") -> None:
        """Add the notes of what was included; its own entries stay its own."""
        self.files |= other.files
        self.kustomizations |= other.kustomizations
        self.roots |= other.roots
        self.patches |= other.patches
        self.problems |= other.problems
        self.not_understood |= other.not_understood
        self.inflations += other.inflations
        self.charts += other.charts
        self.pending |= other.pending

    def show(self, other: "Record", root: Root, path: str) -> None:
        """Add the files of a directory once more, where the link that was followed shows them."""
        self.files |= dict.fromkeys(shown_at(other.files, root, path))
        self.kustomizations |= dict.fromkeys(shown_at(other.kustomizations, root, path))

    def fail(self, error: KustomizeError, span: Span, hides: Hidden = Hidden.RESOURCES) -> None:
        """Note why Kustomize would stop here; ``span`` is where, unless the error knows better."""
        if isinstance(error, NotUnderstoodError):
            self.skip(error.span or span, error.reason)
            return
        if isinstance(error, AbsentTargetError) and (self.not_understood or self.problems):
            self.skip(error.span or span, f"{error.reason}; {self._absent()} may bring it")
            return
        kind = error.kind if isinstance(error, LoadError) else BuildProblemKind.INVALID
        place, hidden = error.span or span, min(hides, error.hides)
        places = error.related
        problem = BuildProblem(kind, error.reason, place, places, error.named, hidden, error.aims)
        self.problems[problem] = None

    def _absent(self) -> str:
        """What of all that is not there is named first."""
        reasons = (*(n.reason for n in self.not_understood), *(p.message for p in self.problems))
        named = (match[0] for reason in reasons if (match := _QUOTED.search(reason)) is not None)
        return next(named, "what is not there")

    def skip(self, span: Span, reason: str) -> None:
        """Note something that was seen and not analysed."""
        self.not_understood[NotUnderstood(span, reason)] = None
