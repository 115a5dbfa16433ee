"""What other tools than Argo CD would deploy from the clones: counted, and not followed."""

from collections.abc import Iterator
from functools import lru_cache
from posixpath import basename

from graphdoc.model.clone import Clone
from graphdoc.model.file_kinds import YAML
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.grouping import grouped
from graphdoc.model.location import SourceFile, Span, file_start
from graphdoc.model.node import NOTHING, Mapping
from graphdoc.resolve.repositories.contents import read_bytes
from graphdoc.resolve.repositories.files import ParsedFile
from graphdoc.resolve.resolved import Estate

__all__ = ["find_flux_clones", "find_other_tools"]

_FLUX_GROUP = b"toolkit.fluxcd.io"
_FLUX_KUSTOMIZATION = ("kustomize.toolkit.fluxcd.io", "Kustomization")
_FLUX = {
    ("helm.toolkit.fluxcd.io", "HelmRelease"): "HelmReleases of Flux",
    _FLUX_KUSTOMIZATION: "Kustomizations of Flux",
}
_FILES = {
    "fleet.yaml": "bundles of Fleet",
    "helmfile.yaml": "files of Helmfile",
    "helmfile.yaml.gotmpl": "files of Helmfile",
}
_PATTERN = "Applications of a validated pattern, which the chart clustergroup makes elsewhere"


def find_other_tools(estate: Estate) -> Iterator[NotUnderstood]:
    """One note for each tool and clone, at the first place."""
    # The files in folders that Applications read have notes of their own.
    read = frozenset(file for source in estate.sources for file in source.files)
    for clone in estate.clones:
        found = grouped(_found_in(estate, clone, read))
        for what, spans in sorted(found.items()):
            yield NotUnderstood(min(spans), f"{what}: not followed ({len(spans)})")


@lru_cache(maxsize=2)
def find_flux_clones(estate: Estate) -> frozenset[str]:
    """Those with a Kustomization of Flux, whose controller lets kustomizations name files anywhere.

    Its path may be one in an artifact that has a part of the clone only.
    """
    return frozenset(clone.name for clone in estate.clones if _has_flux(estate, clone))


def _has_flux(estate: Estate, clone: Clone) -> bool:
    return any(
        (resource.group, resource.kind) == _FLUX_KUSTOMIZATION
        for path in clone.files
        if _is_document(path) and _FLUX_GROUP in read_bytes(clone, path)
        for resource in estate.files.parse(clone, path).resources
    )


def _found_in(
    estate: Estate, clone: Clone, read: frozenset[SourceFile]
) -> Iterator[tuple[str, Span]]:
    for path in clone.files:
        file = SourceFile(clone.name, path)
        if basename(path) in _FILES:
            yield _FILES[basename(path)], file_start(file)
        elif path.endswith(".jsonnet") and file not in read:
            yield "files of Jsonnet that no Application reads", file_start(file)
        elif path.endswith(".libsonnet"):
            yield "libraries of Jsonnet", file_start(file)
        elif path.endswith(".cue") and not path.startswith("cue.mod/"):
            yield "files of CUE", file_start(file)
        elif _is_document(path) and _FLUX_GROUP in read_bytes(clone, path):
            yield from _of_flux(estate.files.parse(clone, path))
        if _is_document(path) and path.startswith("values-") and "/" not in path:
            roots = estate.files.parse(clone, path).roots
            yield from ((_PATTERN, span) for root in roots for span in _pattern(root))


def _is_document(path: str) -> bool:
    return path.endswith(YAML) and "/templates/" not in f"/{path}"


def _of_flux(parsed: ParsedFile) -> Iterator[tuple[str, Span]]:
    for resource in parsed.resources:
        what = _FLUX.get((resource.group, resource.kind))
        if what is not None:
            yield what, resource.span


def _pattern(root: object) -> Iterator[Span]:
    applications = root.at("clusterGroup", "applications") if isinstance(root, Mapping) else NOTHING
    return (node.span for node in applications.entries.values())
