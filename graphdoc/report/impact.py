"""What a change reaches, in words and as ``graphdoc/impact/v1``."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

from graphdoc.graph.impact import ApplicationImpact
from graphdoc.graph.plain import coverage_to_plain, dump_json, place_to_plain
from graphdoc.model.coverage import Coverage
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.inert import inert
from graphdoc.model.location import SourceFile
from graphdoc.report.report import count
from graphdoc.report.text import coverage_lines

__all__ = ["IMPACT_REPORTERS", "IMPACT_SCHEMA", "Impact"]

IMPACT_SCHEMA = "graphdoc/impact/v1"

Place = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Impact:
    """The files that change, the Applications they reach, and what could not be told."""

    files: tuple[SourceFile, ...]
    applications: tuple[ApplicationImpact, ...]
    not_understood: tuple[NotUnderstood, ...]
    coverage: Coverage


def to_json(impact: Impact, _: Place) -> str:
    """The public format."""
    return dump_json(
        {
            "schema": IMPACT_SCHEMA,
            "paths": [{"repository": f.repository, "path": f.path} for f in impact.files],
            "applications": [
                {
                    "id": entry.id,
                    "name": entry.name,
                    "cluster": entry.cluster,
                    "effects": [str(effect) for effect in entry.effects],
                    "via": list(entry.via),
                }
                for entry in impact.applications
            ],
            "not_understood": [
                {"location": place_to_plain(note.location), "reason": note.reason}
                for note in impact.not_understood
            ],
            "coverage": coverage_to_plain(impact.coverage),
        }
    )


def to_text(impact: Impact, place: Place) -> str:
    """In words, cluster by cluster."""
    return "".join(f"{line}\n" for line in _lines(impact, place))


IMPACT_REPORTERS: Mapping[str, Callable[[Impact, Place], str]] = MappingProxyType(
    {"text": to_text, "json": to_json}
)


def _lines(impact: Impact, place: Place) -> Iterator[str]:
    ordered = sorted(impact.applications, key=lambda entry: (entry.cluster, entry.name, entry.id))
    for cluster, entries in groupby(ordered, key=lambda entry: entry.cluster):
        yield inert(cluster)
        for entry in entries:
            yield f"  {inert(entry.name)} ({', '.join(entry.effects)})"
            yield from (f"    via {inert(id_)}" for id_ in entry.via)
        yield ""
    for note in impact.not_understood:
        where = f"{inert(place(*note.location.file))}:{note.location.line}"
        yield f"not understood: {where}: {inert(note.reason)}"
    yield from coverage_lines(impact.coverage, place)
    yield ""
    reached = count(len(impact.applications), "Application")
    yield f"{count(len(impact.files), 'file')}, {reached} reached"
