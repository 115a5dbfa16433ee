"""Nothing is said of an Application's namespace where something may tell Argo CD more."""

import sys

import pytest

from graphdoc.resolve.kustomize.resources.expressions import compile_expression
from graphdoc.resolve.projects.watched import matches_namespace
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


BY_SERVER = "server: https://kubernetes.default.svc, namespace: argocd"
PLACE = "apps/settings.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {"
BESIDE = f"{PLACE[5:]}namespace: argocd, "
START = "kustomization.yaml --\nresources: [root.yaml, settings.yaml]\n-- launchpad/"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            BY_SERVER,
            BY_SERVER.replace("server: https://kubernetes.default.svc", "name: in-cluster"),
        ),
        (PLACE, f"{START}{BESIDE}"),
    ],
    ids=["by name", "beside the start"],
)
def test_what_is_not_watched_is_told_wherever_the_settings_come_from(old: str, new: str) -> None:
    text = CASE.replace(old, new)
    assert text != CASE
    assert sum("application.namespaces" in found.problem.message for found in findings(text)) == 1


@pytest.mark.parametrize("pattern", ["/", "web/", "/web", "we"])
def test_only_what_stands_between_two_slashes_is_an_expression(pattern: str) -> None:
    assert not matches_namespace((pattern,), "web")
    assert matches_namespace(("we*", "//", "/e/"), "shoe")


def test_an_expression_that_cannot_be_read_without_re2_may_fit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "re2", None)
    compile_expression.cache_clear()
    assert matches_namespace(("/(s|h)+/",), "web")
