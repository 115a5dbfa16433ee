"""What the team's contracts say of the graph, as findings."""

from collections.abc import Iterator

from graphdoc.config.values import Config
from graphdoc.graph.contracts import Breach, find_breaches, find_mistake, selected
from graphdoc.graph.repo_graph import Edge, RepoGraph
from graphdoc.model.contract import Contract
from graphdoc.model.finding import Finding, Problem, Severity
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Location
from graphdoc.pipeline.rulebook import contract as contract_rule

__all__ = ["judge_contracts"]


def judge_contracts(config: Config, graph: RepoGraph) -> Iterator[Finding]:
    """Every place that does not keep a contract, and every contract that speaks of nothing."""
    for contract in config.contracts:
        if not config.is_partial:
            yield from _idle(graph, contract)
        # What a contract requires may lie in a clone that is left out.
        if not config.is_partial or selected(graph, contract.target):
            yield from _breaches(graph, contract)


def _idle(graph: RepoGraph, contract: Contract) -> Iterator[Finding]:
    """A contract from no node guards nothing; a glob may well find none of what must not be."""
    for key, selector in (("from", contract.origin), ("to", contract.target)):
        mistake = find_mistake(graph, selector)
        if mistake or (key == "from" and not selected(graph, selector)):
            reason = f": {mistake}" if mistake else ""
            message = f"contract '{contract.name}': {key} selects nothing{reason}"
            problem = Problem(message, Location(selector.span), (), contract.name)
            yield Finding(contract_rule.id, Severity.WARNING, problem)


def _breaches(graph: RepoGraph, contract: Contract) -> Iterator[Finding]:
    """One finding for each line to change, however many nodes come from it."""
    by_span = grouped(
        ((breach.span, breach.chain[0].kind if breach.chain else ""), breach)
        for breach in find_breaches(graph, contract)
    )
    for breaches in by_span.values():
        first = breaches[0]
        yield Finding(
            contract_rule.id,
            contract.severity,
            Problem(
                _message(contract, breaches),
                Location(first.span, "because of this"),
                (*_related(breaches), Location(contract.span, contract.reason)),
                first.node,
                identity=f"{contract.name} {first.span.file} {_fact(contract, first)}",
            ),
        )


def _message(contract: Contract, breaches: tuple[Breach, ...]) -> str:
    nodes = {breach.node for breach in breaches}
    more = f" (and {len(nodes) - 1} more alike)" if len(nodes) > 1 else ""
    return f"contract '{contract.name}': {_fact(contract, breaches[0])}{more}"


def _fact(contract: Contract, breach: Breach) -> str:
    if breach.chain:
        return f"{breach.node} {', which '.join(map(_step, breach.chain))}"
    kinds = " or ".join(sorted(contract.edges)) or "leads to"
    return f"{breach.node} {kinds} nothing among {contract.target.text}"


def _step(edge: Edge) -> str:
    return f"{edge.kind} {edge.target}"


def _related(breaches: tuple[Breach, ...]) -> Iterator[Location]:
    """What a patch replaced, and the further edges of a chain, each place once."""
    told = {breaches[0].span}
    for edge, note in _noted(breaches):
        for span in edge.locations:
            if span not in told:
                told.add(span)
                yield Location(span, note)


def _noted(breaches: tuple[Breach, ...]) -> Iterator[tuple[Edge, str]]:
    for breach in breaches:
        for number, edge in enumerate(breach.chain):
            yield edge, f"{edge.source} {_step(edge)}" if number else "also set here"
