"""Field specs: the paths that a transformer changes in resources of some types.

A path runs through lists on its own: ``spec/containers/image`` means the image of every container.
"""

import re
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from graphdoc.model.node import Mapping, Node, Scalar, Sequence, is_null
from graphdoc.resolve.kustomize.resources.ids import Gvk
from graphdoc.resolve.kustomize.resources.trees import KustomizeError, NotUnderstoodError, put

__all__ = ["FieldSpec", "gvk", "merge_specs", "set_fields", "spec", "split_path"]

# How a step begins that may be none through a mapping: Kustomize takes it for an index or a match.
_ODD = frozenset({"", *"0123456789+-*["})
_ODD_STEP = re.compile(r"[+-]?[0-9]{1,18}|[-*]?|\[.*\]")

_Setter: TypeAlias = Callable[[Node], Node]


class FieldSpec(NamedTuple):
    """Where a field lies in resources of a type, and whether to make it where it lacks."""

    path: tuple[str, ...]
    gvk: Gvk = Gvk("", "", "")
    create: bool = False

    @property
    def text(self) -> str:
        """The path as a configuration writes it."""
        return "/".join(part.replace("/", "\\/") for part in self.path)


def spec(path: str, types: str = "", create: bool = False) -> FieldSpec:  # noqa: FBT001, FBT002 -- a row
    """A field spec from ``path`` and ``group|version|kind``, of which leading parts may lack."""
    return FieldSpec(split_path(path), gvk(types), create)


def gvk(types: str) -> Gvk:
    """A type from ``group|version|kind``, of which leading parts may lack."""
    group, version, kind = ("", "", "", *types.split("|"))[-3:]
    return Gvk(group, version, kind)


def split_path(path: str) -> tuple[str, ...]:
    """The steps of a path; a slash behind a backslash is part of its step."""
    marked = path.replace("\\/", "\0")
    return tuple(step.replace("\0", "/") for step in marked.removeprefix("/").split("/"))


def merge_specs(specs: tuple[FieldSpec, ...], more: tuple[FieldSpec, ...]) -> tuple[FieldSpec, ...]:
    """Both lists without what the first says already."""
    if not more or specs is more:
        return specs
    by_path: dict[tuple[str, ...], list[FieldSpec]] = {}
    for known in specs:
        by_path.setdefault(known.path, []).append(known)
    merged = list(specs)
    for new in more:
        same_path = by_path.setdefault(new.path, [])
        match = next((known for known in same_path if known.gvk.is_selected_by(new.gvk)), None)
        if match is None:
            merged.append(new)
            same_path.append(new)
        elif match.create != new.create:
            raise KustomizeError("conflicting fieldspecs")
    return tuple(merged)


def set_fields(
    manifest: Mapping, field: FieldSpec, setter: _Setter, blank: Node | None = None
) -> Mapping:
    """The manifest with all fields at the path changed; ``blank`` is what a made one starts as."""
    try:
        changed = _Walk(field.create, setter, blank).descend(manifest, field.path)
    except NotUnderstoodError:
        raise
    except KustomizeError as error:
        reason = f"considering field '{field.text}': {error.reason}"
        raise KustomizeError(reason, error.span) from error
    assert isinstance(changed, Mapping)
    return changed


class _Walk(NamedTuple):
    create: bool
    setter: _Setter
    blank: Node | None

    def descend(self, node: Node, path: tuple[str, ...]) -> Node:
        if not path:
            return self.setter(node)
        match node:
            case Mapping():
                return self._into_mapping(node, path)
            case Sequence():
                return node.mapped(lambda item: self.descend(item, path))
            case Scalar(value=None):
                return node
            case Scalar():
                raise KustomizeError("expected sequence or mapping node", node.span)

    def _into_mapping(self, node: Mapping, path: tuple[str, ...]) -> Node:
        name = path[0].removesuffix("[]")
        if name[:1] in _ODD and _ODD_STEP.fullmatch(name):
            raise KustomizeError(f"'{name}' is no field of a mapping", node.span)
        child = node.entries.get(name)
        start = self._start(child, path)
        if start is None:
            return node
        changed = self.descend(start, path[1:])
        return node if changed is child else put(node, name, changed, changed.span)

    def _start(self, child: Node | None, path: tuple[str, ...]) -> Node | None:
        is_list = path[0].endswith("[]")
        if child is not None and not is_null(child):
            return child
        if is_list:
            return None if child is None else Sequence((), child.span)
        if not self.create or self.blank is None:
            return child
        if len(path) == 1:
            return self.blank if child is None else self.blank._replace(span=child.span)
        return Mapping({}, {}, self.blank.span if child is None else child.span)
