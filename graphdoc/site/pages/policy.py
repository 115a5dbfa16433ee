"""One policy: what it does, to which resources, and to which Applications of each cluster."""

from collections.abc import Iterator

from graphdoc.graph.repo_graph import EdgeKind, GraphNode
from graphdoc.model.node import Mapping as MappingNode
from graphdoc.model.node import Scalar
from graphdoc.resolve.resources.kyverno import PolicyRule, policy_rules
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.concerns import Concern, Policy
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
from graphdoc.site.writing.page import Block, Page, compose
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


def policy_page(atlas: Atlas, name: str) -> Page:
    """The page of all policies of one name."""
    path = atlas.policy_page(name)
    scope = Scope(atlas, path)
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
    written = compose(name, _sentence(nodes, policies), strip, blocks)
    return Page(path, name, written, edit=scope.edit(nodes[0]))


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
    merged: dict[tuple[object, ...], tuple[PolicyRule, list[GraphNode]]] = {}
    for policy in policies:
        for rule in policy_rules(policy.resource):
            merged.setdefault((rule.name, rule.node.span), (rule, []))[1].append(policy.node)
    rows = (
        row(
            html("<b>{}</b>", rule.name),
            rule.type or DASH,
            _matched(rule, "match"),
            _matched(rule, "exclude") or DASH,
            _effect(rule),
            scope.clusters(on),
            scope.source(rule.node.span),
        )
        for rule, on in merged.values()
    )
    return table(("Rule", "Type", "Matches", "But not", "Effect", "Clusters", "Where"), rows)


def _kinds(rule: PolicyRule) -> str:
    return ", ".join(dict.fromkeys(rule.kinds)) or "resources"


def _matched(rule: PolicyRule, key: str) -> Markup:
    return join((_block(block) for block in rule.blocks(key)), "; or ")


def _block(block: MappingNode) -> Markup:
    resources = block.mapping("resources")
    entries = resources.entries if resources is not None else block.entries
    return join((_criterion(key, node) for key, node in entries.items()), "; ")


def _criterion(key: str, node: object) -> Markup:
    match node:
        case Scalar():
            return html("{} {}", key, code(str(node.value)))
        case MappingNode():
            found = node.mapping("matchLabels") or node
            pairs = ((k, v) for k, v in found.entries.items() if isinstance(v, Scalar))
            return html("{} {}", key, join((code(f"{k}: {v.value}") for k, v in pairs), " "))
        case _:
            items = getattr(node, "items", ())
            said = (code(str(item.value)) for item in items if isinstance(item, Scalar))
            return html("{} {}", key, join(said, " "))


def _effect(rule: PolicyRule) -> Markup:
    message = rule.node.text("validate", "message")
    made = rule.node.mapping("generate")
    if message:
        return html("{}", message)
    if made is not None:
        target = f"{made.text('kind')} {made.text('name')}".strip()
        return html("makes {} in {}", code(target or "copies"), code(made.text("namespace") or "-"))
    return html("{} it", _DOES.get(rule.type, "is about"))


def _concerned(scope: Scope, nodes: tuple[GraphNode, ...]) -> Markup:
    """Which Applications render what a rule matches; more, where Git cannot tell."""
    merged: dict[tuple[str, Concern], list[GraphNode]] = {}
    for node in nodes:
        for found in scope.atlas.concerns_by_policy.get(node.id, ()):
            app = scope.atlas.graph.node(found.application)
            if app is not None:
                key = found._replace(policy="", application="")
                merged.setdefault((app.name, key), []).append(app)
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
    return capped(head, rows) or paragraph("No Application renders anything that its rules match.")


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
    return capped(("Secret", "Cluster", "Into namespace"), rows)
