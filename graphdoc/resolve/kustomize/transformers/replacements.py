"""Replacements: a value of one resource, copied to fields of others."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from graphdoc.model.kustomize import Selector
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Node, Scalar, Sequence, is_null
from graphdoc.parse.kustomization import selector
from graphdoc.parse.scalars import resolve_scalar
from graphdoc.resolve.kustomize.fields.fieldpath import (
    change_at,
    find_text,
    look_up,
    split_field_path,
)
from graphdoc.resolve.kustomize.resources.allowance import Allowance
from graphdoc.resolve.kustomize.resources.ids import Gvk, Id, Item
from graphdoc.resolve.kustomize.resources.items import Expressions, Items
from graphdoc.resolve.kustomize.resources.sharing import spread, with_changed
from graphdoc.resolve.kustomize.resources.trees import (
    AbsentTargetError,
    KustomizeError,
    NotUnderstoodError,
    Untyped,
    override,
    same,
    text_of,
    untyped,
)
from graphdoc.resolve.kustomize.texts.embedded import is_in_braces, parse_text, write_text

__all__ = ["replace_values"]

_NAME = "metadata.name"
_WITH_ANNOTATIONS = frozenset({"metadata", "metadata.annotations"})


class _Options(NamedTuple):
    delimiter: str = ""
    position: int = 0
    create: bool = False


class _Source(NamedTuple):
    """What is copied, and where it stands as a whole: a part or a text stands nowhere."""

    value: Node
    at: int = -1
    steps: tuple[str, ...] = ()

    def within(self, manifest: Mapping, changed: str) -> "_Source":
        """The source where it stands, changed: Kustomize goes on with what its own copy made of it.

        A scalar whose place is gone keeps its value.
        """
        try:
            found = look_up(manifest, self.steps)
        except KustomizeError:
            found = None
        if found is not None and same(found, self.value):
            return self
        if not isinstance(self.value, Scalar) or "*" in split_field_path(changed):
            raise NotUnderstoodError("a replacement that changes its own source", self.value.span)
        return self if found is None else self._replace(value=found)


def replace_values(items: Items, replacement: Mapping) -> None:
    """Copy the source's value to every target."""
    source, targets = replacement.mapping("source"), replacement.items_at("targets")
    text = replacement.scalar("sourceValue")
    if (source is None and text is None) or not targets:
        raise KustomizeError("replacements must specify a source and at least one target")
    if source is not None and text is not None:
        raise KustomizeError("value and resource selectors are mutually exclusive", text.span)
    found = _source_value(items, source) if source is not None else _Source(_untagged(text))
    for target in targets:
        if isinstance(target, Mapping):
            found = _apply(items, target, found)


def _untagged(text: Scalar | None) -> Scalar:
    """A source value has no type of its own, whatever its quotes."""
    assert text is not None
    return text._replace(value=resolve_scalar(str(text.text)), plain=True)


def _source_value(items: Items, source: Mapping) -> _Source:
    index, item = _source(items, source)
    path = source.text("fieldPath") or _NAME
    if item.previous and path in _WITH_ANNOTATIONS:
        # Kustomize's own annotations would be among them.
        raise NotUnderstoodError("annotations that are taken as a whole", source.span)
    steps = split_field_path(path)
    value = look_up(item.manifest, steps)
    if value is None or is_null(value) or _is_empty(value):
        reason = f"fieldPath '{path}' is missing for replacement source {item.id}"
        raise KustomizeError(reason, source.span)
    options = _options(source)
    if not options.delimiter:
        return _Source(value, index, steps)
    if not isinstance(value, Scalar):
        raise KustomizeError("delimiter option can only be used with scalar nodes", source.span)
    parts = value.text.split(options.delimiter)
    if not 0 <= options.position < len(parts):
        raise KustomizeError(f"options.index {options.position} is out of bounds", source.span)
    part = parts[options.position]
    return _Source(value._replace(text=part, value=part))


def _is_empty(node: Node) -> bool:
    return (isinstance(node, Mapping) and not node.entries) or (
        isinstance(node, Sequence) and not node.items
    )


def _source(items: Items, source: Mapping) -> tuple[int, Item]:
    wanted = selector(source)
    named = items.may_fit(wanted.name)
    found = [pair for pair in named if any(_is_meant(id_, wanted) for id_ in _ids(pair[1]))]
    if not found:
        raise AbsentTargetError("nothing selected by the source of a replacement", source.span)
    if len(found) > 1:
        raise KustomizeError("multiple matches for the source of a replacement", source.span)
    return found[0]


def _ids(item: Item) -> tuple[Id, ...]:
    """Every id that it has or had; the present namespace is the written one, of whatever type."""
    return (*item.previous_ids, Id(item.gvk, item.namespace or "default", item.name))


def _is_meant(found: Id, wanted: Selector) -> bool:
    return (
        wanted.namespace in {"", found.namespace}
        and wanted.name in {"", found.name}
        and found.gvk.is_selected_by(Gvk(wanted.group, wanted.version, wanted.kind))
    )


def _options(node: Mapping) -> _Options:
    options = node.mapping("options")
    if options is None:
        return _Options()
    index = options.scalar("index")
    number = index.value if index is not None and isinstance(index.value, int) else 0
    return _Options(options.text("delimiter"), number, options.is_true("create"))


def _apply(items: Items, target: Mapping, source: _Source) -> _Source:
    """Copy the source to one target; what it is afterwards."""
    select = target.mapping("select")
    if select is None:
        raise KustomizeError("target must specify resources to select", target.span)
    rejects = target.mappings_at("reject")
    paths = [text_of(path) for path in target.items_at("fieldPaths")] or [_NAME]
    wanted = Expressions(selector(select))
    unwanted = [(selector(node), Expressions(selector(node))) for node in rejects]
    for index, item in items.may_fit(select.text("name")):
        ids = _written_ids(item)
        if not wanted.fits_labels(item) or any(_is_rejected(item, ids, *pair) for pair in unwanted):
            continue
        if any(wanted.fits_id(*id_) for id_ in ids):
            manifest = item.manifest
            for path in paths:
                manifest = _copy(manifest, target, path, source.value, items.allowance)
                source = source.within(manifest, path) if index == source.at else source
            items.replace(index, spread(item, manifest))
    return source


def _written_ids(item: Item) -> list[tuple[Gvk, str, str]]:
    """Every id of a resource; its present namespace counts as it is written."""
    ids = [(item.gvk, item.name, item.namespace)]
    return ids + [(id_.gvk, id_.name, id_.namespace) for id_ in item.previous_ids]


def _is_rejected(
    item: Item, ids: list[tuple[Gvk, str, str]], wanted: Selector, expressions: Expressions
) -> bool:
    if (wanted.labels or wanted.annotations) and expressions.fits_labels(item):
        return True
    return any(wanted[:5]) and any(expressions.fits_id(*id_) for id_ in ids)


def _copy(
    manifest: Mapping, target: Mapping, path: str, value: Node, allowance: Allowance
) -> Mapping:
    options, steps = _options(target), split_field_path(path)
    blank = _blank(value) if options.create else None
    pay = partial(allowance.spend, above=len(steps))
    change = _Change(value, _Options(), target.span, pay)
    within = _changed_text(manifest, steps, change, blank)
    if within is not None:
        return within
    changed = change_at(manifest, steps, change._replace(options=options).make, blank)
    if not isinstance(changed, Mapping):
        verb = "find or create" if options.create else "find"
        reason = f"unable to {verb} field '{path}' in replacement target"
        raise KustomizeError(reason, target.span)
    return changed


class _Change(NamedTuple):
    value: Node
    options: _Options
    span: Span
    pay: Callable[[Node], None]

    def make(self, old: Node) -> Node:
        self.pay(self.value)
        new = _set(old, self.value, self.options, self.span)
        self.pay(new)
        return new

    def make_of_same_type(self, old: Node) -> Node:
        try:
            return self.make(old)
        except KustomizeError as error:
            raise NotUnderstoodError("a value of another type within YAML") from error


def _changed_text(
    manifest: Mapping, steps: tuple[str, ...], change: _Change, blank: Node | None
) -> Mapping | None:
    """The resource with JSON or YAML in a text changed; delimiters do not count there.

    ``None`` where Kustomize goes on as if no text were there, which it does after errors too.
    """
    found = find_text(manifest, steps)
    if found is None:
        return None
    text, rest = found
    content = parse_text(text)
    try:
        make = change.make if is_in_braces(text) else change.make_of_same_type
        changed = change_at(content, rest, make, blank)
        written = None if changed is None else write_text(text, content, changed)
    except NotUnderstoodError as error:
        raise NotUnderstoodError(error.reason, text.span) from error
    except KustomizeError:
        return None
    if written is None:
        return None
    new = override(Scalar(written, change.value.span, text=written), text)
    change.pay(new)
    whole = with_changed(manifest, text, new)
    assert isinstance(whole, Mapping)
    return whole


def _blank(value: Node) -> Node:
    """What a made field starts as: a scalar without a type, so that any value fits."""
    match value:
        case Mapping():
            return Mapping({}, {}, value.span)
        case Sequence():
            return Sequence((), value.span)
        case Scalar():
            return untyped("", value.span)


def _set(old: Node, value: Node, options: _Options, span: Span) -> Node:
    text = str(text_of(value))  # whose mark does not come along
    if options.delimiter:
        if not isinstance(old, Scalar):
            raise KustomizeError("delimiter option can only be used with scalar nodes", span)
        text = _joined(old.text, text, options)
    if not isinstance(old, Scalar):
        return override(value, old)
    return override(_typed(old, text, value, span), old)


def _joined(old: str, new: str, options: _Options) -> str:
    parts = old.split(options.delimiter)
    if options.position < 0:
        parts.insert(0, new)
    elif options.position >= len(parts):
        parts.append(new)
    else:
        parts[options.position] = new
    return options.delimiter.join(parts)


def _typed(old: Scalar, text: str, value: Node, span: Span) -> Scalar:
    """The new text as the type that the field has: a port stays a number."""
    if isinstance(old.text, Untyped):
        return untyped(text, value.span)
    if isinstance(old.value, str):
        return Scalar(text, value.span, text=text)
    resolved = resolve_scalar(text)
    is_number = isinstance(old.value, float) and type(resolved) is int
    if type(resolved) is not type(old.value) and not is_number:
        raise KustomizeError(f"a text cannot replace a {type(old.value).__name__}", span)
    return Scalar(resolved, value.span, plain=True, text=text)
