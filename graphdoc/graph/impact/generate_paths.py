"""What ``manifest-generate-paths`` says that an Application depends on, against what it reads.

Argo CD renders an Application anew only where a changed file lies below one of these paths. They
are separated by semicolons; one with a leading slash starts at the repository's root, every other
at the path of each source (util/app/path in Argo CD).
"""

from collections.abc import Iterator
from posixpath import dirname, join, normpath

from graphdoc.graph.impact.source_files import SourceFiles, is_below
from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Scalar
from graphdoc.resolve.repositories.paths import files_below, matches_segments
from graphdoc.resolve.resolved import Estate, ResolvedApplication, Tool

__all__ = ["GeneratePaths", "find_wrong_paths"]

_ANNOTATION = "argocd.argoproj.io/manifest-generate-paths"
_WILD = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class GeneratePaths:
    """One annotation that leaves out files; ``wanted`` is what it should say.

    ``wanted`` is ``None`` where the Applications that have it need different ones. ``span`` is
    where it is written, in the template where ``maker`` is an ApplicationSet.
    """

    annotation: Scalar
    span: Span
    maker: str
    applications: tuple[str, ...]
    missing: tuple[SourceFile, ...]
    wanted: str | None


def find_wrong_paths(estate: Estate) -> Iterator[GeneratePaths]:
    """Every annotation that leaves out a file which one of its Applications reads."""
    sources = SourceFiles(estate)
    wrong = (_judge(entry, sources) for entry in estate.applications)
    found = grouped((one.span, one) for one in wrong if one is not None)
    for span in sorted(found):
        yield _together(found[span])


def _judge(entry: ResolvedApplication, sources: SourceFiles) -> GeneratePaths | None:
    annotation = entry.application.resource.annotation(_ANNOTATION)
    covered = {item: _paths(entry, item) for item in _items(annotation)}
    if annotation is None or not covered:
        return None
    files = _read_files(sources, entry)
    paths = [path for found in covered.values() for path in found]
    missing = sorted(file for file in files if not _is_covered(file.path, paths))
    if not missing:
        return None
    kept = [i for i, own in covered.items() if any(_is_covered(f.path, own) for f in files)]
    wanted = ";".join(dict.fromkeys([*kept, *_folders(entry, missing)]))
    span = _place(entry, annotation)
    maker = entry.parent if _is_generated(entry) and entry.parent else entry.id
    return GeneratePaths(annotation, span, maker, (entry.id,), tuple(missing), wanted)


def _items(annotation: Scalar | None) -> list[str]:
    text = annotation.value if annotation is not None else ""
    return list(filter(None, text.split(";"))) if isinstance(text, str) else []


def _place(entry: ResolvedApplication, annotation: Scalar) -> Span:
    """Where one would change it; of what a generator fills, the key stands in the template."""
    key = entry.manifest.at("metadata", "annotations").keys.get(_ANNOTATION)
    return key if _is_generated(entry) and key is not None else annotation.span


def _is_generated(entry: ResolvedApplication) -> bool:
    return (entry.parent or "").startswith("applicationset:")


def _paths(entry: ResolvedApplication, item: str) -> list[str]:
    if item.startswith("/"):
        return [normpath(item).strip("/")]
    sources = entry.application.sources
    return [normpath(join(source.path or "", item)).strip("/") for source in sources]


def _is_covered(path: str, paths: list[str]) -> bool:
    return any(
        known in {"", ".", path}
        or is_below(path, known)
        or (bool(_WILD & set(known)) and matches_segments(path, known))
        for known in paths
    )


def _folders(entry: ResolvedApplication, missing: list[SourceFile]) -> list[str]:
    """The fewest folders that hold the files: a source's own where they lie in it."""
    own = [s.path.strip("/") for s in entry.application.sources if s.path]
    folders = {next((p for p in own if is_below(f.path, p)), dirname(f.path)) for f in missing}
    outer = [f for f in folders if not any(o != f and is_below(f, o) for o in folders)]
    return [f"/{folder}" for folder in sorted(outer)]


def _read_files(sources: SourceFiles, entry: ResolvedApplication) -> frozenset[SourceFile]:
    found: set[SourceFile] = set()
    for source in entry.sources:
        found |= {*source.layered_files}
        if source.tool in {Tool.KUSTOMIZE, Tool.DIRECTORY}:
            found |= source.files
        elif source.clone is not None and source.chart_folder:
            folders = sources.chart_folders(source.clone, source.chart_folder[1])
            below = (path for f in folders for path in files_below(source.clone.files, f))
            files = {SourceFile(source.clone.name, path) for path in below}
            found |= {file for file in files if sources.is_read(source, file)}
    return frozenset(found)


def _together(wrong: tuple[GeneratePaths, ...]) -> GeneratePaths:
    """One annotation in all the Applications that have it, such as a base's or a template's."""
    wanted = {one.wanted for one in wrong}
    return GeneratePaths(
        wrong[0].annotation,
        wrong[0].span,
        wrong[0].maker,
        tuple(sorted({id_ for one in wrong for id_ in one.applications})),
        tuple(sorted({file for one in wrong for file in one.missing})),
        wanted.pop() if len(wanted) == 1 else None,
    )
