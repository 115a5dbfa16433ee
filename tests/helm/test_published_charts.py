"""Charts that an analysed repository publishes."""

import pytest

from graphdoc.resolve.estate.whole import resolve_estate
from graphdoc.resolve.helm import find_engine
from graphdoc.resolve.helm.published_charts import PublishedCharts
from graphdoc.resolve.repositories.addresses import Repositories
from tests.helm.test_chart_cache import chart, pack
from tests.txtar import MemoryClone, read_clones


def publisher(*urls: str, tagged: MemoryClone | None = None) -> MemoryClone:
    contents = {"packed/web-2.0.0.tgz": pack(chart("web", "2.0.0"))}
    unpacked = {path: text.encode() for path, text in chart("web", "3.0.0").items()}
    contents |= {f"charts/{path}": data for path, data in unpacked.items()}
    revisions = {"web-1.0.0": tagged} if tagged is not None else {}
    return MemoryClone("charts", contents, revisions, urls=urls)


def versions(address: str, clone: MemoryClone, *wanted: str) -> list[str | None]:
    charts = PublishedCharts(repositories=Repositories([clone]))
    found = [charts.find(address, "web", version) for version in wanted]
    assert all(charts.chart_of(one.tree.name) == "web" for one in found if one is not None)
    return [one.version if one is not None else None for one in found]


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("https://org.github.io/charts", "git@github.com:Org/charts.git"),
        ("https://org.github.io/charts/stable/", "https://github.com/org/charts"),
        ("https://org.github.io", "https://github.com/org/org.github.io"),
        ("https://raw.githubusercontent.com/org/charts/main/repo", "https://github.com/org/charts"),
        ("https://org.gitlab.io/charts", "https://gitlab.com/org/charts"),
        ("ghcr.io/org/charts/stable", "https://github.com/org/charts"),
        ("oci://registry.gitlab.com/org/charts", "https://gitlab.com/org/charts"),
        ("https://charts.example.com", "https://charts.example.com/"),
    ],
)
def test_the_clone_behind_an_address_has_its_charts(address: str, url: str) -> None:
    clone = publisher(url)
    assert versions(address, clone, "2.0.0", "3.0.0", ">=1", "1.0.0") == [
        "2.0.0", "3.0.0", "3.0.0", None,
    ]  # fmt: skip


def test_a_repository_of_another_owner_publishes_nothing_here() -> None:
    clone = publisher("https://github.com/other/charts")
    assert versions("https://org.github.io/charts", clone, "2.0.0") == [None]


def test_a_version_that_is_gone_is_read_from_its_tag() -> None:
    old = MemoryClone(
        "charts", {f"charts/{p}": t.encode() for p, t in chart("web", "1.0.0").items()}
    )
    clone = publisher("https://github.com/org/charts", tagged=old)
    assert versions("https://org.github.io/charts", clone, "1.0.0") == ["1.0.0"]


def test_an_application_renders_a_chart_that_another_clone_publishes() -> None:
    (apps,) = read_clones("""
-- apps/web.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: shop}
  source: {repoURL: "https://org.github.io/charts", chart: web, targetRevision: 3.0.0}
""")
    estate = resolve_estate((apps, publisher("https://github.com/org/charts")), find_engine())
    (entry,) = estate.applications
    assert entry.is_resolved
    assert [resource.name for resource in entry.resources] == ["shop"]
