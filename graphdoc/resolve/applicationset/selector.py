"""Label selectors, over a cluster's labels or over the parameters that a generator yields."""

from collections.abc import Callable
from collections.abc import Iterable as Many
from collections.abc import Mapping as Dict
from typing import TypeAlias

from graphdoc.model.node import NOTHING, Mapping, Node, Scalar
from graphdoc.resolve.applicationset.failures import GeneratorError
from graphdoc.resolve.applicationset.parameters import go_text

__all__ = ["asked_labels", "is_empty", "is_known", "parse_selector"]

_Labels: TypeAlias = Dict[str, str]
_Matcher: TypeAlias = Callable[[_Labels], bool]


def is_empty(selector: Mapping | None) -> bool:
    """Whether a selector asks for nothing."""
    seen = selector or NOTHING
    return not seen.at("matchLabels").entries and not seen.items_at("matchExpressions")


def asked_labels(selector: Mapping | None) -> dict[str, str]:
    """Labels with which something could match: of several values the first."""
    seen = selector or NOTHING
    asked = {key: _text(node) for key, node in seen.at("matchLabels").entries.items()}
    for node in seen.mappings_at("matchExpressions"):
        if node.text("operator") in {"In", "Exists"}:
            asked.setdefault(node.text("key"), next(map(_text, node.items_at("values")), "true"))
    return asked


def is_known(selector: Mapping | None, known: Many[_Labels]) -> bool:
    """Whether anything known has all the keys that a selector asks about, whatever their values."""
    keys = {*asked_labels(selector)}
    if selector is not None and not keys:
        keys = {node.text("key") for node in selector.mappings_at("matchExpressions")}
    return any(keys <= labels.keys() for labels in known)


def parse_selector(selector: Mapping | None) -> _Matcher:
    """What tells whether labels match; an empty selector matches all.

    Raises:
        GeneratorError: an operator that no selector has.
    """
    if selector is None:
        return lambda _: True
    wanted = {key: _text(node) for key, node in selector.at("matchLabels").entries.items()}
    matchers = [_expression_matcher(node) for node in selector.items_at("matchExpressions")]
    return lambda labels: (
        all(labels.get(key) == text for key, text in wanted.items())
        and all(matches(labels) for matches in matchers)
    )


def _expression_matcher(node: Node) -> _Matcher:
    if not isinstance(node, Mapping):
        raise GeneratorError(node.span, "a match expression is not a mapping")
    key, operator = node.text("key"), node.text("operator")
    values = frozenset(_text(item) for item in node.items_at("values"))
    matchers: dict[str, _Matcher] = {
        "In": lambda labels: labels.get(key) in values,
        "NotIn": lambda labels: labels.get(key) not in values,
        "Exists": lambda labels: key in labels,
        "DoesNotExist": lambda labels: key not in labels,
    }
    if operator not in matchers:
        raise GeneratorError(node.span, f"'{operator}' is not a valid selector operator")
    if operator in {"In", "NotIn"} and not values:
        raise GeneratorError(node.span, f"operator '{operator}' needs values")
    return matchers[operator]


def _text(node: Node) -> str:
    return go_text(node.value) if isinstance(node, Scalar) else ""
