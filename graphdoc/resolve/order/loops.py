"""Needs that no sync-wave order can satisfy, because they lead back to where they began."""

from collections.abc import Iterable
from typing import TypeAlias

from graphdoc.model.dataclass import dataclass
from graphdoc.resolve.order.needs import Need

__all__ = ["WaveLoop", "find_wave_loops"]

_Edges: TypeAlias = dict[str, dict[str, Need]]


@dataclass(frozen=True, slots=True)
class WaveLoop:
    """Needs in a loop, an inverted one first; ``items`` is everything that needs each other.

    ``cut`` is the need without which most of their loops are gone.
    """

    needs: tuple[Need, ...]
    cut: Need
    cluster: str
    owner: str
    items: frozenset[str]

    def holds(self, need: Need) -> bool:
        """Whether a need is one of those that make the loop."""
        same = (need.cluster, need.before.owner) == (self.cluster, self.owner)
        return same and {need.before.item, need.after.item} <= self.items


def find_wave_loops(needs: Iterable[Need]) -> tuple[WaveLoop, ...]:
    """Every loop with an inverted need, one for each group of things that need each other."""
    by_owner: dict[tuple[str, str], _Edges] = {}
    for need in needs:
        edges = by_owner.setdefault((need.cluster, need.before.owner), {})
        known = edges.setdefault(need.before.item, {}).get(need.after.item)
        if known is None or need.is_inverted > known.is_inverted:
            edges[need.before.item][need.after.item] = need
    return tuple(loop for key in sorted(by_owner) for loop in _loops(*key, by_owner[key]))


def _loops(cluster: str, owner: str, edges: _Edges) -> Iterable[WaveLoop]:
    routes = {item: _routes(edges, item) for item in edges}
    done: set[str] = set()
    for item in sorted(edges):
        part = frozenset(i for i in routes[item] if item in routes.get(i, {}))
        inner = (edges[i][j] for i in sorted(part) for j in sorted(edges.get(i, {})) if j in part)
        inverted = next((need for need in inner if need.is_inverted), None)
        if item in done or inverted is None:
            continue
        done |= part
        back = routes[inverted.after.item][inverted.before.item]
        needs = (inverted, *back)
        yield WaveLoop(needs, _find_cut(edges, part, needs), cluster, owner, part)


def _find_cut(edges: _Edges, part: frozenset[str], needs: tuple[Need, ...]) -> Need:
    """The first of the needs whose removal leaves the fewest on loops."""

    def left(need: Need) -> int:
        pair = (need.before.item, need.after.item)
        rest: _Edges = {
            item: {other: n for other, n in edges[item].items() if (item, other) != pair}
            for item in part
        }
        routes = {item: _routes(rest, item) for item in part}
        return sum(item in routes[other] for item in part for other in rest[item] if other in part)

    return min(needs, key=left)


def _routes(edges: _Edges, start: str) -> dict[str, tuple[Need, ...]]:
    """The shortest way from an item to everything that it needs, itself only by a loop."""
    found: dict[str, tuple[Need, ...]] = {}
    ahead: list[tuple[str, tuple[Need, ...]]] = [(start, ())]
    for item, route in ahead:
        for target in sorted(edges.get(item, {})):
            if target not in found:
                found[target] = (*route, edges[item][target])
                ahead.append((target, found[target]))
    return found
