"""What a change reaches, for people, scripts and programs."""

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from types import MappingProxyType

from graphdoc.graph.export.plain import coverage_to_plain, dump_json, place_to_plain
from graphdoc.graph.impact.files import Impact, Reached
from graphdoc.model.inert import inert, markdown_cell, markdown_code
from graphdoc.model.node import Plain, texts
from graphdoc.report.findings.text import coverage_lines
from graphdoc.report.report import Place, count, line_at

__all__ = ["IMPACT_REPORTERS"]

_IMPACT_SCHEMA = "graphdoc/impact/v1"
_MARKDOWN_LIMIT = 60_000

_ImpactReporter = Callable[[Impact, Place], str]


def _to_json(impact: Impact, _: Place) -> str:
    """The public format ``graphdoc/impact/v1``."""
    return dump_json(
        {
            "schema": _IMPACT_SCHEMA,
            "paths": [{"repository": p.repository, "path": p.path} for p in impact.paths],
            "nodes": texts(impact.nodes),
            "key": impact.key,
            "applications": [_entry(reached) for reached in impact.applications],
            "not_understood": [
                {"location": place_to_plain(note.location), "reason": note.reason}
                for note in impact.not_understood
            ],
            "coverage": coverage_to_plain(impact.coverage),
        }
    )


def _to_list(impact: Impact, _: Place) -> str:
    """One Application a line, for scripts."""
    return "".join(f"{inert(reached.id)}\n" for reached in impact.applications)


def _to_text(impact: Impact, place: Place) -> str:
    """In words, cluster by cluster, each Application with the way to it."""
    lines = [line for cluster, group in _by_cluster(impact) for line in _text_group(cluster, group)]
    lines += _skipped_lines(impact, place)
    lines += [*coverage_lines(impact.coverage, place), "", _totals(impact)]
    return "".join(f"{line}\n" for line in lines)


def _to_markdown(impact: Impact, _: Place) -> str:
    """A table for a comment on a pull request, short enough for every host."""
    lines = [f"### {_totals(impact)}", ""]
    if impact.applications:
        lines += ["| Cluster | Application | What may change | By way of |", "|---|---|---|---|"]
    size = sum(map(len, lines))
    for shown, row in enumerate(map(_row, _ordered(impact))):
        size += len(row) + 1
        if size > _MARKDOWN_LIMIT:
            left = len(impact.applications) - shown
            lines += ["", f"{count(left, 'more Application')} not shown; `--format list` has all."]
            break
        lines.append(row)
    skipped = len(impact.not_understood)
    lines += ["", f"{skipped} not understood of it." if skipped else ""]
    return "\n".join(lines).rstrip() + "\n"


IMPACT_REPORTERS: Mapping[str, _ImpactReporter] = MappingProxyType(
    {"text": _to_text, "json": _to_json, "markdown": _to_markdown, "list": _to_list}
)


def _entry(reached: Reached) -> Plain:
    return {
        "id": reached.id,
        "name": reached.name,
        "cluster": reached.cluster,
        "effects": texts(map(str, reached.effects)),
        "via": texts(reached.via),
    }


def _own_name(reached: Reached) -> str:
    """Its name on its cluster, with the namespace where two share it."""
    return reached.id.removeprefix(f"application:{reached.cluster}/")


def _ordered(impact: Impact) -> list[Reached]:
    return sorted(impact.applications, key=lambda reached: (reached.cluster, reached.id))


def _by_cluster(impact: Impact) -> Iterator[tuple[str, tuple[Reached, ...]]]:
    for cluster, group in groupby(_ordered(impact), key=lambda reached: reached.cluster):
        yield cluster, tuple(group)


def _text_group(cluster: str, group: tuple[Reached, ...]) -> Iterator[str]:
    yield inert(cluster)
    for reached in group:
        yield f"  {inert(_own_name(reached))} ({', '.join(reached.effects)})"
        yield from (f"    via {inert(id_)}" for id_ in reached.via)
    yield ""


def _skipped_lines(impact: Impact, place: Place) -> Iterator[str]:
    if impact.not_understood:
        yield "Not understood of it"
        for note in impact.not_understood:
            yield f"  {inert(note.reason)} ({inert(line_at(place, note.location))})"
        yield ""


def _row(reached: Reached) -> str:
    cells = (
        markdown_code(reached.cluster),
        markdown_code(_own_name(reached)),
        ", ".join(reached.effects),
        " → ".join(map(markdown_code, reached.via)),
    )
    escaped = map(markdown_cell, cells)
    return f"| {' | '.join(escaped)} |"


def _totals(impact: Impact) -> str:
    asked = [count(len(impact.paths), "path")] if impact.paths or not impact.nodes else []
    asked += [count(len(impact.nodes), "node")] if impact.nodes else []
    clusters = len({reached.cluster for reached in impact.applications})
    where = f" on {count(clusters, 'cluster')}" if clusters else ""
    return f"{', '.join(asked)}, {count(len(impact.applications), 'Application')}{where} reached"
