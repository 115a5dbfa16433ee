"""Small estates on the disk, for what is tested from the command line down."""

import re
import subprocess
from pathlib import Path

_FILE = re.compile(r"^-- (?P<path>\S+) --\n", re.MULTILINE)

ROOT = """\
-- platform/root-prod.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: root, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/platform, path: overlays/prod, targetRevision: HEAD}
  destination: {server: https://kubernetes.default.svc, namespace: argocd}
"""
WEB = """\
-- platform/base/kustomization.yaml --
resources: [web.yaml]
-- platform/base/web.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: default
  sources:
  - repoURL: https://charts.example.com
    chart: web
    targetRevision: 1.2.3
    helm:
      valueFiles:
      - $values/values/base.yaml
      - $values/values/dev.yaml
  - {repoURL: https://git.example.com/platform, targetRevision: HEAD, ref: values}
  destination: {server: https://kubernetes.default.svc, namespace: web}
-- platform/overlays/prod/kustomization.yaml --
resources: [../../base]
patches:
- target: {kind: Application, name: web}
  patch: |-
    - op: replace
      path: /spec/sources/0/helm/valueFiles/1
      value: $values/values/prod.yaml
-- platform/values/base.yaml --
image:
  tag: "1.0"
replicas: 1
-- platform/values/prod.yaml --
replicas: 3
"""
CONFIG = """\
-- graphdoc.yaml --
repositories:
  - {name: platform, path: platform, urls: [https://git.example.com/platform]}
roots: ["platform/root-{cluster}.yaml"]
production: [none]
"""
ESTATE = CONFIG + ROOT + WEB


def write_files(root: Path, text: str) -> Path:
    """Write every ``-- path --`` section of a text below a directory."""
    _, *rest = _FILE.split(text)
    for path, body in zip(rest[::2], rest[1::2], strict=True):
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body.encode("utf-8", "surrogateescape"))
    return root


def git(folder: Path, *arguments: str) -> None:
    """Run Git in a folder as somebody."""
    settings = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    command = ["git", *settings, "-C", str(folder), *arguments]
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
