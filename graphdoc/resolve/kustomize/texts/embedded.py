"""JSON and YAML that stand in a text: read, and written again as Go's libraries write them.

JSON is written anew. YAML is written again only where it differs from what go-yaml would write in
spaces at most: then each value that did not change is copied, and nothing has to be guessed.
"""

import json
import math
import re
from functools import partial

from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Mapping, Node, Scalar, Sequence, to_plain
from graphdoc.parse.scalars import OLD_BOOLEANS, resolve_scalar
from graphdoc.parse.yaml import YamlError, parse_documents
from graphdoc.resolve.kustomize.resources.trees import KustomizeError, NotUnderstoodError

__all__ = ["is_in_braces", "parse_text", "write_text"]

_TEXT = SourceFile("", "")


def parse_text(scalar: Scalar) -> Node:
    """What stands in a text.

    Raises:
        NotUnderstoodError: it cannot be told how Kustomize would read it.
    """
    try:
        documents = parse_documents(scalar.text.encode(), _TEXT)
    except YamlError as error:
        raise NotUnderstoodError(
            "a replacement within a text that is no YAML", scalar.span
        ) from error
    if len(documents) != 1 or documents[0].root is None or scalar.value is None:
        reason = "a replacement within a text that is not one YAML document"
        raise NotUnderstoodError(reason, scalar.span)
    if is_in_braces(scalar) and (_UNCLEAR.search(scalar.text) or not _is_json(scalar.text)):
        reason = "a replacement within a text in braces that is not plain JSON"
        raise NotUnderstoodError(reason, scalar.span)
    return documents[0].root


def is_in_braces(scalar: Scalar) -> bool:
    """Whether Kustomize takes a text for JSON."""
    return scalar.text.lstrip()[:1] in {"{", "["}


def write_text(scalar: Scalar, old: Node, new: Node) -> str:
    """The text with its content changed, in the format that it had.

    Raises:
        KustomizeError: the new content is nothing that JSON can say.
        NotUnderstoodError: it cannot be told how Kustomize would write it.
    """
    text = scalar.text
    if is_in_braces(scalar):
        return _json(scalar.text, new)
    writer = _Yaml(text)
    if writer.write(old, old).split() != text.split():
        reason = "a replacement within YAML that Kustomize would write in another form"
        raise NotUnderstoodError(reason, scalar.span)
    return writer.write(new, old)


_UNCLEAR = re.compile(r"\t|\\/|\\u(?:00[01789]|[dD][89a-fA-F])")
_DATE = re.compile(r"[0-9]{4}-[0-9]")
_ESCAPED = {c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def _json(text: str, new: Node) -> str:
    _check_json(new)
    dump = partial(json.dumps, ensure_ascii=False, sort_keys=True)
    content = _with_go_numbers(to_plain(new))
    if "\n" in text and "  " in text:
        written = dump(content, indent=2)
    else:
        written = dump(content, separators=(",", ":"))
    return "".join(_ESCAPED.get(letter, letter) for letter in written)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _check_json(node: Node) -> None:
    match node:
        case Scalar():
            if node.plain and isinstance(node.value, str) and _DATE.match(node.value):
                raise NotUnderstoodError("a date within JSON", node.span)
        case Sequence():
            for item in node.items:
                _check_json(item)
        case Mapping():
            for item in node.entries.values():
                _check_json(item)


def _with_go_numbers(value: object) -> object:
    """Go writes a whole number without a point, and Python's exponents differ from its own."""
    match value:
        case dict():
            return {key: _with_go_numbers(item) for key, item in value.items()}
        case list():
            return [_with_go_numbers(item) for item in value]
        case float():
            return _go_number(value)
        case _:
            return value


def _go_number(number: float) -> int | float:
    if not math.isfinite(number):
        raise KustomizeError("JSON has no such number")
    if number.is_integer() and abs(number) < 2**53 and math.copysign(1, number) > 0:
        return int(number)
    if "e" in repr(number) or number.is_integer():
        raise NotUnderstoodError("a number within JSON that is written with an exponent")
    return number


_TOKEN = re.compile(r"(?!---|\.\.\.|[&!*])[ -~]*")
_WORD = re.compile(r"[A-Za-z_/][\w/.@+=-]*(?:[: ][\w/.@+=-]+)*|[0-9]+(?:\.[0-9]+){2,3}", re.ASCII)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_LONGEST_KEY = 100


class _Yaml:
    """Writes block style, two columns a level, lists in the column of their key."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")

    def write(self, node: Node, old: Node | None) -> str:
        return "\n".join(self._block(node, old))

    def _block(self, node: Node, old: Node | None) -> list[str]:
        match node:
            case Mapping() if node.entries:
                entries = old.entries if isinstance(old, Mapping) else {}
                return [
                    line
                    for key, value in node.entries.items()
                    for line in self._entry(self._key(node, key), value, entries.get(key))
                ]
            case Sequence() if node.items:
                items = old.items if isinstance(old, Sequence) else ()
                known = (*items, *(None,) * (len(node.items) - len(items)))
                pairs = zip(node.items, known, strict=True)
                return [line for pair in pairs for line in self._item(*pair)]
            case _:
                return [self._token(node, old)]

    def _entry(self, key: str, value: Node, old: Node | None) -> list[str]:
        lines = self._block(value, old)
        match value:
            case Mapping() if value.entries:
                return [f"{key}:", *(f"  {line}" for line in lines)]
            case Sequence() if value.items:
                return [f"{key}:", *lines]
            case _:
                return [f"{key}: {lines[0]}".rstrip(" ")]

    def _item(self, value: Node, old: Node | None) -> list[str]:
        first, *others = self._block(value, old)
        return [f"- {first}".rstrip(" "), *(f"  {line}" for line in others)]

    def _key(self, node: Mapping, key: str) -> str:
        span = node.keys[key]
        token = self._copied(span) if span.file is _TEXT else key
        is_plain = span.file is _TEXT or (_WORD.fullmatch(key) and key.lower() not in OLD_BOOLEANS)
        if len(token) > _LONGEST_KEY or not is_plain:
            raise NotUnderstoodError("a key within YAML whose form is unclear")
        return token

    def _token(self, node: Node, old: Node | None) -> str:
        if node.span.file is _TEXT:
            return self._copied(node.span)
        if not isinstance(node, Scalar) or (old is not None and not isinstance(old, Scalar)):
            raise NotUnderstoodError("a replacement of more than a word within YAML", node.span)
        quote = self._copied(old.span)[:1] if old is not None else ""
        return _styled(node, old, quote)

    def _copied(self, span: Span) -> str:
        if span.line != span.end_line:
            raise NotUnderstoodError("a replacement within YAML that has values of several lines")
        token = self._lines[span.line - 1][span.column - 1 : span.end_column - 1]
        if not _TOKEN.fullmatch(token) or (token[:1] == '"' and "\\" in token):
            raise NotUnderstoodError("a replacement within YAML with letters that may be escaped")
        return token


def _styled(node: Scalar, old: Scalar | None, quote: str) -> str:
    if quote in {'"', "'"}:
        return _quoted(node, quote)
    text = node.text
    resolved = resolve_scalar(text) if text else None
    if old is not None:
        _check_type(node, old, resolved)
    was_text = old is not None and isinstance(old.value, str)
    if not isinstance(resolved, str) and (_NUMBER.fullmatch(text) or text in {"true", "false"}):
        return f'"{text}"' if was_text else text
    if (was_text or old is None) and _WORD.fullmatch(text) and text.lower() not in OLD_BOOLEANS:
        return text
    raise NotUnderstoodError("a value within YAML whose form is unclear", node.span)


def _quoted(node: Scalar, quote: str) -> str:
    if _TOKEN.fullmatch(node.text) and not set(node.text) & set("\"'\\"):
        return f"{quote}{node.text}{quote}"
    raise NotUnderstoodError("a value within YAML that has to be escaped", node.span)


def _check_type(node: Scalar, old: Scalar, resolved: object) -> None:
    if _DATE.match(old.text):
        raise NotUnderstoodError("a replacement of a date within YAML", node.span)
    if isinstance(old.value, float) and not isinstance(resolved, float):
        raise NotUnderstoodError("a value of another type within YAML", node.span)
