"""What other tools than Argo CD would deploy from the clones: counted, and not followed."""

from collections.abc import Iterator
from posixpath import basename

from graphdoc.model.clone import Clone
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.grouping import grouped
from graphdoc.model.location import SourceFile, Span, file_start
from graphdoc.model.node import Mapping
from graphdoc.resolve.files import ParsedFile
from graphdoc.resolve.resolved import Estate

__all__ = ["find_other_tools"]

_FLUX = {
    ("helm.toolkit.fluxcd.io", "HelmRelease"): "HelmReleases of Flux",
    ("kustomize.toolkit.fluxcd.io", "Kustomization"): "Kustomizations of Flux",
}
_FILES = {
    "fleet.yaml": "bundles of Fleet",
    "helmfile.yaml": "files of Helmfile",
    "helmfile.yaml.gotmpl": "files of Helmfile",
}
_PATTERN = "Applications of a validated pattern, which the chart clustergroup makes elsewhere"


def find_other_tools(estate: Estate) -> Iterator[NotUnderstood]:
    """One note for each tool and clone, at the first place."""
    for clone in estate.clones:
        found = grouped(_found_in(estate, clone))
        for what, spans in sorted(found.items()):
            yield NotUnderstood(min(spans), f"{what}: not followed ({len(spans)})")


def _found_in(estate: Estate, clone: Clone) -> Iterator[tuple[str, Span]]:
    jsonnet = _jsonnet(estate)
    for path in clone.files:
        file = SourceFile(clone.name, path)
        if basename(path) in _FILES:
            yield _FILES[basename(path)], file_start(file)
        elif path.endswith(".jsonnet") and file not in jsonnet:
            yield "files of Jsonnet that no Application reads", file_start(file)
        elif path.endswith((".yaml", ".yml")) and "/templates/" not in f"/{path}":
            yield from _in_file(estate.files.parse(clone, path), path)


def _in_file(parsed: ParsedFile, path: str) -> Iterator[tuple[str, Span]]:
    for resource in parsed.resources:
        what = _FLUX.get((resource.group, resource.kind))
        if what is not None:
            yield what, resource.span
    if path.startswith("values-") and "/" not in path:
        yield from ((_PATTERN, span) for root in parsed.roots for span in _pattern(root))


def _pattern(root: object) -> Iterator[Span]:
    group = root.mapping("clusterGroup") if isinstance(root, Mapping) else None
    applications = group.mapping("applications") if group is not None else None
    if applications is not None:
        yield from (node.span for node in applications.entries.values())


def _jsonnet(estate: Estate) -> frozenset[SourceFile]:
    """The files of Jsonnet in folders that Applications read, each with a note of its own."""
    return frozenset(file for source in estate.sources for file in source.files)
