"""Charts rendered by Helm's own engine, offline and shut off from everything but the chart."""

from graphdoc.resolve.helm.argocd_apps import (
    APPS_CHART,
    ARGOCD_CHART,
    brings_applications,
    find_applications,
    is_all,
)
from graphdoc.resolve.helm.bundle import ChartBundle, Place, bundle_chart
from graphdoc.resolve.helm.engine import NO_ENGINE, HelmEngine, HelmError, find_engine
from graphdoc.resolve.helm.render import (
    REFUSALS,
    WHATEVER_THE_VALUES,
    ChartDocuments,
    ChartRenderer,
)

__all__ = [
    "APPS_CHART", "ARGOCD_CHART", "NO_ENGINE", "REFUSALS", "WHATEVER_THE_VALUES", "ChartBundle",
    "ChartDocuments", "ChartRenderer", "HelmEngine", "HelmError", "Place", "brings_applications",
    "bundle_chart", "find_applications", "find_engine", "is_all",
]  # fmt: skip
