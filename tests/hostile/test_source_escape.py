"""Nothing outside of the clones is read, whatever they and their links name."""

from pathlib import Path

import pytest

from graphdoc.clone import DiskClone, open_clone
from graphdoc.model.node import to_plain
from graphdoc.resolve.estate.whole import Request, resolve_estate
from graphdoc.resolve.helm import find_engine
from graphdoc.resolve.resolved import Estate

MARK = "outside-of-everything"

APPLICATION = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}, namespace: argocd}}
spec:
  destination: {{server: https://kubernetes.default.svc, namespace: web}}
  source: {{repoURL: https://git.example.com/platform, targetRevision: HEAD, {source}}}
"""
SOURCES = {
    "relative": "path: chart, helm: {valueFiles: [../../outside/values.yaml]}",
    "absolute": "path: chart, helm: {valueFiles: [/../outside/values.yaml, /etc/hostname]}",
    "glob": "path: chart, helm: {valueFiles: ['../../outside/*.yaml', 'links/*.yaml']}",
    "linked": "path: chart, helm: {valueFiles: [link.yaml, links/values.yaml]}",
    "file": "path: chart, helm: {fileParameters: [{name: a, path: ../../outside/values.yaml}]}",
    "file-link": "path: chart, helm: {fileParameters: [{name: a, path: link.yaml}]}",
    "path": "path: ../outside",
    "path-link": "path: links",
    "folder": "path: folder, directory: {recurse: true}",
    "base": "path: base",
    "chart-link": "path: chart-links",
    "cached": "chart: web, targetRevision: '*'",
}
MANIFEST = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {MARK}}}\n"
CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
TEMPLATE = """apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data:
  values: {{ .Values | toJson | quote }}
  file: {{ .Files.Get "link.yaml" | quote }}
  glob: {{ .Files.Glob "**" | toJson | quote }}
"""


def write(root: Path, path: str, text: str) -> None:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, "utf-8")


@pytest.fixture
def estate(tmp_path: Path) -> Estate:
    outside, root, cache = tmp_path / "outside", tmp_path / "platform", tmp_path / "cache"
    write(outside, "values.yaml", f"secret: {MARK}\n")
    write(outside, "map.yaml", MANIFEST)
    write(outside, "kustomization.yaml", "resources: [map.yaml]\n")
    write(outside, "web/Chart.yaml", CHART)
    write(outside, "web/values.yaml", f"secret: {MARK}\n")
    for chart in ("chart", "chart-links"):
        write(root, f"{chart}/Chart.yaml", CHART)
        write(root, f"{chart}/templates/map.yaml", TEMPLATE)
    write(root, "folder/x.yaml", MANIFEST.replace(MARK, "inside"))
    write(root, "base/kustomization.yaml", "resources: [../../outside, ../../outside/map.yaml]\n")
    for link, target in (
        ("chart/link.yaml", "../../outside/values.yaml"),
        ("chart/links", "../../outside"),
        ("links", "../outside"),
        ("folder/link.yaml", "../../outside/map.yaml"),
        ("folder/links", "../../outside"),
        ("folder/.argocd-source.yaml", "../../outside/values.yaml"),
        ("chart-links/values.yaml", "../../outside/values.yaml"),
        ("chart-links/templates/link.yaml", "../../../outside/map.yaml"),
        ("chart-links/charts", "../../outside"),
    ):
        Path(root / link).symlink_to(target)
    cache.mkdir()
    Path(cache / "web").symlink_to(outside / "web")
    for name, source in SOURCES.items():
        write(root, f"apps/{name}.yaml", APPLICATION.format(name=name, source=source))
    clone = open_clone("platform", root, "platform", ["https://git.example.com/platform"])
    charts = DiskClone("cache", "cache", cache)
    return resolve_estate((clone,), find_engine(), Request(charts=charts))


@pytest.mark.parametrize("name", SOURCES)
def test_an_application_gets_nothing_from_outside(estate: Estate, name: str) -> None:
    (source,) = (
        source
        for entry in estate.applications
        if entry.application.name == name
        for source in entry.sources
    )
    rendered = [to_plain(resource.manifest) for resource in source.resources]
    values = to_plain(source.values) if source.values is not None else None
    assert MARK not in f"{rendered} {values} {source.problems} {source.not_understood}"
    said = (source.broken, source.problems, source.not_understood)
    assert any(said), "it is told that something is not there"


def test_no_file_that_was_parsed_says_what_is_outside(estate: Estate) -> None:
    roots = [to_plain(root) for parsed in estate.files.parsed for root in parsed.roots]
    assert MARK not in str(roots)
