"""The sample estate by the real programs: Kustomize builds it, Helm renders it, nothing dangles."""

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import helm_python
import pytest
import yaml

import graphdoc.sample

Document: TypeAlias = dict[str, Any]

SAMPLE = Path(graphdoc.sample.__file__).parent
LAUNCHPAD = SAMPLE / "launchpad"
CHART = SAMPLE / "forte-helm" / "forteapp"
VALUES = SAMPLE / "helm-prod-values"
KUBECTL = Path(sys.prefix) / ("Scripts/kubectl.exe" if sys.platform == "win32" else "bin/kubectl")

WAVES = {
    "namespaces": "-1",
    "kyverno": "0",
    "sealed-secrets": "0",
    "cluster-resources": "1",
    "secrets": "1",
    "traefik": "1",
    "cert-manager": "1",
    "keycloak": "1",
    "prometheus": "1",
    "grafana": "1",
    "dashboards": "1",
    "loki": "1",
    "tempo": "1",
    "fluent-bit": "1",
    "trivy": "1",
    "opencost": "1",
    "gitea": "1",
    "gitea-actions": "1",
    "renovate": "1",
    "enterprise-apps": "2",
}
APP_WAVES = {"mcp10x": "2", "musicman": "2", "argo-mcp": "3", "dot-ai-stack": "3"}
VALUES_OF_OVERLAY = {
    "upc-dev": "upc-dev",
    "upc-prod": "upc-prod",
    "eks-dev": "aws-dev",
    "eks-prod": "aws-prod",
    "aks-dev": "aks-dev",
    "aks-prod": "aks-prod",
    "gke-dev": "gcp-dev",
    "gke-prod": "gcp-prod",
}
MISSING_ON = {"upc-dev": set[str](), "upc-prod": {"secrets"}}
MISSING_ELSEWHERE = {"secrets", "enterprise-apps"}
RELEASES = {"mcp10x": "mcp10x", "musicman": "musicman", "argocd-mcp": "argo-mcp"}


@cache
def kustomize(directory: Path) -> list[Document]:
    """Build a directory with the Kustomize of the installed kubectl."""
    command = [str(KUBECTL), "kustomize", str(directory)]
    built = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
    return [document for document in yaml.safe_load_all(built.stdout) if document]


def documents(path: Path) -> list[Document]:
    return [document for document in yaml.safe_load_all(path.read_text("utf-8")) if document]


def kustomizations(kind: str) -> list[str]:
    paths = sorted(LAUNCHPAD.rglob("kustomization.yaml"))
    matching = (path for path in paths if documents(path)[0]["kind"] == kind)
    return [path.parent.relative_to(LAUNCHPAD).as_posix() for path in matching]


def waves(applications: list[Document]) -> dict[str, str]:
    return {
        item["metadata"]["name"]: item["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"]
        for item in applications
    }


def sources(application: Document) -> list[Document]:
    spec = application["spec"]
    return list(spec["sources"]) if "sources" in spec else [spec["source"]]


def values_files(application: Document) -> list[str]:
    return [
        file.removeprefix("$values/")
        for source in sources(application)
        for file in source.get("helm", {}).get("valueFiles", [])
    ]


def values_of(app: str) -> Document:
    return documents(VALUES / app / "values.yaml")[0]


@cache
def chart() -> helm_python.Chart:
    return helm_python.Chart.load(str(CHART))


def render(values: Document, release: str) -> list[Document]:
    rendered = chart().render(values, name=release, namespace=release)
    texts = (rendered[path] for path in sorted(rendered))
    return [document for text in texts for document in yaml.safe_load_all(text) if document]


def leaves(node: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    if isinstance(node, dict) and node:
        for key, value in node.items():
            yield from leaves(value, (*path, key))
        return
    yield path, node


def other_than(value: object) -> object:
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return f"{value}x"
        case list():
            return [*value, {"name": "x"}]
        case _:
            return {"x": "x"}


def with_leaf(node: Document, path: tuple[str, ...], value: object) -> Document:
    key, *rest = path
    return {**node, key: with_leaf(node.get(key, {}), tuple(rest), value) if rest else value}


def outcome(values: Document) -> str:
    try:
        return json.dumps(chart().render(values, name="app", namespace="app"), sort_keys=True)
    except helm_python.HelmRenderError as error:
        return str(error)


@pytest.mark.parametrize("directory", kustomizations("Kustomization"))
def test_real_kustomize_builds_every_kustomization(directory: str) -> None:
    assert kustomize(LAUNCHPAD / directory)


def test_every_component_is_in_an_overlay() -> None:
    overlays = LAUNCHPAD / "infra" / "overlays"
    used = {
        (path.parent / component).resolve().relative_to(LAUNCHPAD.resolve()).as_posix()
        for path in overlays.glob("*/kustomization.yaml")
        for component in documents(path)[0].get("components", [])
    }
    assert sorted(used) == kustomizations("Component")


@pytest.mark.parametrize("overlay", VALUES_OF_OVERLAY)
def test_overlay_brings_its_applications_in_their_waves(overlay: str) -> None:
    built = kustomize(LAUNCHPAD / "infra" / "overlays" / overlay)
    missing = MISSING_ON.get(overlay, MISSING_ELSEWHERE)
    expected = {name: wave for name, wave in WAVES.items() if name not in missing}
    assert waves(built) == expected


@pytest.mark.parametrize(("overlay", "folder"), VALUES_OF_OVERLAY.items())
def test_overlay_layers_the_values_of_its_own_cluster(overlay: str, folder: str) -> None:
    built = kustomize(LAUNCHPAD / "infra" / "overlays" / overlay)
    layered = {file for application in built for file in values_files(application)}
    root = LAUNCHPAD / "infra" / "values"
    present = {
        path.relative_to(LAUNCHPAD).as_posix()
        for name in ("base", folder)
        for path in (root / name).glob("*.yaml")
    }
    assert layered == present


@pytest.mark.parametrize("overlay", ["upc-dev", "upc-prod"])
def test_one_business_application_layers_a_file_that_does_not_exist(overlay: str) -> None:
    built = kustomize(LAUNCHPAD / "apps" / "overlays" / overlay)
    layered = {file for application in built for file in values_files(application)}
    present = {path.relative_to(VALUES).as_posix() for path in VALUES.glob("*/values.yaml")}
    assert waves(built) == APP_WAVES
    assert (layered - present, present - layered) == (
        {"argo-mcp/values.yaml"},
        {"argocd-mcp/values.yaml"},
    )


@pytest.mark.parametrize("overlay", ["upc-dev", "upc-prod"])
def test_every_source_path_exists(overlay: str) -> None:
    root = documents(LAUNCHPAD / f"_app-of-apps-{overlay}.yaml")
    built = [kustomize(LAUNCHPAD / part / "overlays" / overlay) for part in ("infra", "apps")]
    paths = {
        source["path"]
        for application in [*root, *built[0], *built[1]]
        for source in sources(application)
        if "path" in source
    }
    places = (LAUNCHPAD, SAMPLE / "forte-helm")
    assert [p for p in sorted(paths) if not any((place / p).is_dir() for place in places)] == []


def test_every_file_beside_a_kustomization_is_named_by_it() -> None:
    unnamed = [
        path.relative_to(LAUNCHPAD).as_posix()
        for kustomization in LAUNCHPAD.rglob("kustomization.yaml")
        for path in sorted(kustomization.parent.glob("*.[yj]*"))
        if path != kustomization and path.name not in kustomization.read_text("utf-8")
    ]
    assert unnamed == []


@pytest.mark.parametrize(
    ("app", "kinds"),
    [
        ("mcp10x", "Certificate Deployment HorizontalPodAutoscaler IngressRoute Service"),
        (
            "musicman",
            "Certificate ConfigMap Deployment IngressRoute Service Service StatefulSet",
        ),
        ("argocd-mcp", "Certificate Deployment IngressRoute Service"),
    ],
)
def test_real_helm_renders_every_app(app: str, kinds: str) -> None:
    rendered = render(values_of(app), RELEASES[app])
    assert sorted(document["kind"] for document in rendered) == kinds.split()


@pytest.mark.parametrize("app", RELEASES)
def test_a_template_reads_every_value_of_an_app(app: str) -> None:
    values = values_of(app)
    before = outcome(values)
    unread = [
        ".".join(path)
        for path, value in leaves(values)
        if outcome(with_leaf(values, path, other_than(value))) == before
    ]
    assert unread == []


def test_a_template_reads_every_default_of_the_chart() -> None:
    optional = {
        "app": {"image": {"repository": "example.org/app", "tag": "1.0.0"}},
        "ingress": {"host": "app.example.org"},
        "auth": {"tokens": {"client": "made-up"}},
        "database": {"existingSecret": "db"},
    }
    oidc = {"issuerUrl": "https://id.example.org", "clientId": "app", "secretName": "oidc"}
    complete = optional
    for path in ("namespace", "create"), ("ingress", "enabled"), ("auth", "enabled"):
        complete = with_leaf(complete, path, value=True)
    complete = with_leaf(complete, ("database", "enabled"), value=True)
    settings = (
        optional,
        complete,
        with_leaf(complete, ("autoscaling", "enabled"), value=True),
        with_leaf(complete, ("auth",), {"enabled": True, "mode": "oidc", "oidc": oidc}),
    )
    before = [outcome(setting) for setting in settings]
    unread = [
        ".".join(path)
        for path, value in leaves(documents(CHART / "values.yaml")[0])
        if [outcome(with_leaf(each, path, other_than(value))) for each in settings] == before
    ]
    assert unread == []


def test_a_sealed_secret_unseals_into_its_own_name_and_namespace() -> None:
    sealed = [
        document
        for folder in ("secrets", "cluster-resources")
        for path in sorted((LAUNCHPAD / folder).rglob("*-sealed.yaml"))
        for document in documents(path)
    ]
    identities = [item["metadata"] for item in sealed]
    templates = [
        {key: item["spec"]["template"]["metadata"][key] for key in ("name", "namespace")}
        for item in sealed
    ]
    assert identities == templates


def test_no_secret_of_the_sample_could_be_a_real_one() -> None:
    found = [
        (path.name, document["kind"])
        for path in sorted(LAUNCHPAD.rglob("*.yaml"))
        for document in documents(path)
        if document.get("kind") == "Secret"
        or not all(
            value.startswith("AgBfakeciphertext")
            for value in document.get("spec", {}).get("encryptedData", {}).values()
        )
    ]
    assert found == []
