"""Values that no template of their chart reads."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate
from posixpath import join
from typing import NamedTuple

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.file_kinds import has_commands
from graphdoc.model.helm import ChartMetadata
from graphdoc.model.location import SourceFile, Span, file_start
from graphdoc.model.node import Mapping, texts_within
from graphdoc.parse.gotemplate import Reads, find_reads
from graphdoc.resolve.helm.bundle import ChartError, read_chart
from graphdoc.resolve.names.slips import find_slip
from graphdoc.resolve.repositories.contents import every_file, read_text, skim_text
from graphdoc.resolve.repositories.files import Files
from graphdoc.resolve.repositories.paths import files_below, required_folder
from graphdoc.resolve.resolved import ChartUse, Estate, ResolvedApplication
from graphdoc.resolve.values.redundant import gives_parameters

__all__ = ["UnusedValue", "find_unused_values", "may_be_read"]

_GLOBAL = "global"
_TEMPLATE = "{{"
_ALL = "Values"
_WORD = re.compile(r"[A-Za-z_][\w-]*")
# What commands ask of YAML files: ``yq .image.tag``.
_ASKED = re.compile(r"(?<![\w./-])\.([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)")
_LINE_LIMIT = 2000
_ANCHOR = re.compile(r"[\s,\[{]&\S")


class _Use(NamedTuple):
    """Who renders a chart, and the values in their layers."""

    entry: ResolvedApplication
    chart: ChartUse | None
    clone: Clone | None
    layers: tuple[Mapping, ...]


@dataclass(frozen=True, slots=True)
class UnusedValue:
    """A key that no chart whose values it is among reads; ``names`` are what one of them reads.

    ``users`` are the ids of all Applications whose values it is among.
    """

    path: tuple[str, ...]
    span: Span
    application: ResolvedApplication
    chart: str
    names: frozenset[str]
    users: tuple[str, ...] = ()


def find_unused_values(estate: Estate) -> Iterator[UnusedValue]:
    """The outermost keys that nothing reads, for local charts whose every template is at hand."""
    unused: dict[Span, UnusedValue] = {}
    users: dict[Span, dict[str, None]] = {}
    read: dict[Span, set[tuple[str, ...]]] = {}
    reads = _Reads(estate)
    judged = (found for use in _uses(estate) for found in _judge(use, reads.of(use)))
    for found, is_read in judged:
        if is_read:
            read.setdefault(found.span, set()).add(found.path)
        else:
            unused.setdefault(found.span, found)
            users.setdefault(found.span, {})[found.application.id] = None
    commanded = frozenset(_read_by_commands(estate)) if unused else frozenset()
    for span in sorted(unused):
        is_kept = gives_parameters(estate, span.file)
        is_kept = is_kept or _has_anchor(_lines(estate, span.file), span)
        is_kept = is_kept or (span.file.repository, ".".join(unused[span].path)) in commanded
        if not is_kept and _is_beyond(unused[span], read.get(span, ())):
            yield replace(unused[span], users=tuple(users[span]))


def may_be_read(estate: Estate, files: Collection[SourceFile], route: tuple[str, ...]) -> bool:
    """Whether a chart that takes one of these files may read a key, be it set anywhere or not."""
    reads = _Reads(estate)
    uses = (use for use in _uses(estate) if any(r.span.file in files for r in use.layers))
    return any(_may_read(reads.of(use), route) for use in uses)


def _may_read(reads: Reads | None, route: tuple[str, ...]) -> bool:
    if reads is None:
        return True
    until = next((n for n, key in enumerate(route) if key in reads.whole), len(route))
    return reads.names.issuperset(route[: until + 1])


def _is_beyond(unused: UnusedValue, read: Collection[tuple[str, ...]]) -> bool:
    """Whether nothing at its place is read, or only what it lies in: a parameter sets image.tag.

    A line that a template renders is the place of many values, and has no width.
    """
    is_within = all(unused.path[: len(path)] == path != unused.path for path in read)
    return not read or (is_within and unused.span.column < unused.span.end_column)


def _uses(estate: Estate) -> Iterator[_Use]:
    """The charts that Applications render, and those that their kustomizations do."""
    for entry in estate.rendered:
        for source in entry.sources:
            clones = estate.clones_as_read_by(source)
            roots = tuple(layer.root for layer in source.layers)
            yield _Use(entry, source.chart, source.clone, roots)
            for inflation in source.built.inflations:
                clone = clones[inflation.clone]
                chart = _chart_of(estate.files, clone, inflation.path)
                yield _Use(entry, chart, clone, (inflation.values,))


def _chart_of(files: Files, clone: Clone, path: str) -> ChartUse | None:
    try:
        metadata = read_chart(files, clone, path)
    except ChartError:
        return None
    span = file_start(SourceFile(clone.name, join(path, "Chart.yaml")))
    return ChartUse(metadata.name, metadata.version, clone.name, path, metadata, span)


def _read_by_commands(estate: Estate) -> Iterator[tuple[str, str]]:
    """What scripts and pipelines ask of YAML files with ``yq``: a repository, and dotted keys."""
    for clone, path in every_file(estate.clones):
        text = skim_text(clone, path) if has_commands(path) else ""
        lines = (line for line in text.splitlines() if "yq" in line)
        names = (match[1] for line in lines for match in _ASKED.finditer(line[:_LINE_LIMIT]))
        steps = (name.split(".") for name in names)
        yield from (
            (clone.name, name) for each in steps for name in accumulate(each, "{}.{}".format)
        )


class _Reads:
    """What the templates of each chart read."""

    def __init__(self, estate: Estate) -> None:
        self._files = estate.files
        self._known: dict[tuple[int, str], Reads | None] = {}
        self._layers = {layer.span.file for use in _uses(estate) for layer in use.layers}

    def of(self, use: _Use) -> Reads | None:
        """What the chart's templates read; ``None`` where some may be elsewhere."""
        if use.chart is None or use.chart.path is None or use.clone is None:
            return None
        key = (id(use.clone), use.chart.path)
        if key not in self._known:
            self._known[key] = self._of_chart(use.chart.metadata, use.clone, use.chart.path)
        reads = self._known[key]
        templates = tuple(_templates_in_values(use))
        if reads is None or not templates:
            return reads
        more = find_reads(templates)
        return Reads(reads.names | more.names, reads.whole | more.whole)

    def _of_chart(self, metadata: ChartMetadata | None, clone: Clone, path: str) -> Reads | None:
        charts = None if metadata is None else _required_charts(self._files, clone, path, metadata)
        if charts is None:
            return None
        paths = {file: folder for folder in charts for file in files_below(clone.files, folder)}
        reads = find_reads(read_text(clone, file) for file in paths)
        if _ALL in reads.whole:
            return None
        required = [dependency for chart in charts.values() for dependency in chart.dependencies]
        asked = {name for d in required for name in (d.key, *d.condition.split("."))}
        imports = any("import-values" in read_text(clone, join(at, "Chart.yaml")) for at in charts)
        foreign = {d.key for d in required if imports or not d.is_local} | {_GLOBAL, "tags"}
        names = reads.names.union(asked, foreign, self._words_of_others(clone, paths))
        return Reads(names, reads.whole | foreign)

    def _words_of_others(self, clone: Clone, paths: dict[str, str]) -> Iterator[str]:
        """What the files of charts say that other tools read."""
        for file, chart in paths.items():
            is_layer = SourceFile(clone.name, file) in self._layers
            if not is_layer and _is_other_tool(file[len(join(chart, "")) :]):
                yield from _WORD.findall(read_text(clone, file))


def _required_charts(
    files: Files, clone: Clone, path: str, metadata: ChartMetadata
) -> dict[str, ChartMetadata] | None:
    """The folders of a chart and of what it requires by ``file://``.

    ``None`` where something required lies neither there nor unpacked in the chart.
    """
    found = {path: metadata}
    pending = [path]
    while pending:
        folder = pending.pop()
        charts = join(folder, "charts")
        if any(file.endswith(".tgz") for file in files_below(clone.files, charts)):
            return None
        for dependency in found[folder].dependencies:
            if clone.is_file(f"{charts}/{dependency.name}/Chart.yaml"):
                continue
            place = required_folder(folder, dependency.repository)
            if place is None or not clone.is_file(join(place, "Chart.yaml")):
                return None
            required = files.chart(clone, place)
            if required is None:
                return None
            if place not in found:
                found[place] = required
                pending.append(place)
    return found


def _is_other_tool(path: str) -> bool:
    """Whether a chart's file is neither a template nor values, so that another tool reads it."""
    own = path.startswith(("templates/", "charts/", "crds/", "values", "Chart."))
    return not own and not path.endswith((".md", ".gotmpl"))


def _templates_in_values(use: _Use) -> Iterator[str]:
    for layer in use.layers:
        yield from (text for text, _ in texts_within(layer) if _TEMPLATE in text)


def _judge(use: _Use, reads: Reads | None) -> Iterator[tuple[UnusedValue, bool]]:
    """Every key of every layer, down to where it is read whole or not at all."""
    chart = use.chart.name if use.chart is not None else ""
    meant = dict(_misnamed(use)) if reads is None else {}
    names = reads.names if reads is not None else frozenset()
    pending: list[tuple[tuple[str, ...], Mapping]] = [((), layer) for layer in use.layers]
    while pending:
        path, mapping = pending.pop()
        for key, value in mapping.entries.items():
            span = mapping.keys[key]
            is_read = key in names if reads is not None else span not in meant
            known = meant.get(span, names)
            yield UnusedValue((*path, key), span, use.entry, chart, known), is_read
            if isinstance(value, Mapping) and is_read and not _is_whole(reads, key):
                pending.append(((*path, key), value))


def _misnamed(use: _Use) -> Iterator[tuple[Span, frozenset[str]]]:
    """Keys that misspell a subchart without values, and its name: its chart may be elsewhere."""
    metadata = use.chart.metadata if use.chart is not None else None
    if use.chart is None or use.chart.path is None or use.clone is None or metadata is None:
        return
    given = {key for layer in use.layers for key in layer.entries}
    lacking = {dependency.key for dependency in metadata.dependencies} - given
    for layer in use.layers if lacking else ():
        for key in layer.entries:
            meant = _meant(key, lacking)
            if meant and not _is_said(use, use.clone, use.chart.path, key):
                yield layer.keys[key], frozenset({meant})


def _meant(key: str, names: set[str]) -> str:
    slip = find_slip(key, names, frozenset())
    plurals = (name for name in sorted(names) if key == f"{name}s")
    return slip.path if slip is not None else next(plurals, "")


def _is_said(use: _Use, clone: Clone, path: str, key: str) -> bool:
    """Whether any file of a chart but its values names a key."""
    layered = {layer.span.file.path for layer in use.layers}
    files = (file for file in files_below(clone.files, path) if file not in layered)
    others = (file for file in files if "values" not in file)
    return any(key in read_text(clone, file) for file in others)


def _is_whole(reads: Reads | None, key: str) -> bool:
    return reads is not None and key in reads.whole


@lru_cache(maxsize=4)  # every unused key of a file asks
def _lines(estate: Estate, file: SourceFile) -> list[str]:
    clone = estate.clone(file.repository)
    return read_text(clone, file.path).splitlines() if clone is not None else []


def _has_anchor(lines: list[str], key: Span) -> bool:
    """Whether the value of a key has one, or anything within it."""
    return any(map(_ANCHOR.search, _below(lines, key)))


def _below(lines: list[str], key: Span) -> Iterator[str]:
    """The line of a key, and those of its value."""
    yield from lines[key.line - 1 : key.line]
    for line in lines[key.line :]:
        text = line.lstrip()
        if text and len(line) - len(text) < key.column and not text.startswith(("-", "#")):
            return
        yield line
