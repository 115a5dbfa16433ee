"""Policies of Kyverno that change what they see being created, and nothing from before."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple

from graphdoc.model.node import NOTHING, Mapping, Node, Scalar
from graphdoc.model.resource import Resource
from graphdoc.resolve.resources.kyverno import is_policy, policy_rules
from graphdoc.resolve.resources.workloads import pod_metadata_of

__all__ = ["Watch", "find_watches"]


class Watch(NamedTuple):
    """What a rule of a policy asks of the Pods that it changes: labels and annotations."""

    labels: tuple[tuple[str, str], ...]
    annotations: tuple[tuple[str, str], ...]

    def sees(self, resource: Resource) -> bool:
        """Whether the Pods of a workload are meant."""
        own = pod_metadata_of(resource)
        return own is not NOTHING and all(
            _has(own.at(field).entries.get(key), value)
            for field, wanted in (("labels", self.labels), ("annotations", self.annotations))
            for key, value in wanted
        )


def find_watches(policy: Resource) -> Iterator[Watch]:
    """What the rules of a policy ask that change Pods as they are created and say which."""
    for rule in policy_rules(policy) if is_policy(policy) else ():
        mutate = rule.node.mapping("mutate")
        # Targets are changed whenever the policy comes.
        if mutate is not None and "targets" not in mutate.entries:
            yield from filter(any, _asked_by(rule.node))


def _asked_by(rule: Mapping) -> Iterator[Watch]:
    for part in (*rule.mappings_at("match", "any"), *rule.mappings_at("match", "all")):
        resources = part.at("resources")
        if "Pod" in resources.texts_at("kinds"):
            labels = resources.pairs_at("selector", "matchLabels")
            yield Watch(labels, resources.pairs_at("annotations"))


def _has(node: Node | None, value: str) -> bool:
    return isinstance(node, Scalar) and fnmatchcase(str(node.value), value)
