"""The runbook for undoing a change, made from what an estate says of its syncs and revisions."""

import re

import pytest

from graphdoc.site.generate import Site
from graphdoc.site.pages.runbooks.roll_back import ROLL_BACK_RUNBOOK as PAGE
from graphdoc.site.writing.markup import DASH
from tests.site.test_runbooks import from_text, items, rows, words

BY_HAND = "stay until then, and so does Argo CD's own rollback"
BEGIN = """\
-- platform/root-dev.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: root, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/platform, path: apps}
  destination: {server: https://kubernetes.default.svc, namespace: argocd}
"""


def app(name: str, source: str, sync: str = "", meta: str = "") -> str:
    return f"""\
-- platform/apps/{name}.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}, namespace: argocd{meta}}}
spec:
  project: default
  source: {{{source}}}
  destination: {{server: https://kubernetes.default.svc, namespace: {name}}}
  syncPolicy: {{{sync}}}
"""


def git(revision: str, path: str = "shop") -> str:
    return f"repoURL: https://git.example.com/platform, path: {path}, targetRevision: '{revision}'"


def chart(revision: str) -> str:
    return f"repoURL: https://charts.example.com, chart: web, targetRevision: '{revision}'"


def site(*apps: str, files: str = "") -> Site:
    return from_text(BEGIN + "".join(apps) + files)


@pytest.mark.parametrize(
    ("sync", "said"),
    [
        ("", "by hand|waits until somebody syncs|stays, unless that sync prunes|" + BY_HAND),
        (
            "automated: {}",
            "automated|syncs by itself|stays until somebody prunes it|stay until the next commit",
        ),
        (
            "automated: {prune: true}",
            "automated, prune|syncs by itself|is deleted|stay until the next commit",
        ),
        (
            "automated: {selfHeal: true}",
            "automated, selfHeal|syncs by itself|stays until somebody prunes it"
            "|are undone by Argo CD",
        ),
    ],
)
def test_what_argo_cd_does_is_told_by_the_sync_policy(sync: str, said: str) -> None:
    found = site(app("shop", git("HEAD"), sync))
    policy, *outcome = said.split("|")
    names = "shop" if sync else "root, shop"
    assert rows(found, PAGE, policy) == [[policy, *outcome, names]]


def test_the_sentence_counts_who_waits() -> None:
    lead = "How to undo a change: revert its commit. Then "
    by_hand = site(app("shop", git("HEAD")))
    assert f"{lead}2 Applications wait until somebody syncs." in words(by_hand, PAGE)
    assert "own rollback is refused" not in words(by_hand, PAGE)
    both = site(app("shop", git("HEAD"), "automated: {}"))
    assert (
        f"{lead}1 Application syncs without anybody's help, 1 Application waits until somebody "
        "syncs."
    ) in words(both, PAGE)
    assert [line[:24] for line in items(both, PAGE, "steps")] == [
        "Find the commit that mad",
        "Revert it in the reposit",
        "Before that is merged, s",
        "Sync the Applications th",
        "Wait until each Applicat",
        "Argo CD's own rollback i",
    ]


@pytest.mark.parametrize(
    ("revision", "how"),
    [
        ("main", "a branch: revert the commit there"),
        ("refs/heads/live", "a branch: revert the commit there"),
        ("v1.*", "the newest tag that fits: revert the commit, and set a newer tag"),
        ("0123456789abcdef0123456789abcdef01234567", "one commit: write the one before"),
        ("v1.2.3", "a tag: write the one before"),
        ("shop-1.2", "a tag: write the one before"),
        ("live", "a branch: revert the commit there; or a tag: write the one before"),
    ],
)
def test_the_way_back_depends_on_what_is_followed(revision: str, how: str) -> None:
    [found] = [
        row for row in rows(site(app("shop", git(revision))), PAGE, "platform") if row[1] != "HEAD"
    ]
    line = DASH if how.startswith(("a branch: revert the commit there", "the newest")) else ""
    if " or a tag" in how or not line:
        line = "apps/shop.yaml:6"
    assert found == ["platform", revision, how, line, "shop"]


def test_the_default_branch_is_called_so() -> None:
    [found] = rows(site(app("shop", git("HEAD"))), PAGE, "platform")
    how = "the default branch: revert the commit there"
    assert found == ["platform", "HEAD", how, DASH, "root, shop"]


def test_charts_of_fixed_versions_are_one_row_and_moving_ones_each_their_own() -> None:
    found = site(app("shop", chart("1.2.3")), app("pay", chart("2.0.0")), app("web", chart("*")))
    assert rows(found, PAGE, "charts") == [
        ["charts", "fixed", "write the version before", "each with its line", "pay, shop"]
    ]
    how = "the newest that fits, and no commit says which: write the version before"
    assert rows(found, PAGE, "web") == [["web", "any version (*)", how, "apps/web.yaml:6", "web"]]
    assert re.search(r"\|? ?any version \(\*\)", words(found, "charts/index.md"))
    assert "web any version (*)" in "".join(found.pages["apps/web.md"].figures.values())


def lost(found: Site) -> dict[str, str]:
    text = words(found, PAGE).partition("{ #lost }")[2]
    cells = [line.split(" | ") for line in text.splitlines() if " | " in line]
    return {row[0].strip(): row[2].strip() for row in cells}


def test_only_what_is_here_is_told_not_to_come_back() -> None:
    assert lost(site(app("shop", git("HEAD", "apps")))) == {
        "Applications that nothing in Git manages": "root"
    }


def test_what_does_not_come_back_names_whom_it_concerns() -> None:
    files = """\
-- platform/shop/all.yaml --
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store}
spec:
  selector: {matchLabels: {app: store}}
  template: {metadata: {labels: {app: store}}, spec: {containers: [{name: m, image: "m:1.2.3"}]}}
  volumeClaimTemplates: [{metadata: {name: data}}]
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: carts.example.com}
spec: {group: example.com, names: {kind: Cart, plural: carts}, scope: Namespaced}
---
apiVersion: batch/v1
kind: Job
metadata: {name: migrate, annotations: {argocd.argoproj.io/hook: PreSync}}
spec:
  template: {spec: {restartPolicy: Never, containers: [{name: m, image: "example.com/m:latest"}]}}
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: sealed, namespace: shop}
spec: {encryptedData: {key: AgB}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: fetched, namespace: shop}
spec: {secretStoreRef: {name: store}, target: {name: fetched}}
"""
    files += """\
-- platform/pay/all.yaml --
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, annotations: {argocd.argoproj.io/sync-options: Prune=false}}
-- platform/web/all.yaml --
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: m, image: "m:1.2.3"}]}}
"""
    updated = ", annotations: {argocd-image-updater.argoproj.io/image-list: web=example.com/m}"
    others = (
        app("pay", git("HEAD", "pay")),
        app("web", git("HEAD", "web"), "syncOptions: [Prune=confirm]"),
    )
    found = site(app("shop", git("HEAD"), meta=updated), *others, files=files)
    assert lost(found) == {
        "Applications that nothing in Git manages": "root",
        "What a sync option keeps from being pruned": "pay, web",
        "What stands in volumes": "pay, shop",
        "Custom resources of a kind that was deleted": "shop",
        "What hooks have done": "shop",
        "Tags that Argo CD Image Updater writes": "shop",
        "Values that were sealed anew": "1 SealedSecret",
        "Values that an ExternalSecret fetches": "1 Secret",
        "Images whose tag moves": "1 finding",
    }
    assert "is not known" not in words(found, PAGE)


def test_what_was_not_analysed_is_not_told_to_come_back() -> None:
    said = "What else the Applications bring that are not fully analysed is not known."
    assert said in words(site(app("shop", chart("1.2.3"))), PAGE)


def test_what_only_the_cluster_tells_is_called_so() -> None:
    made = """\
-- platform/apps/set.yaml --
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: set, namespace: argocd}
spec:
  goTemplate: true
  generators: [{clusters: {}}]
  template:
    metadata: {name: "web-{{.name}}"}
    spec:
      project: default
      source:
        repoURL: https://git.example.com/platform
        path: shop
        targetRevision: "{{.metadata.annotations.revision}}"
      destination: {name: "{{.name}}", namespace: web}
"""
    said = "the Secret of its cluster says which, and no clone"
    assert [r for r in rows(from_text(BEGIN + made), PAGE, "platform") if r[1] != "HEAD"] == [
        ["platform", DASH, said, DASH, "web-in-cluster"]
    ]


def test_an_estate_without_applications_has_no_such_page() -> None:
    none = from_text("-- platform/readme.md --\nnothing\n")
    assert PAGE not in none.pages
    assert "undo one" not in words(none, "changes.md")
