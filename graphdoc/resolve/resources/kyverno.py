"""The policies of Kyverno: what their rules do, and which resources they are about."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from graphdoc.model.dataclass import dataclass
from graphdoc.model.node import Mapping as MappingNode
from graphdoc.model.resource import Resource
from graphdoc.resolve.resources.workloads import pod_metadata_of, pod_spec_of

__all__ = ["PolicyRule", "Subject", "is_policy", "policy_rules", "subjects_of"]

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
    def kinds(self) -> tuple[str, ...]:
        """The kinds that the rule matches, as it writes them."""
        blocks = self.blocks("match")
        return tuple(kind for block in blocks for kind in block.texts_at("resources", "kinds"))

    @property
    def is_open(self) -> bool:
        """Whether it depends on something that Git does not show."""
        blocks = (*self.blocks("match"), *self.blocks("exclude"))
        asked = any(
            key in block.entries or key in block.at("resources").entries
            for block in blocks
            for key in _OPEN
        )
        return asked or "preconditions" in self.node.entries

    def concerns(self, subject: Subject) -> bool:
        """Whether the rule matches a resource and does not exclude it."""
        blocks = [_fits(block, subject) for block in self.blocks("match")]
        every = "all" in self.node.at("match").entries
        matched = bool(blocks) and (all(blocks) if every else any(blocks))
        return matched and not any(_fits(block, subject) for block in self.blocks("exclude"))


def is_policy(resource: Resource) -> bool:
    """Whether a resource is a policy with rules."""
    return resource.group == "kyverno.io" and resource.kind in {"ClusterPolicy", "Policy"}


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
    metadata = resource.manifest.at("metadata")
    yield _subject((resource.group, resource.kind, resource.name, where), metadata)
    if pod_spec_of(resource) is not None and resource.kind != "Pod":
        yield _subject(("", "Pod", "", where), pod_metadata_of(resource))


def _subject(identity: tuple[str, str, str, str], metadata: MappingNode) -> Subject:
    labels, annotations = (dict(metadata.pairs_at(key)) for key in ("labels", "annotations"))
    return Subject(*identity, labels, annotations)


def _fits(block: MappingNode, subject: Subject) -> bool:
    """Whether all that a block says of resources is true of this one."""
    resources = block.mapping("resources")
    if resources is None:
        return False
    names = (*resources.texts_at("names"), *filter(None, [resources.text("name")]))
    return (
        _is_kind(resources.texts_at("kinds"), subject)
        and _is_named(names, subject.name)
        and _is_named(resources.texts_at("namespaces"), subject.namespace)
        and _holds(resources.pairs_at("annotations"), subject.annotations)
        and _holds(resources.pairs_at("selector", "matchLabels"), subject.labels)
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


def _holds(wanted: Iterable[tuple[str, str]], found: Mapping[str, str]) -> bool:
    return all(
        any(fnmatchcase(k, key) and fnmatchcase(v, value) for k, v in found.items())
        for key, value in wanted
    )
