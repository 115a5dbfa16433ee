"""Every Application that real Kustomize or real Helm renders, against graphdoc's graph.

``python -m benchmarks.proven CLONE...`` takes clones as one estate, with no configuration. It has
``kubectl kustomize`` and Helm's own library render every root and every source that graphdoc says
is rendered by them, and looks for each Application that comes out: there must be a node for it,
with the same destination, sources and values files. It prints the row of the page "Proven on", and
what differs; the exit status is 1 where anything does.
"""

import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import helm_python
import yaml

from benchmarks.kustomize import Run, run_kustomize

_VARIABLE = re.compile(r"\$\{?(ARGOCD_APP_\w+)\}?")
_FIELDS = ("repoURL", "path", "chart", "targetRevision", "ref")


class Build(NamedTuple):
    """A folder that one program renders for its owner; ``values`` are Helm's, if it takes them."""

    owner: str
    cluster: str
    tool: str
    folder: Path
    values: tuple[dict[str, Any], ...] | None = ()
    name: str = ""
    namespace: str = ""


class Wanted(NamedTuple):
    """One Application that a program rendered."""

    build: Build
    manifest: dict[str, Any]

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it one Application of one Argo CD."""
        metadata = self.manifest["metadata"]
        namespace = metadata.get("namespace") or self.build.namespace or "argocd"
        return self.build.cluster, namespace, metadata["name"]


class Result(NamedTuple):
    """How many Applications are equal, by program, and what else there is to say."""

    equal: dict[str, int]
    differences: dict[str, str]
    doubled: int
    refused: int


def main(arguments: list[str]) -> int:
    """Compare one estate; print its row and every difference."""
    clones = [Path(argument).resolve() for argument in arguments]
    graph = read_graph(clones)
    nodes = {node["id"]: node for node in graph["nodes"]}
    places = dict(zip((r["name"] for r in graph["repositories"]), clones, strict=True))
    result = compare(_unique(find_builds(nodes, places)), nodes, tuple(clones))
    for line in sorted(result.differences.values()):
        sys.stdout.write(f"  {line}\n")
    sys.stdout.write(row(graph, result) + "\n")
    return 1 if result.differences else 0


def _unique(builds: Iterable[Build]) -> list[Build]:
    return list({str(build): build for build in builds}.values())


def read_graph(clones: Iterable[Path]) -> dict[str, Any]:
    """What ``graphdoc graph`` prints of the clones."""
    found = _graphdoc("graph", *clones)
    found["repositories"].sort(key=lambda one: [c.name for c in clones].index(one["name"]))
    return found


def find_builds(nodes: dict[str, dict[str, Any]], places: dict[str, Path]) -> Iterator[Build]:
    """The roots, and the sources of Applications, that a program can render from the clones."""
    for cluster in (node for node in nodes.values() if node["kind"] == "cluster"):
        for root in cluster["attributes"]["roots"]:
            yield from _root_builds(cluster["name"], root, places)
    for node in nodes.values():
        if node["kind"] == "application" and node["attributes"]["app_of_apps"]:
            yield from _source_builds(node, places)


def _root_builds(cluster: str, root: str, places: dict[str, Path]) -> Iterator[Build]:
    kind, _, place = root.partition(":")
    name, _, path = place.partition("/")
    if name not in places or kind not in {"kustomization", "chart"}:
        return
    folder = places[name] / path
    if kind == "chart":
        variants = [folder / f"values-{cluster}.yaml", folder / f"values-{cluster}.yml"]
        values = tuple(load_values(file) for file in variants if file.is_file())
        yield Build(root, cluster, "helm", folder, values, folder.name, "argocd")
    elif any((folder / file).is_file() for file in ("kustomization.yaml", "kustomization.yml")):
        yield Build(root, cluster, "kustomize", folder)


def _source_builds(node: dict[str, Any], places: dict[str, Path]) -> Iterator[Build]:
    attributes, spec = node["attributes"], node["attributes"]["manifest"]["spec"]
    written = spec.get("sources") or [spec.get("source") or {}]
    for facts in attributes["sources"]:
        source = written[facts["index"]]
        root = places.get(facts["repository"] or "")
        if root is None or not facts.get("path") or _at_other_revision(source, root):
            continue
        folder = root / facts["path"]
        if facts["tool"] == "kustomize" and not source.get("kustomize"):
            yield Build(node["id"], node["cluster"], "kustomize", folder)
        elif facts["tool"] == "helm":
            try:
                values = tuple(_values(node, source, places))
            except helm_python.HelmValuesError:
                values = None
            name = source.get("helm", {}).get("releaseName") or node["name"]
            namespace = attributes["destination"]["namespace"]
            owner = node["id"]
            yield Build(owner, node["cluster"], "helm", folder, values, name, namespace)


def _at_other_revision(source: dict[str, Any], root: Path) -> bool:
    revision = str(source.get("targetRevision") or "HEAD")
    branch = _git(root, "rev-parse", "--abbrev-ref", "HEAD")
    known = {"HEAD", branch, _git(root, "rev-parse", "HEAD")}
    same = _git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    return revision not in known and same not in {"", _git(root, "rev-parse", "HEAD")}


def _values(
    node: dict[str, Any], source: dict[str, Any], places: dict[str, Path]
) -> Iterator[dict[str, Any]]:
    """The layers of values in Argo CD's order."""
    for id_ in node["attributes"]["values"]:
        name, _, path = id_.removeprefix("values:").partition("/")
        yield load_values(places[name] / path)
    helm = source.get("helm") or {}
    if helm.get("valuesObject"):
        yield helm["valuesObject"]
    elif helm.get("values"):
        yield helm_python.values_from_yaml(helm["values"]) or {}
    environment = _build_environment(node, source)
    for parameter in helm.get("parameters") or []:
        value = _VARIABLE.sub(lambda m: environment.get(m[1], m[0]), str(parameter["value"]))
        given = f"{parameter['name']}={_escaped(value)}"
        is_text = parameter.get("forceString")
        parse = helm_python.parse_set_string_values if is_text else helm_python.parse_set_string
        yield parse(given) or {}


def _build_environment(node: dict[str, Any], source: dict[str, Any]) -> dict[str, str]:
    """What Argo CD fills into parameters, as far as Git says it."""
    return {
        "ARGOCD_APP_NAME": node["name"],
        "ARGOCD_APP_NAMESPACE": node["attributes"]["destination"]["namespace"],
        "ARGOCD_APP_SOURCE_REPO_URL": source["repoURL"],
        "ARGOCD_APP_SOURCE_PATH": source["path"],
        "ARGOCD_APP_SOURCE_TARGET_REVISION": str(source.get("targetRevision") or "HEAD"),
    }


def _escaped(value: str) -> str:
    """A parameter's value as Argo CD hands it to Helm: commas part no values, but in a list."""
    is_list = value.startswith("{") and value.endswith("}")
    return value if is_list else re.sub(r"(?<!\\),", r"\,", value)


def compare(
    builds: Iterable[Build], nodes: dict[str, dict[str, Any]], clones: tuple[Path, ...]
) -> Result:
    """Render every folder with its real program and look for each Application in the graph.

    Of two that are written for one name Argo CD has one, and the graph too: which of them is told
    by the rule ``duplicate-application``.
    """
    wanted: dict[tuple[str, str, str], list[Wanted]] = {}
    refused = 0
    for build in builds:
        by_kustomize = build.tool == "kustomize"
        documents = _kustomize(build, clones) if by_kustomize else _helm(build)
        refused += documents is None
        for found in (Wanted(build, d) for d in documents or [] if _is_application(d)):
            wanted.setdefault(found.key, []).append(found)
    equal, doubled = {"kustomize": 0, "helm": 0}, 0
    differences: dict[str, str] = {}
    for (_, _, name), group in wanted.items():
        results = [_difference(one, nodes) for one in group]
        match = next((one for one, result in zip(group, results, strict=True) if not result), None)
        doubled += len({json.dumps(_facts(one.manifest)) for one in group}) - 1
        if match is not None:
            equal[match.build.tool] += 1
        elif any(_is_of_another(one, nodes) for one in group):
            doubled += 1
        else:
            differences[name] = results[0]
    return Result(equal, differences, doubled, refused)


def _is_application(document: object) -> bool:
    return (
        isinstance(document, dict)
        and document.get("kind") == "Application"
        and str(document.get("apiVersion")).startswith("argoproj.io/")
    )


def _kustomize(build: Build, clones: tuple[Path, ...]) -> list[Any] | None:
    done = run_kustomize(build.folder)
    if done.status != 0 and b"--enable-helm" in done.output:
        done = _kustomize_with_helm(build.folder, clones)
    return list(yaml.load_all(done.output, yaml.CSafeLoader)) if done.status == 0 else None


def _kustomize_with_helm(folder: Path, clones: tuple[Path, ...]) -> Run:
    """Charts are pulled into the kustomization's folder: of a copy, and from the clones."""
    root = next(clone for clone in clones if folder.is_relative_to(clone))
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place, "clone")
        copy.mkdir()
        archive = _git_bytes(root, "archive", "HEAD")
        with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
            packed.extractall(copy, filter="data")
        command = Path(place, "helm")
        given = ":".join(map(str, clones))
        here = f'PATH="{os.environ["PATH"]}" PYTHONPATH="{Path(__file__).parents[1]}"'
        call = f'"{sys.executable}" -m benchmarks.helm_command "{given}" "$@"'
        command.write_text(f"#!/bin/sh\n{here} exec {call}\n", "utf-8")
        command.chmod(0o755)
        options = ("--enable-helm", "--helm-command", str(command))
        return run_kustomize(copy / folder.relative_to(root), *options)


def _helm(build: Build) -> list[Any] | None:
    if build.values is None:
        return None
    values: dict[str, Any] = {}
    for layer in build.values:
        values = merge_values(values, layer)
    try:
        with helm_python.Chart.load(str(build.folder)) as chart:
            rendered = chart.render(values, name=build.name, namespace=build.namespace)
        texts = (text for name, text in rendered.items() if name.endswith((".yaml", ".yml")))
        return [document for text in texts for document in yaml.load_all(text, yaml.CSafeLoader)]
    except (helm_python.HelmError, yaml.YAMLError):
        return None


def _is_of_another(wanted: Wanted, nodes: dict[str, dict[str, Any]]) -> bool:
    """Whether the graph has the Application as something else renders it, such as a revision."""
    cluster, _, name = wanted.key
    node = nodes.get(f"application:{cluster}/{name}")
    return node is not None and node["attributes"]["parent"] != wanted.build.owner


def _difference(wanted: Wanted, nodes: dict[str, dict[str, Any]]) -> str:
    cluster, namespace, name = wanted.key
    place = f"{wanted.build.folder.name} on {cluster}: {name}"
    for id_ in (f"{cluster}/{namespace}:{name}", f"{cluster}/{name}"):
        node = nodes.get(f"application:{id_}")
        if node is not None:
            expected, found = _facts(wanted.manifest), _facts(node["attributes"]["manifest"])
            return "" if expected == found else f"{place}: {expected} in the graph is {found}"
    return f"{place} is no node"


def _facts(manifest: dict[str, Any]) -> list[object]:
    """Destination, sources and values files."""
    spec = manifest.get("spec") or {}
    destination = {key: str(value) for key, value in (spec.get("destination") or {}).items()}
    sources = spec.get("sources") or [spec.get("source") or {}]
    return [destination, *(_source_facts(source) for source in sources)]


def _source_facts(source: dict[str, Any]) -> dict[str, object]:
    facts: dict[str, object] = {key: str(source[key]) for key in _FIELDS if source.get(key)}
    # graphdoc shows no user and no password of an address.
    facts["repoURL"] = re.sub(r"//[^@/]*@", "//", str(source.get("repoURL", "")))
    files = (source.get("helm") or {}).get("valueFiles") or []
    return {**facts, "valueFiles": [str(file) for file in files]}


def row(graph: dict[str, Any], result: Result) -> str:
    """The estate's line of the page."""
    coverage = graph["coverage"]
    names = "<br>".join(f"{r['name']} at `{r['commit'][:10]}`" for r in graph["repositories"])
    clusters = sum(node["kind"] == "cluster" for node in graph["nodes"])
    counts = (coverage["applications"], coverage["resolved"], *result.equal.values())
    cells = (names, clusters, *counts, len(result.differences), result.doubled, result.refused)
    return f"| {' | '.join(map(str, cells))} |"


def _graphdoc(*arguments: object) -> dict[str, Any]:
    """The JSON of a command, run in a folder without configuration."""
    with tempfile.TemporaryDirectory() as nowhere:
        command = [sys.executable, "-m", "graphdoc", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, check=False, cwd=nowhere)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def merge_values(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Values over values, as Helm lays them."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            merged[key] = merge_values(old, value)
        else:
            merged[key] = value
    return merged


def load_values(file: Path) -> dict[str, Any]:
    """A values file by Helm's own reading: PyYAML takes no anchor twice."""
    return helm_python.values_from_yaml(file.read_text("utf-8")) or {}


def _git(root: Path, *arguments: str) -> str:
    return _git_bytes(root, *arguments).decode().strip()


def _git_bytes(root: Path, *arguments: str) -> bytes:
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, capture_output=True, check=False).stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
