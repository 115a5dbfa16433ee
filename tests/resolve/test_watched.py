"""Nothing is said of an Application's namespace where something may tell Argo CD more."""

import pytest

from tests.rules.test_pages import CASES_OF, findings

CASE = (CASES_OF / "invalid-application" / "unwatched.txtar").read_text("utf-8")
CONTAINER = "        - name: server\n"
ENV = "            - name: ARGOCD"
REMOTE = "settings.yaml, server.yaml, web.yaml, https://example.com/more.yaml"
LAST = "-- launchpad/web/account.yaml --\n"
SETTINGS = "kind: ConfigMap\nmetadata: {name: argocd-cmd-params-cm"
OTHER = "-- launchpad/apps/other.yaml --\napiVersion"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (CONTAINER, f"{CONTAINER}          args: [--application-namespaces=web]\n"),
        (ENV, f"{ENV}_APPLICATION_NAMESPACES\n              value: web\n{ENV}"),
        ("{name: root}", "{name: root, namespace: web}"),
        ('"shop, team-*', '"${NAMESPACES}, team-*'),
        ("default.svc, namespace: argocd", "other.example.com, namespace: argocd"),
        ("default.svc, namespace: argocd}", "default.svc}"),
        ("apps/settings.yaml", "spoke/settings.yaml"),
        ("namespace: web  #", "namespace: <NAMESPACE>  #"),
        ("/^x[0-9]$/", "/(web/"),
        (LAST, f"{OTHER}: argoproj.io/v1beta1\nkind: ArgoCD\nmetadata: {{name: web}}\n{LAST}"),
        (LAST, f"{OTHER}: v1\n{SETTINGS}, namespace: web}}\n{LAST}"),
        (LAST, f"-- launchpad/apps/kustomization.yaml --\nresources: [{REMOTE}]\n{LAST}"),
    ],
)
def test_a_namespace_that_argocd_may_be_told_of(old: str, new: str) -> None:
    text = CASE.replace(old, new)
    assert text != CASE
    assert not any("application.namespaces" in found.problem.message for found in findings(text))
