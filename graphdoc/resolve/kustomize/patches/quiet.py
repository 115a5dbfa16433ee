"""Patches without which it is known still what resources there are, and what they refer to."""

from graphdoc.model.node import Mapping, Node, Scalar, Sequence
from graphdoc.resolve.kustomize.patches.patches import Patch

__all__ = ["is_quiet"]

# Below these nothing names another resource, nor makes one.
_QUIET = frozenset({
    "affinity", "host", "image", "imagePullPolicy", "livenessProbe", "maxReplicas", "minReplicas",
    "nodeSelector", "paused", "progressDeadlineSeconds", "readinessProbe", "replicas", "resources",
    "revisionHistoryLimit", "schedule", "securityContext", "startupProbe", "strategy", "suspend",
    "terminationGracePeriodSeconds", "tolerations", "topologySpreadConstraints", "updateStrategy",
})  # fmt: skip
# Which resource, or which part of it, a merge means, and the way there.
_NAMES = frozenset({"apiVersion", "kind", "name", "namespace"})
_WAY = frozenset({"containers", "initContainers", "jobTemplate", "metadata", "spec", "template"})


def is_quiet(patch: Patch) -> bool:
    """Whether all that a patch would change is of that kind."""
    if patch.operations is not None:
        return all(map(_is_quiet_operation, patch.operations.items))
    return all(map(_is_quiet_merge, patch.manifests))


def _is_quiet_operation(operation: Node) -> bool:
    if not isinstance(operation, Mapping):
        return False
    keys = ("path", "from") if "from" in operation.entries else ("path",)
    return all(not _QUIET.isdisjoint(operation.text(key).split("/")) for key in keys)


def _is_quiet_merge(node: Node) -> bool:
    match node:
        case Mapping():
            return all(_is_quiet_entry(key, child) for key, child in node.entries.items())
        case Sequence():
            return all(map(_is_quiet_merge, node.items))
        case Scalar():
            return False


def _is_quiet_entry(key: str, child: Node) -> bool:
    if key in _QUIET:
        return True
    return key in _NAMES if isinstance(child, Scalar) else key in _WAY and _is_quiet_merge(child)
