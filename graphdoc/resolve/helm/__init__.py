"""Charts rendered by Helm's own engine, offline and shut off from everything but the chart."""

from graphdoc.resolve.helm.argocd_apps import (
    APPS_CHART,
    brings_applications,
    find_applications,
    is_all,
)
from graphdoc.resolve.helm.bundle import ChartBundle, bundle_chart
from graphdoc.resolve.helm.engine import HelmEngine, HelmError, find_engine
from graphdoc.resolve.helm.render import (
    REFUSALS,
    UNPARSED,
    ChartDocuments,
    render_chart,
    render_documents,
)

__all__ = [
    "APPS_CHART", "REFUSALS", "UNPARSED", "ChartBundle", "ChartDocuments", "HelmEngine",
    "HelmError", "brings_applications", "bundle_chart", "find_applications", "find_engine",
    "is_all", "render_chart", "render_documents",
]  # fmt: skip
