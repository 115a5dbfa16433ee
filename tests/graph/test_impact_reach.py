"""What a change reaches through charts, components, generators, patches and revisions."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from graphdoc.cli import run
from tests.written import git, write_files

CONFIG = """\
-- graphdoc.yaml --
repositories:
  - {name: platform, path: platform, urls: [https://git.example.com/platform]}
"""
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}, namespace: argocd}}
spec:
  project: default
  source: {{repoURL: https://git.example.com/platform, path: {path}, targetRevision: {revision}}}
  destination: {{server: https://kubernetes.default.svc, namespace: {name}}}
"""
CHART = """\
-- platform/{path}/Chart.yaml --
apiVersion: v2
name: {name}
version: 1.0.0
{more}
-- platform/{path}/templates/map.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {{name: {name}}}
data: {{{data}}}
-- platform/{path}/values.yaml --
a: 1
-- platform/{path}/values-prod.yaml --
a: 2
-- platform/{path}/README.md --
A chart.
"""
LIBRARY = "dependencies: [{name: library, version: 1.0.0, repository: 'file://../library'}]"
Reach = Callable[..., dict[str, list[str]]]


def application(name: str, path: str, *, revision: str = "HEAD", file: str = "") -> str:
    text = APPLICATION.format(name=name, path=path, revision=revision)
    return f"-- platform/{file or f'apps/{name}.yaml'} --\n{text}"


def chart(path: str, *, more: str = "", data: str = "") -> str:
    return CHART.format(path=path, name=path.rpartition("/")[2], more=more, data=data)


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    def estate(*texts: str, roots: str = "platform/root-{cluster}.yaml") -> Path:
        config = f'{CONFIG}roots: ["{roots}"]\n'
        monkeypatch.chdir(write_files(tmp_path, "".join((config, *texts))))
        return tmp_path / "platform"

    return estate


@pytest.fixture
def reach(capsys: pytest.CaptureFixture[str]) -> Reach:
    """The names of the Applications that a change reaches, with what may change."""

    def answer(*arguments: str) -> dict[str, list[str]]:
        capsys.readouterr()
        assert run(["impact", "--format", "json", *arguments]) == 0
        entries = json.loads(capsys.readouterr().out)["applications"]
        return {f"{entry['cluster']}/{entry['name']}": entry["effects"] for entry in entries}

    return answer


ROOT = application("root", "apps", file="root-prod.yaml")
RESOURCES, MANIFEST = ["resources"], ["manifest"]


def test_a_chart_reaches_those_who_require_it(write: Callable[..., Path], reach: Reach) -> None:
    write(ROOT, application("web", "web"), chart("web", more=LIBRARY), chart("library"))
    for path in ("web/templates/map.yaml", "web/values.yaml", "library/templates/map.yaml"):
        assert reach(f"platform/{path}") == {"prod/web": RESOURCES}


def test_what_charts_require_in_a_circle_or_in_vain_reaches_them(
    write: Callable[..., Path], reach: Reach
) -> None:
    back = LIBRARY.replace("library", "web").replace(
        "}]", "}, {name: a, repository: 'file://../a'}]"
    )
    write(ROOT, application("web", "web"), chart("web", more=LIBRARY), chart("library", more=back))
    for path in ("library/templates/map.yaml", "a/templates/map.yaml"):
        assert reach(f"platform/{path}") == {"prod/web": RESOURCES}


@pytest.mark.parametrize(
    ("plugin", "file"), [(", plugin: {name: make}", "notes.txt"), ("", "lib/names.libsonnet")]
)
def test_what_a_program_renders_may_come_from_any_file_beside(
    write: Callable[..., Path], reach: Reach, plugin: str, file: str
) -> None:
    web = application("web", "web", revision=f"HEAD{plugin}")
    write(ROOT, web, f"-- platform/web/main.jsonnet --\n{{}}\n-- platform/web/{file} --\na\n")
    assert reach(f"platform/web/{file}") == {"prod/web": RESOURCES}


def test_what_a_chart_never_reads_reaches_nothing(write: Callable[..., Path], reach: Reach) -> None:
    write(ROOT, application("web", "web"), chart("web"))
    assert reach("platform/web/README.md") == {}
    assert reach("platform/web/values-prod.yaml") == {}


def test_a_chart_that_reads_its_files_may_read_any(
    write: Callable[..., Path], reach: Reach
) -> None:
    data = 'readme: {{ .Files.Get "README.md" | quote }}'
    write(ROOT, application("web", "web"), chart("web", data=data))
    assert reach("platform/web/README.md") == {"prod/web": RESOURCES}


def test_a_revision_that_is_not_checked_out_is_not_reached(
    write: Callable[..., Path], reach: Reach
) -> None:
    web = application("web", "web", revision="v1")
    platform = write(ROOT, web, application("app", "web"), chart("web"))
    git(platform, "init", "-q", "-b", "main")
    git(platform, "add", ".")
    git(platform, "commit", "-q", "-m", "one")
    git(platform, "tag", "v1")
    (platform / "web/values.yaml").write_text("a: 3\n", "utf-8")
    assert reach("platform/web/values.yaml") == {"prod/app": RESOURCES}


COMPONENT = """\
-- platform/overlays/prod/kustomization.yaml --
resources: [../../apps]
components: [../../extra]
-- platform/overlays/prod/unlisted.yaml --
a: 1
-- platform/apps/kustomization.yaml --
resources: [web.yaml, api.yaml]
-- platform/extra/kustomization.yaml --
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches: [{path: web.yaml}]
-- platform/extra/web.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd, annotations: {example.com/a: b}}
"""


def test_a_component_is_above_all_and_its_patch_above_its_target(
    write: Callable[..., Path], reach: Reach
) -> None:
    root = application("root", "overlays/prod", file="root-prod.yaml")
    write(root, application("web", "web"), application("api", "web"), COMPONENT, chart("web"))
    all_of_them = {"prod/root": RESOURCES, "prod/web": MANIFEST, "prod/api": MANIFEST}
    assert reach("platform/extra/kustomization.yaml") == all_of_them
    assert reach("platform/extra/web.yaml") == {"prod/root": RESOURCES, "prod/web": MANIFEST}
    assert reach("platform/overlays/prod/unlisted.yaml") == {}


TEAMS = """\
-- platform/all/kustomization.yaml --
resources: [../one, ../two]
namePrefix: my-
-- platform/one/kustomization.yaml --
resources: [../apps]
namePrefix: one-
patches: [{path: a.yaml, target: {kind: Application, name: web}}]
-- platform/one/a.yaml --
- {op: add, path: /metadata/annotations, value: {example.com/a: b}}
-- platform/two/kustomization.yaml --
resources: [../apps]
namePrefix: two-
-- platform/apps/kustomization.yaml --
resources: [web.yaml, api.yaml]
"""


def test_a_patch_is_above_its_target_whatever_prefixes_come_after_it(
    write: Callable[..., Path], reach: Reach, capsys: pytest.CaptureFixture[str]
) -> None:
    root = application("root", "all", file="root-prod.yaml")
    write(root, application("web", "web"), application("api", "web"), TEAMS, chart("web"))
    assert reach("platform/one/a.yaml") == {"prod/root": RESOURCES, "prod/my-one-web": MANIFEST}
    assert run(["graph"]) == 0
    edges = json.loads(capsys.readouterr().out)["edges"]
    patched = [(e["source"], e["target"]) for e in edges if e["kind"] == "patches"]
    assert patched == [("kustomization:platform/one", "application:prod/my-one-web")]


SET = """\
-- platform/apps/set.yaml --
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: set, namespace: argocd}
spec:
  generators:
  - git:
      repoURL: https://git.example.com/platform
      revision: HEAD
      files: [{path: config/*.yaml}]
  template:
    metadata: {name: 'made-{{name}}'}
    spec:
      project: default
      source: {repoURL: https://git.example.com/platform, path: web, targetRevision: HEAD}
      destination: {server: https://kubernetes.default.svc, namespace: default}
-- platform/config/one.yaml --
name: one
-- platform/config/two.yaml --
name: two
"""


def test_a_generator_file_reaches_what_is_made_of_it(
    write: Callable[..., Path], reach: Reach
) -> None:
    platform = write(ROOT, SET, chart("web"))
    assert reach("platform/config/one.yaml") == {"prod/made-one": MANIFEST}
    assert reach("platform/config") == {"prod/made-one": MANIFEST, "prod/made-two": MANIFEST}
    both = {"prod/made-one": MANIFEST, "prod/made-two": MANIFEST}
    assert reach("platform/apps/set.yaml") == {"prod/root": RESOURCES, **both}
    (platform / "config/two.yaml").unlink()
    assert reach("platform/config/two.yaml") == {"prod/made-one": MANIFEST}


GIT = SET[SET.index("  - git:") : SET.index("  template:")]
FOLDERS = GIT.replace("files: [{path: config/*.yaml}]", "directories: [{path: config/*}]")
MATRIX = """\
  - matrix:
      generators:
      - list: {elements: [{folder: config}]}
      - git:
          repoURL: https://git.example.com/platform
          revision: HEAD
          files: [{path: '{{folder}}/*/a.yaml'}]
"""


@pytest.mark.parametrize(("generator", "elsewhere"), [(FOLDERS, False), (MATRIX, True)])
def test_what_a_set_would_be_made_of_reaches_all_that_it_makes(
    write: Callable[..., Path], reach: Reach, generator: str, *, elsewhere: bool
) -> None:
    text = SET.partition("-- platform/config/one")[0].replace("{{name}}", "{{path.basename}}")
    folder = "-- platform/config/one/a.yaml --\na: 1\n"
    write(ROOT, text.replace(GIT, generator), folder, chart("web"))
    made = {"prod/made-one": MANIFEST}
    assert reach("platform/config/two/a.yaml") == made
    assert reach("platform/other/two/a.yaml") == (made if elsewhere else {})


APPS_CHART = """\
-- platform/fleet/Chart.yaml --
apiVersion: v2
name: fleet
version: 1.0.0
-- platform/fleet/values.yaml --
path: web
-- platform/fleet/values-dev.yaml --
a: dev
-- platform/fleet/values-prod.yaml --
a: prod
-- platform/fleet/templates/web.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: default
  source:
    repoURL: https://git.example.com/platform
    path: {{ .Values.path }}
    targetRevision: HEAD
  destination: {server: https://kubernetes.default.svc, namespace: web}
"""


def test_the_values_of_one_cluster_reach_that_cluster_alone(
    write: Callable[..., Path], reach: Reach
) -> None:
    write(APPS_CHART, chart("web"), roots="platform/fleet")
    assert reach("platform/fleet/values-prod.yaml") == {"prod/web": MANIFEST}
    both = {"dev/web": MANIFEST, "prod/web": MANIFEST}
    assert reach("platform/fleet/templates/web.yaml") == both
    assert reach("platform/fleet/values.yaml") == both


def test_what_is_gone_is_looked_up_in_the_last_commit(
    write: Callable[..., Path], reach: Reach, capsys: pytest.CaptureFixture[str]
) -> None:
    platform = write(ROOT, application("web", "web"), application("api", "web"), chart("web"))
    git(platform, "init", "-q", "-b", "main")
    git(platform, "add", ".")
    git(platform, "commit", "-q", "-m", "one")
    (platform / "apps/api.yaml").unlink()
    gone = {"prod/api": MANIFEST, "prod/root": RESOURCES}
    assert reach("platform/apps/api.yaml")["prod/api"] == MANIFEST
    assert gone.items() <= reach("--since", "HEAD").items()
    assert run(["impact", "platform/apps/apis.yaml", "--format", "list"]) == 0
    assert capsys.readouterr().err == (
        "platform/apps/apis.yaml is no file of the repository; did you mean 'apps/web.yaml'?\n"
    )


def test_a_list_is_for_scripts_and_a_table_for_people(
    write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    write(ROOT, application("web", "web"), chart("web"))
    assert run(["impact", "platform/apps/web.yaml", "--format", "list"]) == 0
    assert capsys.readouterr().out == "application:prod/root\napplication:prod/web\n"
    assert run(["impact", "platform/apps/web.yaml", "--format", "markdown"]) == 0
    assert capsys.readouterr().out == (
        "### 1 path, 2 Applications on 1 cluster reached\n\n"
        "| Cluster | Application | What may change | By way of |\n|---|---|---|---|\n"
        "| `prod` | `root` | resources | `file:platform/apps/web.yaml` |\n"
        "| `prod` | `web` | manifest | "
        "`file:platform/apps/web.yaml` → `application:prod/root` |\n"
    )


def test_applications_of_one_name_are_told_with_their_namespaces(
    write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    other = application("web", "web", file="apps/other.yaml").replace(": argocd", ": team")
    write(ROOT, application("web", "web"), other, chart("web"))
    assert run(["impact", "platform/web/values.yaml"]) == 0
    out = capsys.readouterr().out
    assert "  argocd:web (resources)\n" in out
    assert "  team:web (resources)\n" in out
    assert run(["impact", "platform/web/values.yaml", "--format", "markdown"]) == 0
    assert "| `prod` | `team:web` | resources |" in capsys.readouterr().out


def test_a_path_that_starts_with_a_name_is_answered_with_the_place(
    write: Callable[..., Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write(ROOT, chart("web")) / "web")
    assert run(["impact", "../../elsewhere"]) == 2
    assert capsys.readouterr().err == "graphdoc: ../../elsewhere lies in no analysed repository\n"
    monkeypatch.chdir(Path("../.."))
    (Path("platform")).rename("moved")
    text = Path("graphdoc.yaml").read_text("utf-8").replace("path: platform", "path: moved")
    Path("graphdoc.yaml").write_text(text, "utf-8")
    assert run(["impact", "platform/web/values.yaml"]) == 2
    assert capsys.readouterr().err == (
        "graphdoc: platform/web/values.yaml lies in no analysed repository; "
        "did you mean 'moved/web/values.yaml'?\n"
    )


def test_a_change_counts_for_the_branch_that_it_would_be_merged_into(
    write: Callable[..., Path], reach: Reach, capsys: pytest.CaptureFixture[str]
) -> None:
    platform = write(ROOT, application("web", "web", revision="main"), chart("web"))
    git(platform, "init", "-q", "-b", "main")
    git(platform, "add", ".")
    git(platform, "commit", "-q", "-m", "one")
    git(platform, "switch", "-q", "-c", "feature")
    (platform / "web/values.yaml").write_text("a: 3\n", "utf-8")
    git(platform, "commit", "-q", "-a", "-m", "two")
    assert reach("--since", "main") == {"prod/web": RESOURCES}
    assert run(["diff", "main"]) == 0
    text = capsys.readouterr().out
    assert "  a is now 3 (was 1) for application:prod/web (platform/web/values.yaml:1)\n" in text
    assert run(["diff", "main", "feature"]) == 0
    assert capsys.readouterr().out == text


def test_a_clone_without_the_revision_is_named(
    write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    platform = write(ROOT, application("web", "web"), chart("web"), "-- other/a.yaml --\na: 1\n")
    config = platform.parent / "graphdoc.yaml"
    text = config.read_text("utf-8")
    config.write_text(text.replace("roots:", "  - {name: other, path: other}\nroots:"), "utf-8")
    for clone in (platform, platform.parent / "other"):
        git(clone, "init", "-q", "-b", "main")
        git(clone, "add", ".")
        git(clone, "commit", "-q", "-m", "one")
    git(platform, "tag", "v1")
    assert run(["impact", "--since", "v1", "--format", "list"]) == 0
    captured = capsys.readouterr()
    assert captured.err == "other has no revision 'v1': its changes are not counted\n"
    assert captured.out == ""
