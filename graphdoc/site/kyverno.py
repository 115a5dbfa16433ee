"""Which rendered resources a Kyverno rule is about, as far as Git can tell."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from graphdoc.model.dataclass import dataclass
from graphdoc.model.node import Mapping as MappingNode
from graphdoc.model.node import Node, Scalar
from graphdoc.model.resource import Resource
from graphdoc.resolve.workloads import pod_spec_of

__all__ = ["PolicyRule", "Subject", "policy_rules", "subjects_of"]

_TYPES = ("validate", "mutate", "generate", "verifyImages", "conditions")
# What a block of `match` may ask that nothing in Git can answer.
_OPEN = ("namespaceSelector", "subjects", "roles", "clusterRoles")


@dataclass(frozen=True, slots=True)
class Subject:
    """A resource as a rule sees it; a workload is also the Pod that it makes."""

    group: str
    kind: str
    name: str
    namespace: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """One rule of a policy; a cleanup policy is one itself."""

    name: str
    node: MappingNode

    @property
    def type(self) -> str:
        """What the rule does, in Kyverno's word."""
        return next((kind for kind in _TYPES if kind in self.node.entries), "")

    def blocks(self, key: str) -> tuple[MappingNode, ...]:
        """The alternatives of ``match`` or ``exclude``."""
        found = self.node.mapping(key)
        if found is None:
            return ()
        nested = (*found.items_at("any"), *found.items_at("all"))
        inner = tuple(block for block in nested if isinstance(block, MappingNode))
        return inner or (found,)

    @property
    def is_open(self) -> bool:
        """Whether it depends on something that Git does not show."""
        blocks = (*self.blocks("match"), *self.blocks("exclude"))
        asked = any(key in block.entries or _asks(block, key) for block in blocks for key in _OPEN)
        return asked or "preconditions" in self.node.entries

    def concerns(self, subject: Subject) -> bool:
        """Whether the rule matches a resource and does not exclude it."""
        blocks = [_fits(block, subject) for block in self.blocks("match")]
        found = self.node.mapping("match")
        every = found is not None and "all" in found.entries
        matched = bool(blocks) and (all(blocks) if every else any(blocks))
        return matched and not any(_fits(block, subject) for block in self.blocks("exclude"))


def policy_rules(resource: Resource) -> tuple[PolicyRule, ...]:
    """The rules of a policy."""
    spec = resource.manifest.mapping("spec")
    if spec is None:
        return ()
    rules = spec.mappings_at("rules")
    if not rules and "match" in spec.entries:
        return (PolicyRule(resource.name, spec),)
    return tuple(PolicyRule(rule.text("name"), rule) for rule in rules)


def subjects_of(resource: Resource, namespace: str) -> Iterator[Subject]:
    """The resource itself, and the Pod of a workload."""
    where = resource.namespace or namespace
    metadata = resource.manifest.mapping("metadata")
    yield _subject((resource.group, resource.kind, resource.name, where), metadata)
    if pod_spec_of(resource) is not None and resource.kind != "Pod":
        template = resource.manifest.mapping("spec", "template", "metadata")
        yield _subject(("", "Pod", "", where), template)


def _subject(identity: tuple[str, str, str, str], metadata: MappingNode | None) -> Subject:
    group, kind, name, namespace = identity
    labels = _texts(metadata, "labels")
    return Subject(group, kind, name, namespace, labels, _texts(metadata, "annotations"))


def _texts(metadata: MappingNode | None, key: str) -> Mapping[str, str]:
    found = metadata.mapping(key) if metadata is not None else None
    entries = found.entries.items() if found is not None else ()
    return {name: str(node.value) for name, node in entries if isinstance(node, Scalar)}


def _asks(block: MappingNode, key: str) -> bool:
    resources = block.mapping("resources")
    return resources is not None and key in resources.entries


def _fits(block: MappingNode, subject: Subject) -> bool:
    """Whether all that a block says of resources is true of this one."""
    resources = block.mapping("resources")
    if resources is None:
        return False
    names = (*_said(resources.items_at("names")), *_single(resources, "name"))
    return (
        _is_kind(_said(resources.items_at("kinds")), subject)
        and _is_named(names, subject.name)
        and _is_named(_said(resources.items_at("namespaces")), subject.namespace)
        and _holds(resources.mapping("annotations"), subject.annotations)
        and _holds(resources.mapping("selector", "matchLabels"), subject.labels)
    )


def _is_kind(kinds: tuple[str, ...], subject: Subject) -> bool:
    for said in kinds:
        parts = said.split("/")
        kind = next((part for part in parts if part[:1].isupper()), "*")
        group = parts[0] if len(parts) > 2 else ""  # noqa: PLR2004 -- group, version, kind
        if fnmatchcase(subject.kind, kind) and (not group or fnmatchcase(subject.group, group)):
            return True
    return not kinds


def _is_named(patterns: tuple[str, ...], name: str) -> bool:
    return not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)


def _holds(wanted: MappingNode | None, found: Mapping[str, str]) -> bool:
    pairs = _texts_of(wanted)
    return all(
        any(fnmatchcase(k, key) and fnmatchcase(v, value) for k, v in found.items())
        for key, value in pairs
    )


def _texts_of(wanted: MappingNode | None) -> tuple[tuple[str, str], ...]:
    entries = wanted.entries.items() if wanted is not None else ()
    return tuple((key, str(node.value)) for key, node in entries if isinstance(node, Scalar))


def _said(nodes: tuple[Node, ...]) -> tuple[str, ...]:
    return tuple(str(node.value) for node in nodes if isinstance(node, Scalar))


def _single(block: MappingNode, key: str) -> tuple[str, ...]:
    said = block.text(key)
    return (said,) if said else ()
