"""In which order Argo CD brings the Applications of a cluster, as far as anything orders them."""

from collections.abc import Mapping
from typing import NamedTuple

from graphdoc.graph.repo_graph import GraphNode, NodeKind
from graphdoc.model.grouping import grouped
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import entry, flag, number, text
from graphdoc.site.writing.markup import plural

__all__ = [
    "Step", "find_steps", "orders", "rollout_step", "step_id", "sync_of", "wave_of",
]  # fmt: skip

# With more steps than these, what lies below an app of apps is told together with it.
_MOST = 14


class Step(NamedTuple):
    """What comes at once: the waves on the way down to it, and the apps of apps that it is below.

    Only the waves of a parent that has several count; without any, nothing orders it.
    """

    waves: tuple[int, ...]
    below: str = ""

    def __str__(self) -> str:
        if not self.waves:
            return "at once"
        return f"wave {self.waves[-1]}" + (f" below {self.below}" if self.below else "")


def wave_of(node: GraphNode) -> int:
    """The sync wave of an Application, which counts among the children of one Application."""
    return number(node.attributes, "wave") or 0


def rollout_step(atlas: Atlas, node: GraphNode) -> int:
    """The step in which the RollingSync of its ApplicationSet syncs an Application; 0 for none."""
    made_by = atlas.graph.node(_parent(node))
    return number(entry(made_by.attributes, "steps"), node.name) or 0 if made_by else 0


def sync_of(atlas: Atlas, node: GraphNode) -> str:
    """How an Application is synced, in words."""
    sync, step = entry(node.attributes, "sync"), rollout_step(atlas, node)
    if step:
        return f"RollingSync, step {step}"
    if not flag(sync, "automated"):
        return "by hand"
    return ", ".join(["automated", *(word for word in ("prune", "selfHeal") if flag(sync, word))])


def orders(owner: str) -> bool:
    """Whether a parent minds waves: neither does kubectl, nor an ApplicationSet."""
    return owner.startswith("application:")


def find_steps(atlas: Atlas, cluster: str) -> Mapping[Step, tuple[GraphNode, ...]]:
    """The Applications below the roots of a cluster, by the step in which they come."""
    search = _Search(atlas, cluster)
    nodes = [n for n in atlas.by_cluster.get(cluster, ()) if not flag(n.attributes, "root")]
    found = grouped((search.waves(node), node) for node in nodes)
    if len(found) > _MOST:
        found = grouped((search.waves(node)[:1], node) for node in nodes)
    return {
        Step(waves, search.below(waves, found[waves])): tuple(
            sorted(found[waves], key=lambda n: n.name)
        )
        for waves in sorted(found)
    }


def step_id(step: Step) -> str:
    """The anchor of a step, in pictures and on pages."""
    return "-".join(("wave", *map(str, step.waves)))


class _Search:
    def __init__(self, atlas: Atlas, cluster: str) -> None:
        sets = atlas.on(cluster, NodeKind.APPLICATION_SET)
        self._nodes = {node.id: node for node in (*atlas.by_cluster.get(cluster, ()), *sets)}
        waves = grouped((_parent(node), wave_of(node)) for node in self._nodes.values())
        self._several = {id_ for id_, found in waves.items() if orders(id_) and len({*found}) > 1}

    def waves(self, node: GraphNode) -> tuple[int, ...]:
        """The waves on the way down to an Application, of each parent that has several."""
        return tuple(map(wave_of, self._ordered(node)))

    def below(self, waves: tuple[int, ...], nodes: tuple[GraphNode, ...]) -> str:
        """Whose the last of the waves are, but for the first, which are those of the root."""
        if len(waves) < 2:  # noqa: PLR2004 -- the first are those of the root
            return ""
        above = {_parent(self._ordered(node)[-1]) for node in nodes}
        names = sorted({self._nodes[id_].name for id_ in above})
        return names[0] if len(names) == 1 else plural(len(names), "Application")

    def _ordered(self, node: GraphNode) -> list[GraphNode]:
        return [above for above in self._way_down(node) if _parent(above) in self._several]

    def _way_down(self, node: GraphNode) -> list[GraphNode]:
        found: dict[str, GraphNode] = {}
        at: GraphNode | None = node
        while at is not None and at.id not in found:
            found[at.id] = at
            at = self._nodes.get(_parent(at))
        return list(found.values())[::-1]


def _parent(node: GraphNode) -> str:
    return text(node.attributes, "parent")
