"""A small estate for the tests of the site: two clusters, a chart, Secrets, and hostile names."""

from dataclasses import replace
from functools import lru_cache

from graphdoc.graph.draw.whole import build_graph
from graphdoc.resolve.coverage import measure_coverage
from graphdoc.resolve.estate.whole import Request, resolve_estate
from graphdoc.resolve.helm import find_engine
from graphdoc.resolve.roots.pattern import RootPattern
from graphdoc.rules import RULES
from graphdoc.site.atlas.input import SiteInput, SiteSettings
from tests.txtar import read_clones

HOSTILE = "</script><img src=x onerror=alert(1)>"
# Every one of these is a credential, made up; none may be read anywhere in a site.
CANARIES = (
    "canary-in-a-url",
    "canary-string-data",
    "canary-jenseits-für-alle",
    "Y2FuYXJ5LWRhdGE=",
    "canary-data",
    "AgCanaryCiphertextThatIsLong",
    "canary-chart-password",
    "canary-in-values-object",
)

_ROOT = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: root, namespace: argocd}}
spec:
  project: default
  source: {{repoURL: https://git.example.com/platform, path: overlays/{cluster}}}
  destination: {{server: https://kubernetes.default.svc, namespace: argocd}}
"""

TEXT = f"""\
-- platform/root-dev.yaml --
{_ROOT.format(cluster="dev")}
-- platform/root-prod.yaml --
{_ROOT.format(cluster="prod")}
-- platform/base/kustomization.yaml --
resources: [shop.yaml, secrets.yaml, odd.yaml]
-- platform/base/shop.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
  namespace: argocd
  annotations:
    argocd.argoproj.io/sync-wave: "2"
spec:
  project: default
  sources:
    - repoURL: https://user:canary-in-a-url@git.example.com/charts
      targetRevision: HEAD
      path: web
      helm:
        valueFiles:
          - $values/shop/base.yaml
          - $values/shop/dev.yaml
        valuesObject:
          admin: {{password: canary-in-values-object}}
    - repoURL: https://git.example.com/values
      targetRevision: HEAD
      ref: values
  destination: {{server: https://kubernetes.default.svc, namespace: shop}}
  syncPolicy: {{automated: {{prune: true, selfHeal: true}}}}
-- platform/base/secrets.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: secrets, namespace: argocd}}
spec:
  project: default
  source: {{repoURL: https://git.example.com/platform, path: secrets}}
  destination: {{server: https://kubernetes.default.svc, namespace: shop}}
-- platform/base/odd.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: odd
  namespace: argocd
spec:
  project: "{HOSTILE}"
  source:
    repoURL: https://git.example.com/platform
    path: nowhere
    targetRevision: "[x](y)`|`{{{{7*7}}}}"
  destination: {{server: https://kubernetes.default.svc, namespace: "{HOSTILE}"}}
-- platform/overlays/dev/kustomization.yaml --
resources: [../../base]
-- platform/overlays/prod/kustomization.yaml --
resources: [../../base]
patches:
  - target: {{kind: Application, name: shop}}
    patch: |
      - op: replace
        path: /spec/sources/0/helm/valueFiles/1
        value: $values/shop/prod.yaml
-- platform/secrets/sealed.yaml --
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {{name: credentials, namespace: shop}}
spec:
  encryptedData:
    API_KEY: AgCanaryCiphertextThatIsLong
-- platform/secrets/plain.yaml --
apiVersion: v1
kind: Secret
metadata: {{name: plain, namespace: shop}}
stringData: {{token: canary-string-data, note: canary-jenseits-für-alle}}
data: {{other: Y2FuYXJ5LWRhdGE=}}
-- charts/web/Chart.yaml --
apiVersion: v2
name: web
version: 1.4.0
-- charts/web/values.yaml --
replicas: 1
image: {{repository: registry.example.com/shop, tag: none}}
admin: {{password: unset}}
-- charts/web/templates/all.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {{name: shop, namespace: {{{{ .Release.Namespace }}}}}}
spec:
  replicas: {{{{ .Values.replicas }}}}
  selector: {{matchLabels: {{app: shop}}}}
  template:
    metadata: {{labels: {{app: shop}}}}
    spec:
      containers:
        - name: shop
          image: "{{{{ .Values.image.repository }}}}:{{{{ .Values.image.tag }}}}"
          envFrom: [{{secretRef: {{name: credentials}}}}]
---
apiVersion: v1
kind: Secret
metadata: {{name: admin, namespace: {{{{ .Release.Namespace }}}}}}
stringData: {{password: "{{{{ .Values.admin.password }}}}", hint: "{{{{ .Values.harmless }}}}"}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: shop, namespace: {{{{ .Release.Namespace }}}}}}
spec:
  rules: [{{host: {{{{ .Values.host }}}}}}]
-- values/shop/base.yaml --
image:
  tag: 1.7.2
harmless: canary-chart-password
-- values/shop/dev.yaml --
host: shop.dev.example.com
-- values/shop/prod.yaml --
host: shop.example.com
replicas: 3
-- values/lost/values.yaml --
replicas: 1
"""


def site_input(
    text: str = TEXT,
    settings: SiteSettings | None = None,
    production: tuple[str, ...] = ("*prod*",),
    roots: tuple[RootPattern, ...] = (RootPattern("platform", "root-{cluster}.yaml"),),
) -> SiteInput:
    """The small estate, analysed as the command line would; each text once."""
    return replace(_analysed(text, production, roots), settings=settings or SiteSettings())


@lru_cache(maxsize=8)
def _analysed(text: str, production: tuple[str, ...], roots: tuple[RootPattern, ...]) -> SiteInput:
    estate = resolve_estate(read_clones(text), find_engine(), Request(roots=roots))
    graph = build_graph(
        estate, {"dev": {"provider": "Cloud"}, "prod": {"provider": "Cloud"}}, production
    )
    findings = [found for rule in RULES for found in rule.run(estate, graph)]
    return SiteInput(
        estate,
        graph,
        tuple(sorted(findings, key=lambda finding: finding.sort_key)),
        measure_coverage(estate, frozenset()),
        tuple(rule.to_page() for rule in RULES),
        newest_commit=1_700_000_000,
    )
