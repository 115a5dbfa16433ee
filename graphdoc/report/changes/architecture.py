"""Architecture changes for people and programs."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import chain, filterfalse, groupby
from types import MappingProxyType

from graphdoc.graph.changes.compare import Change, Changes, EdgeChange, NodeChange
from graphdoc.graph.export.plain import coverage_to_plain, dump_json, place_to_plain
from graphdoc.model.inert import inert, markdown_code
from graphdoc.model.node import Plain
from graphdoc.report.changes.words import describe, is_of_files, rank, shown_name
from graphdoc.report.escape import github_data, github_property
from graphdoc.report.findings.text import coverage_lines
from graphdoc.report.report import Place, count, line_at

__all__ = [
    "CHANGE_REPORTERS", "change_lines", "fit_comment", "markdown_changes", "to_github",
    "to_json", "totals",
]  # fmt: skip

_CHANGES_SCHEMA = "graphdoc/changes/v1"
# GitHub takes 65,536 characters in a comment, others no fewer; bytes are never fewer than that.
_COMMENT_LIMIT = 60_000
_FOLD, _UNFOLD = "<details>", "</details>"
_SIGNS = {Change.ADDED: "+", Change.REMOVED: "-", Change.CHANGED: "~"}

_ChangeReporter = Callable[[Changes, Place], str]


def to_json(changes: Changes, _: Place) -> str:
    """The public format ``graphdoc/changes/v1``."""
    summary: dict[str, Plain] = {str(change): changes.total(change) for change in Change}
    return dump_json(
        {
            "schema": _CHANGES_SCHEMA,
            "base": changes.base,
            "head": changes.head,
            "changes": [_entry(entry) for entry in changes.changes],
            "summary": summary,
            "coverage": coverage_to_plain(changes.coverage),
        }
    )


def _to_text(changes: Changes, place: Place) -> str:
    """In words, cluster by cluster."""
    lines = [*change_lines(changes, place)]
    lines += [*coverage_lines(changes.coverage, place), "", totals(changes)]
    return "".join(f"{line}\n" for line in lines)


def _to_markdown(changes: Changes, place: Place) -> str:
    """For a comment on a pull request."""
    lines = [f"### {totals(changes)}", *markdown_changes(changes, place)]
    lines = fit_comment(lines, "graphdoc drift")
    skipped = len(changes.coverage.not_understood)
    lines += ["", f"{skipped} not understood; `graphdoc check` says what." if skipped else ""]
    return "\n".join(lines).rstrip() + "\n"


def to_github(changes: Changes, place: Place) -> str:
    """Workflow commands, one for each changed node."""
    lines = []
    for entry in changes.changes:
        message = "; ".join([f"{entry.subject} {entry.change}", *describe(entry)])
        where = _github_place(entry, place)
        lines.append(f"::warning {where}title=architecture::{github_data(message)}\n")
    lines.append(f"::notice title=graphdoc::{github_data(totals(changes))}\n")
    return "".join(lines)


CHANGE_REPORTERS: Mapping[str, _ChangeReporter] = MappingProxyType(
    {"text": _to_text, "json": to_json, "markdown": _to_markdown, "github": to_github}
)


def _entry(entry: NodeChange) -> dict[str, Plain]:
    return {
        "change": str(entry.change),
        "subject": entry.subject,
        "kind": entry.kind,
        "name": entry.name,
        "cluster": entry.cluster,
        "fields": [
            {"pointer": field.pointer, "before": field.before, "after": field.after}
            for field in entry.fields
        ],
        "edges": [_edge(edge) for edge in entry.edges],
        "locations": [place_to_plain(span) for span in entry.locations],
    }


def _edge(edge: EdgeChange) -> dict[str, Plain]:
    return {
        "change": str(edge.change),
        "kind": edge.kind,
        "source": edge.source,
        "target": edge.target,
        "attributes": dict(edge.attributes),
    }


def _by_cluster(changes: Changes) -> Iterator[tuple[str, tuple[NodeChange, ...]]]:
    """Within a cluster the worst comes first; what concerns no single cluster comes last."""

    def order(entry: NodeChange) -> tuple[bool, str]:
        return (entry.cluster is None, entry.cluster or "")

    ordered = sorted(changes.changes, key=lambda entry: (*order(entry), rank(entry), entry.subject))
    for (_, cluster), entries in groupby(ordered, key=order):
        yield cluster, tuple(entries)


def change_lines(changes: Changes, place: Place) -> Iterator[str]:
    """The lines of every cluster with a blank one after each."""
    for cluster, entries in _by_cluster(changes):
        yield from _group(cluster, entries, place)


def markdown_changes(changes: Changes, place: Place) -> Iterator[str]:
    """A list for each cluster, with a blank line before it; what only files say is folded away."""
    tell, folded = partial(_markdown_entry, place=place), list[NodeChange]()
    for cluster, entries in _by_cluster(changes):
        folded += filter(is_of_files, entries)
        shown = filterfalse(is_of_files, entries)
        lines = tuple(chain.from_iterable(map(tell, shown)))
        yield from ("", f"**{markdown_code(cluster or 'All clusters')}**", "") if lines else ()
        yield from lines
    if folded:
        yield from ("", _FOLD, f"<summary>Files and kustomizations: {len(folded)}</summary>", "")
        yield from chain.from_iterable(map(tell, folded))
        yield from ("", _UNFOLD)


def _markdown_entry(entry: NodeChange, place: Place) -> Iterator[str]:
    where = _markdown_place(entry, place)
    yield f"- {entry.change} {markdown_code(entry.subject)}{where}"
    yield from (f"  - {markdown_code(text)}" for text in describe(entry))


def fit_comment(lines: list[str], command: str) -> list[str]:
    """The lines that a comment holds, and how many more the command would show."""
    size = 0
    for index, line in enumerate(lines):
        size += len(line.encode()) + 1
        if size > _COMMENT_LIMIT:
            kept = lines[:index]
            kept += ["", _UNFOLD] if kept.count(_FOLD) > kept.count(_UNFOLD) else []
            left = count(len(lines) - index, "more line")
            return [*kept, "", f"{left} cut; `{command}` shows them all."]
    return lines


def totals(changes: Changes) -> str:
    """How many nodes changed in which way."""
    if not changes.changes:
        return "nothing changed"
    return ", ".join(f"{changes.total(change)} {change}" for change in Change)


def _group(cluster: str, entries: tuple[NodeChange, ...], place: Place) -> Iterator[str]:
    yield inert(cluster) if cluster else "All clusters"
    for entry in entries:
        last = entry.locations[-1] if entry.locations else None
        where = f"  ({inert(line_at(place, last))})" if last else ""
        name = inert(shown_name(entry))
        yield f"  {_SIGNS[entry.change]} {entry.kind} {name} {entry.change}{where}"
        yield from (f"      {inert(text)}" for text in describe(entry))
    yield ""


def _markdown_place(entry: NodeChange, place: Place) -> str:
    if not entry.locations:
        return ""
    return f" in {markdown_code(line_at(place, entry.locations[-1]))}"


def _github_place(entry: NodeChange, place: Place) -> str:
    if not entry.locations:
        return ""
    last = entry.locations[-1]
    return f"file={github_property(place(*last.file))},line={last.line},"
