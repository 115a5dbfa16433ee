"""What nothing uses comes with what was probably meant to use it."""

from dataclasses import replace

import pytest

from tests.rules.test_pages import findings

ROOT = """\
-- launchpad/root.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: root, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: argocd}
  source: {repoURL: https://git.example.com/launchpad, path: apps}
"""


def application(name: str, path: str, folder: str = "apps") -> str:
    return f"""\
-- launchpad/{folder}/{name}.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}, namespace: argocd}}
spec:
  destination: {{server: https://kubernetes.default.svc, namespace: {name}}}
  source: {{repoURL: https://git.example.com/launchpad, path: {path}}}
"""


def kustomization(folder: str, *resources: str) -> str:
    return f"-- launchpad/{folder}/kustomization.yaml --\nresources: [{', '.join(resources)}]\n"


def account(path: str) -> str:
    return f"""\
-- launchpad/{path} --
apiVersion: v1
kind: ServiceAccount
metadata: {{name: {path.rpartition("/")[2].partition(".")[0]}}}
"""


def chart(folder: str) -> str:
    name = folder.rpartition("/")[2]
    return f"-- launchpad/{folder}/Chart.yaml --\napiVersion: v2\nname: {name}\nversion: 1.0.0\n"


def hints(text: str, rule: str) -> list[tuple[str, list[str]]]:
    problems = [finding.problem for finding in findings(text) if finding.rule == rule]
    return [
        (
            problem.hint,
            [str(place.span) for place in problem.related if place.note == "perhaps meant here"],
        )
        for problem in problems
    ]


def test_a_manifest_comes_with_the_kustomization_beside_it() -> None:
    text = kustomization("web", "netwrok.yaml") + account("web/network.yaml")
    assert hints(text + account("web/networks.yaml"), "orphaned-manifest") == [
        (
            "the kustomization beside it is launchpad/web/kustomization.yaml",
            ["launchpad/web/kustomization.yaml:1:1"],
        )
    ]


def test_a_manifest_beside_a_named_one_comes_with_the_kustomization_above() -> None:
    named = kustomization("web", "jobs/deep/a.yaml") + account("web/jobs/deep/a.yaml")
    assert hints(named + account("web/jobs/deep/b.yaml"), "orphaned-manifest") == [
        (
            "the kustomization above it is launchpad/web/kustomization.yaml",
            ["launchpad/web/kustomization.yaml:1:1"],
        )
    ]


MISNAMED = (
    kustomization("web", "netwrok.yaml") + account("web/network.yaml"),
    kustomization("web", "old/netwrok.yaml", "old/a.yaml")
    + account("web/old/a.yaml")
    + account("web/old/network.yaml"),
)


@pytest.mark.parametrize("text", MISNAMED)
def test_a_manifest_whose_name_is_misspelt_is_told_at_the_name(text: str) -> None:
    assert [(found.rule, bool(found.problem.hint)) for found in findings(text)] == [
        ("missing-kustomize-entry", True)
    ]


def test_a_manifest_elsewhere_is_not_what_a_name_in_its_own_folder_means() -> None:
    text = kustomization("web/staging", "network.yaml") + kustomization("web/stagings", "a.yaml")
    files = account("web/stagings/a.yaml") + account("web/stagings/network.yaml")
    assert len(hints(text + files, "orphaned-manifest")) == 1


def test_a_name_in_another_repository_is_meant_for_no_manifest() -> None:
    other = "-- other/web/kustomization.yaml --\nresources: [netwrok.yaml]\n"
    text = kustomization("web") + account("web/network.yaml") + other
    assert [hint for hint, _ in hints(text, "orphaned-manifest")] == [
        "the kustomization beside it is launchpad/web/kustomization.yaml"
    ]


OVERLAYS = (
    ROOT
    + application("web", "web/overlays/dev")
    + kustomization("web/overlays/dev", "../../base", "../common")
    + kustomization("web/overlays/common", "../../base")
    + kustomization("web/overlays/test", "../../base", "../common")
    + kustomization("web/base", "account.yaml")
    + account("web/base/account.yaml")
)


@pytest.mark.parametrize(
    ("more", "hint"),
    [
        ("", "Application web renders launchpad/web/overlays/dev beside it"),
        # Of two words each must be alike.
        (
            application("shop", "way/overlays/test2"),
            "Application web renders launchpad/web/overlays/dev beside it",
        ),
    ],
)
def test_an_overlay_comes_with_what_was_likeliest_to_use_it(more: str, hint: str) -> None:
    assert [said for said, _ in hints(OVERLAYS + more, "orphaned-overlay")] == [hint]


@pytest.mark.parametrize(
    "more",
    [
        application("shop", "web/overlays/tset"),
        kustomization("all", "../web/overlays/tset"),
    ],
)
def test_an_overlay_whose_path_is_misspelt_is_told_at_the_path(more: str) -> None:
    assert hints(OVERLAYS + more, "orphaned-overlay") == []


def test_overlays_side_by_side_lead_to_none() -> None:
    text = OVERLAYS.replace("path: web/overlays/dev", "path: web/base")
    assert [said for said, _ in hints(text, "orphaned-overlay")] == ["", ""]


@pytest.mark.parametrize(
    ("more", "hint"),
    [
        (
            kustomization("apps", "web.yaml") + application("shop", "web"),
            "the kustomization beside it is launchpad/apps/kustomization.yaml",
        ),
        (
            kustomization("apps", "web.yaml", "one")
            + kustomization("apps/one", "one.yaml")
            + application("one", "web", "apps/one")
            + kustomization("apps/two", "two.yaml")
            + application("two", "web", "apps/two"),
            "launchpad/apps/kustomization.yaml includes launchpad/apps/one beside it",
        ),
        # What already includes it is itself used by nobody.
        (
            kustomization("apps", "web.yaml", "one")
            + kustomization("apps/one", "one.yaml")
            + application("one", "web", "apps/one")
            + kustomization("apps/two", "two.yaml")
            + application("two", "web", "apps/two")
            + kustomization("old", "../apps/two"),
            "launchpad/apps/kustomization.yaml includes launchpad/apps/one beside it",
        ),
        (application("shop", "web", "elsewhere"), ""),
        # What is built is a folder of that name elsewhere.
        (
            application("shop", "web", "elsewhere")
            + kustomization("elsewhere")
            + application("other", "elsewhere").replace("com/launchpad", "com/other")
            + kustomization("elsewhere").replace("-- launchpad/", "-- other/"),
            "",
        ),
        # Nobody builds the kustomization beside it.
        (application("shop", "web", "elsewhere") + kustomization("elsewhere"), ""),
    ],
)
def test_an_application_comes_with_what_was_likeliest_to_lead_there(more: str, hint: str) -> None:
    text = ROOT + application("web", "web") + kustomization("web") + more
    assert [said for said, _ in hints(text, "orphaned-application")] == [hint]


@pytest.mark.parametrize(
    "more",
    [
        kustomization("apps", "web.yaml", "shpo.yaml") + application("shop", "web"),
        kustomization("apps", "web.yaml", "tset")
        + kustomization("apps/test", "shop.yaml")
        + application("shop", "web", "apps/test"),
    ],
)
def test_an_application_whose_place_is_misspelt_is_told_at_the_name(more: str) -> None:
    text = ROOT + application("web", "web") + kustomization("web") + more
    assert hints(text, "orphaned-application") == []


def test_a_path_that_is_near_to_nothing_hides_no_application() -> None:
    text = ROOT + application("web", "web") + kustomization("web") + application("far", "nowhere")
    orphan = application("shop", "web").replace("launchpad/apps/", "launchpad/")
    assert len(hints(text + orphan + kustomization("old"), "orphaned-application")) == 1


def test_a_chart_whose_path_is_misspelt_is_told_at_the_path() -> None:
    charts = chart("charts/web") + chart("charts/shop")
    text = ROOT + application("web", "charts/web") + application("x", "charts/shpo") + charts
    assert [found.rule for found in findings(text)] == ["missing-source-path"]


@pytest.mark.parametrize(
    ("path", "name", "hint"),
    [
        ("charts/web", "shop2", "the nearest Application is shop2"),
        ("charts/web", "x", ""),
    ],
)
def test_a_chart_comes_with_the_application_likeliest_to_render_it(
    path: str, name: str, hint: str
) -> None:
    charts = chart("charts/web") + chart("charts/shop")
    text = ROOT + application("web", "charts/web") + application(name, path) + charts
    assert [said for said, _ in hints(text, "orphaned-chart")] == [hint]


SECRET = """\
-- launchpad/apps/pod.yaml --
apiVersion: v1
kind: Pod
metadata: {name: POD, namespace: SPACE}
spec:
  containers: [{name: web, image: "web:1", envFrom: [{secretRef: {name: USED}}]}]
-- launchpad/apps/other.yaml --
apiVersion: v1
kind: Pod
metadata: {name: other, namespace: web}
spec: {containers: [{name: web, image: "web:1"}]}
-- launchpad/apps/sealed.yaml --
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: web-credentials, namespace: web}
spec: {encryptedData: {API_KEY: AgBmadeUpCiphertext}}
"""


@pytest.mark.parametrize(
    ("pod", "space", "used", "hint"),
    [
        ("web", "web", "web-credential", "nothing produces web-credential, which is used there"),
        ("web", "web", "x", "the nearest workload is web"),
        ("w", "web", "x", ""),
        ("web", "shop", "web-credential", ""),
    ],
)
def test_a_secret_comes_with_what_was_likeliest_to_use_it(
    pod: str, space: str, used: str, hint: str
) -> None:
    text = ROOT + SECRET.replace("POD", pod).replace("SPACE", space).replace("USED", used)
    assert hints(text, "orphaned-secret") == [(hint, [])]


def test_a_workload_of_another_cluster_uses_no_secret_of_this_one() -> None:
    roots = "".join(
        ROOT.replace("root.yaml", f"root-{name}.yaml").replace("apps}", f"apps/{name}}}")
        for name in ("dev", "prod")
    )
    pod, other, sealed = SECRET.split("-- launchpad/apps/")[1:]
    text = f"{roots}-- launchpad/apps/prod/{pod}-- launchpad/apps/dev/{other}"
    text += f"-- launchpad/apps/dev/{sealed}"
    text = text.replace("POD", "web").replace("SPACE", "web").replace("USED", "x")
    assert hints(text, "orphaned-secret") == [("", [])]


def test_a_finding_is_the_same_without_its_likely_consumer() -> None:
    text = kustomization("web", "netwrok.yaml") + account("web/networks.yaml")
    text += account("web/network.yaml")
    found = next(f for f in findings(text) if f.rule == "orphaned-manifest")
    bare = replace(found, problem=replace(found.problem, hint="", related=()))
    assert found.problem.hint
    assert found.fingerprint == bare.fingerprint
    assert found.problem.hint not in found.problem.fact
