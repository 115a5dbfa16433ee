"""``ValueAddTransformer``: one value, put into many fields, or into the paths that they hold.

It follows field paths in a way of its own: to the first match only, an index that is not there is
no mistake, and what is missing on the way is made.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from graphdoc.model.node import Mapping, Node, Scalar, Sequence, is_null
from graphdoc.parse.kustomization import selector
from graphdoc.parse.scalars import resolve_scalar
from graphdoc.resolve.kustomize.fields.fieldpath import (
    has_value,
    is_match,
    key_and_value,
    made_entry,
)
from graphdoc.resolve.kustomize.fields.fieldspec import split_path
from graphdoc.resolve.kustomize.resources.items import Items
from graphdoc.resolve.kustomize.resources.sharing import spread
from graphdoc.resolve.kustomize.resources.trees import (
    KustomizeError,
    NotUnderstoodError,
    override,
    put,
    restyle,
    string,
    text_of,
)
from graphdoc.resolve.kustomize.texts.reading import refuse_odd_key
from graphdoc.resolve.kustomize.transformers.metadata import put_in_namespace

__all__ = ["add_value"]

_ReadTargets = Callable[[Scalar], list[Mapping]]

_NAMESPACE = "metadata/namespace"
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")


def add_value(items: Items, config: Mapping, directory: str, read: _ReadTargets) -> None:
    """Put the value where the targets say; without one, it is the name of the directory.

    Raises:
        KustomizeError: there is no target, or a field is no text.
        NotUnderstoodError: the directory's name is not known.
    """
    value = _value(config, directory)
    targets = list(_targets(config, read))
    if not targets:
        raise KustomizeError("must specify at least one target", config.span)
    for target in targets:
        _refuse_broken(target)
    for target in targets:
        _add_to_target(items, target, value)


def _value(config: Mapping, directory: str) -> Scalar:
    scalar = config.scalar("value")
    text = config.text("value").strip()
    if scalar is not None and text:
        return string(text, scalar.span)
    if scalar is not None and not isinstance(scalar.value, str | None):
        raise KustomizeError("value is no text", scalar.span)
    if not directory:
        raise NotUnderstoodError("a value that is the name of the clone's directory", config.span)
    return string(posixpath.basename(directory), config.span)


def _targets(config: Mapping, read: _ReadTargets) -> Iterator[Mapping]:
    yield from config.mappings_at("targets")
    path = config.scalar("targetFilePath")
    if path is not None and path.value:
        for root in read(path):
            yield from root.mappings_at("targets")


def _refuse_broken(target: Mapping) -> None:
    if not target.text("fieldPath"):
        raise KustomizeError("fieldPath cannot be empty", target.span)
    if _position(target) < 0:
        raise KustomizeError("filePathPosition cannot be negative", target.span)


def _position(target: Mapping) -> int:
    scalar = target.scalar("filePathPosition")
    return scalar.value if scalar is not None and isinstance(scalar.value, int) else 0


def _add_to_target(items: Items, target: Mapping, value: Scalar) -> None:
    wanted, path = target.mapping("selector"), target.text("fieldPath")
    found = items.indexed() if wanted is None else items.select(selector(wanted))
    steps = tuple(step.strip() for step in split_path(path) if step.strip())
    adder = _Adder(value, _position(target))
    for index, item in found:
        if path == _NAMESPACE:
            items.replace(index, put_in_namespace(item, value))
            continue
        manifest = adder.descend(item.manifest, steps)
        assert isinstance(manifest, Mapping)
        items.replace(index, spread(item, manifest))


class _Adder(NamedTuple):
    value: Scalar
    position: int

    def descend(self, node: Node, steps: tuple[str, ...]) -> Node:
        if not steps:
            return self._set(node)
        step = steps[0]
        if step == "*":
            raise KustomizeError("wildcard is not supported")
        if step == "-" or _NUMBER.fullmatch(step):
            return self._at_index(node, step, steps[1:])
        if is_match(step):
            return self._at_match(node, step, steps[1:])
        return self._at_field(node, step, steps[1:])

    def _set(self, old: Node) -> Node:
        if not is_null(old) and not isinstance(old, Scalar):
            raise KustomizeError("wrong node kind: expected a scalar", old.span)
        text = self.value.text
        if self.position:
            text = _with_part(text_of(old), self.position - 1, text)
        new = Scalar(resolve_scalar(text), self.value.span, plain=True, text=text)
        return override(restyle(new, old), old)

    def _at_field(self, node: Node, step: str, rest: tuple[str, ...]) -> Node:
        if is_null(node):
            return self._missing(node)
        if not isinstance(node, Mapping):
            raise KustomizeError(f"'{step}' is looked up in what is no mapping", node.span)
        child = node.entries.get(step)
        if child is None:
            refuse_odd_key(step, self.value.span)
        changed = self.descend(self._made(rest) if child is None else child, rest)
        return put(node, step, changed, self.value.span)

    def _at_index(self, node: Node, step: str, rest: tuple[str, ...]) -> Node:
        items = _items(node)
        index = len(items) - 1 if step == "-" else int(step)
        if index < 0:
            raise KustomizeError(f"array index {index} cannot be negative", node.span)
        if index >= len(items):
            return self._missing(node)
        return self._with_item(node, index, self.descend(items[index], rest))

    def _at_match(self, node: Node, step: str, rest: tuple[str, ...]) -> Node:
        items, (key, value) = _items(node), key_and_value(step)
        made = made_entry(key, value, self.value.span)
        found = (i for i, item in enumerate(items) if has_value(item, key, value))
        index = next(found, len(items))
        return self._with_item(node, index, self.descend((*items, made)[index], rest))

    @staticmethod
    def _with_item(node: Node, index: int, item: Node) -> Node:
        assert isinstance(node, Sequence)
        return node.with_items((*node.items[:index], item, *node.items[index + 1 :]))

    def _missing(self, node: Node) -> Node:
        """Kustomize leaves alone what is not there, but trips over a path that should be in it."""
        if self.position:
            raise KustomizeError("no path to add the value to", node.span)
        return node

    def _made(self, rest: tuple[str, ...]) -> Node:
        span = self.value.span
        if not rest:
            return Scalar(None, span, plain=True)
        if is_match(rest[0]) or _NUMBER.fullmatch(rest[0]):
            return Sequence((), span)
        return Mapping({}, {}, span)


def _items(node: Node) -> tuple[Node, ...]:
    if not isinstance(node, Sequence):
        raise KustomizeError("an element is looked up in what is no list", node.span)
    return node.items


def _with_part(path: str, position: int, part: str) -> str:
    """A path with one more part, counted behind the slash that an absolute one begins with."""
    root = "/" if path.startswith("/") else ""
    parts = path.removeprefix("/").removeprefix("/").split("/")
    parts.insert(position, part)
    return root + posixpath.normpath("/".join(filter(None, parts)))
