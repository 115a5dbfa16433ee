"""The Application in an ApplicationSet's template: overridden, filled in, patched and completed."""

from graphdoc.model.argocd import FINALIZER, GROUP
from graphdoc.model.node import Mapping, Node, Scalar, Sequence, to_plain
from graphdoc.model.resource import Resource
from graphdoc.resolve.applicationset.parameters import make_mapping, text_scalar
from graphdoc.resolve.kustomize.resources.trees import put, put_route

__all__ = ["apply_patch", "complete", "merge_templates", "with_finalizer", "with_patch"]

_METADATA = ("name", "labels", "annotations", "finalizers")
_OPAQUE = "valuesObject"
_DIRECTIVE = "$patch"
# The only list of an Application that a strategic merge joins.
_JOINED = ("metadata", "finalizers")


def merge_templates(own: Mapping | None, shared: Mapping) -> Mapping:
    """A generator's own template over the set's: what it leaves empty comes from the set's."""
    if own is None or not own.entries:
        return shared
    filled = {key: node for key, node in own.entries.items() if not _is_empty(node)}
    entries: dict[str, Node] = dict(shared.entries)
    for key, node in filled.items():
        below = shared.entries.get(key)
        nested = isinstance(node, Mapping) and isinstance(below, Mapping) and key != _OPAQUE
        if nested and isinstance(node, Mapping) and isinstance(below, Mapping):
            entries[key] = merge_templates(node, below)
        elif below is not None:
            entries[key] = node._replace(earlier=(*below.origins, *node.earlier))
        else:
            entries[key] = node
    keys = {**shared.keys, **{key: own.keys[key] for key in filled}}
    return Mapping(entries, keys, own.span, (*shared.origins, *own.earlier))


def _is_empty(node: Node) -> bool:
    """What Go's merge takes for a field that is not set."""
    match node:
        case Scalar():
            return not node.value
        case Sequence():
            return not node.items
        case Mapping():
            return not node.entries


def with_finalizer(template: Mapping) -> Mapping:
    """The filled template with Argo CD's finalizer, unless it has any of its own."""
    if template.items_at("metadata", "finalizers"):
        return template
    span = (template.mapping("metadata") or template).span
    finalizers = Sequence((text_scalar(FINALIZER, span),), span)
    return put_route(template, ("metadata", "finalizers"), finalizers)


def with_patch(application: Mapping, patch: Mapping) -> Mapping:
    """The filled template with its patch, which cannot change the project."""
    patched = apply_patch(application, patch)
    spec, project = patched.mapping("spec"), application.find("spec", "project")
    if spec is None:
        return patched
    entries = {key: node for key, node in spec.entries.items() if key != "project"}
    kept = Mapping(entries, {key: spec.keys[key] for key in entries}, spec.span, spec.earlier)
    kept = kept if project is None else put(kept, "project", project, project.span)
    return put(patched, "spec", kept, kept.span)


def complete(template: Mapping, owner: Resource) -> Resource:
    """The Application itself; it lives in the namespace of its set, whatever the template says."""
    span = template.span
    metadata = template.mapping("metadata") or make_mapping({}, span)
    entries = {key: metadata.entries[key] for key in _METADATA if key in metadata.entries}
    own = Mapping(
        entries, {key: metadata.keys[key] for key in entries}, metadata.span, metadata.earlier
    )
    namespace = owner.manifest.scalar("metadata", "namespace")
    if namespace is not None and namespace.value:
        own = put(own, "namespace", namespace, namespace.span)
    manifest: dict[str, Node] = {
        "apiVersion": text_scalar(f"{GROUP}/v1alpha1", span),
        "kind": text_scalar("Application", span),
        "metadata": own,
    }
    spec = template.entries.get("spec")
    manifest |= {"spec": spec} if spec is not None else {}
    keys = {key: template.keys.get(key, span) for key in manifest}
    return Resource(Mapping(manifest, keys, span, template.earlier))


def apply_patch(target: Mapping, patch: Mapping, route: tuple[str, ...] = ()) -> Mapping:
    """The target with the patch laid over it; ``null`` deletes, lists replace."""
    directive = patch.text(_DIRECTIVE)
    if directive in {"replace", "delete"}:
        return _replacement(target, patch)
    entries, keys = dict(target.entries), dict(target.keys)
    for key, node in patch.entries.items():
        merged = _merge(target.entries.get(key), node, (*route, key))
        entries.pop(key, None)
        keys.pop(key, None)
        if merged is not None and key != _DIRECTIVE:
            entries[key], keys[key] = merged, patch.keys[key]
    return Mapping(entries, keys, target.span, target.earlier)


def _merge(target: Node | None, patch: Node, route: tuple[str, ...]) -> Node | None:
    match patch:
        case Scalar(value=None):
            return None
        case Mapping():
            return _merge_mapping(target, patch, route)
        case Sequence() if route == _JOINED and isinstance(target, Sequence):
            known = [to_plain(item) for item in target.items]
            new = tuple(item for item in patch.items if to_plain(item) not in known)
            return target.with_items((*target.items, *new))
        case _:
            return _over(target, patch)


def _merge_mapping(target: Node | None, patch: Mapping, route: tuple[str, ...]) -> Node | None:
    if patch.text(_DIRECTIVE) == "delete":
        return None
    if isinstance(target, Mapping):
        return apply_patch(target, patch, route)
    empty = Mapping({}, {}, patch.span)
    return _over(target, apply_patch(empty, patch, route))


def _replacement(target: Mapping, patch: Mapping) -> Mapping:
    entries = {key: node for key, node in patch.entries.items() if key != _DIRECTIVE}
    keys = {key: patch.keys[key] for key in entries}
    return Mapping(entries, keys, patch.span, target.origins)


def _over(target: Node | None, patch: Node) -> Node:
    return patch if target is None else patch._replace(earlier=(*target.origins, *patch.earlier))
