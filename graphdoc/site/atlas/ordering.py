"""In which order Argo CD brings the Applications of a cluster, as far as anything orders them."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import NamedTuple

from graphdoc.graph.repo_graph import GraphNode, NodeKind
from graphdoc.model.grouping import grouped
from graphdoc.model.node import Plain
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import entry, flag, number, text
from graphdoc.site.writing.markup import DASH

__all__ = [
    "Step", "find_steps", "orders", "place_of", "rollout_step", "step_id", "sync_of", "wave_of",
]  # fmt: skip

# With more steps than these, what lies below an app of apps is told together with it.
_MOST = 14
# The steps of more ApplicationSets than these are told together, too.
_SETS = 2


class Step(NamedTuple):
    """What comes at once: the waves on the way down to it, and the apps of apps that it is below.

    Only the waves of a parent that has several count; without any, nothing orders it.
    The last is a step where a RollingSync rolls out what an ApplicationSet makes; the ``owner`` is
    that set, where each of several has steps of its own.
    """

    waves: tuple[int, ...]
    is_rolled: bool = False
    owner: str = ""
    below: str = ""

    def __str__(self) -> str:
        if not self.waves:
            return "at once"
        if self.is_rolled:
            return f"step {self.waves[-1]} of {self.below}"
        return f"wave {self.waves[-1]}" + (f" below {self.below}" if self.below else "")


def wave_of(node: GraphNode) -> int:
    """The sync wave of an Application, which counts among the children of one Application."""
    return number(node.attributes, "wave") or 0


def rollout_step(atlas: Atlas, node: GraphNode) -> int:
    """The step in which the RollingSync of its ApplicationSet syncs an Application; 0 for none."""
    return number(_rollout(atlas, node), node.name) or 0


def place_of(atlas: Atlas, node: GraphNode) -> str:
    """What orders an Application among its siblings, for a table: a wave, a step, or nothing."""
    step = rollout_step(atlas, node)
    if step:
        return f"step {step}"
    return str(wave_of(node)) if orders(_parent(node)) else DASH


def sync_of(atlas: Atlas, node: GraphNode) -> str:
    """How an Application is synced, in words."""
    sync, step = entry(node.attributes, "sync"), rollout_step(atlas, node)
    if step:
        return f"RollingSync, step {step}"
    if not flag(sync, "automated") or _rollout(atlas, node):
        return "by hand"
    return ", ".join(["automated", *(word for word in ("prune", "selfHeal") if flag(sync, word))])


def orders(owner: str) -> bool:
    """Whether a parent minds waves: neither does kubectl, nor an ApplicationSet."""
    return owner.startswith("application:")


def find_steps(atlas: Atlas, cluster: str) -> Mapping[Step, tuple[GraphNode, ...]]:
    """The Applications below the roots of a cluster, by the step in which they come."""
    nodes = [n for n in atlas.by_cluster.get(cluster, ()) if not flag(n.attributes, "root")]
    search = _Search(atlas, cluster)
    found = search.steps(nodes)
    if len(found) > _MOST:
        search = _Search(atlas, cluster, depth=1)
        found = search.steps(nodes)
    return {
        step._replace(below=search.below(step, found[step])): tuple(
            sorted(found[step], key=lambda n: n.name)
        )
        for step in sorted(found)
    }


def step_id(step: Step) -> str:
    """The anchor of a step, in pictures and on pages."""
    owner = step.owner.rpartition("/")[2]
    return "-".join(("step" if step.is_rolled else "wave", *map(str, step.waves), owner)).strip("-")


def _rollout(atlas: Atlas, node: GraphNode) -> Mapping[str, Plain]:
    """The steps in which the ApplicationSet of an Application rolls out, where it does."""
    made_by = atlas.graph.node(_parent(node))
    return entry(made_by.attributes, "steps") if made_by else {}


class _Search:
    def __init__(self, atlas: Atlas, cluster: str, depth: int | None = None) -> None:
        self._atlas, self._depth = atlas, depth
        sets = atlas.on(cluster, NodeKind.APPLICATION_SET)
        self._nodes = {node.id: node for node in (*atlas.by_cluster.get(cluster, ()), *sets)}
        waves = grouped((_parent(node), wave_of(node)) for node in self._nodes.values())
        self._several = {id_ for id_, found in waves.items() if orders(id_) and len({*found}) > 1}

    def steps(self, nodes: Iterable[GraphNode]) -> Mapping[Step, tuple[GraphNode, ...]]:
        """The Applications by their step; those of a few ApplicationSets each by its own."""
        placed = [(self._step(node), node) for node in nodes]
        apart = 1 < len({step.owner for step, _ in placed if step.is_rolled}) <= _SETS
        return grouped((s if apart else s._replace(owner=""), node) for s, node in placed)

    def _step(self, node: GraphNode) -> Step:
        """The waves on the way down to an Application, of each parent that has several."""
        ordered = self._ordered(node)
        rolled = [rollout_step(self._atlas, above) for above in ordered]
        waves = (step or wave_of(above) for step, above in zip(rolled, ordered, strict=True))
        owner = _parent(ordered[-1]) if rolled and rolled[-1] else ""
        return Step(tuple(waves), is_rolled=bool(owner), owner=owner)

    def below(self, step: Step, nodes: tuple[GraphNode, ...]) -> str:
        """Whose the last of the waves are, but for the first, which are those of the root."""
        if len(step.waves) < 2 and not step.is_rolled:  # noqa: PLR2004 -- those of the root
            return ""
        above = {_parent(self._ordered(node)[-1]) for node in nodes}
        names = sorted({self._nodes[id_].name for id_ in above})
        if len(names) == 1:
            return names[0]
        return f"{len(names)} {'ApplicationSets each' if step.is_rolled else 'Applications'}"

    def _ordered(self, node: GraphNode) -> list[GraphNode]:
        found = (above for above in self._way_down(node) if self._is_ordered(above))
        return list(islice(found, self._depth))

    def _is_ordered(self, node: GraphNode) -> bool:
        return _parent(node) in self._several or rollout_step(self._atlas, node) > 0

    def _way_down(self, node: GraphNode) -> list[GraphNode]:
        found: dict[str, GraphNode] = {}
        at: GraphNode | None = node
        while at is not None and at.id not in found:
            found[at.id] = at
            at = self._nodes.get(_parent(at))
        return list(found.values())[::-1]


def _parent(node: GraphNode) -> str:
    return text(node.attributes, "parent")
