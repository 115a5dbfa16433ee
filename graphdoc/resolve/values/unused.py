"""Values that no template of their chart reads."""

import re
from collections.abc import Iterator

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Mapping, Scalar, walk
from graphdoc.parse.gotemplate import Reads, find_reads
from graphdoc.resolve.repositories.contents import read_text
from graphdoc.resolve.repositories.paths import files_below, matches_segments
from graphdoc.resolve.resolved import Estate, ResolvedApplication, ResolvedSource

__all__ = ["UnusedValue", "find_unused_values"]

_GLOBAL = "global"
_TEMPLATE = "{{"
_ALL = "Values"
_WORD = re.compile(r"[A-Za-z_][\w-]*")


@dataclass(frozen=True, slots=True)
class UnusedValue:
    """A key that no chart whose values it is among reads; ``names`` are what one of them reads."""

    path: tuple[str, ...]
    span: Span
    application: ResolvedApplication
    chart: str
    names: frozenset[str]


def find_unused_values(estate: Estate) -> Iterator[UnusedValue]:
    """The outermost keys that nothing reads, for local charts whose every template is at hand."""
    unused: dict[Span, UnusedValue] = {}
    read: set[Span] = set()
    known: dict[tuple[int, str], Reads | None] = {}
    judged = (
        found
        for entry in estate.rendered
        for source in entry.sources
        for found in _judge(entry, source, _reads(source, known))
    )
    for found, is_read in judged:
        if is_read:
            read.add(found.span)
        else:
            unused.setdefault(found.span, found)
    generated = tuple(_read_by_generators(estate))
    for span in sorted(unused.keys() - read):
        if not _is_asked(span.file, generated) and not _has_anchor(estate, span):
            yield unused[span]


def _read_by_generators(estate: Estate) -> Iterator[tuple[str, str]]:
    """The files of which ApplicationSets take parameters: a repository and a pattern."""
    repositories = estate.repositories
    nodes = (node for made in estate.application_sets for _, node in walk(made.resource.manifest))
    for generator in (node for node in nodes if isinstance(node, Mapping)):
        match = repositories.find(generator.text("repoURL"))
        for item in generator.items_at("files"):
            if match is not None and isinstance(item, Mapping):
                yield match.clone.name, item.text("path")


def _is_asked(file: SourceFile, generated: tuple[tuple[str, str], ...]) -> bool:
    return any(
        clone == file.repository and matches_segments(file.path, pattern)
        for clone, pattern in generated
    )


def _reads(source: ResolvedSource, known: dict[tuple[int, str], Reads | None]) -> Reads | None:
    """What the templates of a source's chart read; ``None`` where some may be elsewhere."""
    if source.chart is None or source.chart.path is None or source.clone is None:
        return None
    key = (id(source.clone), source.chart.path)
    if key not in known:
        known[key] = _reads_of_chart(source, source.clone, source.chart.path)
    reads = known[key]
    templates = tuple(_templates_in_values(source))
    if reads is None or not templates:
        return reads
    more = find_reads(templates)
    return Reads(reads.names | more.names, reads.whole | more.whole)


def _reads_of_chart(source: ResolvedSource, clone: Clone, path: str) -> Reads | None:
    metadata = source.chart.metadata if source.chart is not None else None
    prefix = f"{path}/" if path else ""
    files = files_below(clone.files, path)
    packed = any(file.startswith(f"{prefix}charts/") and file.endswith(".tgz") for file in files)
    if metadata is None or packed:
        return None
    for dependency in metadata.dependencies:
        if not clone.is_file(f"{prefix}charts/{dependency.name}/Chart.yaml"):
            return None
    reads = find_reads(read_text(clone, file) for file in files)
    tools = (file for file in files if _is_other_tool(file[len(prefix) :]))
    others = {word for file in tools for word in _WORD.findall(read_text(clone, file))}
    asked = {name for d in metadata.dependencies for name in (d.key, *d.condition.split("."))}
    inside = {d.key for d in metadata.dependencies} | {_GLOBAL, "tags"}
    if _ALL in reads.whole:
        return None
    return Reads(reads.names | asked | inside | others, reads.whole | inside)


def _is_other_tool(path: str) -> bool:
    """Whether a chart's file is neither a template nor values, so that another tool reads it."""
    own = path.startswith(("templates/", "charts/", "crds/", "values", "Chart."))
    return not own and not path.endswith((".md", ".gotmpl"))


def _templates_in_values(source: ResolvedSource) -> Iterator[str]:
    for layer in source.layers:
        for _, node in walk(layer.root):
            if isinstance(node, Scalar) and isinstance(node.value, str) and _TEMPLATE in node.value:
                yield node.value


def _judge(
    entry: ResolvedApplication, source: ResolvedSource, reads: Reads | None
) -> Iterator[tuple[UnusedValue, bool]]:
    """Every key of every layer, down to where it is read whole or not at all."""
    chart = source.chart.name if source.chart is not None else ""
    names = reads.names if reads is not None else frozenset()
    pending: list[tuple[tuple[str, ...], Mapping]] = [((), layer.root) for layer in source.layers]
    while pending:
        path, mapping = pending.pop()
        for key, value in mapping.entries.items():
            is_read = reads is None or key in reads.names
            yield UnusedValue((*path, key), mapping.keys[key], entry, chart, names), is_read
            if isinstance(value, Mapping) and is_read and not _is_whole(reads, key):
                pending.append(((*path, key), value))


def _is_whole(reads: Reads | None, key: str) -> bool:
    return reads is not None and key in reads.whole


def _has_anchor(estate: Estate, span: Span) -> bool:
    """Whether other keys may refer to this one within its file."""
    return any("&" in line for line in _lines(estate, span.file)[span.line - 1 : span.line])


def _lines(estate: Estate, file: SourceFile) -> list[str]:
    clone = estate.clone(file.repository)
    return read_text(clone, file.path).splitlines() if clone is not None else []
