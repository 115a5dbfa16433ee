"""What a rule is."""

import inspect
from collections.abc import Callable, Iterator
from typing import TypeAlias

from graphdoc.graph.repo_graph import RepoGraph
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import Finding, Problem, RulePage, Severity
from graphdoc.resolve.resolved import Estate

__all__ = ["Rule", "graph_rule", "rule"]

_Check: TypeAlias = Callable[[Estate], Iterator[Problem]]
_GraphCheck: TypeAlias = Callable[[Estate, RepoGraph], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A question asked of the estate and its graph. Its check's docstring is its ``page``."""

    id: str
    page: str
    check: _GraphCheck
    severity: Severity

    @property
    def docs(self) -> str:
        """The reference page, in Markdown."""
        return inspect.cleandoc(self.page)

    @property
    def summary(self) -> str:
        """The first line of the page."""
        return self.docs.partition("\n")[0]

    def to_page(self) -> RulePage:
        """The rule as reports and pages name it."""
        docs = self.docs
        return RulePage(self.id, self.severity, docs.partition("\n")[0], docs)

    def run(self, estate: Estate, graph: RepoGraph) -> Iterator[Finding]:
        """Ask the question; a problem's own severity wins over the rule's."""
        for problem in self.check(estate, graph):
            yield Finding(self.id, problem.severity or self.severity, problem)


def rule(id_: str, *, severity: Severity) -> Callable[[_Check], Rule]:
    """Make a check of the estate a rule."""

    def declare(check: _Check) -> Rule:
        return Rule(id_, check.__doc__ or "", lambda estate, _: check(estate), severity)

    return declare


def graph_rule(id_: str, *, severity: Severity) -> Callable[[_GraphCheck], Rule]:
    """Make a check of the graph a rule."""

    def declare(check: _GraphCheck) -> Rule:
        return Rule(id_, check.__doc__ or "", check, severity)

    return declare
