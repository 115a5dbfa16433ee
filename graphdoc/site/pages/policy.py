"""One policy: what it does, to which resources, and to which Applications of each cluster."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from graphdoc.graph.repo_graph import EdgeKind, GraphNode
from graphdoc.model.grouping import grouped
from graphdoc.model.node import Mapping as MappingNode
from graphdoc.model.node import Node, Scalar
from graphdoc.model.node import Sequence as SequenceNode
from graphdoc.resolve.resources.kyverno import PolicyRule, policy_rules
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.concerns import Policy
from graphdoc.site.atlas.facts import text
from graphdoc.site.atlas.scope import Scope, finding_chips
from graphdoc.site.writing.markup import (
    DASH,
    Markup,
    chip,
    code,
    html,
    join,
    kind_chip,
    paragraph,
    plural,
)
from graphdoc.site.writing.page import Block, Page
from graphdoc.site.writing.tables import capped, row, table

__all__ = ["policy_page"]

_DESCRIPTION = "policies.kyverno.io/description"
_DOES = {
    "validate": "checks",
    "mutate": "changes",
    "generate": "makes something for",
    "verifyImages": "verifies the images of",
    "conditions": "deletes",
}
_LISTED = 6
_SELECTS = frozenset({"matchLabels", "matchExpressions"})


def policy_page(atlas: Atlas, name: str) -> Page:
    """The page of all policies of one name."""
    scope = Scope(atlas, atlas.policy_page(name))
    nodes = atlas.policies_by_name[name]
    policies = tuple(atlas.policies[node.id] for node in nodes if node.id in atlas.policies)
    findings = atlas.findings_of(*(node.id for node in nodes))
    blocks = (
        scope.findings(findings, name),
        Block("Its rules", "rules", _rules(scope, policies)),
        Block("Applications that it concerns", "applications", _concerned(scope, nodes)),
        Block("Secrets that it copies", "copies", _copies(scope, nodes)),
    )
    strip = (*_strip(scope, nodes), *finding_chips(findings))
    page = scope.compose(name, _sentence(nodes, policies), strip, blocks)
    return replace(page, edit=scope.edit(nodes[0]))


def _sentence(nodes: tuple[GraphNode, ...], policies: tuple[Policy, ...]) -> str:
    first = nodes[0]
    kind = text(first.attributes, "kind") or "policy"
    where = plural(len({node.cluster for node in nodes}), "cluster")
    said = policies[0].resource.annotation(_DESCRIPTION) if policies else None
    does = str(said.value).strip() if said is not None else _what(policies)
    return f"{first.name} is a Kyverno {kind} on {where}. {does}".strip()


def _what(policies: tuple[Policy, ...]) -> str:
    rules = policy_rules(policies[0].resource) if policies else ()
    parts = dict.fromkeys(f"{_DOES.get(rule.type, 'is about')} {_kinds(rule)}" for rule in rules)
    return f"It {' and '.join(parts)}." if parts else ""


def _strip(scope: Scope, nodes: tuple[GraphNode, ...]) -> Iterator[Markup]:
    yield kind_chip("policy", text(nodes[0].attributes, "kind") or "policy")
    yield from (scope.source_chip(span) for span in nodes[0].locations[:1])
    yield chip(html("<span>on {}</span>", scope.clusters(nodes)))
    owner = text(nodes[0].attributes, "application")
    if scope.atlas.graph.node(owner):
        yield chip(html("applied by {}", scope.node(owner)))


def _rules(scope: Scope, policies: tuple[Policy, ...]) -> Markup:
    """The rules of every cluster; those that stand in the same line are one."""
    merged: dict[tuple[object, ...], tuple[PolicyRule, Markup, list[GraphNode]]] = {}
    for policy in policies:
        spec = policy.resource.manifest.at("spec")
        for rule in policy_rules(policy.resource):
            effect = _effect(rule, spec)
            found = merged.setdefault((rule.name, rule.node.span, effect), (rule, effect, []))
            found[2].append(policy.node)
    rows = (
        row(
            html("<b>{}</b>", rule.name),
            rule.type or DASH,
            _matched(rule, "match"),
            _matched(rule, "exclude") or DASH,
            effect,
            scope.clusters(on),
            scope.source(rule.node.span),
        )
        for rule, effect, on in merged.values()
    )
    return table(("Rule", "Type", "Matches", "But not", "Effect", "Clusters", "Where"), rows)


def _kinds(rule: PolicyRule) -> str:
    return ", ".join(dict.fromkeys(rule.kinds)) or "resources"


def _matched(rule: PolicyRule, key: str) -> Markup:
    separator = "; and " if "all" in rule.node.at(key).entries else "; or "
    return join(map(_block, rule.blocks(key)), separator)


def _block(block: MappingNode) -> Markup:
    """All that a block asks of a resource, and of who sends it."""
    asked = dict(block.at("resources").entries)
    asked |= {key: node for key, node in block.entries.items() if key != "resources"}
    said = (html("{} {}", key, join(map(code, _asked(node)), " ")) for key, node in asked.items())
    return join(said, " and ")


def _asked(node: Node) -> Iterator[str]:
    """The things that a criterion names; of a selector each label and each expression."""
    match node:
        case Scalar():
            yield str(node.value)
        case SequenceNode():
            yield from (" ".join(_words(item)) for item in node.items)
        case MappingNode():
            for key, inner in node.entries.items():
                listed = " ".join(_asked(inner))
                yield from _asked(inner) if key in _SELECTS else (f"{key}: {listed}",)


def _words(node: Node) -> Iterator[str]:
    inner = node.entries.values() if isinstance(node, MappingNode) else (node,)
    return chain.from_iterable(map(_asked, inner))


def _effect(rule: PolicyRule, spec: MappingNode) -> Markup:
    made = rule.node.mapping("generate")
    if rule.type == "validate":
        said = (_action(rule, spec), rule.node.text("validate", "message"))
        return join(filter(None, said), ": ")
    if made is not None:
        target = f"{made.text('kind')} {made.text('name')}".strip()
        return html("makes {} in {}", code(target or "copies"), code(made.text("namespace") or "-"))
    return html("{} it", _DOES.get(rule.type, "is about"))


def _action(rule: PolicyRule, spec: MappingNode) -> str:
    """Whether a check keeps a resource out; what a rule does not say, its policy says for all."""
    general = spec.text("validationFailureAction")
    own = rule.node.text("validate", "failureAction") or general
    elsewhere = "validationFailureActionOverrides" in spec.entries
    said = "refuses" if own.lower() == "enforce" else "only reports"
    return f"{said}, but not in every namespace" if elsewhere else said


def _concerned(scope: Scope, nodes: tuple[GraphNode, ...]) -> Markup:
    """Which Applications render what a rule matches; more, where Git cannot tell."""
    merged = grouped(
        ((app.name, found._replace(policy="", application="")), app)
        for node in nodes
        for found in scope.atlas.concerns_by_policy.get(node.id, ())
        if (app := scope.atlas.graph.node(found.application))
    )
    rows = (
        row(
            scope.node(on[0].id, name),
            scope.clusters(on),
            found.rule,
            ", ".join(found.kinds[:_LISTED]) + (" …" if len(found.kinds) > _LISTED else ""),
            "perhaps: the rule also asks what Git does not show" if found.is_open else "yes",
        )
        for (name, found), on in sorted(merged.items(), key=lambda item: item[0])
    )
    head = ("Application", "Clusters", "Rule", "What it renders", "Matches")
    found = capped(head, rows, more=scope.around(nodes[0].id))
    return found or paragraph("No Application renders anything that its rules match.")


def _copies(scope: Scope, nodes: tuple[GraphNode, ...]) -> Markup:
    rows = (
        row(
            scope.node(secret.id),
            scope.cluster(node.cluster or ""),
            text(secret.attributes, "namespace") or DASH,
        )
        for node in nodes
        for secret in scope.atlas.graph.targets(node.id, EdgeKind.CLONES)
    )
    return capped(("Secret", "Cluster", "Into namespace"), rows, more=scope.around(nodes[0].id))
