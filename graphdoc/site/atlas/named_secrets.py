"""Secrets that values name for a chart that is not at hand: Git shows the name and not its use."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.model.node import Scalar
from graphdoc.resolve.resolved import ResolvedApplication
from graphdoc.site.writing.shown_values import leaf_pointers

__all__ = ["Mention", "mentions"]

_Key = tuple[str, str, str]


class Mention(NamedTuple):
    """The id of an Application whose values name a Secret of its namespace, and the line."""

    application: str
    span: Span


def mentions(applications: Iterable[ResolvedApplication]) -> Mapping[_Key, tuple[Mention, ...]]:
    """By cluster, namespace and name, for keys that speak of a secret."""
    return grouped(pair for app in applications for pair in _of(app))


def _of(app: ResolvedApplication) -> Iterator[tuple[_Key, Mention]]:
    namespace = app.application.destination.namespace
    for source in app.sources:
        if source.values is None or source.resources:
            continue
        for pointer, node in leaf_pointers(source.values):
            if isinstance(node, Scalar) and "secret" in pointer.lower():
                yield (app.cluster, namespace, node.text), Mention(app.id, node.span)
