"""What impact says, against what a change to each file really does to the sample estate."""

import json
import shutil
from pathlib import Path

import pytest

from graphdoc.config import load_config
from graphdoc.graph.impact.files import find_impact
from graphdoc.graph.impact.keys import find_key_impact
from graphdoc.graph.impact.nodes import find_node_impact
from graphdoc.model.location import SourceFile
from graphdoc.model.node import to_plain
from graphdoc.pipeline.analysis import Analysis, analyse
from graphdoc.resolve.resolved import ResolvedApplication

EXACT = [
    "helm-prod-values/musicman/values.yaml",
    "launchpad/infra/values/base/traefik-values.yaml",
    "forte-helm/forteapp/templates/deployment.yaml",
]
OTHERS = [
    "forte-helm/forteapp/Chart.yaml",
    "forte-helm/forteapp/values.yaml",
    "forte-helm/forteapp/templates/_helpers.tpl",
    "launchpad/_app-of-apps-upc-dev.yaml",
    "launchpad/apps/base/kustomization.yaml",
    "launchpad/apps/base/musicman.yaml",
    "launchpad/apps/overlays/upc-prod/kustomization.yaml",
    "launchpad/cluster-resources/kustomization.yaml",
    "launchpad/cluster-resources/policies/kustomization.yaml",
    "launchpad/cluster-resources/policies/secret-cloner.yaml",
    "launchpad/infra/base/enterprise-apps.yaml",
    "launchpad/infra/base/kustomization.yaml",
    "launchpad/infra/base/traefik-application.yaml",
    "launchpad/infra/components/production/kustomization.yaml",
    "launchpad/infra/dashboards/argocd.json",
    "launchpad/infra/dashboards/kustomization.yaml",
    "launchpad/infra/overlays/upc-dev/kustomization.yaml",
    "launchpad/infra/overlays/upc-prod/patches/keycloak.yaml",
    "launchpad/infra/values/upc-prod/grafana-values.yaml",
    "launchpad/secrets/upc-dev/keycloak-db-sealed.yaml",
]

EXTRA = "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: probe\n"

States = dict[str, str]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, project: Path, sample: Path) -> Path:
    """A copy of the sample that may be changed."""
    root = tmp_path_factory.mktemp("estate")
    for clone in ("launchpad", "forte-helm", "helm-prod-values"):
        shutil.copytree(sample / clone, root / clone)
    text = (project / "graphdoc.yaml").read_text("utf-8").replace("graphdoc/sample/", "")
    (root / "graphdoc.yaml").write_text(text, "utf-8")
    return root


@pytest.fixture(scope="module")
def analysis(place: Path) -> Analysis:
    return look(place)


def look(place: Path) -> Analysis:
    return analyse(load_config(place / "graphdoc.yaml", {}))


def states(analysis: Analysis) -> States:
    """All that an Application is, renders and layers, by its id."""
    return {entry.id: json.dumps(state(entry)) for entry in analysis.estate.applications}


def state(entry: ResolvedApplication) -> list[object]:
    manifest = to_plain(entry.application.resource.manifest)
    resources = [to_plain(resource.manifest) for resource in entry.resources]
    values = [None if s.values is None else to_plain(s.values) for s in entry.sources]
    return [manifest, resources, values]


def really_changed(before: States, after: States) -> set[str]:
    return {id_ for id_ in before.keys() | after.keys() if before.get(id_) != after.get(id_)}


def said(analysis: Analysis, path: str) -> set[str]:
    file = SourceFile(*path.split("/", 1))
    return {reached.id for reached in find_impact(analysis.estate, analysis.graph, [file])}


def edited(path: str, text: str) -> str:
    """The file with a change that everything which reads it must show."""
    tail = "probe: x\n" if path.endswith("values.yaml") else EXTRA
    return f"{text}\n{tail}"


def truth(place: Path, path: str, before: States, text: str | None) -> set[str]:
    """What changes where the file is another, or not there at all."""
    file = place / path
    original = file.read_text("utf-8")
    try:
        if text is None:
            file.unlink()
        else:
            assert text != original
            file.write_text(text, "utf-8")
        return really_changed(before, states(look(place)))
    finally:
        file.write_text(original, "utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("path", EXACT)
def test_impact_is_what_a_change_does(place: Path, analysis: Analysis, path: str) -> None:
    text = edited(path, (place / path).read_text("utf-8"))
    changed = truth(place, path, states(analysis), text)
    assert changed
    assert said(analysis, path) == changed


@pytest.mark.slow
@pytest.mark.parametrize("path", OTHERS)
def test_impact_misses_nothing(place: Path, analysis: Analysis, path: str) -> None:
    """Without a file changes whatever an edit of it would change."""
    changed = truth(place, path, states(analysis), None)
    assert changed
    assert changed <= said(analysis, path)


KEYS = [
    ("helm-prod-values/musicman/values.yaml", "app.image.tag", "tag: 1.7.2", "tag: 9.9.9"),
    ("helm-prod-values/musicman/values.yaml", "database.storage.size", "size: 10Gi", "size: 7Gi"),
    ("forte-helm/forteapp/values.yaml", "app.replicas", "replicas: 1", "replicas: 5"),
    ("forte-helm/forteapp/values.yaml", "ingress.enabled", "enabled: false", "enabled: true"),
]


@pytest.mark.slow
@pytest.mark.parametrize("edit", KEYS, ids=lambda edit: str(edit[1]))
def test_impact_of_a_key_is_what_its_change_does(
    place: Path, analysis: Analysis, edit: tuple[str, str, str, str]
) -> None:
    path, key, old, new = edit
    text = (place / path).read_text("utf-8")
    changed = truth(place, path, states(analysis), text.replace(old, new, 1))
    found = find_key_impact(analysis.estate, [SourceFile(*path.split("/", 1))], key)
    assert {reached.id for reached in found} == changed


@pytest.mark.slow
def test_impact_of_a_chart_is_what_any_change_in_it_does(place: Path, analysis: Analysis) -> None:
    before = states(analysis)
    changed: set[str] = set()
    for path in ("forte-helm/forteapp/Chart.yaml", "forte-helm/forteapp/values.yaml"):
        changed |= truth(place, path, before, None)
    found = find_node_impact(analysis.graph, "chart:forte-helm/forteapp")
    assert {reached.id for reached in found} == changed


def test_impact_of_a_secret_is_who_names_it(analysis: Analysis) -> None:
    secrets = [node for node in analysis.graph.nodes() if node.kind == "secret"]
    rendered = [e for e in analysis.estate.applications if any(s.chart for s in e.sources)]
    for node in secrets:
        _, namespace, name = node.id.split("/")
        named = {
            entry.id
            for entry in rendered
            if entry.cluster == node.cluster
            and entry.application.destination.namespace == namespace
            and any(is_named(name, to_plain(r.manifest)) for r in entry.resources)
        }
        found = {reached.id for reached in find_node_impact(analysis.graph, node.id)}
        assert named <= found, node.id


def is_named(name: str, node: object) -> bool:
    """Whether a word of a pod, an ingress or a route is the name of a Secret."""
    match node:
        case dict():
            keys = {"secretName", "imagePullSecrets", "secretRef", "secretKeyRef"}
            return any(
                json.dumps(name) in json.dumps(value) if key in keys else is_named(name, value)
                for key, value in node.items()
                if node.get("kind") != "Certificate"
            )
        case list():
            return any(is_named(name, item) for item in node)
        case _:
            return False
