"""Sources that Argo CD refuses and charts that Helm refuses, each reason once."""

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import Problem
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Location, Span
from graphdoc.parse.placeholders import is_unfilled
from graphdoc.resolve.helm import REFUSALS, WHATEVER_THE_VALUES
from graphdoc.resolve.repositories.contents import read_bytes
from graphdoc.resolve.resolved import (
    Estate,
    ResolvedApplication,
    ResolvedSource,
    Tool,
)
from graphdoc.resolve.source.charts import NO_CHART

__all__ = ["RefusedSource", "find_refused_applications", "find_refused_charts"]

_UNDEFINED = re.compile(r'no template ("[\w.-]+") associated')
# In a range or a with the dot is something else.
_OUT_OF_SCOPE = "can't evaluate field Values in type"
_WHO = re.compile(r"^Helm cannot \w+ the chart: ")
# What a cluster says of itself, and nobody else knows; and limits of ours, not Helm's.
_UNDECIDED = (
    "kubeVersion", "Helm crashed", "Helm took longer", "handed to Helm", "renders more than",
)  # fmt: skip

_Refused: TypeAlias = tuple[ResolvedApplication, ResolvedSource, Problem]


@dataclass(frozen=True, slots=True)
class RefusedSource:
    """One reason, the Applications that it stops, and the places at which they name the source."""

    problem: Problem
    source: ResolvedSource
    applications: tuple[ResolvedApplication, ...]
    places: tuple[tuple[Span, ResolvedApplication], ...]

    @property
    def reason(self) -> str:
        """What Helm or Argo CD says."""
        return _WHO.sub("", self.problem.fact)

    @property
    def related(self) -> tuple[Location, ...]:
        """Where the Applications name what is refused."""
        return tuple(
            Location(place, f"Application {entry.name} renders it")
            for place, entry in self.places
            if place != self.problem.primary.span
        )


def find_refused_charts(estate: Estate) -> Iterator[RefusedSource]:
    """What Helm refuses whatever the values, or with values that the repositories hold whole."""
    complete = _Complete(estate)

    def is_meant(entry: ResolvedApplication, source: ResolvedSource, problem: Problem) -> bool:
        fact = problem.fact
        if not fact.startswith(REFUSALS):
            return False
        if source.not_understood:
            return fact.startswith(WHATEVER_THE_VALUES)
        is_whole = complete.has(entry) and not complete.leaves_open(problem)
        is_certain = fact.startswith(WHATEVER_THE_VALUES) or _OUT_OF_SCOPE in fact
        return is_whole or is_certain or complete.defines_nowhere(problem)

    return _find(estate, is_meant)


def find_refused_applications(estate: Estate) -> Iterator[RefusedSource]:
    """What Argo CD refuses in an Application's own manifest."""
    complete = _Complete(estate)

    def is_meant(entry: ResolvedApplication, source: ResolvedSource, problem: Problem) -> bool:
        files = {origin.file for origin in entry.manifest.origins}
        is_own = problem.primary.span.file in files and not problem.fact.startswith(REFUSALS)
        # Which values there are is asked only of a source that can be had.
        is_early = source.tool is Tool.UNKNOWN or problem.fact == NO_CHART
        return is_own and (is_early or complete.has(entry)) and complete.knows(entry)

    return _find(estate, is_meant)


def _find(
    estate: Estate, is_meant: Callable[[ResolvedApplication, ResolvedSource, Problem], bool]
) -> Iterator[RefusedSource]:
    found = grouped(
        (_cause(refused[2]), refused) for refused in _refused(estate) if is_meant(*refused)
    )
    for cause in sorted(found):
        _, source, problem = found[cause][0]
        named = found[cause] if estate.applications else ()
        stopped = tuple({entry.id: entry for entry, _, _ in named}.values())
        uses = {_named_at(source): entry for entry, source, _ in named}
        yield RefusedSource(problem, source, stopped, tuple((p, uses[p]) for p in sorted(uses)))


def _cause(problem: Problem) -> tuple[Span, str]:
    """A line of a template is one cause; of a chart as a whole, each reason is."""
    span = problem.primary.span
    return span, problem.fact if span.file.path.endswith("Chart.yaml") else ""


def _refused(estate: Estate) -> Iterator[_Refused]:
    for entry in estate.rendered:
        for source in (s for s in entry.sources if s.tool in {Tool.HELM, Tool.UNKNOWN}):
            yield from ((entry, source, problem) for problem in source.problems)


def _named_at(source: ResolvedSource) -> Span:
    node = source.source.node
    return node.span_at("path" if node.scalar("path") is not None else "chart")


class _Complete:
    """Whether the repositories say all that an Application is made of."""

    def __init__(self, estate: Estate) -> None:
        self._clones = estate.clones_by_name
        # Whoever installs a chart of Applications by hand may set values that are nowhere in Git.
        self._open = {root.cluster for root in estate.roots if root.is_open}
        self._known = frozenset(entry.id for entry in estate.applications)

    def knows(self, entry: ResolvedApplication) -> bool:
        """Whether an Application is in Git, not made by a chart that somebody gives values."""
        return entry.cluster not in self._open and entry.id in self._known

    def has(self, entry: ResolvedApplication) -> bool:
        """Whether its values are in Git, too."""
        if not self.knows(entry):
            return False
        helm = (s.source.helm for s in entry.sources)
        inline = (str(h.values.value) for h in helm if h is not None and h.values is not None)
        told = (entry.name, entry.application.destination.namespace, *inline)
        return not any(map(is_unfilled, told))

    def defines_nowhere(self, problem: Problem) -> bool:
        """Whether a chart includes a template that no chart of the clone has: one may hold both."""
        name = _UNDEFINED.search(problem.fact)
        clone = self._clones.get(problem.primary.span.file.repository)
        if name is None or clone is None:
            return False
        wanted = f"define {name[1]}".encode()
        templates = (path for path in clone.files if "/templates/" in f"/{path}")
        return not any(wanted in read_bytes(clone, path) for path in templates)

    def leaves_open(self, problem: Problem) -> bool:
        """Whether another cluster, or more time, may tell otherwise."""
        file = problem.primary.span.file
        clone = self._clones.get(file.repository)
        text = read_bytes(clone, file.path) if clone is not None else b""
        return b".Capabilities" in text or any(words in problem.fact for words in _UNDECIDED)
