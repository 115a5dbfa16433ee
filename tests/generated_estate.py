"""An estate of any size, the same for the same seed: two repositories, as teams lay them out.

``apps`` holds one root a cluster, a base of Applications, and an overlay a cluster that patches
them; ``config`` holds for each Application a kustomization with a base and an overlay a cluster.
"""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

__all__ = ["Size", "changed_file", "generate"]


class Size(NamedTuple):
    """How many Applications the clusters have together."""

    applications: int
    clusters: int

    @property
    def names(self) -> tuple[str, ...]:
        """The Applications that every cluster has."""
        return tuple(f"service-{n:05}" for n in range(max(1, self.applications // self.clusters)))

    @property
    def cluster_names(self) -> tuple[str, ...]:
        """The clusters."""
        return tuple(f"cluster-{number:02}" for number in range(self.clusters))


def generate(folder: Path, size: Size, seed: int = 1) -> tuple[Path, Path]:
    """Write the repositories below a folder, and return where they are."""
    roots = (folder / "apps", folder / "config")
    for path, text in _files(size, random.Random(seed)):
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8", newline="\n")
    return roots


def changed_file(size: Size) -> tuple[str, str]:
    """A file of the estate and another text for it: one Application's replicas on one cluster."""
    path = f"config/{size.names[-1]}/overlays/{size.cluster_names[-1]}/replicas.yaml"
    return path, _REPLICAS.format(name=size.names[-1], count=9)


def _files(size: Size, chance: random.Random) -> Iterator[tuple[str, str]]:
    for cluster in size.cluster_names:
        yield f"apps/root-{cluster}.yaml", _ROOT.format(cluster=cluster)
        yield f"apps/overlays/{cluster}/kustomization.yaml", _overlay(size, cluster)
    resources = [f"{name}.yaml" for name in size.names]
    yield "apps/base/kustomization.yaml", f"resources:\n{_items(resources)}"
    for name in size.names:
        yield f"apps/base/{name}.yaml", _APPLICATION.format(name=name, wave=chance.randrange(3))
        yield from _config(name, size, chance)


def _overlay(size: Size, cluster: str) -> str:
    patches = "".join(_PATCH.format(name=name, cluster=cluster) for name in size.names)
    return f"resources:\n{_items(['../../base'])}patches:\n{patches}"


def _config(name: str, size: Size, chance: random.Random) -> Iterator[tuple[str, str]]:
    version = f"{chance.randrange(9)}.{chance.randrange(30)}.{chance.randrange(9)}"
    resources = ["deployment.yaml", "service.yaml"]
    if chance.random() < 0.3:
        resources.append("settings.yaml")
        settings = "".join(f"  KEY_{n}: value-{chance.randrange(99)}\n" for n in range(12))
        yield f"config/{name}/base/settings.yaml", _SETTINGS.format(name=name) + settings
    yield f"config/{name}/base/kustomization.yaml", f"resources:\n{_items(resources)}"
    yield f"config/{name}/base/deployment.yaml", _DEPLOYMENT.format(name=name, version=version)
    yield f"config/{name}/base/service.yaml", _SERVICE.format(name=name)
    for cluster in size.cluster_names:
        folder = f"config/{name}/overlays/{cluster}"
        yield f"{folder}/kustomization.yaml", _CONFIG_OVERLAY.format(cluster=cluster)
        count = chance.randrange(1, 6)
        yield f"{folder}/replicas.yaml", _REPLICAS.format(name=name, count=count)


def _items(names: list[str]) -> str:
    return "".join(f"  - {name}\n" for name in names)


_ROOT = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: root-{cluster}
  namespace: argocd
spec:
  project: default
  source:
    repoURL: https://git.example.org/team/apps.git
    path: overlays/{cluster}
    targetRevision: HEAD
  destination:
    server: https://kubernetes.default.svc
    namespace: argocd
"""
_APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: {name}
  namespace: argocd
  annotations:
    argocd.argoproj.io/sync-wave: "{wave}"
  labels:
    app.kubernetes.io/name: {name}
spec:
  project: default
  source:
    repoURL: https://git.example.org/team/config.git
    path: {name}/overlays/none
    targetRevision: HEAD
  destination:
    server: https://kubernetes.default.svc
    namespace: {name}
  syncPolicy:
    automated:
      prune: true
      selfHeal: true
    syncOptions:
      - CreateNamespace=true
      - ServerSideApply=true
"""
_PATCH = """\
  - target:
      kind: Application
      name: {name}
    patch: |
      - op: replace
        path: /spec/source/path
        value: {name}/overlays/{cluster}
"""
_CONFIG_OVERLAY = """\
resources:
  - ../../base
commonAnnotations:
  cluster: {cluster}
patches:
  - path: replicas.yaml
"""
_REPLICAS = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
spec:
  replicas: {count}
"""
_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels:
    app.kubernetes.io/name: {name}
spec:
  replicas: 1
  selector:
    matchLabels:
      app.kubernetes.io/name: {name}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: {name}
    spec:
      serviceAccountName: default
      containers:
        - name: main
          image: ghcr.io/example/{name}:{version}
          args: ["--listen", ":8080"]
          ports:
            - name: http
              containerPort: 8080
              protocol: TCP
          env:
            - name: LOG_LEVEL
              value: info
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
            limits:
              memory: 256Mi
          readinessProbe:
            httpGet:
              path: /healthz
              port: http
            initialDelaySeconds: 5
"""
_SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: {name}
  labels:
    app.kubernetes.io/name: {name}
spec:
  selector:
    app.kubernetes.io/name: {name}
  ports:
    - name: http
      port: 80
      targetPort: http
"""
_SETTINGS = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}-settings
data:
"""
