"""What a change touches, as a Mermaid flowchart that forges draw in a comment.

Gitea draws up to 5,000 characters by default, GitHub 50,000 and 500 arrows; so the picture stays
below the least of them and says what it leaves out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import field

from graphdoc.graph.changes.compare import Change, Changes
from graphdoc.graph.export.formats import mermaid_text
from graphdoc.model.dataclass import dataclass
from graphdoc.model.inert import inert
from graphdoc.model.location import SourceFile
from graphdoc.report.changes.words import is_of_files, rank
from graphdoc.report.report import count

__all__ = ["draw_changes"]

_MOST_CHARACTERS = 4500
_MOST_ARROWS = 30
_LONGEST_NAME = 40
# What follows from where an Application stands, or from the files that changed.
_OBVIOUS = frozenset({"includes", "reads", "targets"})
_VERBS = {Change.ADDED: "now ", Change.REMOVED: "no longer ", Change.CHANGED: "otherwise "}
# Strokes alone, which show on light and on dark pages; what they mean stands in words as well.
_STYLES = (
    "classDef added stroke:#1a7f37,stroke-width:2px",
    "classDef removed stroke:#cf222e,stroke-width:2px,stroke-dasharray:4",
    "classDef changed stroke:#9a6700,stroke-width:2px",
)


@dataclass(frozen=True, slots=True)
class _Arrow:
    source: str
    label: str
    target: str


@dataclass(slots=True)
class _Sketch:
    """What is drawn so far: a number and a line for each node, and the arrows."""

    states: dict[str, Change]
    numbers: dict[str, str] = field(default_factory=dict)
    nodes: list[str] = field(default_factory=list)
    arrows: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, arrow: _Arrow) -> bool:
        """Draw an arrow with its ends; false where there is no more room."""
        ends = [id_ for id_ in (arrow.source, arrow.target) if id_ not in self.numbers]
        lines = [self._node(id_, f"n{len(self.numbers) + i}") for i, id_ in enumerate(ends)]
        first, second = (self._number(id_, ends) for id_ in (arrow.source, arrow.target))
        line = f"  {first} -->|{mermaid_text(arrow.label)}| {second}"
        size = sum(len(text) + 1 for text in (*lines, line))
        if self.size + size > _MOST_CHARACTERS or len(self.arrows) >= _MOST_ARROWS:
            return False
        self.numbers |= {id_: self._number(id_, ends) for id_ in ends}
        self.nodes += lines
        self.arrows.append(line)
        self.size += size
        return True

    def _number(self, id_: str, ends: list[str]) -> str:
        return self.numbers.get(id_) or f"n{len(self.numbers) + ends.index(id_)}"

    def _node(self, id_: str, number: str) -> str:
        kind, _, name = id_.partition(":")
        state = self.states.get(id_)
        word, style = (f" {state}", f":::{state}") if state is not None else ("", "")
        shown = inert(name)
        shown = shown if len(shown) <= _LONGEST_NAME else f"...{shown[-_LONGEST_NAME:]}"
        return f'  {number}["{mermaid_text(shown)}<br/>{kind}{word}"]{style}'


def draw_changes(changes: Changes, causes: Iterable[tuple[SourceFile, str]]) -> list[str]:
    """A fenced picture with what it leaves out; no lines where nothing is connected.

    ``causes`` are files that changed, with the Applications that they change.
    """
    states = {entry.subject: entry.change for entry in changes.changes}
    arrows = tuple(dict.fromkeys((*_causes(causes), *_relations(changes))))
    sketch = _Sketch(states)
    drawn = sum(1 for arrow in arrows if sketch.add(arrow))
    if not drawn:
        return []
    styles = [f"  {style}" for style in _STYLES]
    left = len(arrows) - drawn
    rest = ["", f"{count(left, 'relation')} more not drawn."] if left else []
    return ["```mermaid", "flowchart LR", *sketch.nodes, *sketch.arrows, *styles, "```", *rest]


def _causes(causes: Iterable[tuple[SourceFile, str]]) -> Iterator[_Arrow]:
    yield from (_Arrow(f"file:{file}", "changes", id_) for file, id_ in causes)


def _relations(changes: Changes) -> Iterator[_Arrow]:
    """What nodes are no longer connected, or newly; files tell of themselves."""
    for entry in sorted(changes.changes, key=lambda entry: (rank(entry), entry.subject)):
        for edge in entry.edges:
            if not is_of_files(entry) and edge.kind not in _OBVIOUS:
                yield _Arrow(edge.source, f"{_VERBS[edge.change]}{edge.kind}", edge.target)
