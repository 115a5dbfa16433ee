"""Patches without which it is known still what resources there are, and what they refer to."""

from graphdoc.model.node import Mapping, Node, Scalar, Sequence
from graphdoc.resolve.kustomize.patches.patches import Patch
from graphdoc.resolve.kustomize.resources.trees import Hidden

__all__ = ["hidden_without"]

# Below these nothing names another resource, nor makes one.
_QUIET = frozenset({
    "affinity", "host", "image", "imagePullPolicy", "livenessProbe", "maxReplicas", "minReplicas",
    "nodeSelector", "paused", "progressDeadlineSeconds", "readinessProbe", "replicas", "resources",
    "revisionHistoryLimit", "schedule", "securityContext", "startupProbe", "strategy", "suspend",
    "terminationGracePeriodSeconds", "tolerations", "topologySpreadConstraints", "updateStrategy",
})  # fmt: skip
# Which resource, or which part of it, a merge means, and the way there.
_NAMES = frozenset({"apiVersion", "kind", "name", "namespace"})
_NAME = "/metadata/name"
_WAY = frozenset({"containers", "initContainers", "jobTemplate", "metadata", "spec", "template"})


def hidden_without(patch: Patch) -> Hidden:
    """What is not known of the resources where a patch fails."""
    operations = patch.operations.items if patch.operations is not None else ()
    if patch.entry.allow_name_change or any(map(_renames, operations)):
        return Hidden.RESOURCES
    are_quiet = all(map(_is_quiet_operation, operations))
    is_quiet = are_quiet and all(map(_is_quiet_merge, patch.manifests))
    return Hidden.NOTHING if is_quiet else Hidden.FIELDS


def _renames(operation: Node) -> bool:
    """Whether it may change a name or a namespace."""
    return isinstance(operation, Mapping) and operation.text("path").startswith(_NAME)


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
