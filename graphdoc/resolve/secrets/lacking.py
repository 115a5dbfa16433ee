"""Keys that Pods ask of Secrets which have all their keys in Git, and not this one."""

from collections.abc import Iterator
from typing import NamedTuple

from graphdoc.model.location import Span
from graphdoc.model.resource import NamespacedName
from graphdoc.model.secret import ProducerKind
from graphdoc.resolve.names.alike import most_alike
from graphdoc.resolve.secrets.flow import Consumed, Produced, SecretFlow

__all__ = ["LackingKey", "find_lacking_keys"]

_WHOLE = frozenset({ProducerKind.SEALED_SECRET, ProducerKind.SECRET})
_ALIKE = 0.8


class LackingKey(NamedTuple):
    """A key that a Secret lacks, who asks for it, and the one like it that is there."""

    secret: NamespacedName
    key: str
    use: Consumed
    nearest: str
    made_at: tuple[Span, ...]


def find_lacking_keys(flow: SecretFlow) -> Iterator[LackingKey]:
    """Every such key that is like one which is there: others may be put in by a controller."""
    for secret, uses in flow.consumers.items():
        made = flow.producers.get(secret, ())
        if made and all(one.producer.how in _WHOLE for one in made):
            for use in (use for use in uses if not use.consumer.optional):
                yield from _misspelt(secret, use, made)


def _misspelt(
    secret: NamespacedName, use: Consumed, made: tuple[Produced, ...]
) -> Iterator[LackingKey]:
    known = frozenset(key for one in made for key in one.producer.keys)
    places = tuple(sorted({one.producer.span for one in made}))
    for key in sorted(set(use.consumer.keys) - known):
        for near in most_alike(key, known, _ALIKE):
            yield LackingKey(secret, key, use, near, places)
