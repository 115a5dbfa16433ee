"""``vars``: values of resources that stand as ``$(NAME)`` in others."""

import re
from collections.abc import Callable
from typing import NamedTuple

from graphdoc.model.node import Mapping, Node, Scalar, Sequence, is_null
from graphdoc.parse.scalars import go_number
from graphdoc.resolve.kustomize.fields.fieldpath import look_up, split_field_path, with_indices
from graphdoc.resolve.kustomize.fields.fieldspec import FieldSpec, set_fields
from graphdoc.resolve.kustomize.resources.ids import (
    Gvk,
    Id,
    Item,
    effective_namespace,
    is_cluster_scoped,
)
from graphdoc.resolve.kustomize.resources.items import Items
from graphdoc.resolve.kustomize.resources.sharing import spread
from graphdoc.resolve.kustomize.resources.trees import (
    AbsentTargetError,
    KustomizeError,
    NotUnderstoodError,
    override,
    string,
)

__all__ = ["Variable", "find_variables", "resolve_variables", "variable"]

_LONGEST = 16 * 1024 * 1024

_NAME = "metadata.name"

_DECIMAL = re.compile(r"[+-]?[0-9]{1,19}")
_INTEGERS = range(-(1 << 63), 1 << 63)


class Variable(NamedTuple):
    """A name, and the field of a resource that it stands for."""

    name: str
    gvk: Gvk
    target: str
    namespace: str
    path: str
    node: Mapping


def variable(node: Mapping) -> Variable:
    """One entry of ``vars``."""
    reference = node.mapping("objref") or Mapping({}, {}, node.span)
    group, version, kind = (reference.text(part) for part in ("group", "version", "kind"))
    api_version = reference.text("apiVersion").split("/")
    if len(api_version) == 2:  # noqa: PLR2004 -- group and version
        group, version = api_version
    elif api_version[0]:
        version = api_version[0]
    path = node.text("fieldref", "fieldPath") or _NAME
    target, namespace = reference.text("name"), reference.text("namespace")
    return Variable(node.text("name"), Gvk(group, version, kind), target, namespace, path, node)


def find_variables(items: Items, found: list[Variable]) -> None:
    """Note at each resource which variables mean it."""
    for var in found:
        meant = [
            (index, item)
            for index, item in items.named(var.target)
            if any(_is_meant(id_, var) for id_ in item.ids)
        ]
        if len(meant) > 1:
            reason = f"found {len(meant)} resources for var '{var.name}' (unable to disambiguate)"
            raise KustomizeError(reason, var.node.span)
        for index, item in meant:
            items.replace(index, item._replace(variables=(*item.variables, var.name)))


def _is_meant(found: Id, var: Variable) -> bool:
    if found.name != var.target or found.gvk != var.gvk:
        return False
    if not var.namespace and not is_cluster_scoped(var.gvk):
        return True
    return found.namespace == effective_namespace(var.gvk, var.namespace)


def resolve_variables(
    items: Items, variables: dict[str, Variable], specs: tuple[FieldSpec, ...]
) -> None:
    """Put the values where the names stand."""
    if not variables:
        return
    known = {name: item for item in reversed([*items]) for name in item.variables}
    values = {name: _value(known.get(name), variables[name]) for name in sorted(variables)}
    resolver = _Resolver(values)
    for index, item in items.indexed():
        manifest = item.manifest
        for field in specs:
            if item.gvk.is_selected_by(field.gvk):
                manifest = set_fields(manifest, field._replace(create=False), resolver.change)
        if manifest is not item.manifest:
            items.replace(index, spread(item, manifest))


def _value(item: Item | None, var: Variable) -> Node:
    if item is None:
        reason = f"var '{var.name}' cannot be mapped to a field in the set of known resources"
        raise AbsentTargetError(reason, var.node.span)
    value = _number(look_up(item.manifest, with_indices(split_field_path(var.path))))
    if value is None:
        reason = f"field specified in var '{var.name}' not found in corresponding resource"
        raise KustomizeError(reason, var.node.span)
    return value


def _number(node: Node | None) -> Node | None:
    """A number as Kustomize takes it: ``017`` is 17, ``0x10`` is none, ``1.50`` prints as 1.5."""
    if not isinstance(node, Scalar):
        return node
    if isinstance(node.value, float):
        return node._replace(text=go_number(node.value))
    if type(node.value) is not int:
        return node
    if not _DECIMAL.fullmatch(node.text) or (number := int(node.text)) not in _INTEGERS:
        return None
    return node._replace(value=number, text=str(number))


class _Resolver:
    def __init__(self, values: dict[str, Node]) -> None:
        self._values = values

    def change(self, node: Node) -> Node:
        if is_null(node):
            return node
        match node:
            case Scalar():
                return self._replace(node)
            case Mapping():
                return node.mapped(self._replace)
            case Sequence():
                return node.mapped(self._replace_item)

    def _replace_item(self, node: Node) -> Node:
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            raise KustomizeError("invalid value type expect a string", node.span)
        return self._replace(node)

    def _replace(self, node: Node) -> Node:
        if not isinstance(node, Scalar) or not isinstance(node.value, str) or "$" not in node.value:
            return node
        text = node.text if node.plain else node.value
        whole = self._values.get(text[2:-1]) if text[:2] == "$(" and text[-1:] == ")" else None
        if isinstance(whole, Scalar) and whole.value is not None:
            return override(whole, node)
        expanded, used = _expand(text, self._read)
        if expanded == text:
            return node
        places = dict.fromkeys(span for value in used for span in value.origins)
        *earlier, last = places or (node.span,)
        return override(string(expanded, last, tuple(earlier)), node)

    def _read(self, name: str) -> Scalar | None:
        value = self._values.get(name)
        return value if isinstance(value, Scalar) else None


def _expand(text: str, read: Callable[[str], Scalar | None]) -> tuple[str, list[Scalar]]:
    """A text with every known ``$(NAME)`` replaced and ``$$`` made ``$``; and what it used."""
    parts: list[str] = []
    used: list[Scalar] = []
    position = made = 0
    last = text.rfind(")")
    while (dollar := text.find("$", position)) >= 0 and dollar + 1 < len(text):
        parts.append(text[position:dollar])
        end = text.find(")", dollar) if text[dollar + 1] == "(" and dollar < last else -1
        position = dollar + 2 if end < 0 else end + 1
        value = read(text[dollar + 2 : end]) if end >= 0 else None
        if value is not None:
            used.append(value)
            parts.append(_printed(value))
            made += len(parts[-1])
            if made > _LONGEST:
                raise NotUnderstoodError("variables make a very long text")
        else:
            parts.append("$" if text[dollar : dollar + 2] == "$$" else text[dollar:position])
    return "".join(parts) + text[position:], used


def _printed(value: Scalar) -> str:
    if isinstance(value.value, bool):
        return "true" if value.value else "false"
    return value.text
