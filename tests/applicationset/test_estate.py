"""ApplicationSets within the tree: below Applications, above Applications, and in a loop."""

from graphdoc.resolve.estate.whole import resolve_estate
from graphdoc.resolve.resolved import Estate
from tests.txtar import read_clones


def a_set(name: str, pattern: str) -> str:
    return f"""apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {{name: {name}, namespace: argocd}}
spec:
  generators:
  - git: {{repoURL: https://git.example.com/platform, directories: [{{path: {pattern}}}]}}
  template:
    metadata: {{name: "{{{{path.basename}}}}"}}
    spec:
      project: default
      destination: {{name: in-cluster, namespace: "{{{{path.basename}}}}"}}
      source: {{repoURL: https://git.example.com/platform, path: "{{{{path}}}}"}}
"""


def resolve(text: str) -> Estate:
    return resolve_estate(read_clones(text), None)


def tree(estate: Estate) -> list[tuple[str, str | None]]:
    entries = [(entry.id, entry.parent) for entry in estate.applications]
    return sorted(entries + [(made.id, made.parent) for made in estate.application_sets])


def test_sets_lead_to_sets_to_any_depth() -> None:
    estate = resolve(f"""
-- platform/sets.yaml --
{a_set("areas", "areas/*")}
-- platform/areas/media/set.yaml --
{a_set("media", "areas/media/*")}
-- platform/areas/media/jellyfin/account.yaml --
apiVersion: v1
kind: ServiceAccount
metadata: {{name: jellyfin}}
-- platform/areas/tools/account.yaml --
apiVersion: v1
kind: ServiceAccount
metadata: {{name: tools}}
""")
    assert [root.node for root in estate.roots] == ["applicationset:areas/areas"]
    assert tree(estate) == [
        ("application:areas/jellyfin", "applicationset:areas/media"),
        ("application:areas/media", "applicationset:areas/areas"),
        ("application:areas/tools", "applicationset:areas/areas"),
        ("applicationset:areas/areas", None),
        ("applicationset:areas/media", "application:areas/media"),
    ]
    assert {entry.application.namespace for entry in estate.applications} == {"argocd"}
    assert [made.applications for made in estate.application_sets] == [
        ("application:areas/media", "application:areas/tools"),
        ("application:areas/jellyfin",),
    ]


def test_set_that_makes_what_renders_it_ends() -> None:
    estate = resolve(f"""
-- platform/apps/loop/set.yaml --
{a_set("loop", "apps/*")}
-- platform/apps/web/account.yaml --
apiVersion: v1
kind: ServiceAccount
metadata: {{name: web}}
""")
    (made,) = estate.application_sets
    assert [application.rpartition("/")[2] for application in made.applications] == ["loop", "web"]
    assert made.parent is None
    assert [entry.parent for entry in estate.applications] == [made.id, made.id]
