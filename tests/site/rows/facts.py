"""What is true of the sample, and what the checks of its pages share."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from graphdoc.graph.export.formats import EXPORTERS, GraphFormat
from graphdoc.pipeline.analysis import Analysis
from tests.site.html_pages import Cell, Place

Node = dict[str, Any]
DASH = "\N{EN DASH}"


@dataclass(frozen=True)
class Row:
    """A row of a table, and the page that it stands on."""

    page: str
    cells: dict[str, Cell]

    @property
    def subject(self) -> str:
        """What the page is about, by the last part of its address."""
        return Path(self.page).stem

    def __getitem__(self, head: str) -> Cell:
        return self.cells[head]

    def __contains__(self, head: object) -> bool:
        return head in self.cells


@dataclass
class Facts:
    """What is true of the sample: the graph as it is printed, the findings, the files."""

    analysis: Analysis
    sample: Path

    @cached_property
    def graph(self) -> dict[str, Any]:
        """The graph in its public format."""
        text = EXPORTERS[GraphFormat.JSON](self.analysis.graph, self.analysis.coverage)
        found: dict[str, Any] = json.loads(text)
        return found

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Every node by its id."""
        return {node["id"]: node for node in self.graph["nodes"]}

    def of(self, kind: str, name: str = "", cluster: str = "") -> list[Node]:
        """The nodes of a kind; ``name`` and ``cluster`` narrow them."""
        return [
            node
            for node in self.nodes.values()
            if node["kind"] == kind
            and name in {"", node["name"]}
            and cluster in {"", node["cluster"]}
        ]

    def app(self, name: str, cluster: str) -> Node:
        """The facts of one rendered Application."""
        return self.nodes[f"application:{cluster}/{name}"]

    def edges(self, kind: str, source: str = "", target: str = "") -> list[dict[str, Any]]:
        """The edges of a kind, from and to a node."""
        return [
            edge
            for edge in self.graph["edges"]
            if edge["kind"] == kind
            and source in {"", edge["source"]}
            and target in {"", edge["target"]}
        ]

    def sources(self, kind: str, target: str) -> set[str]:
        """The names of the Applications with an edge to a node."""
        return {self.nodes[edge["source"]]["name"] for edge in self.edges(kind, target=target)}

    def text(self, place: Place, more: int = 0) -> str:
        """A line in lower case, with ``more`` that follow it."""
        repository, path, line = place
        lines = (self.sample / repository / path).read_text("utf-8").splitlines()
        return " ".join(" ".join(lines[line - 1 : line + more]).split()).lower()

    def document(self, place: Place) -> dict[str, Any]:
        """The YAML document that a line begins or stands in."""
        repository, path, line = place
        lines = (self.sample / repository / path).read_text("utf-8").splitlines()
        begin = max((i + 1 for i in range(line) if lines[i].startswith("---")), default=0)
        end = next((i for i in range(line, len(lines)) if lines[i].startswith("---")), len(lines))
        found: dict[str, Any] = yaml.safe_load("\n".join(lines[begin:end])) or {}
        return found


def names(text: str) -> list[str]:
    return [
        name.strip() for name in text.split(",") if name.strip() not in {"", DASH, "nobody known"}
    ]


def word(text: str) -> str:
    return text.replace(DASH, "")


def begin(value: str) -> str:
    """The beginning of a value, as a line has it."""
    return value.strip('"').partition("…")[0].lower()[:40]


def place(cell: Cell) -> Place:
    [found] = cell.places
    return found


def at(item: dict[str, Any]) -> set[Place]:
    return {(p["repository"], p["path"], p["line"]) for p in item["locations"]}


def pairs(row: Row, clusters: str = "Clusters") -> Iterator[tuple[str, str]]:
    """The Applications that a row names, on each of its clusters."""
    return ((row["Application"].text, cluster) for cluster in names(row[clusters].text))
