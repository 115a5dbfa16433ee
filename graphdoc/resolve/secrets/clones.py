"""What copies Secrets into other namespaces, or makes one in each of many."""

import re
from collections.abc import Iterator
from dataclasses import replace

from graphdoc.model.node import Mapping, strings
from graphdoc.model.resource import Resource
from graphdoc.model.secret import ClonePolicy, LabelSelector, NamespaceFilter
from graphdoc.parse.gotemplate import ACTION
from graphdoc.resolve.resources.kyverno import PolicyRule, is_policy, policy_rules
from graphdoc.resolve.secrets.producers import find_producers
from graphdoc.resolve.secrets.reading import name_of_external, secret_metadata

__all__ = ["find_clone_policies"]

_EVERYWHERE = ((NamespaceFilter(),),)
# The namespace whose creation triggers the rule: "{{request.object.metadata.name}}".
_TRIGGER_NAME = re.compile(r"\{\{\s*request\.object\.metadata\.name\s*\}\}")
_REFLECTOR = "reflector.v1.k8s.emberstack.com/"
_REPLICATOR = "replicator.v1.mittwald.de/"
# What else a selector may ask is not judged.
_EQUATION = re.compile(r"\s*([\w./-]+)\s*==?\s*+([\w.-]*)\s*")


def find_clone_policies(resource: Resource, namespace: str = "") -> tuple[ClonePolicy, ...]:
    """The policies that a resource holds; ``namespace`` is where it lands if it does not say."""
    return (
        *_kyverno(resource),
        *_annotated(resource, namespace),
        *_generated(resource),
    )


def _kyverno(resource: Resource) -> Iterator[ClonePolicy]:
    for rule in policy_rules(resource) if is_policy(resource) else ():
        generate = rule.node.mapping("generate")
        if generate is not None:
            for part in (generate, *generate.mappings_at("foreach")):
                yield from _kyverno_rule(resource, rule, part)


def _kyverno_rule(resource: Resource, rule: PolicyRule, generate: Mapping) -> Iterator[ClonePolicy]:
    included, excluded = _targets(rule, generate.text("namespace"))
    base = ClonePolicy(
        rule.node.span, resource.id, selector=_trigger_selector(rule),
        included=included, excluded=excluded,
    )  # fmt: skip
    yield from _clone(base, generate)
    yield from _clone_list(base, generate)


def _clone(base: ClonePolicy, generate: Mapping) -> Iterator[ClonePolicy]:
    """``generate: {kind: Secret, name, namespace, clone | data}``."""
    if generate.text("kind") != "Secret":
        return
    clone = generate.mapping("clone")
    name = generate.text("name")
    if clone is None:
        if "data" in generate.entries and name and "{{" not in name:
            yield replace(base, clone_name=name, generated=True)
        return
    source = clone.text("name")
    yield replace(
        base,
        source_namespace=_plain(clone.text("namespace")),
        source_name=ACTION.sub("*", source),
        clone_name="" if name == source or "{{" in name else name,
    )


def _clone_list(base: ClonePolicy, generate: Mapping) -> Iterator[ClonePolicy]:
    """``generate: {namespace, cloneList: {namespace, kinds, selector}}``."""
    clone_list = generate.mapping("cloneList")
    if clone_list is None:
        return
    kinds = {kind.rpartition("/")[2] for kind in _words(clone_list, "kinds")}
    if kinds & {"Secret", "*"}:
        selector = clone_list.mapping("selector")
        yield replace(
            base,
            source_namespace=_plain(clone_list.text("namespace")),
            selector=_selector(selector) if selector else LabelSelector(),
        )


def _trigger_selector(rule: PolicyRule) -> LabelSelector | None:
    """Where Secrets themselves trigger a rule, the labels that they need for it."""
    if not _is_triggered_by_secret(rule):
        return None
    selectors = (block.mapping("resources", "selector") for block in rule.blocks("match"))
    found = next((selector for selector in selectors if selector is not None), None)
    return _optional(found)


def _is_triggered_by_secret(rule: PolicyRule) -> bool:
    return any(kind.rpartition("/")[2] == "Secret" for kind in rule.kinds)


_Groups = tuple[tuple[NamespaceFilter, ...], ...]


def _targets(rule: PolicyRule, namespace: str) -> tuple[_Groups, _Groups]:
    """The namespaces that get the copy."""
    if namespace and "{{" not in namespace:
        return ((NamespaceFilter((namespace,)),),), ()
    if _is_triggered_by_secret(rule):  # the filters speak of the Secret's own namespace
        return _EVERYWHERE, ()
    by_trigger = bool(_TRIGGER_NAME.search(namespace))
    return (
        _filters(rule.node.mapping("match"), by_name=by_trigger) or _EVERYWHERE,
        _filters(rule.node.mapping("exclude"), by_name=by_trigger),
    )


def _filters(block: Mapping | None, *, by_name: bool) -> _Groups:
    """The blocks of ``match`` or ``exclude``: one of ``any`` is enough, all of ``all`` must fit."""
    if block is None:
        return ()
    groups: list[tuple[NamespaceFilter, ...]] = [
        (_filter(item, by_name=by_name),) for item in block.mappings_at("any")
    ]
    together = tuple(_filter(item, by_name=by_name) for item in block.mappings_at("all"))
    groups += [together] if together else []
    groups += [(_filter(block, by_name=by_name),)] if "resources" in block.entries else []
    return tuple(groups)


def _filter(block: Mapping, *, by_name: bool) -> NamespaceFilter:
    """By name and labels of the Namespace itself, or of the namespace that a resource is in."""
    resources = block.at("resources")
    if not by_name:
        names = _words(resources, "namespaces")
        return NamespaceFilter(names, (), _optional(resources.mapping("namespaceSelector")))
    own = filter(None, (resources.text("name"),))
    names = (*_words(resources, "names"), *own, *_words(resources, "namespaces"))
    selector = resources.mapping("selector") or resources.mapping("namespaceSelector")
    return NamespaceFilter(names, (), _optional(selector))


def _annotated(resource: Resource, namespace: str) -> Iterator[ClonePolicy]:
    """What annotations of the Secret tell the programs that copy it."""
    annotations = dict(secret_metadata(resource).pairs_at("annotations"))
    if annotations:
        yield from _reflected(resource, namespace, annotations)
        yield from _replicated(resource, namespace, annotations)


def _reflected(
    resource: Resource, namespace: str, annotations: dict[str, str]
) -> Iterator[ClonePolicy]:
    """Emberstack's Reflector."""
    if annotations.get(f"{_REFLECTOR}reflection-auto-enabled", "").lower() != "true":
        return
    allowed = annotations.get(f"{_REFLECTOR}reflection-allowed-namespaces", "")
    patterns = annotations.get(f"{_REFLECTOR}reflection-auto-namespaces") or allowed
    yield from _copies(resource, namespace, NamespaceFilter(patterns=_split(patterns)))


def _replicated(
    resource: Resource, namespace: str, annotations: dict[str, str]
) -> Iterator[ClonePolicy]:
    """Mittwald's replicator."""
    patterns = annotations.get(f"{_REPLICATOR}replicate-to")
    if patterns:
        yield from _copies(resource, namespace, NamespaceFilter(patterns=_split(patterns)))
    labels = annotations.get(f"{_REPLICATOR}replicate-to-matching")
    if labels:
        equations = (_EQUATION.fullmatch(part) for part in labels.split(","))
        pairs = tuple((found[1], found[2]) for found in equations if found)
        yield from _copies(resource, namespace, NamespaceFilter(selector=LabelSelector(pairs)))


def _copies(resource: Resource, namespace: str, target: NamespaceFilter) -> Iterator[ClonePolicy]:
    for producer in find_producers(resource, namespace):
        yield ClonePolicy(
            resource.span, resource.id, producer.namespace, producer.name,
            included=((target,),),
        )  # fmt: skip


def _split(patterns: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in patterns.split(",") if part.strip())


def _generated(resource: Resource) -> Iterator[ClonePolicy]:
    """Resources of a whole cluster that make one Secret in each of many namespaces."""
    match (resource.group, resource.kind):
        case ("external-secrets.io", "ClusterExternalSecret"):
            yield from _external(resource, resource.manifest.at("spec"))
        case ("trust.cert-manager.io", "Bundle"):
            yield from _bundle(resource, resource.manifest.at("spec", "target"))
        case ("clustersecret.io", "ClusterSecret"):
            yield from _cluster_secret(resource)
        case _:
            return


def _bundle(resource: Resource, target: Mapping) -> Iterator[ClonePolicy]:
    if "secret" in target.entries:
        selector = _optional(target.mapping("namespaceSelector"))
        yield _making(resource, resource.name, (NamespaceFilter(selector=selector),))


def _external(resource: Resource, spec: Mapping) -> Iterator[ClonePolicy]:
    name = name_of_external(spec, resource.name)
    single = spec.mapping("namespaceSelector")
    for selector in (*([single] if single else []), *spec.mappings_at("namespaceSelectors")):
        yield _making(resource, name, (NamespaceFilter(selector=_selector(selector)),))


def _cluster_secret(resource: Resource) -> Iterator[ClonePolicy]:
    patterns = _words(resource.manifest, "matchNamespace")
    policy = _making(resource, resource.name, (NamespaceFilter(patterns=patterns),))
    avoided = _words(resource.manifest, "avoidNamespaces")
    yield replace(policy, excluded=((NamespaceFilter(patterns=avoided),),) if avoided else ())


def _making(resource: Resource, name: str, target: tuple[NamespaceFilter, ...]) -> ClonePolicy:
    return ClonePolicy(
        resource.span, resource.id, clone_name=name, generated=True, included=(target,)
    )


def _optional(selector: Mapping | None) -> LabelSelector | None:
    return _selector(selector) if selector is not None else None


def _selector(node: Mapping) -> LabelSelector:
    expressions = tuple(
        (entry.text("key"), entry.text("operator"), _words(entry, "values"))
        for entry in node.mappings_at("matchExpressions")
    )
    return LabelSelector(node.pairs_at("matchLabels"), expressions)


def _words(node: Mapping, key: str) -> tuple[str, ...]:
    return tuple(str(word.value) for word in strings(node.items_at(key)))


def _plain(text: str) -> str:
    """A text without variables; with some it can be anything."""
    return "" if "{{" in text else text
