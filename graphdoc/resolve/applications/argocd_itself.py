"""Applications that install Argo CD: with them, it manages itself."""

import re
from collections.abc import Iterator
from posixpath import basename

from graphdoc.model.kustomize import KUSTOMIZATION_NAMES
from graphdoc.model.node import Mapping
from graphdoc.resolve.helm import ARGOCD_CHART
from graphdoc.resolve.resolved import Estate, ResolvedApplication, ResolvedSource
from graphdoc.resolve.resources.workloads import images_of

__all__ = ["installs_argocd"]

# Its image, and the repository whose manifests a kustomization takes over.
_ARGOCD = re.compile(r"\bargoproj/argo-?cd(?![\w-])")


def installs_argocd(estate: Estate, entry: ResolvedApplication) -> bool:
    """Whether it renders Argo CD, or would if all that its sources name were at hand."""
    images = (str(image.value) for resource in entry.resources for image in images_of(resource))
    return any(_ARGOCD.search(image) for image in images) or any(
        _takes_chart(source) or _takes_base(estate, source) for source in entry.sources
    )


def _takes_chart(source: ResolvedSource) -> bool:
    names = {chart.name for chart in source.built.charts}
    if source.chart is not None:
        required = source.chart.metadata.dependencies if source.chart.metadata else ()
        names |= {source.chart.name, *(one.name for one in required)}
    return ARGOCD_CHART in names


def _takes_base(estate: Estate, source: ResolvedSource) -> bool:
    """Whether a kustomization takes over Argo CD's manifests, or sets its image."""
    clones = estate.clones_as_read_by(source)
    files = (file for file in source.files if basename(file.path) in KUSTOMIZATION_NAMES)
    roots = (estate.files.parse(clones[file.repository], file.path).mapping for file in files)
    return any(_ARGOCD.search(name) for root in roots if root for name in _names_in(root))


def _names_in(kustomization: Mapping) -> Iterator[str]:
    for field in ("resources", "bases", "components"):
        yield from kustomization.texts_at(field)
    for image in kustomization.mappings_at("images"):
        yield from (image.text("name"), image.text("newName"))
