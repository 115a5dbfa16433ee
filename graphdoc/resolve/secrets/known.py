"""The values of the Secrets that something renders, so that no other place tells them."""

import re
from base64 import b64decode
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial
from types import MappingProxyType

from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Node, Plain, Scalar, Sequence, unescape_pointer, walk
from graphdoc.model.redact import REDACTED, is_credential_key
from graphdoc.model.resource import Resource
from graphdoc.resolve.secrets.settings import is_setting

__all__ = ["HOLDING", "KnownSecrets", "hide_copies"]

_SHORTEST = 6
_NUMBER = 8  # what a number has at least to be looked for within another text
_MOST_READ = 20_000_000  # signs compared with values in one text
# Where values stand; what a template says of the Secret itself, such as its labels, is none.
HOLDING = MappingProxyType({
    "Secret": (("data",), ("stringData",)),
    "SealedSecret": (
        ("spec", "data"), ("spec", "encryptedData"),
        ("spec", "template", "data"), ("spec", "template", "stringData"),
    ),
})  # fmt: skip
# Words, names and hosts that anything may be called by, unless their key says what they are.
_ORDINARY = re.compile(r"[A-Za-z]+(?:-[a-z]+)?|[a-z-]+(?:\.[a-z-]+)+")
# A credential within a file that a Secret holds: JSON, YAML, INI or an environment.
_LINE = re.compile(
    r"(?<![\w.-])(?P<key>[\w.-]{1,80}+)[\"']?[ \t]{0,8}+[:=][ \t]{0,8}+"
    r"[\"']?(?P<value>[^\s\"',}]{6,})"
)
_PASSWORD = re.compile(r"://[^/\s:@]*+:(?P<value>[^/\s@]{6,})@")


class KnownSecrets:
    """The values of every Secret among some resources, but for settings and short words."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._known = frozenset(_telling(resources))
        self._sizes: dict[str, set[int]] = defaultdict(set)
        for text in self._known:
            if not text.isdigit() or len(text) >= _NUMBER:
                self._sizes[text[:_SHORTEST]].add(len(text))

    def __bool__(self) -> bool:
        return bool(self._known)

    def text(self, text: str) -> str:
        """A text without any of the values, be it all of it or a part."""
        if text.strip() in self._known:
            return REDACTED
        return "".join(self._pieces(text)) if self._sizes else text

    def plain(self, value: Plain) -> Plain:
        """Plain data without any of the values."""
        match value:
            case str():
                return self.text(value)
            case list():
                return [self.plain(item) for item in value]
            case dict():
                return {key: self.plain(item) for key, item in value.items()}
            case int() if str(value) in self._known:
                return REDACTED
            case _:
                return value

    def holds(self, value: Plain) -> bool:
        """Whether one of the values is in it."""
        return bool(self) and self.plain(value) != value

    def _pieces(self, text: str) -> Iterator[str]:
        """The parts between the values; each place is looked at once, however many are known."""
        done = at = read = 0
        while at + _SHORTEST <= len(text):
            begun = self._sizes.get(text[at : at + _SHORTEST], ())
            sizes = [n for n in begun if at + n <= len(text)]
            read += sum(sizes)
            if read > _MOST_READ:  # so many values begin alike that the rest is not worth it
                yield from (text[done:at], REDACTED)
                return
            fitting = (n for n in sorted(sizes, reverse=True) if text[at : at + n] in self._known)
            size = next(fitting, 0)
            if size:
                yield text[done:at]
                yield REDACTED
                done = at + size
            at += size or 1
        yield text[done:]


def hide_copies(resources: tuple[Resource, ...]) -> tuple[Resource, ...]:
    """Resources without what a replacement or a variable copied from a Secret among them."""
    told = {
        node.span: _text(node)
        for resource in resources
        for key, node in _values(resource)
        if node.value not in {None, ""} and not is_setting(key, _decoded(_text(node)))
    }
    if not told:
        return resources
    return tuple(r if r.kind in HOLDING else _without_copies(r, told) for r in resources)


def _without_copies(resource: Resource, told: dict[Span, str]) -> Resource:
    manifest = _hidden(resource.manifest, told)
    return Resource(manifest) if isinstance(manifest, Mapping) else resource


def _hidden(node: Node, told: dict[Span, str]) -> Node:
    """A tree without such copies; the same one where it has none."""
    match node:
        case Scalar():
            value = str(node.value)
            copied = [told[span] for span in node.origins if told.get(span, "\0") in value]
            for text in copied:
                value = value.replace(text, REDACTED)
            return node._replace(value=value, text=value) if copied else node
        case Sequence() | Mapping():
            return node.mapped(partial(_hidden, told=told))


def _telling(resources: Iterable[Resource]) -> Iterator[str]:
    for resource in resources:
        for key, node in _values(resource):
            yield from _told(key, _text(node))


def _values(resource: Resource) -> Iterator[tuple[str, Scalar]]:
    for route in HOLDING.get(resource.kind, ()):
        values = resource.manifest.find(*route)
        for pointer, node in walk(values) if values is not None else ():
            if isinstance(node, Scalar):
                yield unescape_pointer(pointer.rpartition("/")[2]), node


def _text(node: Scalar) -> str:
    return node.value if isinstance(node.value, str) else node.text


def _told(key: str, text: str) -> Iterator[str]:
    """A value as it is written and as it is decoded, and the credentials in it."""
    plain = _decoded(text)
    for value in {text, plain}:
        if _is_telling(key, value):
            yield value.strip()
    pieces = [m["value"] for m in _LINE.finditer(plain) if is_credential_key(m["key"])]
    pieces += (m["value"] for m in _PASSWORD.finditer(plain))
    yield from (piece for piece in pieces if _is_telling("password", piece))


def _is_telling(key: str, value: str) -> bool:
    text = value.strip()
    if len(text) < _SHORTEST or is_setting(key, value):
        return False
    return is_credential_key(key) or not _ORDINARY.fullmatch(text)


def _decoded(value: str) -> str:
    try:
        return b64decode("".join(value.split()), validate=True).decode()
    except ValueError:  # not Base64, not ASCII, or not text below it
        return value
