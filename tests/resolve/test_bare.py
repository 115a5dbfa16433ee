"""Clones without any Application: each kustomization and chart is rendered on its own."""

from graphdoc.graph.draw.whole import build_graph
from graphdoc.resolve.coverage import measure_coverage
from graphdoc.resolve.estate.whole import resolve_estate
from graphdoc.resolve.helm import find_engine
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.floating_image_tag import floating_image_tag
from tests.resolve.test_estate import application
from tests.txtar import read_clones

WORKLOAD = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: IMAGE}
"""
BARE = f"""
-- platform/base/kustomization.yaml --
resources: [web.yaml]
-- platform/base/web.yaml --
{WORKLOAD.replace("IMAGE", "registry.example.com/base:latest")}
-- platform/overlays/dev/kustomization.yaml --
resources: [../../base]
-- platform/charts/web/Chart.yaml --
apiVersion: v2
name: web
version: 1.0.0
-- platform/charts/web/values.yaml --
tag: ""
-- platform/charts/web/values-dev.yaml --
tag: latest
-- platform/charts/web/values-prod.yaml --
tag: 1.0.0
-- platform/charts/web/templates/web.yaml --
{WORKLOAD.replace("IMAGE", "'registry.example.com/web:{{ required `no` .Values.tag }}'")}
-- platform/charts/strict/Chart.yaml --
apiVersion: v2
name: strict
version: 1.0.0
-- platform/charts/strict/templates/a.yaml --
a: {{{{ required "say a" .Values.a }}}}
"""


def resolve(text: str) -> Estate:
    return resolve_estate(read_clones(text), find_engine())


def test_what_nothing_includes_stands_for_itself_a_chart_once_for_each_values_file() -> None:
    estate = resolve(BARE)
    assert [entry.id for entry in estate.bare] == [
        "kustomization:platform/overlays/dev",
        "chart:platform/charts/strict",
        "chart:platform/charts/web",
        "chart:platform/charts/web",
    ]
    assert estate.applications == ()
    found = floating_image_tag.run(estate, build_graph(estate))
    assert [finding.problem.message for finding in found] == [
        "kustomization platform/overlays/dev runs registry.example.com/base:latest",
        "chart platform/charts/web runs registry.example.com/web:latest",
    ]


INNER = """
-- platform/charts/web/charts/inner/Chart.yaml --
apiVersion: v2
name: inner
version: 1.0.0
-- platform/patched/kustomization.yaml --
resources: [../base]
patches: [{target: {kind: Secret, name: "#{Name}"}, patch: "[]"}]
"""


def test_coverage_counts_what_there_is_and_tells_what_cannot_be_followed() -> None:
    coverage = measure_coverage(resolve(BARE + INNER), frozenset())
    assert (coverage.charts, coverage.charts_rendered, coverage.applications) == (2, 1, 0)
    assert (coverage.documents, coverage.parsed) == (10, 10)
    assert (coverage.kustomizations, coverage.rendered) == (3, 3)
    refused, unfilled = coverage.not_understood
    assert unfilled.reason == "a patch for '#{Name}', which is filled in before it is built"
    assert refused.reason.startswith("not rendered: ")
    assert str(refused.location) == "platform/charts/strict/templates/a.yaml:1:1"


def test_one_application_ends_it() -> None:
    assert resolve(f"{BARE}-- platform/root.yaml --\n{application('web', 'base')}").bare == ()
