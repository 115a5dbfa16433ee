import json
import os
import shutil
import sys
import textwrap
from collections.abc import Mapping as MappingABC
from importlib.util import find_spec
from pathlib import Path

import pytest

from graphdoc.clone import open_clone
from graphdoc.model.helm import LayerKind, Release, ValueLayer
from graphdoc.model.limits import Limits
from graphdoc.model.location import SourceFile
from graphdoc.model.node import Mapping, Plain
from graphdoc.parse.yaml import parse_documents
from graphdoc.resolve.helm import ChartRenderer, HelmEngine, Place, bundle_chart, find_engine
from graphdoc.resolve.helm.bundle import ChartError, read_chart
from graphdoc.resolve.helm.engine import CliEngine, SdkEngine
from graphdoc.resolve.helm.helmignore import HelmIgnore
from graphdoc.resolve.helm.layering import override_values
from graphdoc.resolve.helm.lines import TemplateLines
from graphdoc.resolve.helm.render import ChartRender
from graphdoc.resolve.repositories.files import Files

# Its runtime must not start in a process that tests fork from.
if find_spec("helm_python") is None:
    pytest.skip("the SDK of Helm is not installed", allow_module_level=True)

CHART = "apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: 1.10\n"
SUB = "apiVersion: v2\nname: sub\nversion: 1.0.0\n"


def config_map(name: str, x: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  x: {x}\n"


@pytest.fixture(scope="module")
def engine() -> HelmEngine:
    found = find_engine()
    assert found is not None
    return found


def write(root: Path, files: MappingABC[str, str]) -> None:
    for name, text in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(textwrap.dedent(text), encoding="utf-8")


def values_of(text: str) -> Mapping:
    root = parse_documents(text.encode(), SourceFile("prod", "values.yaml"))[0].root
    assert isinstance(root, Mapping)
    return override_values([ValueLayer(None, LayerKind.FILE, root)])


def render(
    engine: HelmEngine,
    root: Path,
    files: MappingABC[str, str],
    values: str = "{}",
    release: Release = Release("shop", "prod"),  # noqa: B008 -- frozen
) -> ChartRender:
    write(root, {"web/Chart.yaml": CHART, **files})
    clone = open_clone("charts", root, "charts")
    return ChartRenderer(engine, Files()).render(Place(clone, "web"), release, values_of(values))


def data_of(result: ChartRender) -> dict[str, Plain]:
    assert result.error is None
    return {r.name: r.manifest.text("data", "x") for r in result.resources}


def test_values_lie_over_the_defaults_and_null_deletes(engine: HelmEngine, tmp_path: Path) -> None:
    files = {
        "web/values.yaml": "a: 1\nb: {x: 1, on: yes}\nl: [1, 2]\n",
        "web/templates/cm.yaml": config_map("{{ .Release.Name }}", "{{ toJson .Values | quote }}"),
    }
    result = render(engine, tmp_path, files, "a: null\nb: {x: 2, off: 1}\nl: [3]\n")
    assert data_of(result) == {"shop": '{"b":{"false":1,"true":true,"x":2},"l":[3]}'}


def test_the_release_reaches_the_templates(engine: HelmEngine, tmp_path: Path) -> None:
    capabilities = (
        '{{ .Release.Name }} {{ .Release.Namespace }} {{ .Capabilities.KubeVersion.Version }}'
        ' {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" }}'
        ' {{ .Capabilities.APIVersions.Has "a.b/v1" }} {{ .Capabilities.APIVersions.Has "c/v1" }}'
    )  # fmt: skip
    release = Release("shop", "prod", kube_version="1.31.2", api_versions=("a.b/v1",))
    files = {"web/templates/cm.yaml": config_map("a", capabilities)}
    result = render(engine, tmp_path, files, release=release)
    assert data_of(result) == {"a": "shop prod v1.31.2 true true false"}


def test_each_leaf_stands_at_its_line_of_the_template(engine: HelmEngine, tmp_path: Path) -> None:
    template = """\
        {{- if .Values.first }}
        apiVersion: v1
        kind: Secret
        metadata:
          name: never
        {{- end }}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ .Release.Name }}-config
          labels:
            {{- toYaml .Values.labels | nindent 4 }}
        data:
          {{- range .Values.items }}
          {{ . }}: {{ . | quote }}
          {{- end }}
          last: "{{ .Values.x }}"
        """
    values = "labels: {a: b}\nitems: [p, q]\nx: 1\n"
    result = render(engine, tmp_path, {"web/templates/a/cm.yaml": template}, values)
    manifest = result.resources[0].manifest
    found = {
        route: manifest.scalar(*route).span  # type: ignore[union-attr] # all are there
        for route in (("kind",), ("metadata", "name"), ("data", "last"))
    }
    assert {span.file for span in found.values()} == {
        SourceFile("charts", "web/templates/a/cm.yaml")
    }
    assert [span.line for span in found.values()] == [9, 11, 18]


def test_a_rendered_line_belongs_to_the_next_template_line_that_fits() -> None:
    template = "a:\n{{ range .x }}\n- name: {{ .n }}\n  port: {{ .p }}\n{{ end }}\nz: end\n"
    rendered = "a:\n\n- name: one\n  port: 1\n\n- name: two\n  port: 2\n\nz: end\n"
    assert TemplateLines(template).find(rendered) == (1, 1, 3, 4, 4, 3, 4, 4, 6, 6)
    assert TemplateLines("").find("a: 1") == (1,)


def test_hooks_are_resources_and_tests_and_notes_are_not(
    engine: HelmEngine, tmp_path: Path
) -> None:
    def hook(name: str, events: str) -> str:
        head = "apiVersion: v1\nkind: Pod\nmetadata:\n"
        return f"{head}  name: {name}\n  annotations: {{helm.sh/hook: '{events}'}}\n"

    files = {
        "web/templates/NOTES.txt": "Thank you",
        "web/templates/_helpers.tpl": '{{ define "x" }}{{ end }}',
        "web/templates/a.yaml": hook("migrate", "pre-install, pre-upgrade"),
        "web/templates/b.yaml": hook("check", "test"),
        "web/templates/c.yaml": hook("both", "post-install,test-success"),
        "web/templates/d.yaml": "{{ if .Values.no }}x{{ end }}\n# nothing\n",
        "web/templates/e.yaml": "---\n# nothing\n---\n{}\n---\n",
    }
    assert render(engine, tmp_path, files).not_understood == ()
    names = [r.name for r in render(engine, tmp_path, files).resources]
    assert names == ["migrate", "both"]
    skipping = render(engine, tmp_path, files, release=Release("shop", "prod", skip_tests=True))
    assert [r.name for r in skipping.resources] == ["migrate"]


CRD = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a.b}\n"


def test_definitions_come_first_and_only_where_wanted(engine: HelmEngine, tmp_path: Path) -> None:
    files = {"web/crds/a.yaml": CRD, "web/templates/a.yaml": config_map("a", "b")}
    kinds = [r.kind for r in render(engine, tmp_path, files).resources]
    assert kinds == ["CustomResourceDefinition", "ConfigMap"]
    without = render(engine, tmp_path, files, release=Release("shop", "prod", include_crds=False))
    assert [r.kind for r in without.resources] == ["ConfigMap"]


ALIASED = f"""\
{CHART}dependencies:
- {{name: sub, version: 1.0.0, condition: sub.enabled}}
- {{name: sub, alias: other, version: 1.0.0, condition: other.enabled}}
"""


def test_subcharts_follow_their_conditions_and_keep_their_files(
    engine: HelmEngine, tmp_path: Path
) -> None:
    files = {
        "web/Chart.yaml": ALIASED,
        "web/charts/sub-1/Chart.yaml": SUB,
        "web/charts/sub-1/values.yaml": "x: 1\n",
        "web/charts/sub-1/templates/cm.yaml": config_map("{{ .Chart.Name }}", "v{{ .Values.x }}"),
    }
    both = render(engine, tmp_path, files, "other: {x: 2}\n")
    assert data_of(both) == {"sub": "v1", "other": "v2"}
    assert {r.span.file.path for r in both.resources} == {"web/charts/sub-1/templates/cm.yaml"}
    one = render(engine, tmp_path, files, "sub: {enabled: false}\n")
    assert data_of(one) == {"other": "v1"}


LOCAL = f"{CHART}dependencies:\n- {{name: sub, version: 1.0.0, repository: file://../sub}}\n"


def test_a_chart_beside_it_is_required_by_path(engine: HelmEngine, tmp_path: Path) -> None:
    files = {
        "web/Chart.yaml": LOCAL,
        "sub/Chart.yaml": SUB,
        "sub/templates/cm.yaml": config_map("sub", "{{ .Values.x }}"),
    }
    result = render(engine, tmp_path, files, "sub: {x: a}\n")
    assert data_of(result) == {"sub": "a"}
    assert [r.span.file.path for r in result.resources] == ["sub/templates/cm.yaml"]


@pytest.mark.parametrize("repository", ["file://../gone", "file://../../../etc", ""])
def test_a_required_chart_that_is_not_there_is_an_error(
    engine: HelmEngine, tmp_path: Path, repository: str
) -> None:
    chart = LOCAL.replace("file://../sub", f"'{repository}'")
    result = render(engine, tmp_path, {"web/Chart.yaml": chart})
    assert result.error is not None
    assert f"chart sub ({repository or 'charts/sub'}) does not exist" in result.error.message
    assert result.error.primary.span.line == 6
    assert result.resources == ()


@pytest.mark.parametrize("repository", ["file://../gone", ""])
def test_what_a_required_chart_lacks_stops_nothing(
    engine: HelmEngine, tmp_path: Path, repository: str
) -> None:
    lacking = f"dependencies:\n- {{name: gone, version: 1.0.0, repository: '{repository}'}}\n"
    files = {
        "web/Chart.yaml": LOCAL,
        "web/charts/nested/Chart.yaml": f"{SUB.replace('sub', 'nested')}{lacking}",
        "web/charts/nested/templates/cm.yaml": config_map("nested", "b"),
        "sub/Chart.yaml": f"{SUB}{lacking}",
        "sub/templates/cm.yaml": config_map("sub", "{{ .Values.x }}"),
    }
    assert data_of(render(engine, tmp_path, files, "sub: {x: a}\n")) == {"nested": "b", "sub": "a"}


def test_charts_that_require_each_other_are_an_error(engine: HelmEngine, tmp_path: Path) -> None:
    back = f"{SUB}dependencies:\n- {{name: web, version: 1.2.3, repository: file://../web}}\n"
    result = render(engine, tmp_path, {"web/Chart.yaml": LOCAL, "sub/Chart.yaml": back})
    assert result.error is not None
    assert result.error.message == "charts require each other in a loop"


REMOTE = f"""\
{CHART}dependencies:
- name: redis
  version: 1.2.0
  repository: https://charts.example.org
  condition: cache.enabled
  tags: [cache]
"""


def test_a_chart_that_is_not_at_hand_is_not_understood_and_the_rest_renders(
    engine: HelmEngine, tmp_path: Path
) -> None:
    files = {"web/Chart.yaml": REMOTE, "web/templates/cm.yaml": config_map("a", "b")}
    result = render(engine, tmp_path, files)
    assert data_of(result) == {"a": "b"}
    assert [(note.location.line, note.reason) for note in result.not_understood] == [
        (
            6,
            "chart 'redis 1.2.0' of 'https://charts.example.org' is not at hand: "
            "'helm pull' it into the chart_cache",
        )
    ]


@pytest.mark.parametrize("values", ["cache: {enabled: false}", "tags: {cache: false}"])
def test_a_chart_that_is_not_at_hand_and_not_enabled_is_no_matter(
    engine: HelmEngine, tmp_path: Path, values: str
) -> None:
    files = {"web/Chart.yaml": REMOTE, "web/templates/cm.yaml": config_map("a", "b")}
    assert render(engine, tmp_path, files, values).not_understood == ()
    chart = bundle_chart(Files(), open_clone("charts", tmp_path, "charts"), "web")
    assert b"redis" not in chart.files["Chart.yaml"]  # or the program would refuse it


def test_what_a_chart_that_is_not_enabled_requires_is_no_matter(
    engine: HelmEngine, tmp_path: Path
) -> None:
    needs = "dependencies: [{name: redis, version: 1.2.0, repository: 'https://a.example.org'}]\n"
    files = {
        "web/Chart.yaml": CHART + "dependencies: [{name: off, condition: off.on}, {name: sub}]\n",
        "web/charts/off/Chart.yaml": SUB.replace("sub", "off") + needs,
        "web/charts/sub/Chart.yaml": SUB,
    }
    assert render(engine, tmp_path, files, "off: {on: false}").not_understood == ()


def test_what_fails_for_a_chart_that_is_not_at_hand_is_no_error(
    engine: HelmEngine, tmp_path: Path
) -> None:
    files = {
        "web/Chart.yaml": REMOTE,
        "web/templates/cm.yaml": config_map("a", '{{ include "redis.name" . }}'),
    }
    result = render(engine, tmp_path, files)
    assert (result.error, result.resources, len(result.not_understood)) == (None, (), 1)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ('{{ fail "set a host" }}', "set a host"),
        ('{{ required "set a host" .Values.host }}', "set a host"),
        ("{{ .Values.a.b.c }}", "at <.Values.a.b.c>: nil pointer evaluating interface {}.b"),
        ("{{ if }}", "missing value for if"),
    ],
)
def test_what_helm_refuses_is_an_error_at_the_line_of_the_template(
    engine: HelmEngine, tmp_path: Path, action: str, message: str
) -> None:
    files = {"web/templates/cm.yaml": config_map("a", action)}
    error = render(engine, tmp_path, files).error
    assert error is not None
    assert str(error.primary.span) == "charts/web/templates/cm.yaml:6:1"
    verb = "parse" if action == "{{ if }}" else "render"
    assert error.message == f"Helm cannot {verb} the chart: {message}"


def test_an_error_in_an_included_template_stands_where_it_arises(
    engine: HelmEngine, tmp_path: Path
) -> None:
    files = {
        "web/templates/cm.yaml": config_map("a", '{{ include "x" . }}'),
        "web/templates/_x.tpl": '{{ define "x" }}\n{{ .Values.a.b.c }}{{ end }}\n',
    }
    error = render(engine, tmp_path, files).error
    assert error is not None
    assert str(error.primary.span) == "charts/web/templates/_x.tpl:2:1"


def test_no_value_of_a_secret_stands_in_an_error(engine: HelmEngine, tmp_path: Path) -> None:
    files = {
        "web/values.yaml": "dbPassword: hunter2hunter2\n",
        "web/templates/cm.yaml": config_map(
            "a",
            '{{ fail (printf "bad %s, %s, %s" .Values.dbPassword .Values.auth.token'
            " .Values.auth.key) }}",
        ),
    }
    values = "auth: {token: 'k3y9 s3cr3t/canary', key: k3y9}\n"
    error = render(engine, tmp_path, files, values).error
    assert error is not None
    assert error.message == "Helm cannot render the chart: bad …, …, …"


def test_values_that_the_schema_forbids_are_an_error_unless_it_is_skipped(
    engine: HelmEngine, tmp_path: Path
) -> None:
    texts = {key: {"type": "string"} for key in "abcdef"}
    files = {
        "web/values.schema.json": json.dumps({"properties": texts}),
        "web/templates/cm.yaml": config_map("a", "b"),
    }
    values = "{f: 1, a: 1, c: 1, e: 1, b: 1, d: 1}"
    error = render(engine, tmp_path, files, values).error
    assert error is not None
    assert str(error.primary.span) == "prod/values.yaml:1:11"  # of the first that is told
    told = " ".join(f"- at '/{name}': got number, want string" for name in texts)
    assert error.message.endswith(f" web: {told}")
    release = Release("shop", "prod", skip_schema_validation=True)
    assert render(engine, tmp_path, files, values, release).error is None


def test_rendered_text_that_is_not_yaml_is_an_error_at_its_line(
    engine: HelmEngine, tmp_path: Path
) -> None:
    error = render(engine, tmp_path, {"web/templates/cm.yaml": config_map("a", "{{ `[` }}")}).error
    assert error is not None
    assert error.primary.span.file.path == "web/templates/cm.yaml"
    assert error.message.startswith("renders text that is not YAML: ")


def test_blanks_before_a_document_are_no_matter(engine: HelmEngine, tmp_path: Path) -> None:
    text = f"\n  {config_map('a', 'one')}---\n\n   \n {config_map('b', 'two')}"
    result = render(engine, tmp_path, {"web/templates/cm.yaml": text})
    assert data_of(result) == {"a": "one", "b": "two"}
    assert [r.span.line for r in result.resources] == [2, 11]


def test_documents_are_parted_where_text_follows_the_dashes(
    engine: HelmEngine, tmp_path: Path
) -> None:
    glued = f"---\n\n{{{{- if true -}}}}\n\n# the second\n{config_map('b', 'two')}{{{{- end }}}}"
    text = f"{config_map('a', 'one')}\n{glued}"
    result = render(engine, tmp_path, {"web/templates/cm.yaml": text})
    assert data_of(result) == {"a": "one", "b": "two"}
    assert [r.span.line for r in result.resources] == [1, 13]


def test_a_rendered_document_without_kind_is_not_understood(
    engine: HelmEngine, tmp_path: Path
) -> None:
    result = render(engine, tmp_path, {"web/templates/cm.yaml": "replicas: {{ 2 }}\n"})
    assert [str(note.location) for note in result.not_understood] == [
        "charts/web/templates/cm.yaml:1:1"
    ]


LISTING = (
    "{{ $n := list }}{{ range $p, $_ := .Files }}{{ $n = append $n $p }}{{ end }}"
    '{{ $n | join "," | quote }}'
)


@pytest.mark.parametrize(
    "lines",
    [
        "docs/", "docs", "a.md", "*.md", "/a.md", "docs/*", "docs/a.md", "# all\n\n  a.md  ",
        "!a.md", "!docs/", "old/b", "b", "*", "docs/\n!a.md", "[ab].md",
    ],
)  # fmt: skip
def test_what_helm_ignores_is_not_given_to_it(
    engine: HelmEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: str
) -> None:
    names = ("a.md", "docs/a.md", "docs/old/b", "old/b", "b")
    write(tmp_path, {f"web/{name}": "x" for name in names})
    files = {"web/.helmignore": lines, "web/templates/cm.yaml": config_map("web", LISTING)}
    given = bundle_files(tmp_path, files)
    monkeypatch.setattr(HelmIgnore, "hides", lambda *_: False)
    seen = render(engine, tmp_path, files)
    if lines in {"*", "!docs/", "!a.md", "docs/\n!a.md"}:  # the chart's own files are gone, too
        assert "Chart.yaml" not in given
        assert seen.error is not None or not seen.resources
        return
    listed = str(data_of(seen)["web"]).split(",")
    assert {name for name in names if name in given} == {name for name in names if name in listed}


def bundle_files(root: Path, files: MappingABC[str, str]) -> frozenset[str]:
    write(root, {"web/Chart.yaml": CHART, **files})
    return frozenset(bundle_chart(Files(), open_clone("charts", root, "charts"), "web").files)


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights there")
def test_a_chart_reads_nothing_outside_the_clone(engine: HelmEngine, tmp_path: Path) -> None:
    secret = tmp_path / "outside.txt"
    secret.write_text("canary", encoding="utf-8")
    root = tmp_path / "clone"
    read = '[{{ .Files.Get "link.txt" }}{{ .Files.Get "../../outside.txt" }}]'
    write(root, {"web/templates/cm.yaml": config_map("a", f"'{read}'")})
    (root / "web" / "link.txt").symlink_to(secret)
    (root / "web" / "templates" / "linked.yaml").symlink_to(secret)
    result = render(engine, root, {})
    assert data_of(result) == {"a": "[]"}
    assert [note.location.file.path for note in result.not_understood] == [
        "web/link.txt",
        "web/templates/linked.yaml",
    ]


def test_a_chart_sees_neither_cluster_nor_environment_nor_network(
    engine: HelmEngine, tmp_path: Path
) -> None:
    actions = '{{ lookup "v1" "Secret" "a" "b" }}{{ getHostByName "localhost" }}'
    result = render(engine, tmp_path, {"web/templates/cm.yaml": config_map("a", f"'{actions}'")})
    assert data_of(result) == {"a": "map[]"}
    error = render(engine, tmp_path, {"web/templates/cm.yaml": '{{ env "HOME" }}'}).error
    assert error is not None
    assert 'function "env" not defined' in error.message


def test_a_template_that_never_ends_is_an_error_and_the_next_chart_renders(tmp_path: Path) -> None:
    loop = "{{ range until 99999 }}"
    endless = f"{loop}{loop}{{{{ repeat 99 `a` | sha256sum }}}}{{{{ end }}}}{{{{ end }}}}"
    hasty = SdkEngine(timeout=1.5)
    error = render(hasty, tmp_path, {"web/templates/cm.yaml": endless}).error
    assert error is not None
    assert error.message == "Helm cannot render the chart: Helm crashed or took longer than 1.5 s"
    again = render(SdkEngine(), tmp_path, {"web/templates/cm.yaml": config_map("a", "b")})
    assert data_of(again) == {"a": "b"}


@pytest.mark.slow
def test_a_chart_that_renders_far_too_much_is_an_error(engine: HelmEngine, tmp_path: Path) -> None:
    error = render(engine, tmp_path, {"web/templates/cm.yaml": '{{ repeat 67200000 "a" }}'}).error
    assert error is not None
    assert error.message == "Helm cannot render the chart: renders more than 64 MiB"


def test_a_chart_that_is_stuck_is_tried_once(tmp_path: Path) -> None:
    hasty = SdkEngine(timeout=0.0)
    files = {"web/templates/cm.yaml": config_map("a", "b")}
    first = render(hasty, tmp_path, files).error
    assert first is not None
    assert render(hasty, tmp_path, files, "other: 1").error == first


def test_the_same_chart_and_values_render_once_and_equal(
    engine: HelmEngine, tmp_path: Path
) -> None:
    files = {"web/templates/cm.yaml": config_map("a", "{{ uuidv4 }}")}
    first = render(engine, tmp_path, files, "b: 1")
    assert render(engine, tmp_path, files, "b: 1") == first
    assert data_of(render(engine, tmp_path, files, "b: 2")) != data_of(first)


@pytest.mark.skipif(shutil.which("helm") is None, reason="no helm on PATH")
def test_the_program_and_the_sdk_render_alike(engine: HelmEngine, tmp_path: Path) -> None:
    program = shutil.which("helm")
    assert program is not None
    files = {
        "web/Chart.yaml": ALIASED,
        "web/crds/a.yaml": CRD,
        "web/charts/sub/Chart.yaml": SUB,
        "web/charts/sub/templates/cm.yaml": config_map("{{ .Chart.Name }}", "x"),
        "web/templates/a.yaml": "---\n".join((config_map("a", "1"), config_map("b", "z"))),
        "web/templates/b.yaml": config_map("c", "{{ .Values.size }}"),
        "web/templates/NOTES.txt": "Thank you",
    }
    values = "size: 10000000\nsub: {enabled: false}\n"
    assert render(CliEngine(program), tmp_path, files, values) == render(
        engine, tmp_path, files, values
    )


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a script")
def test_definitions_come_first_whatever_helm_calls_them_on_windows(tmp_path: Path) -> None:
    said = (
        "---\n# Source: web/templates/a.yaml\na: 1\n",
        "---\n# Source: web\\crds\\b.yaml\nb: 1\n",
    )
    program = tmp_path / "helm"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{''.join(said)}END\n", "utf-8")
    program.chmod(0o755)
    write(tmp_path, {"web/Chart.yaml": CHART})
    chart = bundle_chart(Files(), open_clone("charts", tmp_path, "charts"), "web")
    made = CliEngine(str(program)).render(chart, Release("a", "b"), {})
    assert [one.path for one in made] == ["web/crds/b.yaml", "web/templates/a.yaml"]


def test_a_chart_without_chart_yaml_is_an_error(engine: HelmEngine, tmp_path: Path) -> None:
    clone = open_clone("charts", tmp_path, "charts")
    result = ChartRenderer(engine, Files()).render(
        Place(clone, "gone"), Release("a", "b"), values_of("{}")
    )
    assert result.error is not None
    assert str(result.error.primary.span) == "charts/gone/Chart.yaml:1:1"


def test_the_facts_of_a_chart_are_read_as_written(tmp_path: Path) -> None:
    requirements = "dependencies:\n- {name: a, version: 1.10, alias: b, tags: [x, y]}\n"
    write(tmp_path, {"old/Chart.yaml": CHART, "old/requirements.yaml": requirements})
    clone = open_clone("charts", tmp_path, "charts")
    chart = read_chart(Files(), clone, "old")
    assert (chart.name, chart.version, chart.app_version) == ("web", "1.2.3", "1.10")
    (dependency,) = chart.dependencies
    assert (dependency.key, dependency.version, dependency.tags) == ("b", "1.10", ("x", "y"))
    assert str(dependency.span) == "charts/old/requirements.yaml:2:3"


def test_a_broken_chart_file_is_an_error_at_its_line(tmp_path: Path) -> None:
    write(tmp_path, {"web/Chart.yaml": CHART, "web/values.yaml": "a: 1\nb: [\n"})
    with pytest.raises(ChartError) as raised:
        bundle_chart(Files(), open_clone("charts", tmp_path, "charts"), "web")
    assert raised.value.problem.primary.span.file.path == "web/values.yaml"


@pytest.mark.parametrize("limits", [Limits(chart_size=60), Limits(chart_files=1)])
def test_an_unpacked_chart_that_is_too_large_is_an_error(tmp_path: Path, limits: Limits) -> None:
    write(tmp_path, {"web/Chart.yaml": CHART, "web/values.yaml": "a: 1\nb: 2\n"})
    with pytest.raises(ChartError) as raised:
        bundle_chart(Files(limits), open_clone("charts", tmp_path, "charts"), "web")
    assert raised.value.problem.message == "the chart is too large"


@pytest.mark.parametrize(
    ("template", "rendered", "lines"),
    [
        ("f:\n- {{ .x }}\n- $v/{{ .y }}.yaml\nz: 1", "f:\n- a\n- $v/b.yaml\nz: 1", (1, 2, 3, 4)),
        ('f:\n- "{{ .x }}"\nz: 1', 'f:\n- "a"\nz: 1', (1, 2, 3)),
        (
            "f:\n{{ range .x }}\n- {{ . }}\n{{ end }}\n- last-{{ .y }}",
            "f:\n- a\n- b\n- last-c",
            (1, 3, 3, 5),
        ),
        ("f:\n{{ if .x }}\n- {{ .x }}\n{{ end }}\n- $v/{{ .y }}", "f:\n- $v/c", (1, 5)),
        ("f:\n{{ toYaml .x }}\ng:\n- {{ .y }}", "f:\n- a\n- b\ng:\n- c", (1, 2, 2, 3, 4)),
        ("f:\n- {{ toYaml .x }}\n- {{ .y }}", "f:\n- a\n  b\n- c", (1, 2, 2, 3)),
        ("f:\n- {{ .x }}.yaml", "f:\n- a", (1, 1)),
    ],
)
def test_an_item_without_fixed_words_belongs_to_the_next_that_fits(
    template: str, rendered: str, lines: tuple[int, ...]
) -> None:
    assert TemplateLines(template).find(rendered) == lines


def test_what_an_action_writes_belongs_to_its_line() -> None:
    template = (
        "labels:\n  {{- if .x }}\n  {{- include `l` . | nindent 2 }}\n  {{- end }}\nz: {{ .z }}\n"
    )
    assert TemplateLines(template).find("labels:\n  a: b\n  c: d\nz: 1\n") == (1, 3, 3, 5, 5)
    assert TemplateLines("{{ toYaml .x }}").find("a: 1") == (1,)
    assert TemplateLines("a: {{ .x }} b\na: {{ .y }} c").find("a: 1 c") == (2,)
    assert TemplateLines("a:\nb:\nc:").find("a:\nb:\n  x: 1\nc:\n  y: 1") == (1, 2, 2, 3, 3)
    assert TemplateLines("a:\n- run").find("a:\n- run") == (1, 2)
    assert TemplateLines("a:\n{{ $x := 1 }}\n{{/* y */}}\n").find("a:\n  b: 1\n") == (1, 1, 1)
