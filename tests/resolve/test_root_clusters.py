"""Which cluster a root stands for, where paths and names alone would mislead."""

import re
from collections import Counter

import pytest

from graphdoc.resolve.roots.cluster_names import cluster_name, tells_cluster
from tests.resolve.test_estate import application, config_map, ids, resolve, roots


def lone(*places: str) -> str:
    """An Application for each `folder/name`, each rendering a folder of its own."""
    return "".join(
        f"-- platform/{place}.yaml --\n{application(place.rpartition('/')[2], f'parts/{place}')}"
        for place in places
    )


@pytest.mark.parametrize(
    ("places", "clusters"),
    [
        (("apps/web", "apps/shop"), {"platform"}),
        (("east/web", "east/shop", "west/web", "west/x/shop"), {"east", "west"}),
        (("apps/east/web", "apps/east/a", "apps/west/web", "apps/west/b"), {"east", "west"}),
        (("east/web", "east/shop", "copy/web"), {"platform"}),  # a copy is a mistake
        (("east/web", "west/web"), {"platform"}),
        (("dev/web", "prod/web"), {"dev", "prod"}),
        (("dev/web", "copy/web"), {"platform"}),
        (("east/web", "east/shop", "west/a", "west/b"), {"platform"}),
        (("east/a", "east/b", "west/a", "west/b", "c/x"), {"east", "west", "c"}),
        # Twins in one folder are a mistake, and no reason to part the others.
        (("x/east/a", "x/east/b", "x/west/a", "x/west/b", "y/c"), {"x-east", "x-west", "platform"}),
        (("a-test", "b", "c"), {"platform"}),
        (("a-test", "b-test", "c", "d"), {"a-test", "b-test", "platform"}),
        (("a-test", "a-prod", "c", "d"), {"a-test", "a-prod", "platform"}),
    ],
)
def test_lone_applications_share_a_cluster_while_their_names_allow(
    places: tuple[str, ...], clusters: set[str]
) -> None:
    found = roots(resolve(lone(*places)))
    assert ({cluster for cluster, _ in found}, len(found)) == (clusters, len(places))


def lone_set(place: str, application_name: str) -> str:
    """An ApplicationSet that makes one Application."""
    return (
        f"-- platform/{place}.yaml --\n"
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\n"
        f"metadata: {{name: {place.rpartition('/')[2]}, namespace: argocd}}\n"
        f"spec:\n  generators: [{{list: {{elements: [{{n: {application_name}}}]}}}}]\n"
        "  template:\n    metadata: {name: '{{n}}'}\n"
        f"    spec: {{project: default, destination: {{name: {place[:3]}}}}}\n"
    )


@pytest.mark.parametrize(
    ("places", "clusters"),
    [
        ({"addons/oss": "a", "work/teams": "b"}, {"platform"}),
        ({"oss": "a", "work/teams": "b"}, {"platform"}),
        ({"addons/oss": "a"}, {"oss"}),
        ({"addons/oss": "a", "addons/x/aws": "b"}, {"oss"}),  # one place alone
        ({"addons/oss": "a", "hub/oss": "b", "y/z": "c"}, {"addons", "hub", "platform"}),
        ({"addons/oss": "a", "work/teams": "a", "y/z": "c"}, {"oss", "teams", "platform"}),
        ({"dev/oss": "a", "work/teams": "b", "y/z": "c"}, {"oss", "platform"}),
        ({"clusters/east/oss": "a", "work/teams": "b", "y/z": "c"}, {"oss", "platform"}),
        ({"x/oss-dev": "a", "work/teams": "b", "y/z": "c"}, {"oss-dev", "platform"}),
        ({"dev/oss": "a", "work/teams": "b"}, {"oss", "teams"}),
    ],
)
def test_lone_application_sets_share_a_cluster_while_nothing_tells_them_apart(
    places: dict[str, str], clusters: set[str]
) -> None:
    text = "".join(lone_set(place, name) for place, name in places.items())
    assert {cluster for cluster, _ in roots(resolve(text))} == clusters


def test_a_start_of_applications_and_what_it_brings_share_nothing_with_lone_sets() -> None:
    start = f"-- platform/boot/start.yaml --\n{application('start', 'east')}"
    one = start + lone_set("east/oss", "a") + lone_set("work/teams", "b")
    assert {cluster for cluster, _ in roots(resolve(one))} == {"east", "teams"}
    two = one + lone_set("more/z", "c")
    assert {cluster for cluster, _ in roots(resolve(two))} == {"east", "platform"}


def test_lone_applications_of_one_name_in_one_folder_leave_the_rest_together() -> None:
    twins = "".join(
        f"-- platform/x/{file}.yaml --\n{application('web', file)}" for file in ("one", "two")
    )
    found = roots(resolve(twins + lone("y/shop", "z/mail")))
    assert {cluster for cluster, _ in found} == {"platform"}


@pytest.mark.parametrize(
    ("paths", "clusters"),
    [
        (("web/overlays/big", "shop/overlays/blue"), {"platform"}),
        (("web/overlays/dev", "shop/overlays/prod"), {"dev", "prod"}),
        (("overlays/east", "overlays/west"), {"east", "west"}),
        (("web/overlays/east", "shop/overlays/east"), {"east"}),
    ],
)
def test_a_word_that_each_application_has_for_itself_is_no_cluster(
    paths: tuple[str, ...], clusters: set[str]
) -> None:
    text = "".join(
        f"-- platform/{name}.yaml --\n{application(name, path)}"
        for name, path in zip("ab", paths, strict=True)
    )
    assert {cluster for cluster, _ in roots(resolve(text))} == clusters


START = f"-- platform/start.yaml --\n{application('start', 'clusters/east')}"
CHILD = f"-- platform/clusters/east/web.yaml --\n{application('web', 'parts/web')}"


@pytest.mark.parametrize(
    ("files", "text", "clusters"),
    [
        ("more/a.yaml more/b.yaml", lone("more/a", "more/b"), {"platform": 2}),
        ("more/ more/a.yaml", lone("more/a", "more/b"), {"more": 2}),
        ("more/a.yaml start.yaml", f"{lone('more/a')}{START}{CHILD}", {"east": 3}),
        (
            "more/start.yaml start.yaml",
            f"{lone('more/start')}{START}{CHILD}",
            {"start": 1, "east": 2},
        ),
        ("more/a.yaml more/b-dev.yaml", lone("more/a", "more/b-dev"), {"platform": 2}),
        (
            "start.yaml two.yaml more/a.yaml",
            f"{lone('more/a')}{START}{CHILD}{START.replace('start', 'two').replace('east', 'west')}"
            f"{CHILD.replace('east', 'west')}",
            {"east": 2, "west": 2, "a": 1},
        ),
        (
            "dev/a.yaml two/b.yaml",
            lone_set("dev/a", "c") + lone_set("two/b", "d"),
            {"a": 1, "b": 1},
        ),
        ("one/a.yaml two/b.yaml", lone_set("one/a", "c") + lone_set("two/b", "d"), {"platform": 2}),
    ],
)
def test_what_a_script_applies_one_by_one_is_on_one_cluster(
    files: str, text: str, clusters: dict[str, int]
) -> None:
    lines = "".join(f"kubectl apply -f {file}\n" for file in files.split())
    estate = resolve(f"-- platform/up.sh --\n{lines}{text}")
    assert Counter(found.split(":")[1].split("/")[0] for found in ids(estate)) == clusters


def test_what_a_script_applies_has_its_home_among_its_own_repository() -> None:
    other = START.replace("platform/", "other/").replace("/platform", "/other")
    child = CHILD.replace("platform/", "other/")
    scripts = "-- platform/up.sh --\nkubectl apply -f more/a.yaml\n"
    scripts += "-- other/up.sh --\nkubectl apply -f start.yaml\n"
    estate = resolve(f"{scripts}{lone('more/a')}{other}{child}")
    assert "application:a/a" in ids(estate)


@pytest.mark.parametrize("path", ["overlays/east", "web/dev", "sites/one"])
def test_a_lone_application_that_renders_a_clusters_folder_stands_for_it(path: str) -> None:
    text = f"-- platform/a.yaml --\n{application('a', path)}{lone('apps/b', 'apps/c')}"
    found = {node.rpartition("/")[2]: cluster for cluster, node in roots(resolve(text))}
    assert found == {"a": path.rpartition("/")[2], "b": "platform", "c": "platform"}


@pytest.mark.parametrize(
    ("path", "name", "told"),
    [
        ("clusters/east", "web", True),
        ("clusters/east/web", "web", False),
        ("apps", "web-dev", True),
        ("", "web-dev", True),
        ("apps", "web-local", True),
        ("apps", "local-path-store", False),
        ("apps/local-volumes", "web", False),
        ("apps/local-storeroom", "web", True),
    ],
)
def test_a_path_tells_of_a_cluster_or_else_the_name(path: str, name: str, *, told: bool) -> None:
    assert tells_cluster([path], name) is told


@pytest.mark.parametrize(
    ("rendered", "path", "expected"),
    [
        ("apps", "east/apps/root.yaml", "east"),
        ("clusters/main", "root.yaml", "main"),
        ("apps", "clusters/main/root.yaml", "main"),
        ("parts/main", "parts/main/root.yaml", "parts"),
        ("clusters/apps", "clusters/apps/root.yaml", "platform"),
        ("2-apps", "root.yaml", "platform"),
        ("core-2-apps", "root.yaml", "core-2-apps"),
    ],
)
def test_a_cluster_is_called_after_the_last_folder_that_says_something(
    rendered: str, path: str, expected: str
) -> None:
    assert cluster_name([rendered], "root", path, "platform") == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("1-apps", "platform"),
        ("1-east-apps", "1-east"),
        ("01-bootstrap", "platform"),
        ("cluster-1", "1"),
        ("1-2", "1-2"),
        ("apps", "platform"),
    ],
)
def test_a_number_that_orders_starts_names_no_cluster(name: str, expected: str) -> None:
    assert cluster_name(["apps"], name, f"argo-apps/{name}.yaml", "platform") == expected


@pytest.mark.parametrize(
    ("paths", "clusters"),
    [
        (("dev/shop", "prod/shop"), {"dev-shop", "prod-shop"}),
        (("dev/shop", "dev/x/shop"), {"shop"}),
        (("east/shop", "west/shop"), {"shop"}),
        (("dev/shop", "prod/web"), {"shop", "web"}),
        (("a/prod", "b/prod"), {"prod"}),
    ],
)
def test_folders_of_one_name_below_stages_are_clusters_of_their_own(
    paths: tuple[str, ...], clusters: set[str]
) -> None:
    text = "".join(
        f"-- platform/starts/{n}.yaml --\n{application(f'start-{n}', path)}"
        f"-- platform/{path}/web.yaml --\n{application(f'web-{n}', 'parts')}"
        for n, path in enumerate(paths)
    )
    assert {cluster for cluster, _ in roots(resolve(text))} == clusters


CHART = f"""
-- platform/start/Chart.yaml --
apiVersion: v2
name: start
version: 1.0.0
-- platform/start/templates/web.yaml --
{application("web", "web")}
-- platform/start/values-dev.yaml --
a: b
-- platform/start/values-prod.yaml --
a: c
-- platform/start/other.yaml --
a: d
"""


def start(values: str) -> str:
    helm = f"\n    helm: {{valueFiles: [{values}]}}"
    return application("root", "start", more=helm)


@pytest.mark.parametrize(
    ("files", "clusters"),
    [
        ({"root-dev": "values-dev.yaml", "root-prod": "values-prod.yaml"}, ["dev", "prod"]),
        ({"root-dev": "other.yaml", "root-prod": "values-prod.yaml"}, ["start", "prod"]),
        ({"a/root": "values-dev.yaml", "b/root": "values-dev.yaml"}, ["a", "b"]),
        ({"a/infra/root": "other.yaml", "b/infra/root": "other.yaml"}, ["a", "b"]),
    ],
)
def test_roots_of_one_name_are_told_apart_by_file_or_folder(
    files: dict[str, str], clusters: list[str]
) -> None:
    texts = (f"-- platform/{file}.yaml --\n{start(values)}" for file, values in files.items())
    found = {root.path: root.cluster for root in resolve(CHART + "".join(texts)).roots}
    paths = [f"{file}.yaml" for file in files]
    assert found == dict(zip(paths, clusters, strict=True))


def test_roots_that_share_another_resource_alone_are_not_told_apart() -> None:
    parts = (
        f"-- platform/{name}/start/kustomization.yaml --\nresources: [app.yaml, map.yaml]\n"
        f"-- platform/{name}/start/app.yaml --\n{application(name, 'x')}"
        f"-- platform/{name}/start/map.yaml --\n{config_map('same')}"
        for name in ("a", "b")
    )
    assert {cluster for cluster, _ in roots(resolve("".join(parts)))} == {"start"}


SILENT = """
-- platform/charts/start/Chart.yaml --
apiVersion: v2
name: start
version: 1.0.0
-- platform/charts/start/templates/web.yaml --
{{- range .Values.apps }}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: {{ . }}, namespace: argocd}
spec:
  project: default
  destination: {server: https://kubernetes.default.svc, namespace: web}
  source: {repoURL: https://git.example.com/platform, path: web}
{{- end }}
-- platform/east/start.yaml --
apps: [web]
-- platform/west/start.yaml --
apps: [shop]
-- platform/_example/start.yaml --
apps: [copy]
"""
INSTALL = "helm upgrade --install start charts/start -n argocd"


@pytest.mark.parametrize(
    ("file", "text", "found"),
    [
        ("start.sh", f"{INSTALL} -f east/start.yaml\n", {"start/web"}),
        ("start.sh", f"# {INSTALL} -f east/start.yaml\n", set()),
        ("start.sh", f"{INSTALL} -f north/start.yaml\n", set()),
        ("start.sh", "helm install web charts/web -f east/start.yaml\n", set()),
        ("start.txt", f"{INSTALL} -f east/start.yaml\n", set()),
        ("east/start.sh", "helm install start ../charts/start --values=start.yaml", {"start/web"}),
        ("README.md", f"```sh\n{INSTALL} \\\n  --values east/start.yaml\n```\n", {"start/web"}),
        ("README.md", f"{INSTALL} --values east/start.yaml\n", set()),
        (
            "bin/start.sh",
            'helm template x "$ROOT/charts/start" -f "$ROOT/${ENV}/start.yaml" | oc apply -f -',
            {"east/web", "west/shop"},
        ),
        ("start.sh", f"{INSTALL} -f $1/start.yaml\n", {"east/web", "west/shop"}),
        ("start.sh", f"{INSTALL} -f none.yaml -f $CLUSTER/none.yaml\n", set()),
        (
            "Makefile",
            f"east:\n\t{INSTALL} -f east/start.yaml\nwest:\n\t{INSTALL} -f west/start.yaml\n",
            {"east/web", "west/shop"},
        ),
    ],
)
def test_a_chart_that_is_installed_with_values_brings_what_they_say(
    file: str, text: str, found: set[str]
) -> None:
    estate = resolve(f"{SILENT}-- platform/{file} --\n{text}")
    assert {id_.removeprefix("application:") for id_ in ids(estate)} == found


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (
            "argocd/values.yaml",
            ["application:start/self", "application:start/start", "application:start/web"],
        ),
        ("charts/argocd/values.yaml", []),  # a chart's own: what it requires decides
    ],
)
def test_values_for_argocd_itself_start_what_they_hold(file: str, expected: list[str]) -> None:
    both = (application("start", "argocd/apps"), application("self", "argocd/apps"))
    objects = "\n  - ".join(one.replace("\n", "\n    ") for one in both)
    chart = "-- platform/charts/argocd/Chart.yaml --\nname: argocd\nversion: 1.0.0\n"
    text = f"-- platform/{file} --\nextraObjects:\n  - {objects}\n{chart}{lone('argocd/apps/web')}"
    found = ids(resolve(text))
    assert [i for i in found if "start" in i or expected] == expected


@pytest.mark.parametrize(
    ("repository", "expected"),
    [
        ("https://git.example.com/platform", []),
        ("file://../charts/start", []),
        ("file://../charts/other", ["application:start/web"]),
        ("https://charts.example.com", ["application:start/web"]),  # another chart of its name
    ],
)
def test_a_chart_that_another_requires_is_no_start(repository: str, expected: list[str]) -> None:
    start = f"{SILENT}-- platform/charts/start/values.yaml --\napps: [web]\n"
    east = "-- platform/east/Chart.yaml --\nname: east\nversion: 1.0.0\ndependencies:\n"
    east += f"  - {{name: start, version: 1.0.0, repository: '{repository}'}}\n"
    assert ids(resolve(start + east)) == expected


@pytest.mark.parametrize(
    ("second", "place"), [("shop", "start/shop"), ("web", None), ("x-{{ name }}", None)]
)
def test_what_stands_in_the_file_of_a_root_is_one_too(second: str, place: str | None) -> None:
    both = f"{application('start', 'apps')}---\n{application(second, 'parts/x')}"
    estate = resolve(f"-- platform/start.yaml --\n{both}{lone('apps/web')}")
    expected = {"start/start", "start/web"} | ({place} if place else set())
    assert {i.removeprefix("application:") for i in ids(estate)} == expected


def test_what_tests_read_is_no_start() -> None:
    estate = resolve(lone("tests/expected", "integration-tests/web"))
    assert (estate.roots, len(estate.orphans)) == ((), 2)


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (("ol-values.yaml",), {"start/web"}),
        (("east-values.yaml", "west.values.yml"), {"east/web", "west/web"}),
        (("values.east.yaml", "values_west.yaml"), {"east/web", "west/web"}),
        (("values.yaml", "other-values.yaml"), {"start/web"}),  # needs no other
        (("values-east.yaml", "west-values.yaml"), {"east/web"}),
        (("east.yaml",), set()),
    ],
)
def test_a_chart_that_brings_nothing_else_tries_the_values_beside_it(
    files: tuple[str, ...], found: set[str]
) -> None:
    beside = "".join(f"-- platform/charts/start/{file} --\napps: [web]\n" for file in files)
    assert {i.removeprefix("application:") for i in ids(resolve(SILENT + beside))} == found


@pytest.mark.parametrize(
    ("folder", "clusters"),
    [("roles/east", {"east", "west"}), ("roles/template", {"west"}), ("hack/east", {"west"})],
)
def test_a_chart_that_is_there_to_be_copied_is_no_start(folder: str, clusters: set[str]) -> None:
    text = SILENT.replace("charts/start", folder) + SILENT.replace("charts/start", "roles/west")
    text = text.replace("range .Values.apps", 'range list "web"')
    estate = resolve(text)
    assert {cluster for cluster, _ in roots(estate)} == clusters
    told = [note.reason for note in estate.not_understood if "to be copied" in note.reason]
    assert len(told) == 2 - len(clusters)
    asking = resolve(SILENT.replace("charts/start", folder))
    assert len(asking.not_understood) == 1
    alone = SILENT.replace("charts/start", folder).replace("range .Values.apps", 'range list "web"')
    assert len(roots(resolve(alone))) == 1


def test_steps_of_an_installation_are_no_clusters() -> None:
    steps = "-- platform/charts/start/values-init.yaml --\napps: [web]\n"
    steps += "-- platform/charts/start/values-full.yaml --\napps: [web, shop]\n"
    estate = resolve(SILENT + steps)
    assert ids(estate) == ["application:start/shop", "application:start/web"]


WRITTEN = '  repoURL        = "https://git.example.com/platform"\n  path           = "apps"\n'


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("tofu/argocd.tf", WRITTEN, True),
        ("tofu/argocd.tf", WRITTEN.replace("repoURL", "module"), False),
        ("start.sh", "repoURL: $URL\n    path: apps\n", True),
        ("Taskfile.argocd.yml", "  - kubectl apply -f apps", True),
        ("mise.toml", 'run = "kubectl apply -f apps"', True),
        ("Taskfile.txt", "  - kubectl apply -f apps", False),
        ("start.txt", WRITTEN, False),
        ("tofu/argocd.tf", WRITTEN.replace("apps", "other"), False),
    ],
)
def test_a_folder_that_a_written_application_renders_is_a_root(
    file: str,
    text: str,
    expected: bool,  # noqa: FBT001 -- a table
) -> None:
    beside = f"-- platform/root.yaml --\n{application('root', 'other')}{lone('other/x')}"
    estate = resolve(f"{beside}{lone('apps/a', 'apps/b')}-- platform/{file} --\n{text}")
    assert ("application:platform/a" in ids(estate)) is expected
    assert "other" not in [root.path for root in estate.roots]


def test_a_folder_that_is_read_with_all_below_manages_what_lies_deep() -> None:
    above = application("m", "apps", more="\n    directory: {recurse: true}")
    text = f"-- platform/a/b/c/m.yaml --\n{above}-- platform/apps/x/u.yaml --\n"
    text += f"{application('u', 'more')}-- platform/more/w.yaml --\n{application('w', 'shop')}"
    assert [root.path for root in resolve(text).roots] == ["a/b/c/m.yaml"]


def test_a_chart_at_the_head_of_a_repository_has_its_templates() -> None:
    chart = "-- platform/Chart.yaml --\napiVersion: v2\nname: start\nversion: 1.0.0\n"
    text = f"{chart}-- platform/templates/root.yaml --\n{application('root', 'apps')}"
    found = roots(resolve(f"{text}-- platform/apps/web.yaml --\n{application('web', 'web')}"))
    assert found == [("platform", "chart:platform")]


def test_a_source_of_values_that_reads_all_below_starts_it() -> None:
    more = "\n    ref: v\n    directory: {recurse: true}"
    text = f"-- platform/root.yaml --\n{application('root', 'apps', more=more)}"
    text += f"-- platform/apps/x/web.yaml --\n{application('web', 'x')}"
    assert [root.path for root in resolve(text).roots] == ["root.yaml"]


@pytest.mark.parametrize("path", ["", "\n    path: ."])
def test_a_source_of_values_alone_renders_no_folder(path: str) -> None:
    web = application("web", "x").replace("source:", "sources:\n  -")
    web = web.replace("path: x", f"ref: v{path}")
    text = f"-- platform/root.yaml --\n{application('root', 'apps')}-- platform/apps/web.yaml --\n"
    assert [root.path for root in resolve(text + web).roots] == ["root.yaml"]


def test_an_application_that_a_template_engine_has_yet_to_name_is_no_root() -> None:
    form = application("'{{NAME}}'", "apps")
    text = f"-- platform/form.yaml --\n{form}{lone('apps/a')}"
    estate = resolve(f"{text}-- platform/parts/apps/a/a.yaml --\n{config_map('a')}")
    assert [orphan.name for orphan in estate.orphans] == ["{{NAME}}"]
    assert ids(estate) == ["application:a/a"]


def made_by(name: str, path: str, *made: str, more: str = "") -> str:
    """An ApplicationSet that makes an Application for each name, of the folder ``path`` names."""
    elements = ", ".join(f"{{name: {one}}}" for one in made)
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\n"
        f"metadata: {{name: {name}, namespace: argocd}}\nspec:\n"
        f"  generators: [list: {{elements: [{elements}]}}]\n"
        "  template:\n    metadata: {name: '{{name}}'}\n    spec:\n      project: default\n"
        "      destination: {server: https://kubernetes.default.svc, namespace: '{{name}}'}\n"
        f"      source: {{repoURL: https://git.example.com/platform, path: '{path}'}}\n{more}"
    )


EMPTY, WEB = made_by("empty", "parts/x"), made_by("web", "parts/web", "web")


@pytest.mark.parametrize(
    ("files", "expected", "orphans"),
    [
        # Whatever a repository holds lies below its head, which therefore tells nothing.
        ({"set.yaml": EMPTY, "sets/deep/web.yaml": WEB}, ["web"], 0),
        ({"hack/set.yaml": EMPTY, "hack/deep/web.yaml": WEB}, [], 1),
        # Who applies it applies what lies beside it and is no other way to the same.
        ({"start/set.yaml": WEB, "start/shop.yaml": application("shop", "s")}, ["shop", "web"], 0),
        ({"start/set.yaml": WEB, "start/web.yaml": application("web", "s")}, ["web"], 1),
        ({"start/set.yaml": WEB, "other/shop.yaml": application("shop", "s")}, ["web"], 1),
        ({"start/set.yaml": EMPTY, "start/shop.yaml": application("shop", "s")}, [], 1),
    ],
)
def test_a_lone_set_starts_what_lies_beside_it_alone(
    files: dict[str, str], expected: list[str], orphans: int
) -> None:
    # Three more, lest the lone ones be most.
    rest = made_by("rest", "parts/{{name}}", "r1", "r2", "r3")
    text = "".join(f"-- platform/{file} --\n{text}" for file, text in files.items())
    estate = resolve(f"{text}-- platform/rest/rest.yaml --\n{rest}")
    found = [i.rpartition("/")[2] for i in ids(estate)]
    assert sorted(found) == sorted([*expected, "r1", "r2", "r3"])
    assert len(estate.orphans) == orphans


@pytest.mark.parametrize(
    ("folder", "path", "is_root"),
    [
        ("sets", "parts/web", False),  # what the root has brought already
        ("sets", "parts/other", True),
        ("clusters/east", "parts/web", True),  # another cluster's
    ],
)
def test_a_kustomization_that_brings_what_is_there_is_no_root(
    folder: str, path: str, *, is_root: bool
) -> None:
    text = f"-- platform/clusters/dev/root.yaml --\n{application('dev', 'apps/dev')}"
    text += f"-- platform/apps/dev/web.yaml --\n{WEB}"
    text += f"-- platform/{folder}/kustomization.yaml --\nresources: [web.yaml]\n"
    text += f"-- platform/{folder}/web.yaml --\n{made_by('web', path, 'web')}"
    estate = resolve(text)
    assert (folder in [root.path for root in estate.roots]) is is_root
    assert [orphan.name for orphan in estate.orphans] == ([] if is_root else ["web"])


def test_a_namespace_that_nothing_fills_in_is_none() -> None:
    web = made_by("web", "sets", "web").replace("namespace: '{{name}}'", "namespace: '{{home}}'")
    bare = web.replace("name: web, namespace: argocd", "name: web")
    estate = resolve(f"-- platform/sets/web.yaml --\n{bare}")
    assert [entry.id for entry in estate.application_sets] == ["applicationset:web/web"]


READ = f"""
-- platform/apps/base/application.yaml --
{application("base", "apps/base/children")}
-- platform/apps/base/children/web.yaml --
{application("web", "web")}
-- platform/apps/start/set.yaml --
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {{name: all, namespace: argocd}}
spec:
  goTemplate: true
  generators:
  - git:
      repoURL: https://git.example.com/platform
      files: [{{path: apps/*/application.yaml}}]
  template:
    metadata: {{name: '{{{{.metadata.name}}}}'}}
    spec:
      project: default
      destination: {{name: in-cluster, namespace: argocd}}
      source: {{repoURL: https://git.example.com/platform, path: '{{{{.spec.source.path}}}}'}}
-- platform/web/a.yaml --
{config_map("a")}
"""


def test_what_an_application_set_reads_and_makes_is_no_start_of_its_own() -> None:
    estate = resolve(READ)
    assert roots(estate) == [("all", "applicationset:all/all")]
    assert ids(estate) == ["application:all/base", "application:all/web"]
    assert estate.orphans == ()


def test_what_an_application_set_reads_to_make_others_is_a_start() -> None:
    other = READ.replace("{{.metadata.name}}", "made-{{.metadata.name}}")
    estate = resolve(other)
    assert ("children", "application:children/base") in roots(estate)


def shelf(*taken: str) -> str:
    parts = "".join(
        f"-- platform/services/{name}/app.yaml --\n{application(name, f'parts/{name}')}"
        f"-- platform/services/{name}/kustomization.yaml --\nresources: [app.yaml]\n"
        for name in ("web", "shop", "mail")
    )
    entries = ", ".join(f"../../services/{name}" for name in taken)
    return f"{parts}-- platform/clusters/east/kustomization.yaml --\nresources: [{entries}]\n"


def test_what_no_cluster_takes_from_a_shelf_is_no_cluster() -> None:
    estate = resolve(shelf("web", "shop"))
    assert [cluster for cluster, _ in roots(estate)] == ["east"]
    assert [orphan.name for orphan in estate.orphans] == ["mail"]


PARTS = f"""-- platform/parts/kustomization.yaml --
resources: [a.yaml]
-- platform/parts/a.yaml --
{config_map("a")}
"""


def test_what_the_kustomization_above_leaves_out_is_no_cluster() -> None:
    root = f"-- platform/start/root.yaml --\n{application('root', 'services')}"
    above = "-- platform/services/kustomization.yaml --\nresources: [web]\n"
    estate = resolve(shelf() + root + above)
    assert [cluster for cluster, _ in roots(estate)] == ["services"]
    assert sorted(orphan.name for orphan in estate.orphans) == ["mail", "shop"]
    of_parts = resolve(f"{shelf()}{root}{above.replace('web', '../parts')}{PARTS}")
    assert "mail" in {cluster for cluster, _ in roots(of_parts)}
    own = f"-- platform/services/own.yaml --\n{application('own', 'parts/own')}"
    of_files = resolve(f"{shelf()}{root}{above.replace('web', 'own.yaml')}{own}")
    assert "mail" in {cluster for cluster, _ in roots(of_files)}


@pytest.mark.parametrize(
    "text",
    [
        shelf("web"),
        shelf("web", "shop").replace("services/mail", "services/prod"),
        shelf("web", "shop").replace("platform/services/mail/", "platform/mail/"),
        shelf("web", "shop").replace("path: parts/mail", "path: ."),
        shelf("web", "shop").replace("path: parts/mail", "path: services/parts"),
        shelf("web", "shop").replace("path: parts/mail", "path: services"),
        shelf("web", "shop")
        .replace("platform/services/", "platform/sites/")
        .replace("../services", "../sites"),
        shelf("web", "shop")
        + "-- platform/README.md --\n```sh\nkubectl apply -k services/mail\n```\n",
        shelf()
        .replace("resources: []", "{}")
        .replace(
            "-- platform/services/mail/kustomization.yaml --\nresources: [app.yaml]",
            "-- platform/services/mail/kustomization.yaml --\n"
            "resources: [app.yaml, ../web, ../shop]",
        ),
    ],
    ids=["one", "stage", "elsewhere", "head", "part", "all", "sites", "document", "each-other"],
)
def test_a_kustomization_with_another_reason_to_start_stays_a_cluster(text: str) -> None:
    assert {"mail", "prod"} & {cluster for cluster, _ in roots(resolve(text))}


@pytest.mark.parametrize(
    ("revision", "there", "clusters"),
    [
        ("rendered", "rendered/web.yaml", {"platform"}),
        ("rendered", "rendered/apps/shop.yaml", {"web", "shop"}),  # they bring it there, too
        ("rendered", "other/web.yaml", {"web", "shop"}),  # nobody knows what is there
        ("HEAD", "rendered/web.yaml", {"web", "shop"}),
    ],
)
def test_what_a_folder_brings_is_seen_at_the_revision_that_is_rendered(
    revision: str, there: str, clusters: set[str]
) -> None:
    text = lone("apps/web", "apps/shop").replace("Revision: HEAD", f"Revision: {revision}")
    text = re.sub(r"path: \S+", "path: .", text)
    found = roots(resolve(f"{text}-- platform@{there} --\n{config_map('web')}"))
    assert {cluster for cluster, _ in found} == clusters


BROKEN_OVERLAY = """-- platform/root.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: root, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: argocd}
  source: {repoURL: https://git.example.com/platform, path: overlays/east}
-- platform/base/kustomization.yaml --
resources: [web.yaml]
-- platform/base/web.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: web}
  source: {repoURL: https://git.example.com/platform, path: FILLED_IN_BY_OVERLAYS}
-- platform/overlays/east/kustomization.yaml --
resources: [../../base]
patches:
  - target: {kind: Application}
    patch: '[{"op": "replace", "path": "/spec/source/path", "value": "web"}]'
"""


@pytest.mark.parametrize(
    ("line", "path", "told"),
    [
        ("namespce: web", "web", [5]),
        ("namespce: web\nnamePrefx: web", "web", [5, 6]),
        ("namespace: [web]", "web", [5]),
        ("kind: Overlay", "web", [5]),
        ("apiVersion: v1", "web", [5]),
        ("labels: [", "web", [6]),
        ("labels: [\nnamespace: web", "web", [7]),
        ("labels: a: b\nb: 1\nc: 1\nd: 1\ne: 1", "web", [5]),
        ("<<<<<<< ours", "FILLED_IN_BY_OVERLAYS", [6]),
    ],
)
def test_what_kustomize_refuses_leaves_the_root_and_what_it_brings_known(
    line: str, path: str, told: list[int]
) -> None:
    estate = resolve(f"{BROKEN_OVERLAY}{line}\n")
    assert [cluster for cluster, _ in roots(estate)] == ["east"]
    (web,) = (one for one in estate.applications if one.name == "web")
    assert web.sources[0].source.path == path
    (build,) = (one for one in estate.builds if one.path == "overlays/east")
    assert [problem.span.line for problem in build.problems] == told


def test_a_file_of_many_unknown_fields_says_nothing_of_what_to_build() -> None:
    text = BROKEN_OVERLAY + "".join(f"field{n}: 1\n" for n in range(10))
    assert [cluster for cluster, _ in roots(resolve(text))] == ["platform"]


def test_what_a_template_engine_has_yet_to_fill_in_is_not_followed() -> None:
    estate = resolve(f"{BROKEN_OVERLAY}namePrefix: {{{{ .stage }}}}\nnameSuffix: [\n")
    assert [cluster for cluster, _ in roots(estate)] == ["platform"]
