"""What other tools would deploy is counted, with a place, and not followed."""

from graphdoc.resolve.estate.whole import resolve_estate
from graphdoc.resolve.outside.other_tools import find_other_tools
from tests.resolve.test_estate import application, config_map
from tests.txtar import read_clones

OTHERS = f"""
-- platform/flux/web.yaml --
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: web}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: apps}}
-- platform/flux/shop.yaml --
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: shop}}
-- platform/chart/templates/web.yaml --
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: web}}
-- platform/fleet/fleet.yaml --
namespace: web
-- platform/helmfile.yaml --
releases: []
-- platform/environments/dev/main.jsonnet --
{{}}
-- platform/lib/a.libsonnet --
{{}}
-- platform/cue.mod/gen/a.cue --
package a
-- platform/web/b.cue --
package b
-- platform/values-hub.yaml --
clusterGroup:
  applications:
    web: {{}}
    shop: {{}}
-- platform/deep/values-hub.yaml --
clusterGroup: {{applications: {{web: {{}}}}}}
-- platform/root.yaml --
{application("root", "read")}
-- platform/read/a.jsonnet --
{{}}
-- platform/read/a.yaml --
{config_map("a")}
"""


def test_each_tool_is_one_note_at_its_first_place() -> None:
    notes = find_other_tools(resolve_estate(read_clones(OTHERS), None))
    assert [(f"{n.location.file.path}:{n.location.line}", n.reason) for n in notes] == [
        (
            "values-hub.yaml:3",
            "Applications of a validated pattern, which the chart clustergroup makes elsewhere:"
            " not followed (2)",
        ),
        ("flux/shop.yaml:1", "HelmReleases of Flux: not followed (2)"),
        ("flux/web.yaml:5", "Kustomizations of Flux: not followed (1)"),
        ("fleet/fleet.yaml:1", "bundles of Fleet: not followed (1)"),
        ("web/b.cue:1", "files of CUE: not followed (1)"),
        ("helmfile.yaml:1", "files of Helmfile: not followed (1)"),
        (
            "environments/dev/main.jsonnet:1",
            "files of Jsonnet that no Application reads: not followed (1)",
        ),
        ("lib/a.libsonnet:1", "libraries of Jsonnet: not followed (1)"),
    ]
