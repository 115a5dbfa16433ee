"""A chart that exists only in memory, bundled like one of a repository."""

from collections.abc import Mapping

from graphdoc.resolve.helm import ChartBundle, bundle_chart
from graphdoc.resolve.helm.chart_cache import ChartTree
from graphdoc.resolve.repositories.files import Files

__all__ = ["bundle_files"]


def bundle_files(files: Mapping[str, bytes]) -> ChartBundle:
    """A bundle of these files, by their paths in the chart."""
    return bundle_chart(Files(), ChartTree("graphdoc", files), "")
