"""Which policy concerns which Application, as far as rendered resources tell."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from graphdoc.graph.repo_graph import GraphNode, NodeKind, RepoGraph
from graphdoc.model.grouping import grouped
from graphdoc.model.resource import Resource
from graphdoc.resolve.resolved import Estate, ResolvedApplication
from graphdoc.resolve.resources.kyverno import PolicyRule, Subject, policy_rules, subjects_of
from graphdoc.site.atlas.facts import text

__all__ = ["Concern", "Policy", "find_concerns", "find_policies"]


class Policy(NamedTuple):
    """A policy on one cluster."""

    node: GraphNode
    resource: Resource


class Concern(NamedTuple):
    """A rule of a policy that matches resources of these kinds; open where Git cannot tell."""

    policy: str
    application: str
    rule: str
    kinds: tuple[str, ...]
    is_open: bool


def find_policies(graph: RepoGraph, estate: Estate) -> Iterator[Policy]:
    """The policies that something renders, each with its manifest."""
    resolved = estate.by_id
    for node in sorted(graph.nodes(NodeKind.POLICY), key=lambda node: node.id):
        owner = resolved.get(text(node.attributes, "application"))
        found = owner.resources if owner else _root_resources(estate, node)
        wanted = (text(node.attributes, "kind"), node.name)
        resource = next((r for r in found if (r.kind, r.name) == wanted), None)
        if resource is not None:
            yield Policy(node, resource)


def find_concerns(policies: Iterable[Policy], estate: Estate) -> Iterator[Concern]:
    """Every rule with every Application of its cluster that renders what it matches."""
    by_cluster = grouped((p.node.cluster, (p.node.id, policy_rules(p.resource))) for p in policies)
    for app in estate.applications:
        yield from _concerns(by_cluster.get(app.cluster, ()), app)


def _concerns(
    policies: tuple[tuple[str, tuple[PolicyRule, ...]], ...], app: ResolvedApplication
) -> Iterator[Concern]:
    subjects = tuple(_subjects(app)) if policies else ()
    for policy, rules in policies:
        for rule in rules:
            kinds = tuple(sorted({s.kind for s in subjects if rule.concerns(s)}))
            if kinds:
                yield Concern(policy, app.id, rule.name, kinds, rule.is_open)


def _root_resources(estate: Estate, node: GraphNode) -> Iterator[Resource]:
    """Of a policy that a root itself applies."""
    return (resource for _, resource in estate.cluster_resources(node.cluster or ""))


def _subjects(app: ResolvedApplication) -> Iterator[Subject]:
    namespace = app.application.destination.namespace
    for resource in app.resources:
        yield from subjects_of(resource, namespace)
