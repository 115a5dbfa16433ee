"""Strategic merge as Kustomize does it, directives and peculiarities included.

A merged list takes the patch's entries first, then the rest. Merging also tidies what no patch
touched: a key without any value disappears, and entries of a merged list that share a key become
one. Kustomize does the same, so the results agree.
"""

from graphdoc.model.node import Mapping, Node, Scalar, Sequence, is_null
from graphdoc.parse.scalars import kubectl_boolean, resolve_scalar
from graphdoc.resolve.kustomize.patches.mergelist import merge_by_keys, merge_primitives
from graphdoc.resolve.kustomize.resources.ids import gvk_of
from graphdoc.resolve.kustomize.resources.mergekeys import FindShape, Shape, shape_of_type
from graphdoc.resolve.kustomize.resources.trees import (
    KustomizeError,
    Untyped,
    override,
    restyle,
    string,
    text_of,
    without,
)

__all__ = ["is_plain_text", "merge", "merge_manifest", "without_quotes"]

_DIRECTIVE = "$patch"


def merge_manifest(target: Mapping, patch: Mapping, find: FindShape) -> Mapping | None:
    """The target with the patch applied; ``None`` where the patch deletes it.

    ``find`` tells what the schema in force knows of a type.
    """
    if _directive_of(patch) == "replace":
        # Kustomize makes the replacement and then forgets it, for a resource as a whole.
        return target
    merged = merge(target, patch, find(gvk_of(target)), find)
    return merged if isinstance(merged, Mapping) and merged.entries else None


def merge(
    target: Node | None, patch: Node | None, shape: Shape | None, find: FindShape = shape_of_type
) -> Node | None:
    """One place of the target with one place of the patch; ``None`` where nothing remains."""
    shaped = patch if is_null(target) else target
    _check_shapes(target, patch)
    if isinstance(shaped, Sequence):
        return _merge_list(target, patch, shape, find)
    if isinstance(shaped, Scalar) and shaped.value is not None:
        return target if patch is None else override(restyle(patch, target), target)
    return _merge_mapping(target, patch, shape, find)


def _check_shapes(target: Node | None, patch: Node | None) -> None:
    if is_null(target) or is_null(patch) or type(target) is type(patch):
        return
    assert target is not None and patch is not None  # noqa: PT018 -- is_null has said so
    names = {Mapping: "a mapping", Sequence: "a list", Scalar: "a scalar"}
    reason = f"wrong node kind: expected {names[type(target)]} but got {names[type(patch)]}"
    raise KustomizeError(reason, patch.span)


def _merge_mapping(
    target: Node | None, patch: Node | None, shape: Shape | None, find: FindShape
) -> Node | None:
    if not isinstance(target, Mapping):
        return _added(target, patch, shape, find)
    if not isinstance(patch, Mapping):
        return None if patch is not None else _merge_entries(target, None, shape, find)
    directive = _directive_of(patch)
    is_added, patch = patch is target, without(patch, _DIRECTIVE)
    target = patch if is_added else target
    if directive == "delete":
        return None
    if directive == "replace" and not is_added:
        kept = _merge_entries(patch, patch, shape, find)
        return kept._replace(earlier=target.origins)
    return _merge_entries(target, patch, shape, find)


def _added(
    target: Node | None, patch: Node | None, shape: Shape | None, find: FindShape
) -> Node | None:
    """What the patch brings where the target has nothing, or null."""
    if patch is None:
        # Only a null that is written out survives: "key: null" does, "key:" does not.
        return target if isinstance(target, Scalar) and target.text else None
    if not isinstance(patch, Mapping):
        return None
    if text_of(patch.entries.get(_DIRECTIVE)) == "delete":
        return None
    patch = without(patch, _DIRECTIVE)
    merged = _merge_entries(patch, patch, shape, find)
    return override(merged, target)


def _directive_of(patch: Mapping) -> str:
    """What ``$patch`` says."""
    node = patch.entries.get(_DIRECTIVE)
    if node is None:
        return "merge"
    directive = text_of(node)
    if directive not in {"delete", "replace", "merge"}:
        raise KustomizeError(f"unknown patch strategy '{directive}'", node.span)
    return directive


def _merge_entries(
    target: Mapping, patch: Mapping | None, shape: Shape | None, find: FindShape
) -> Mapping:
    if shape is None and "kind" in target.entries:
        shape = find(gvk_of(target))
    names = [*target.entries]
    if patch is not None and patch is not target:
        names += [name for name in patch.entries if name not in target.entries]
    if "" in names:
        raise KustomizeError("a field without a name cannot be merged", target.span)
    entries: dict[str, Node] = {}
    for name in names:
        mine, theirs = target.entries.get(name), patch.entries.get(name) if patch else None
        below = shape.field(name) if shape is not None else None
        merged = _merge_entry(mine, theirs, below, find)
        if merged is not None:
            entries[name] = merged
    return _with_entries(target, patch, entries)


def _merge_entry(
    mine: Node | None, theirs: Node | None, shape: Shape | None, find: FindShape
) -> Node | None:
    if theirs is None and isinstance(mine, Scalar):
        if isinstance(mine.text, Untyped):
            return string(str(mine.text), mine.span, mine.earlier)
        return mine if mine.value is not None or mine.text else None
    merged = merge(mine, theirs, shape, find)
    return merged if theirs is None or not is_null(merged) else None


def _with_entries(target: Mapping, patch: Mapping | None, entries: dict[str, Node]) -> Mapping:
    old = target.entries
    if len(entries) == len(old) and all(entries.get(name) is old[name] for name in old):
        return target
    keys = target.keys
    if patch is not None:
        # A key that the patch sets anew is changed in the patch.
        taken = (n for n in patch.keys if isinstance(entries.get(n), Scalar) or n not in keys)
        keys = {**keys, **{name: patch.keys[name] for name in taken}}
    return target.with_entries(entries, keys)


def _merge_list(
    target: Node | None, patch: Node | None, shape: Shape | None, find: FindShape
) -> Node | None:
    if shape is None or shape.keys is None:
        return target if patch is None else override(patch, target)
    if not is_null(target) and patch is not None and is_null(patch):
        return None
    directive, patch = "merge", patch if isinstance(patch, Sequence) else None
    if is_null(target):
        target = patch
    elif patch is not None:
        directive, patch = _list_directive(patch)
    if not isinstance(target, Sequence) or directive == "delete":
        return None
    if patch is not None and directive == "replace":
        target = patch._replace(earlier=target.origins)
    return _merge_items(target, patch, shape, find)


def _merge_items(
    target: Sequence, patch: Sequence | None, shape: Shape, find: FindShape
) -> Sequence:
    if not shape.keys:
        return merge_primitives(target, patch)
    below = shape.element()
    return merge_by_keys(
        target, patch, shape.keys, lambda mine, theirs: merge(mine, theirs, below, find)
    )


def _list_directive(patch: Sequence) -> tuple[str, Sequence]:
    """What an entry that is nothing but ``$patch`` says of its list, and the list without it."""
    carriers = (i for i in patch.items if isinstance(i, Mapping) and _DIRECTIVE in i.entries)
    carrier = next(carriers, None)
    if carrier is None or len(carrier.entries) > 1:
        return "merge", patch
    directive = _directive_of(carrier)
    rest = tuple(
        item
        for item in patch.items
        if not (isinstance(item, Mapping) and text_of(item.entries.get(_DIRECTIVE)) == directive)
    )
    return directive, patch.with_items(rest)


def without_quotes(manifest: Mapping) -> Mapping:
    """The tree as Go writes it anew: quotes only where a text would otherwise be something else."""
    return manifest.mapped(_without_quotes)


def _without_quotes(node: Node) -> Node:
    match node:
        case Scalar():
            if node.plain or not isinstance(node.value, str) or not is_plain_text(node.value):
                return node
            return node._replace(plain=True, text=node.value)
        case Sequence():
            return node.mapped(_without_quotes)
        case Mapping():
            return without_quotes(node)


def is_plain_text(text: str) -> bool:
    """Whether a text would be one without quotes, too."""
    return (
        "\n" not in text and kubectl_boolean(text) is None and isinstance(resolve_scalar(text), str)
    )
