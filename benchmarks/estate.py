"""Time graphdoc on generated estates of growing size: a chart, values, overlays for two clusters.

Run it with ``make bench``, or with sizes of your own: ``python benchmarks/estate.py 50 500``.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZES = (10, 100, 500)
COMMANDS = ("check", "graph")
CLUSTERS = ("dev", "prod")

ROOT = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: apps-{cluster}, namespace: argocd}}
spec:
  project: default
  source:
    repoURL: https://git.example.org/team/platform.git
    path: apps/{cluster}
    targetRevision: HEAD
  destination: {{server: https://kubernetes.default.svc, namespace: argocd}}
"""
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: {name}
  namespace: argocd
  annotations: {{argocd.argoproj.io/sync-wave: "{wave}"}}
spec:
  project: default
  sources:
    - repoURL: https://git.example.org/team/charts.git
      path: service
      targetRevision: HEAD
      helm:
        valueFiles: [$values/{name}/values.yaml, $values/{name}/base.yaml]
    - {{repoURL: https://git.example.org/team/values.git, targetRevision: HEAD, ref: values}}
  destination: {{server: https://kubernetes.default.svc, namespace: {name}}}
"""
PATCH = """\
- {{op: replace, path: /spec/sources/0/helm/valueFiles/1, value: $values/{name}/{cluster}.yaml}}
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec:
      containers: [{name: main, image: "{{ .Values.image }}:{{ .Values.tag }}"}]
"""


def main(sizes: tuple[int, ...]) -> None:
    """Print one row a size and a command."""
    sys.stdout.write(f"{'applications':>12}  {'command':8}  {'seconds':>7}\n")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            clones = _write_estate(Path(folder), size)
            for command in COMMANDS:
                seconds = _seconds(command, clones)
                sys.stdout.write(f"{size * len(CLUSTERS):>12}  {command:8}  {seconds:>7.2f}\n")
                sys.stdout.flush()


def _seconds(command: str, clones: list[Path]) -> float:
    arguments = [sys.executable, "-m", "graphdoc", command, *map(str, clones)]
    before = time.perf_counter()
    ended = subprocess.run(arguments, cwd=clones[0].parent, capture_output=True, check=False)
    if ended.returncode not in {0, 1}:
        raise SystemExit(ended.stderr.decode())
    return time.perf_counter() - before


def _write_estate(folder: Path, size: int) -> list[Path]:
    names = [f"service-{number:04}" for number in range(size)]
    files = _chart() | _roots() | _base(names)
    for cluster in CLUSTERS:
        files |= _overlay(cluster, names)
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return [folder / name for name in ("platform", "charts", "values")]


def _chart() -> dict[str, str]:
    return {
        "charts/service/Chart.yaml": "apiVersion: v2\nname: service\nversion: 0.1.0\n",
        "charts/service/values.yaml": "replicas: 1\nimage: example.org/none\ntag: none\n",
        "charts/service/templates/deployment.yaml": DEPLOYMENT,
    }


def _roots() -> dict[str, str]:
    return {f"platform/root-{cluster}.yaml": ROOT.format(cluster=cluster) for cluster in CLUSTERS}


def _base(names: list[str]) -> dict[str, str]:
    files = {"platform/base/kustomization.yaml": _kustomization([f"{name}.yaml" for name in names])}
    for number, name in enumerate(names):
        files[f"platform/base/{name}.yaml"] = APPLICATION.format(name=name, wave=number % 5)
        files[f"values/{name}/values.yaml"] = f"image: example.org/{name}\ntag: v{number}\n"
        files[f"values/{name}/base.yaml"] = "replicas: 1\n"
    return files


def _overlay(cluster: str, names: list[str]) -> dict[str, str]:
    folder = f"platform/apps/{cluster}"
    files = {f"{folder}/{name}.yaml": PATCH.format(name=name, cluster=cluster) for name in names}
    patches = "".join(
        f"  - {{path: {name}.yaml, target: {{kind: Application, name: {name}}}}}\n"
        for name in names
    )
    files[f"{folder}/kustomization.yaml"] = f"{_kustomization(['../../base'])}patches:\n{patches}"
    files |= {f"values/{name}/{cluster}.yaml": "replicas: 2\n" for name in names}
    return files


def _kustomization(resources: list[str]) -> str:
    return "resources:\n" + "".join(f"  - {resource}\n" for resource in resources)


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
