"""Trees of templated texts, filled in with parameters, each leaf keeping where it comes from."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Node, Scalar, walk
from graphdoc.model.node import Sequence as Items
from graphdoc.resolve.applicationset.dialect import Dialect, Fault, Filled

__all__ = ["Misfit", "fill_leniently", "fill_mapping"]


class Misfit(NamedTuple):
    """A text that cannot be evaluated, and where it is written."""

    span: Span
    fault: Fault


def fill_mapping(
    dialect: Dialect, template: Mapping, parameters: Sequence[Mapping]
) -> list[Mapping | Misfit]:
    """The tree once for each parameter set; a misfit where one of its texts has a fault.

    A value that is one parameter as a whole stands where the parameter is written, and overrides
    the template's place; any other value keeps the template's place.
    """
    return _fill(dialect.fill, dialect, template, parameters)


def fill_leniently(
    dialect: Dialect, template: Mapping, parameters: Sequence[Mapping]
) -> list[Mapping | Misfit]:
    """The same, but a text that names an unknown parameter stays as it is."""
    return _fill(dialect.fill_leniently, dialect, template, parameters)


def _fill(
    fill: Callable[[Sequence[str], Sequence[Mapping]], list[Filled]],
    dialect: Dialect,
    template: Mapping,
    parameters: Sequence[Mapping],
) -> list[Mapping | Misfit]:
    answers = fill(tuple(dict(_templated(template))), parameters)
    return [
        _fill_with(dialect, template, one, answer)
        for one, answer in zip(parameters, answers, strict=True)
    ]


def _fill_with(
    dialect: Dialect, template: Mapping, parameters: Mapping, answer: Filled
) -> Mapping | Misfit:
    for text, span in _templated(template):
        result = answer[text]
        if isinstance(result, Fault):
            return Misfit(span, result)
    texts = {text: result for text, result in answer.items() if isinstance(result, str)}
    return _Filling(dialect, parameters, texts).mapping(template)


def _templated(template: Mapping) -> Iterator[tuple[str, Span]]:
    """Every text and key with something to fill in, and where it is written."""
    for _, node in walk(template):
        if isinstance(node, Scalar) and isinstance(node.value, str) and "{{" in node.value:
            yield node.value, node.span
        elif isinstance(node, Mapping):
            yield from ((key, node.keys[key]) for key in node.entries if "{{" in key)


@dataclass(frozen=True, slots=True)
class _Filling:
    dialect: Dialect
    parameters: Mapping
    texts: dict[str, str]

    def mapping(self, node: Mapping) -> Mapping:
        """The mapping with its keys and values filled in; itself where nothing changes."""
        entries: dict[str, Node] = {}
        keys: dict[str, Span] = {}
        for key, child in node.entries.items():
            name = self.texts.get(key, key)
            entries[name] = self._node(child)
            keys[name] = node.keys[key]
        unchanged = entries.keys() == node.entries.keys() and all(
            child is node.entries[key] for key, child in entries.items()
        )
        return node if unchanged else node.with_entries(entries, keys)

    def _node(self, node: Node) -> Node:
        match node:
            case Scalar():
                return self._scalar(node)
            case Mapping():
                return self.mapping(node)
            case Items():
                return node.mapped(self._node)

    def _scalar(self, node: Scalar) -> Scalar:
        text = self.texts.get(node.value) if isinstance(node.value, str) else None
        if text is None or text == node.value:
            return node
        parameter = self.dialect.parameter(str(node.value), self.parameters)
        span, earlier = node.span, node.earlier
        if parameter is not None:
            span, earlier = parameter.span, node.origins
        return Scalar(text, span, text=text, earlier=earlier)
