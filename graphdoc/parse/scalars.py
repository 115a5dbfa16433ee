"""Plain YAML scalars as the Go programs of the field read them, which is not as YAML 1.2 says.

Two dialects, measured against the real programs: Kustomize (yaml.v3) takes only ``true`` and
``false`` for booleans; kubectl, Argo CD and Helm (sigs.k8s.io/yaml) also take ``y``, ``yes``,
``on`` and their opposites. Numbers are read alike: ``0777`` is 511, ``1_000`` is 1000, and
``12:30`` is a string.
"""

import math
import re
from decimal import Decimal
from typing import TypeVar

from graphdoc.model.node import Atom, Mapping, Node, Scalar, Sequence

__all__ = [
    "NO_TEXTS", "NO_TEXT_STARTS", "OLD_BOOLEANS", "as_kubectl", "go_number", "kubectl_boolean",
    "resolve_scalar",
]  # fmt: skip

# In lower case, what YAML 1.1 reads as no text, so that writers quote it.
OLD_BOOLEANS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})

_WORDS: dict[str, Atom] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
# Plain keys that are no text, and how others begin that may be none.
NO_TEXTS = frozenset(_WORDS) - {"~"} | {"<<"}
NO_TEXT_STARTS = frozenset("0123456789+-.~")
_FIRST = frozenset("0123456789+-.")
_INFINITIES = {f"{s}{w}" for s in ("", "+", "-") for w in (".inf", ".Inf", ".INF")}
_NANS = frozenset({".nan", ".NaN", ".NAN"})
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DIGITS = {
    16: re.compile("[0-9a-fA-F]+"),
    10: re.compile("[0-9]{1,20}"),
    8: re.compile("[0-7]+"),
    2: re.compile("[01]+"),
}
_PREFIXES = {"0x": 16, "0X": 16, "0o": 8, "0O": 8, "0b": 2, "0B": 2}
# Go's ParseFloat takes an underscore between digits only.
_STRAY_UNDERSCORE = re.compile(r"(?<![0-9])_|_(?![0-9])")
# Go's %v writes an exponent outside of these.
_POWERS = range(-4, 6)


def _spellings(*words: str) -> frozenset[str]:
    return frozenset(s for w in words for s in (w, w.capitalize(), w.upper()))


_KUBECTL_TRUE = _spellings("y", "yes", "on")
_KUBECTL_FALSE = _spellings("n", "no", "off")


_LONGEST_BOOLEAN = max(map(len, _KUBECTL_TRUE | _KUBECTL_FALSE))


def resolve_scalar(text: str) -> Atom:
    """The value of a plain scalar, as Kustomize reads it."""
    if text in _WORDS:
        return _WORDS[text]
    return _resolve_number(text) if text[0] in _FIRST else text


def kubectl_boolean(text: str) -> bool | None:
    """The boolean that kubectl, Argo CD and Helm see in a word that Kustomize leaves alone."""
    if text in _KUBECTL_TRUE:
        return True
    return False if text in _KUBECTL_FALSE else None


_NodeT = TypeVar("_NodeT", Mapping, Sequence, Scalar, Node)


def as_kubectl(node: _NodeT) -> _NodeT:
    """The tree as kubectl, Argo CD and Helm read it; unchanged parts are shared."""
    if isinstance(node, Scalar):
        return _scalar_as_kubectl(node)
    if isinstance(node, Sequence):
        return node.mapped(as_kubectl)
    return _mapping_as_kubectl(node)


def _scalar_as_kubectl(node: Scalar) -> Scalar:
    if not node.plain or not isinstance(node.value, str):
        return node
    if len(node.value) > _LONGEST_BOOLEAN:
        return node
    boolean = kubectl_boolean(node.value)
    return node if boolean is None else node._replace(value=boolean)


def _mapping_as_kubectl(node: Mapping) -> Mapping:
    changed: dict[str, Node] = {}
    for key, value in node.entries.items():
        if isinstance(value, Scalar):
            new: Node = _scalar_as_kubectl(value) if value.plain else value
        else:
            new = as_kubectl(value)
        if new is not value:
            changed[key] = new
    return node.with_entries({**node.entries, **changed}) if changed else node


def _resolve_number(text: str) -> Atom:
    if text in _INFINITIES:
        return -math.inf if text[0] == "-" else math.inf
    if text in _NANS:
        return math.nan
    if text[0] == "." and _STRAY_UNDERSCORE.search(text):
        return text
    digits = text.replace("_", "")
    integer = _resolve_integer(digits)
    if integer is not None:
        return integer
    if not _FLOAT.fullmatch(digits):
        return text
    number = float(digits)
    return text if math.isinf(number) else number


def _resolve_integer(text: str) -> int | None:
    """What Go's ParseInt(text, 0, 64) and then ParseUint accept."""
    signed = text[:1] in ("+", "-")
    body = text[1:] if signed else text
    base = _PREFIXES.get(body[:2])
    if base:
        body = body[2:]
    else:
        base = 8 if len(body) > 1 and body[0] == "0" else 10
    if not _DIGITS[base].fullmatch(body):
        return None
    value = int(body, base)
    if text[:1] == "-":
        return -value if value <= 1 << 63 else None
    return value if value < 1 << (63 if signed else 64) else None


def go_number(number: float) -> str:
    """A floating number as ``%v`` prints it: ``1.50`` is 1.5, a million is 1e+06."""
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    if not isinstance(exponent, int):
        return {"F": "-Inf" if sign else "+Inf"}.get(exponent, "NaN")
    text = "".join(map(str, digits))
    power = len(text) + exponent - 1
    minus = "-" if sign else ""
    if power not in _POWERS:
        fraction = f".{text[1:]}" if len(text) > 1 else ""
        return f"{minus}{text[0]}{fraction}e{'-' if power < 0 else '+'}{abs(power):02}"
    return minus + f"{Decimal((0, digits, exponent)):f}"
