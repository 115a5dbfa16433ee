"""What the sample's platform has wrong, all of it, with a word on why each is true."""

from typing import NamedTuple

from graphdoc.pipeline.analysis import Analysis


class Pinned(NamedTuple):
    """A finding, without its message."""

    place: str
    rule: str
    subject: str


FINDINGS = [
    # Application argo-mcp layers argo-mcp/values.yaml; the folder is called argocd-mcp.
    Pinned(
        "helm-prod-values/argocd-mcp/values.yaml:1",
        "orphaned-values-file",
        "values:helm-prod-values/argocd-mcp/values.yaml",
    ),
    # The SealedSecrets of the applications are in secrets/upc-dev, and upc-prod has no such folder.
    Pinned(
        "helm-prod-values/mcp10x/values.yaml:12",
        "missing-secret",
        "secret:upc-prod/mcp10x/app-credentials",
    ),
    # Kyverno clones the pull secret on upc-prod too, but the Secret to clone is sealed for upc-dev.
    Pinned(
        "helm-prod-values/mcp10x/values.yaml:21",
        "missing-secret",
        "secret:upc-prod/mcp10x/ghcr-pull-secret",
    ),
    # The auth sidecar's tokens are sealed for upc-dev alone; the policy's annotation names them.
    Pinned(
        "helm-prod-values/mcp10x/values.yaml:29",
        "missing-secret",
        "secret:upc-prod/mcp10x/app-tokens",
    ),
    # As for mcp10x: sealed for upc-dev alone.
    Pinned(
        "helm-prod-values/musicman/values.yaml:9",
        "missing-secret",
        "secret:upc-prod/musicman/app-credentials",
    ),
    # As for mcp10x: nothing to clone on upc-prod.
    Pinned(
        "helm-prod-values/musicman/values.yaml:14",
        "missing-secret",
        "secret:upc-prod/musicman/ghcr-pull-secret",
    ),
    # The password of musicman's PostgreSQL is sealed for upc-dev alone.
    Pinned(
        "helm-prod-values/musicman/values.yaml:28",
        "missing-secret",
        "secret:upc-prod/musicman/musicman-db",
    ),
    # The children have waves from -1 to 3, and no argocd-cm is in Git to make Argo CD wait.
    Pinned(
        "launchpad/_app-of-apps-upc-dev.yaml:2",
        "unenforced-waves",
        "application:upc-dev/infrastructure-apps",
    ),
    # The same base, the same waves.
    Pinned(
        "launchpad/_app-of-apps-upc-prod.yaml:2",
        "unenforced-waves",
        "application:upc-prod/infrastructure-apps",
    ),
    # The root of upc-prod and all below it follow HEAD of launchpad,
    Pinned(
        "launchpad/_app-of-apps-upc-prod.yaml:17",
        "floating-revision",
        "cluster:upc-prod",
    ),
    # the applications HEAD of the chart's repository,
    Pinned("launchpad/apps/base/argo-mcp.yaml:17", "floating-revision", "cluster:upc-prod"),
    # The other half of argocd-mcp/values.yaml; on both clusters, from one line.
    Pinned(
        "launchpad/apps/base/argo-mcp.yaml:22",
        "missing-values-file",
        "application:upc-dev/argo-mcp",
    ),
    # and HEAD of the values, too.
    Pinned("launchpad/apps/base/argo-mcp.yaml:27", "floating-revision", "cluster:upc-prod"),
    # The document names what is not there, and nothing says that it is an example.
    *(
        Pinned(
            f"launchpad/docs/GITOPS-ARCHITECTURE.md:{line}",
            "stale-document-path",
            "launchpad/docs/GITOPS-ARCHITECTURE.md",
        )
        # 287: the roots of eks-prod and gke-dev, told as examples beside the one of upc-dev.
        # helm-prod-values/app, apps/myapp.yaml, helm-prod-values/myapp/values.yaml: no such app;
        # secrets/app-creds-sealed.yaml: Secrets are sealed in a folder for each cluster.
        for line in (287, 287, 424, 435, 441, 492)
    ),
    # Only upc-dev and upc-prod have a root: nothing renders the overlays of the other clouds.
    *(
        Pinned(
            f"launchpad/infra/overlays/{cluster}/kustomization.yaml:1",
            "orphaned-overlay",
            f"kustomization:launchpad/infra/overlays/{cluster}",
        )
        for cluster in ("aks-dev", "aks-prod", "eks-dev", "eks-prod", "gke-dev", "gke-prod")
    ),
    # The Secrets of the platform's own services are sealed in secrets/upc-dev as well.
    Pinned(
        "launchpad/infra/values/base/gitea-actions-values.yaml:4",
        "missing-secret",
        "secret:upc-prod/gitea/gitea-actions-token",
    ),
    Pinned(
        "launchpad/infra/values/base/gitea-values.yaml:4",
        "missing-secret",
        "secret:upc-prod/gitea/gitea-admin",
    ),
    Pinned(
        "launchpad/infra/values/base/grafana-values.yaml:3",
        "missing-secret",
        "secret:upc-prod/monitoring/grafana-admin",
    ),
    Pinned(
        "launchpad/infra/values/base/keycloak-values.yaml:18",
        "missing-secret",
        "secret:upc-prod/keycloak/keycloak-db",
    ),
    Pinned(
        "launchpad/infra/values/base/renovate-values.yaml:18",
        "missing-secret",
        "secret:upc-prod/renovate/renovate-token",
    ),
]


def test_the_sample_has_exactly_these_findings(analysis: Analysis) -> None:
    assert [
        Pinned(
            f"{finding.problem.primary.span.file}:{finding.problem.primary.span.line}",
            finding.rule,
            finding.problem.subject,
        )
        for finding in analysis.findings
    ] == FINDINGS
