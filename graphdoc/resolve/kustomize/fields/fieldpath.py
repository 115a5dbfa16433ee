"""Field paths of replacements and vars, such as ``spec.ports.[name=web].port`` or ``args.0``."""

import re
from collections.abc import Callable
from typing import TypeAlias

from graphdoc.model.limits import DEFAULT_LIMITS
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Node, Scalar, Sequence, is_null
from graphdoc.resolve.kustomize.resources.expressions import Expression, compile_expression
from graphdoc.resolve.kustomize.resources.trees import (
    KustomizeError,
    NotUnderstoodError,
    put,
    text_of,
    untyped,
)
from graphdoc.resolve.kustomize.texts.embedded import parse_text
from graphdoc.resolve.kustomize.texts.reading import refuse_odd_key

__all__ = [
    "change_at", "find_text", "has_value", "is_match", "key_and_value", "look_up", "made_entry",
    "split_field_path", "with_indices",
]  # fmt: skip

_Change: TypeAlias = Callable[[Node], Node]

_NUMBER = re.compile(r"\+?[0-9]{1,18}")
_MOST_STEPS = DEFAULT_LIMITS.depth
_DELIMITER = re.compile(r"(?<!\\)\.")
_INDEXED = re.compile(r"(.*)\[([0-9]+)\]")


def split_field_path(path: str) -> tuple[str, ...]:
    """The steps of a path; dots within brackets or behind a backslash do not end a step.

    Raises:
        NotUnderstoodError: there are more of them than a tree has levels.
    """
    if path.count(".") > _MOST_STEPS:
        raise NotUnderstoodError(f"a path of more than {_MOST_STEPS} steps")
    parts = [part.replace("\\.", ".") for part in _DELIMITER.split(path)]
    if len(parts) > 1 and not parts[0]:
        del parts[0]
    steps: list[str] = []
    while parts:
        step = parts.pop(0)
        if step.startswith("[") and not step.endswith("]"):
            while parts and not step.endswith("]"):
                step = f"{step}.{parts.pop(0)}"
            step = step if "=" in step else step.strip("[]")
        steps.append(step)
    return tuple(steps)


def with_indices(steps: tuple[str, ...]) -> tuple[str, ...]:
    """The steps of a var's path, where ``ports[0]`` means ``ports`` and ``0``."""
    found: list[str] = []
    for step in steps:
        match = _INDEXED.fullmatch(step)
        found += [part for part in match.groups() if part] if match else [step]
    return tuple(found)


def look_up(node: Node | None, steps: tuple[str, ...]) -> Node | None:
    """What lies at a path; ``None`` where it leaves the tree."""
    for step in (step.strip() for step in steps if step.strip()):
        if is_null(node):
            return None
        node = _step_into(node, step)
    return node


def find_text(node: Node, steps: tuple[str, ...]) -> tuple[Scalar, tuple[str, ...]] | None:
    """The value that a path leads into, and the steps that are left within it."""
    for length in range(1, len(steps)):
        try:
            found = look_up(node, steps[:length])
        except KustomizeError:
            continue
        if isinstance(found, Scalar):
            return found, steps[length:]
    return None


def _step_into(node: Node | None, step: str) -> Node | None:
    if step == "*":
        raise KustomizeError("a wildcard cannot name a source")
    if _NUMBER.fullmatch(step) or step == "-":
        items = _as_list(node).items
        index = -1 if step == "-" else int(step)
        return items[index] if -1 <= index < len(items) and items else None
    if is_match(step):
        key, value = key_and_value(step)
        return next((item for item in _as_list(node).items if has_value(item, key, value)), None)
    if not isinstance(node, Mapping):
        raise KustomizeError(f"'{step}' is looked up in what is no mapping")
    return node.entries.get(step)


def has_value(item: Node, key: str, value: str) -> bool:
    """Whether an entry has the value under the key, or is the value where there is no key."""
    if not key:
        return text_of(item) == value
    return isinstance(item, Mapping) and key in item.entries and text_of(item.entries[key]) == value


def is_match(step: str) -> bool:
    """Whether a step means an entry by a value in it, as ``[name=web]``."""
    return step.startswith("[") and step.endswith("]")


def key_and_value(step: str) -> tuple[str, str]:
    """What ``[key=value]`` holds."""
    key, equals, value = step[1:-1].partition("=")
    if not equals:
        raise KustomizeError(
            "list path element must contain fieldName=fieldValue for element to match"
        )
    return key, value


def _as_list(node: Node | None) -> Sequence:
    if not isinstance(node, Sequence):
        raise KustomizeError("an element is looked up in what is no list")
    return node


def change_at(
    node: Node, steps: tuple[str, ...], change: _Change, blank: Node | None
) -> Node | None:
    """The tree with everything at a path changed; ``None`` where nothing is there.

    ``blank`` is what a missing field starts as; without it nothing is made.
    """
    walk = _Walk(change, blank)
    changed = walk.descend(node, steps)
    return changed if walk.count else None


class _Walk:
    def __init__(self, change: _Change, blank: Node | None) -> None:
        self._change = change
        self._blank = blank
        self.count = 0

    def descend(self, node: Node, steps: tuple[str, ...]) -> Node:
        if not steps:
            self.count += 1
            return self._change(node)
        step = steps[0]
        if _NUMBER.fullmatch(step):
            return self._at_index(node, int(step), steps)
        if is_match(step):
            return self._at_matches(node, steps)
        if step == "*":
            return _as_list(node).mapped(lambda item: self.descend(item, steps[1:]))
        return self._at_field(node, steps)

    def _at_field(self, node: Node, steps: tuple[str, ...]) -> Node:
        step = steps[0]
        if is_null(node):
            return node
        if not isinstance(node, Mapping):
            raise KustomizeError(f"'{step}' is looked up in what is no mapping")
        child = node.entries.get(step)
        if child is None:
            child = self._made(steps[1:])
            if child is None:
                return node
            refuse_odd_key(step, child.span)
        if isinstance(child, Scalar) and len(steps) > 1:
            self._look_into(child, steps[1:])
            return node
        return put(node, step, self.descend(child, steps[1:]), child.span)

    def _look_into(self, text: Scalar, steps: tuple[str, ...]) -> None:
        """Kustomize changes a copy of what stands in a text, and forgets it."""
        inner = _Walk(lambda node: node, self._blank)
        inner.descend(parse_text(text), steps)
        self.count += inner.count

    def _made(self, rest: tuple[str, ...]) -> Node | None:
        if self._blank is None or not rest:
            return self._blank
        span = self._blank.span
        if is_match(rest[0]) or _NUMBER.fullmatch(rest[0]):
            return Sequence((), span)
        return Mapping({}, {}, span)

    def _at_index(self, node: Node, index: int, steps: tuple[str, ...]) -> Node:
        items = _as_list(node).items
        if index == len(items):
            made = self._made(steps[1:])
            items = items if made is None else (*items, made)
        if index >= len(items):
            raise KustomizeError(f"index {index} specified but only {len(items)} elements found")
        changed = self.descend(items[index], steps[1:])
        return _as_list(node).with_items((*items[:index], changed, *items[index + 1 :]))

    def _at_matches(self, node: Node, steps: tuple[str, ...]) -> Node:
        key, value = key_and_value(steps[0])
        pattern = compile_expression(value)
        before = self.count
        changed = _as_list(node).mapped(lambda item: self._if_matched(item, key, pattern, steps))
        if self.count > before or self._blank is None:
            return changed
        made = made_entry(key, value, self._blank.span)
        if not pattern.search(value):
            raise KustomizeError(f"an element made for '{steps[0]}' does not match it")
        return changed.with_items((*changed.items, self._if_matched(made, key, pattern, steps)))

    def _if_matched(
        self, item: Node, key: str, pattern: Expression, steps: tuple[str, ...]
    ) -> Node:
        """Primitive entries are changed whatever steps are left, as Kustomize does."""
        if not key:
            if not pattern.search(text_of(item)):
                return item
            return self.descend(item, ())
        found = item.entries.get(key) if isinstance(item, Mapping) else None
        if found is None or not pattern.search(text_of(found)):
            return item
        return self.descend(item, steps[1:])


def made_entry(key: str, value: str, span: Span) -> Node:
    """The entry that ``[key=value]`` means, where a list has none."""
    scalar = untyped(value, span)
    return Mapping({key: scalar}, {key: span}, span) if key else scalar
