"""Placeholders that a script fills in before anybody applies the files."""

import pytest

from graphdoc.model.location import SourceFile
from graphdoc.model.node import to_plain
from graphdoc.parse.placeholders import bind, has_placeholder
from graphdoc.parse.yaml import parse_documents
from graphdoc.resolve.estate.whole import Request, resolve_estate
from graphdoc.resolve.resolved import Estate
from tests.txtar import read_clones


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${GIT_BASEURL}/a", True),
        ("$GIT_BASEURL/a", True),
        ("<GIT_URL>", True),
        ("__URL__/a", True),
        ("%URL%", True),
        ("#{Project.Name | ToLower}", True),
        ("https://git.example.com/a_b-c", False),
        ("git@git.example.com:a/b.git", False),
    ],
)
def test_what_is_to_be_filled_in(text: str, expected: bool) -> None:  # noqa: FBT001 -- a table
    assert has_placeholder(text) is expected


def test_bound_names_are_filled_in_and_keep_their_place() -> None:
    text = "a: ${A}/${B}/${A}\nb: [plain, {c: '${A}'}]\nd: 1\n"
    root = parse_documents(text.encode(), SourceFile("a", "b.yaml"))[0].root
    assert root is not None
    bound = bind(root, {"A": "x"})
    assert to_plain(bound) == {"a": "x/${B}/x", "b": ["plain", {"c": "x"}], "d": 1}
    assert bound.span == root.span
    assert bind(root, {"C": "x"}) is root


TREE = """
-- platform/bootstrap.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: bootstrap, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: argocd}
  source:
    repoURL: ${GIT_BASEURL}/${GIT_PLATFORM}
    path: single
    targetRevision: ${BRANCH}
-- platform/single/kustomization.yaml --
resources: [web.yaml]
-- platform/single/web.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: web}
  source: {repoURL: "${GIT_BASEURL}/${GIT_SERVICES}", path: web}
-- services/web/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
"""


def resolve(**placeholders: str) -> Estate:
    return resolve_estate(read_clones(TREE), None, Request(placeholders=placeholders))


def test_bound_placeholders_lead_to_their_repositories() -> None:
    estate = resolve(
        GIT_BASEURL="https://git.example.com",
        GIT_PLATFORM="platform",
        GIT_SERVICES="services",
        BRANCH="HEAD",
    )
    assert {entry.id: entry.is_resolved for entry in estate.applications} == {
        "application:single/bootstrap": True,
        "application:single/web": True,
    }


def test_what_is_not_bound_may_mean_the_repository_that_it_stands_in() -> None:
    bootstrap, web = resolve().applications
    assert [root.cluster for root in resolve().roots] == ["single"]
    assert bootstrap.sources[0].clone is not None
    assert bootstrap.sources[0].clone.name == "platform"
    assert [note.reason for note in bootstrap.sources[0].not_understood] == [
        "revision '${BRANCH}' is not in the clone of platform; its checkout was read instead"
    ]
    assert [note.reason for note in web.sources[0].not_understood] == [
        "repository '${GIT_BASEURL}/${GIT_SERVICES}' is not among the analysed clones"
    ]
