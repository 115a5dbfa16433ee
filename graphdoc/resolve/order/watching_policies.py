"""Policies of Kyverno that change what they see being created, and nothing from before."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple

from graphdoc.model.node import Mapping, Node, Scalar
from graphdoc.model.resource import Resource
from graphdoc.resolve.workloads import pod_spec_of

__all__ = ["Watch", "find_watches"]


class Watch(NamedTuple):
    """What a rule of a policy asks of the Pods that it changes: labels and annotations."""

    labels: tuple[tuple[str, str], ...]
    annotations: tuple[tuple[str, str], ...]

    def sees(self, resource: Resource) -> bool:
        """Whether the Pods of a workload are meant."""
        if pod_spec_of(resource) is None:
            return False
        pod = resource.manifest.mapping("spec", "template", "metadata")
        own = pod or (resource.manifest.mapping("metadata") if resource.kind == "Pod" else None)
        return own is not None and all(
            _has(own.mapping(field), key, value)
            for field, wanted in (("labels", self.labels), ("annotations", self.annotations))
            for key, value in wanted
        )


def find_watches(policy: Resource) -> Iterator[Watch]:
    """What the rules of a policy ask that change Pods as they are created and say which."""
    if policy.group != "kyverno.io" or policy.kind not in {"ClusterPolicy", "Policy"}:
        return
    for rule in policy.manifest.mappings_at("spec", "rules"):
        mutate = rule.mapping("mutate")
        # Targets are changed whenever the policy comes.
        if mutate is not None and "targets" not in mutate.entries:
            yield from filter(any, _asked_by(rule))


def _asked_by(rule: Mapping) -> Iterator[Watch]:
    for part in (*rule.mappings_at("match", "any"), *rule.mappings_at("match", "all")):
        resources = part.mapping("resources")
        if resources is not None and "Pod" in _words(resources.items_at("kinds")):
            labels = _pairs(resources.mapping("selector", "matchLabels"))
            yield Watch(labels, _pairs(resources.mapping("annotations")))


def _has(mapping: Mapping | None, key: str, value: str) -> bool:
    node = mapping.entries.get(key) if mapping is not None else None
    return isinstance(node, Scalar) and fnmatchcase(str(node.value), value)


def _words(nodes: tuple[Node, ...]) -> frozenset[str]:
    return frozenset(str(node.value) for node in nodes if isinstance(node, Scalar))


def _pairs(mapping: Mapping | None) -> tuple[tuple[str, str], ...]:
    entries = mapping.entries.items() if mapping is not None else ()
    return tuple((key, str(node.value)) for key, node in entries if isinstance(node, Scalar))
