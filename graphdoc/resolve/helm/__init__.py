"""Charts rendered by Helm's own engine, offline and shut off from everything but the chart."""

from graphdoc.resolve.helm.bundle import (
    ChartBundle,
    ChartError,
    FindChart,
    bundle_chart,
    read_chart,
)
from graphdoc.resolve.helm.engine import (
    CliEngine,
    HelmEngine,
    HelmError,
    RememberingEngine,
    RenderedTemplate,
    SdkEngine,
    find_engine,
)
from graphdoc.resolve.helm.render import ChartRender, render_chart

__all__ = [
    "ChartBundle", "ChartError", "ChartRender", "CliEngine", "FindChart", "HelmEngine",
    "HelmError", "RememberingEngine", "RenderedTemplate", "SdkEngine", "bundle_chart",
    "find_engine", "read_chart", "render_chart",
]  # fmt: skip
