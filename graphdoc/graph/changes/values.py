"""Which effective values differ between two states, and where the new one was set."""

import json
from collections.abc import Iterator
from dataclasses import replace
from operator import itemgetter
from typing import TypeAlias

from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.model.node import Node, Plain, to_plain
from graphdoc.model.redact import REDACTED, hide_credentials, is_credential_key, redact
from graphdoc.resolve.helm.layering import spell_key, value_leaves
from graphdoc.resolve.resolved import Estate, ResolvedApplication, ResolvedSource
from graphdoc.resolve.secrets.known import KnownSecrets

__all__ = ["ValueChange", "find_value_changes"]

_Leaves: TypeAlias = dict[tuple[str, ...], Node]


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One value that differs for some Applications; ``None`` where it is not set.

    ``place`` is the line that sets it now, or that set it before.
    """

    route: tuple[str, ...]
    before: Plain
    after: Plain
    place: Span
    applications: tuple[str, ...]

    @property
    def key(self) -> str:
        """The value's key as Helm's ``--set`` spells it."""
        return spell_key(self.route)


def find_value_changes(before: Estate, after: Estate) -> tuple[ValueChange, ...]:
    """The values of Applications that both states have, one entry for one cause."""
    old = before.by_id
    found = grouped(
        (_cause(change), (change, entry.id))
        for entry in after.applications
        if entry.id in old
        for change in _changes(old[entry.id], entry)
    )
    return tuple(
        replace(group[0][0], applications=tuple(sorted({id_ for _, id_ in group})))
        for _, group in sorted(found.items(), key=itemgetter(0))
    )


def _cause(change: ValueChange) -> tuple[Span, str, str, str]:
    return (change.place, change.key, _canonical(change.before), _canonical(change.after))


def _changes(old: ResolvedApplication, new: ResolvedApplication) -> Iterator[ValueChange]:
    known = KnownSecrets((*old.resources, *new.resources))
    for before, after in zip(old.sources, new.sources, strict=False):
        was, now = _told(before), _told(after)
        if was is None or now is None:
            continue
        for route in sorted(was.keys() | now.keys()):
            if _differs(was.get(route), now.get(route)):
                is_secret = any(
                    known.holds(to_plain(n)) for n in (was.get(route), now.get(route)) if n
                )
                first, second = (_shown(side, route, is_secret=is_secret) for side in (was, now))
                node = now.get(route) or was[route]
                yield ValueChange(route, first, second, node.span, ())


def _told(source: ResolvedSource) -> _Leaves | None:
    """What Helm is told, by a kustomization below the names of its charts."""
    if source.values is not None:
        return dict(value_leaves(source.values))
    if source.build is None:
        return None
    return {
        (request.name, *route): node
        for request in source.build.charts
        for route, node in value_leaves(request.values)
    }


def _differs(old: Node | None, new: Node | None) -> bool:
    if old is None or new is None:
        return old is not new
    return _canonical(to_plain(old)) != _canonical(to_plain(new))


def _canonical(plain: Plain) -> str:
    return json.dumps(plain, sort_keys=True)


def _shown(leaves: _Leaves, route: tuple[str, ...], *, is_secret: bool) -> Plain:
    node = leaves.get(route)
    plain = redact(to_plain(node)) if node is not None else None
    is_secret = is_secret or any(map(is_credential_key, route))
    hidden = is_secret and plain not in (None, "", [], {})
    return REDACTED if hidden else hide_credentials(plain)
