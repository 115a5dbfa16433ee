"""ConfigMaps and Secrets made from literals and files."""

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import SourceFile, Span, file_start
from graphdoc.model.node import Mapping, Node, Scalar
from graphdoc.resolve.kustomize.patches.merge import is_plain_text
from graphdoc.resolve.kustomize.resources.ids import Item
from graphdoc.resolve.kustomize.resources.items import Items
from graphdoc.resolve.kustomize.resources.trees import (
    AbsentTargetError,
    Hidden,
    KustomizeError,
    put,
    put_route,
    restored,
    string,
    text_of,
    without,
)
from graphdoc.resolve.kustomize.texts.reading import (
    refuse_broken_block,
    refuse_odd_key,
    refuse_odd_pair,
)
from graphdoc.resolve.kustomize.transformers.hashes import MARK, wants_hash
from graphdoc.resolve.kustomize.transformers.origins import without_origin

__all__ = ["FileReader", "absorb", "absorb_all", "add_generated", "generate"]

_LINE = 70
_BARE = re.compile(r"(?!\d{4}-)[\w./+](?:[\w ./+=@,-]|:(?=\S))*")


class FileReader(NamedTuple):
    """Reads a file of the kustomization, by the entry that names it."""

    read: Callable[[Scalar, str], tuple[SourceFile, bytes]]


@dataclass(frozen=True, slots=True)
class _Pair:
    key: str
    value: bytes
    span: Span


def add_generated(
    items: Items, kind: str, entry: Mapping, options: Mapping, reader: FileReader
) -> None:
    """Add what a generator entry describes, without data where these cannot be had."""
    try:
        made = generate(kind, entry, options, reader)
    except KustomizeError as error:
        error.hides = _add_bare(items, kind, entry)
        raise
    absorb(items, made)


def _add_bare(items: Items, kind: str, entry: Mapping) -> Hidden:
    """Whether with it all is known that others may name."""
    name = entry.scalar("name")
    if name is None or not name.value:
        return Hidden.RESOURCES
    bare = Item(_base(kind, entry, name))
    if items.any_id(bare.id):
        return Hidden.FIELDS
    items.append(bare)
    return Hidden.NOTHING


def generate(kind: str, entry: Mapping, options: Mapping, reader: FileReader) -> Item:
    """The ConfigMap or Secret that one generator entry describes."""
    name = entry.scalar("name")
    if name is None or not name.value:
        raise KustomizeError("a configmap must have a name", entry.span)
    manifest = _base(kind, entry, name)
    manifest = _with_pairs(manifest, kind, _unique_pairs(entry, reader))
    both = (options, entry.at("options"))
    manifest = _with_metadata(manifest, both)
    is_plain_name = any(told.is_true("disableNameSuffixHash") for told in both)
    return Item(manifest, behavior=entry.text("behavior"), needs_hash=not is_plain_name)


def _base(kind: str, entry: Mapping, name: Scalar) -> Mapping:
    manifest = Mapping({}, {}, entry.span)
    manifest = put(manifest, "apiVersion", string("v1", entry.span), entry.span)
    manifest = put(manifest, "kind", string(kind, entry.span), entry.span)
    manifest = put_route(manifest, ("metadata", "name"), name)
    namespace = entry.scalar("namespace")
    if namespace is not None and namespace.value:
        manifest = put_route(manifest, ("metadata", "namespace"), namespace)
    if kind == "ConfigMap":
        return manifest
    type_ = entry.scalar("type")
    told = type_ if type_ is not None and type_.value else string("Opaque", entry.span)
    manifest = put(manifest, "type", told, entry.span)
    return put(manifest, "data", Mapping({}, {}, entry.span), entry.span)


def _unique_pairs(entry: Mapping, reader: FileReader) -> list[_Pair]:
    pairs: dict[str, _Pair] = {}
    for pair in _pairs(entry, reader):
        if pair.key in pairs:
            name = entry.text("name")
            raise KustomizeError(
                f"configmap {name} illegally repeats the key '{pair.key}'", pair.span
            )
        refuse_odd_key(pair.key, pair.span)
        pairs[pair.key] = pair
    return [pairs[key] for key in sorted(pairs)]


def _pairs(entry: Mapping, reader: FileReader) -> Iterator[_Pair]:
    envs = [*entry.items_at("envs"), *filter(None, [entry.scalar("env")])]
    for source in envs:
        if text_of(source):
            yield from _env_pairs(source, reader)
    for source in entry.items_at("literals"):
        yield _literal_pair(source)
    for source in entry.items_at("files"):
        yield _file_pair(source, reader)


def _env_pairs(source: Node, reader: FileReader) -> Iterator[_Pair]:
    if not isinstance(source, Scalar):
        return
    file, content = reader.read(source, text_of(source))
    for number, raw in enumerate(content.split(b"\n"), start=1):
        line = raw.removesuffix(b"\r")
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        line = line.lstrip()
        if not line or line.startswith(b"#"):
            continue
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            raise KustomizeError(f"line {number} of {file} is not UTF-8", source.span) from error
        key, _, value = text.partition("=")
        if key:
            span = Span(file, number, 1, number, len(raw.decode(errors="replace")) + 1)
            yield _Pair(key, value.encode(), span)


def _literal_pair(source: Node) -> _Pair:
    key, equals, value = text_of(source).partition("=")
    if not key or not equals:
        raise KustomizeError("invalid literal source, expected key=value", source.span)
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return _Pair(key, (value[1:-1] if is_quoted else value).encode(), source.span)


def _file_pair(source: Node, reader: FileReader) -> _Pair:
    if not isinstance(source, Scalar):
        raise KustomizeError("a file source must be a string", source.span)
    text = text_of(source)
    key, equals, path = text.partition("=")
    if not equals:
        key, path = text.rstrip("/").rpartition("/")[2], text
    if not key or not path or "=" in path:
        raise KustomizeError(f"invalid file source '{text}', expected [key=]path", source.span)
    file, content = reader.read(source, path)
    return _Pair(key, content, file_start(file))


def _with_pairs(manifest: Mapping, kind: str, pairs: list[_Pair]) -> Mapping:
    made: dict[str, dict[str, _Pair]] = {}
    for pair in pairs:
        is_text = kind != "Secret" and _is_text(pair.value)
        if is_text:
            refuse_broken_block(pair.value.decode(), pair.span)
        field = "data" if is_text or kind == "Secret" else "binaryData"
        made.setdefault(field, {})[pair.key] = pair
    for field, found in made.items():
        entries: dict[str, Node] = {
            key: _bare(string(_written(field, kind, pair.value), pair.span))
            for key, pair in found.items()
        }
        keys = {key: pair.span for key, pair in found.items()}
        span = keys[next(iter(keys))] if field not in manifest.entries else manifest.span
        manifest = put(manifest, field, Mapping(entries, keys, span), span)
    return manifest


def _bare(made: Scalar) -> Scalar:
    """A text without quotes where it needs none: a patch may put a number in its place."""
    text = str(made.value)
    is_bare = _BARE.fullmatch(text) is not None and is_plain_text(text)
    return made._replace(plain=True) if is_bare else made


def _is_text(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _written(field: str, kind: str, value: bytes) -> str:
    return value.decode() if field == "data" and kind != "Secret" else _base64(value)


def _base64(value: bytes) -> str:
    """Base64 in lines of 70 characters, as soon as it fills one."""
    encoded = base64.b64encode(value).decode()
    if len(encoded) < _LINE:
        return encoded
    lines = [encoded[i : i + _LINE] for i in range(0, len(encoded), _LINE)]
    return "".join(f"{line}\n" for line in lines)


def _with_metadata(manifest: Mapping, options: tuple[Mapping, ...]) -> Mapping:
    """With what the options say, the last of which wins."""
    for field in ("labels", "annotations"):
        pairs: dict[str, Node] = {}
        for found in (told.at(field) for told in options):
            for key, place in found.keys.items():
                refuse_odd_pair(key, place)
            pairs |= found.entries
        for key in sorted(pairs):
            value = string(text_of(pairs[key]), pairs[key].span)
            manifest = put_route(manifest, ("metadata", field, key), value)
    if any(told.is_true("immutable") for told in options):
        immutable = Scalar(value=True, span=manifest.span, plain=True, text="true")
        manifest = put(manifest, "immutable", immutable, manifest.span)
    return manifest


def absorb(items: Items, made: Item) -> None:
    """Add what a generator made, or merge it into what is there, as its behavior says."""
    found = items.any_id(made.id)
    if not found:
        if made.behavior in {"merge", "replace"}:
            reason = f"{made.id} does not exist; cannot {made.behavior}"
            raise AbsentTargetError(reason, made.manifest.span)
        items.append(made)
        return
    if len(found) > 1:
        raise KustomizeError(f"several resources could accept {made.id}", made.manifest.span)
    if made.behavior not in {"merge", "replace"}:
        reason = f"{made.id} exists; behavior must be merge or replace"
        raise KustomizeError(reason, made.manifest.span)
    index, old = found[0]
    if old.gvk != made.gvk:  # a patch has changed its kind
        reason = f"{made.id} is {old.id} by now; cannot {made.behavior}"
        raise KustomizeError(reason, made.manifest.span)
    items.replace(index, _over(old, made))


def absorb_all(items: Items, made: Iterable[Item], span: Span) -> None:
    """Add what one chart makes; where Kustomize would stop is told once, and the rest goes on."""
    refused: list[str] = []
    for item in made:
        try:
            absorb(items, item)
        except KustomizeError as error:
            refused.append(error.reason)
    if refused:
        others = f" (and {len(refused) - 1} more of this chart)" if refused[1:] else ""
        raise KustomizeError(f"{refused[0]}{others}", span)


def _over(old: Item, made: Item) -> Item:
    manifest = made.manifest
    if made.behavior == "replace":
        old = old.with_manifest(without_origin(old.manifest))
    for field in ("labels", "annotations"):
        manifest = _merge_texts(manifest, old.manifest, "metadata", field)
    for field in ("name", "namespace"):
        manifest = restored(manifest, old.manifest, "metadata", field)
    if made.behavior == "merge":
        manifest = _merge_texts(manifest, old.manifest, "data")
        manifest = _merge_texts(manifest, old.manifest, "binaryData")
    needs_hash = wants_hash(old) and made.needs_hash
    return old._replace(manifest=without(manifest, *MARK), needs_hash=needs_hash)


def _merge_texts(manifest: Mapping, old: Mapping, *route: str) -> Mapping:
    before, after = old.at(*route), manifest.at(*route)
    if not before.entries:
        return manifest
    merged: dict[str, Node] = {
        key: _bare(value if isinstance(value.value, str) else string(value.text, value.span))
        for key, value in before.entries.items()
        if isinstance(value, Scalar)
    }
    for key, value in after.entries.items():
        earlier = merged[key].origins if key in merged else ()
        merged[key] = value._replace(earlier=earlier)
    keys = {**before.keys, **after.keys}
    ordered = {key: merged[key] for key in sorted(merged)}
    return put_route(manifest, route, Mapping(ordered, keys, manifest.span))
