"""The drawn graph: every node kind and edge kind that the sample exercises, with both places."""

from collections import Counter
from pathlib import Path

import pytest

from graphdoc.clone import open_clone
from graphdoc.graph.draw.whole import ClusterFacts, build_graph
from graphdoc.graph.repo_graph import EdgeKind, NodeKind, RepoGraph
from graphdoc.graph.select import select
from graphdoc.resolve.estate.whole import Request, resolve_estate
from graphdoc.resolve.helm import find_engine
from graphdoc.resolve.roots.pattern import RootPattern
from tests.txtar import read_clones

URLS = {
    "launchpad": ["https://git.forteapps.net/Forte/launchpad"],
    "forte-helm": ["https://git.forteapps.net/Forte/forte-helm"],
    "helm-prod-values": ["git@github.com:fortedigital/helm-prod-values.git"],
}


@pytest.fixture(scope="module")
def graph() -> RepoGraph:
    sample = Path(__file__).parents[2] / "graphdoc" / "sample"
    clones = tuple(open_clone(name, sample / name, name, URLS[name]) for name in sorted(URLS))
    request = Request(roots=(RootPattern("launchpad", "_app-of-apps-{cluster}.yaml"),))
    return build_graph(
        resolve_estate(clones, find_engine(), request), {"upc-dev": {"provider": "x"}}
    )


def test_every_kind_of_node_and_edge_is_drawn(graph: RepoGraph) -> None:
    nodes = {node.kind for node in graph.nodes()}
    assert set(NodeKind) - nodes == {NodeKind.APPLICATION_SET}
    edges = {edge.kind for edge in graph.edges()}
    assert set(EdgeKind) - edges == {EdgeKind.REQUIRES, EdgeKind.WRITES}


def test_every_node_and_edge_has_a_place(graph: RepoGraph) -> None:
    assert [node.id for node in graph.nodes() if not node.locations] == []
    assert [edge for edge in graph.edges() if not edge.locations] == []


def test_both_clusters_have_all_their_applications(graph: RepoGraph) -> None:
    counts = Counter(node.cluster for node in graph.nodes(NodeKind.APPLICATION))
    assert counts == {"upc-dev": 25, "upc-prod": 24}


def test_an_application_carries_what_a_reader_asks_for(graph: RepoGraph) -> None:
    node = graph.node("application:upc-prod/musicman")
    assert node is not None
    wanted = ("wave", "chart", "values", "hosts", "images", "namespaces", "secrets", "resolved")
    assert {key: node.attributes[key] for key in wanted} == {
        "wave": 2,
        "chart": {
            "id": "chart:forte-helm/forteapp",
            "name": "forteapp",
            "version": "0.1.0",
            "repository": "forte-helm",
        },
        "values": ["values:helm-prod-values/musicman/values.yaml"],
        "hosts": ["musicman.forteapps.net"],
        "images": [
            "docker.io/library/postgres:16.6-alpine",
            "ghcr.io/fortedigital/musicman:1.7.2",
        ],
        "namespaces": ["musicman"],
        "secrets": [
            f"secret:upc-prod/musicman/{name}"
            for name in ("app-credentials", "ghcr-pull-secret", "musicman-db", "musicman-tls")
        ],
        "resolved": True,
    }


def test_a_patched_values_file_has_the_base_line_and_the_overlay_line(graph: RepoGraph) -> None:
    layers = graph.edges_from("application:upc-prod/traefik", EdgeKind.LAYERS)
    assert [
        (e.target, [(s.file.path, s.line) for s in e.locations], e.attributes) for e in layers
    ] == [
        (
            "values:launchpad/infra/values/base/traefik-values.yaml",
            [("infra/base/traefik-application.yaml", 22)],
            {"order": 0},
        ),
        (
            "values:launchpad/infra/values/upc-prod/traefik-values.yaml",
            [
                ("infra/base/traefik-application.yaml", 23),
                ("infra/overlays/upc-prod/kustomization.yaml", 18),
            ],
            {"order": 1},
        ),
    ]


def test_every_patched_layer_on_production_has_both_lines(graph: RepoGraph) -> None:
    patched = [
        edge
        for edge in graph.edges(EdgeKind.LAYERS)
        if edge.source.startswith("application:upc-prod/") and "/values/upc-prod/" in edge.target
    ]
    assert len(patched) == 12
    assert [edge for edge in patched if len(edge.locations) != 2] == []


def test_a_sealed_secret_leads_to_its_secret_and_a_policy_clones(graph: RepoGraph) -> None:
    secret = "secret:upc-dev/musicman/ghcr-pull-secret"
    assert [e.source for e in graph.edges_to(secret, EdgeKind.CLONES)] == [
        "policy:upc-dev/secret-cloner"
    ]
    sealed = graph.edges_to("secret:upc-dev/musicman/musicman-db", EdgeKind.UNSEALS)
    assert [e.source for e in sealed] == ["sealedsecret:upc-dev/musicman/musicman-db"]


def test_a_secret_that_nothing_makes_is_marked(graph: RepoGraph) -> None:
    node = graph.node("secret:upc-prod/musicman/app-credentials")
    assert node is not None
    assert node.attributes["missing"] is True
    assert node.attributes["producers"] == []


def test_the_cluster_knows_its_facts_and_its_script(graph: RepoGraph) -> None:
    dev, prod = graph.node("cluster:upc-dev"), graph.node("cluster:upc-prod")
    assert dev is not None
    assert prod is not None
    assert (dev.attributes["provider"], dev.attributes["production"]) == ("x", False)
    assert prod.attributes["production"] is True
    root = prod.attributes["root"]
    assert isinstance(root, str)
    scripts = [e.source for e in graph.edges_to(root, EdgeKind.BOOTSTRAPS)]
    assert scripts == ["file:launchpad/bootstrap.sh"]


def test_dependants_reach_from_a_values_file_to_the_root(graph: RepoGraph) -> None:
    reached = select(graph, "values:helm-prod-values/musicman/values.yaml+")
    assert {id_ for id_ in reached if id_.startswith("application:upc-prod/")} == {
        "application:upc-prod/musicman",
        "application:upc-prod/enterprise-apps",
        "application:upc-prod/infrastructure-apps",
    }


def test_an_estate_without_loops_has_none(graph: RepoGraph) -> None:
    assert list(graph.cycles(EdgeKind.MANAGES)) == []


def test_projects_of_two_argo_cds_are_told_apart() -> None:
    head = "apiVersion: argoproj.io/v1alpha1\nkind: "
    project = head + "AppProject\nmetadata: {{name: {}, namespace: {}}}\n"
    app = (
        head + "Application\nmetadata: {{name: {0}, namespace: {1}}}\n"
        "spec:\n  project: team\n  destination: {{server: 'https://kubernetes.default.svc'}}\n"
        "  source: {{repoURL: 'https://git.example.com/apps', path: {2}}}\n"
    )
    estate = resolve_estate(
        read_clones(
            f"-- apps/root.yaml --\n{app.format('root', 'argocd', 'all')}"
            f"-- apps/all/a.yaml --\n{project.format('team', 'argocd')}"
            f"-- apps/all/b.yaml --\n{project.format('team', 'tenant')}"
            f"-- apps/all/c.yaml --\n{app.format('web', 'tenant', 'web')}"
            f"-- apps/all/d.yaml --\n{project.format('other', 'tenant')}"
        ),
        None,
    )
    graph = build_graph(estate, {})
    assert [node.id for node in graph.nodes(NodeKind.PROJECT)] == [
        "project:all/argocd:team",
        "project:all/other",
        "project:all/tenant:team",
    ]
    used = {(e.source, e.target) for e in graph.edges() if e.kind is EdgeKind.USES}
    assert used == {
        ("application:all/root", "project:all/argocd:team"),
        ("application:all/web", "project:all/tenant:team"),
    }


def test_an_application_that_is_rendered_twice_counts_once() -> None:
    web = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\n"
        "spec:\n  project: default\n  destination: {server: 'https://kubernetes.default.svc'}\n"
        "  source: {repoURL: 'https://git.example.com/apps', path: web}\n"
    )
    root = web.replace("web", "root")
    estate = resolve_estate(
        read_clones(f"-- apps/root.yaml --\n{root}-- apps/root/a.yaml --\n{web}---\n{web}"), None
    )
    (cluster,) = build_graph(estate, {}).nodes(NodeKind.CLUSTER)
    assert cluster.attributes["applications"] == len({"root", "web"})


def test_what_has_a_user_and_a_password_is_no_image() -> None:
    text = """\
-- platform/web.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: web}
  source: {repoURL: https://git.example.com/platform, path: web}
-- platform/web/pod.yaml --
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - {name: a, image: "https://user:hunter2@registry.example.com/a:1"}
    - {name: b, image: "user:hunter2@registry.example.com/b:1"}
    - {name: c, image: "registry.example.com/c:1"}
"""
    drawn = build_graph(resolve_estate(read_clones(text), find_engine(), Request()))
    images = [node.id for node in drawn.nodes(NodeKind.IMAGE)]
    assert images == ["image:registry.example.com/c"]


WRITTEN = """\
-- platform/web.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: web}
  source:
    chart: web
    repoURL: https://charts.example.com
    targetRevision: 1.0.0
    helm: {valueFiles: [$values/web/values.yaml, $values/values.yaml]}
  sources:
    - chart: web
      repoURL: https://charts.example.com
      targetRevision: 1.0.0
      helm: {valueFiles: [$values/web/values.yaml, $values/values.yaml]}
    - {repoURL: https://git.example.com/settings, ref: values}
-- settings/values.yaml --
-- settings/web/values.yaml --
-- platform/.github/workflows/release.yaml --
on: {push: {paths: [a]}}
jobs:
  release:
    steps:
      - run: |
"""


@pytest.mark.parametrize(
    ("lines", "written"),
    [
        ("cd settings/web\nsed -i 's/a/b/' values.yaml", "web/values.yaml"),
        (
            "git clone x/settings && cd settings\nyq -i '.a = 1' \\\n  web/values.yaml",
            "web/values.yaml",
        ),
        ("cd settings\nyq '.a = 1' values.yaml > values.yaml", "values.yaml"),
        ("cd other\nsed -i 's/a/b/' values.yaml", ""),
        ("sed -i 's/a/b/' other-web/values.yaml", ""),
        ("sed -n 's/a/b/p' web/values.yaml && yq .a web/values.yaml", ""),
        ("cat x | grep -i a web/values.yaml; helm template -f web/values.yaml > x", ""),
        ("# sed -i 's/a/b/' web/values.yaml", ""),
        ("cd settings/web\n\n      - run: sed -i 's/a/b/' values.yaml", ""),
        ("x\n\n      - with:\n          paths:\n            - web/values.yaml", ""),
        ("x\n\n      - uses: bump\n        with: {file: web/values.yaml}", "web/values.yaml"),
        ("x\n\n      - run: ./bump web/values.yaml", "web/values.yaml"),
    ],
)
def test_a_workflow_writes_what_its_commands_change(lines: str, written: str) -> None:
    shell, more = (*lines.split("\n\n"), "")[:2]
    indented = "".join(f"          {line}\n" for line in shell.split("\n"))
    graph = build_graph(resolve_estate(read_clones(f"{WRITTEN}{indented}{more}\n"), None))
    targets = [edge.target for edge in graph.edges() if edge.kind is EdgeKind.WRITES]
    assert targets == [f"values:settings/{path}" for path in filter(None, [written])]


def test_the_configuration_says_what_is_for_production() -> None:
    files = """
-- launchpad/hub.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: hub}
spec:
  destination: {server: https://kubernetes.default.svc}
  source: {repoURL: https://git.example.com/launchpad, path: apps}
-- launchpad/apps/web.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web}
spec:
  destination: {name: west}
  source: {repoURL: https://git.example.com/web, path: .}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop}
spec:
  destination: {name: preprod}
  source: {repoURL: https://git.example.com/shop, path: .}
"""
    facts: ClusterFacts = {"west": {"production": True}, "preprod": {"production": False}}
    graph = build_graph(resolve_estate(read_clones(files), None), facts)
    assert graph.production == {"west"}


def test_a_chart_outside_of_its_repository_is_not_the_one_at_its_head() -> None:
    files = """
-- web/Chart.yaml --
name: web
version: 1.0.0
-- web/parts/api/Chart.yaml --
name: api
version: 1.0.0
dependencies:
  - {name: common, version: 1.0.0, repository: "file://../../../common"}
  - {name: web, version: 1.0.0, repository: "file://../.."}
"""
    graph = build_graph(resolve_estate(read_clones(files), None), {})
    required = [(edge.target, len(edge.locations)) for edge in graph.edges(EdgeKind.REQUIRES)]
    assert required == [("chart:web", 1)]
