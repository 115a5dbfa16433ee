"""Applications that install Argo CD: with them, it manages itself."""

import re
from posixpath import basename

from graphdoc.model.kustomize import KUSTOMIZATION_NAMES
from graphdoc.resolve.helm import ARGOCD_CHART
from graphdoc.resolve.repositories.contents import skim_text
from graphdoc.resolve.resolved import Estate, ResolvedApplication, ResolvedSource
from graphdoc.resolve.resources.workloads import images_of

__all__ = ["installs_argocd"]

# Its image, and the repository whose manifests a kustomization takes over.
_ARGOCD = re.compile(r"\bargoproj/argo-?cd(?![\w-])")
_INFLATED = re.compile(rf"^\s*(?:- )?name: *[\"']?{ARGOCD_CHART}[\"']?\s*$", re.MULTILINE)


def installs_argocd(estate: Estate, entry: ResolvedApplication) -> bool:
    """Whether it renders Argo CD, or would if all that its sources name were at hand."""
    images = (str(image.value) for resource in entry.resources for image in images_of(resource))
    return any(_ARGOCD.search(image) for image in images) or any(
        _takes_chart(source) or _takes_base(estate, source) for source in entry.sources
    )


def _takes_chart(source: ResolvedSource) -> bool:
    if source.chart is None:
        return False
    required = source.chart.metadata.dependencies if source.chart.metadata else ()
    return ARGOCD_CHART in {source.chart.name, *(one.name for one in required)}


def _takes_base(estate: Estate, source: ResolvedSource) -> bool:
    """Whether a kustomization names Argo CD's manifests, image or chart."""
    names = (file for file in source.files if basename(file.path) in KUSTOMIZATION_NAMES)
    texts = (skim_text(estate.clones_by_name[file.repository], file.path) for file in names)
    return any(_ARGOCD.search(text) or _INFLATED.search(text) for text in texts)
