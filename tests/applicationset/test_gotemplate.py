"""Go templates in ApplicationSets, judged by a real Go template engine where they need one."""

import textwrap

import pytest

from graphdoc.model.applicationset import Inventory
from graphdoc.model.helm import Release
from graphdoc.model.node import Plain, to_plain
from graphdoc.resolve.applicationset import Generated, SetExpander
from graphdoc.resolve.helm import ChartBundle, HelmEngine, HelmError, find_engine
from graphdoc.resolve.helm.engine import RenderedTemplate
from graphdoc.resolve.repositories.addresses import Repositories
from graphdoc.resolve.repositories.files import Files
from tests.txtar import read_clones, underlined

needs_engine = pytest.mark.skipif(find_engine() is None, reason="no Helm engine is installed")


@pytest.fixture(scope="module")
def engine() -> HelmEngine | None:
    return find_engine()


def a_set(elements: str, text: str, *, more: str = "", strict: bool = True) -> str:
    """A set over a list, with the text as an annotation of each Application."""
    options = "  goTemplateOptions: [missingkey=error]\n" if strict else ""
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: set}\n"
        f"spec:\n  goTemplate: true\n{options}{textwrap.indent(more, '  ')}"
        f"  generators:\n  - list: {{elements: {elements}}}\n"
        "  template:\n    metadata:\n      name: '{{ .id }}'\n      annotations:\n"
        f"        x: '{text}'\n    spec: {{project: default}}\n"
    )


def generate(text: str, engine: HelmEngine | None) -> Generated:
    clones = read_clones(text)
    files = Files()
    (resource,) = files.parse(clones[0], "manifests.yaml").resources
    return SetExpander(Repositories(clones), files, Inventory(), engine).expand(resource)


def shown(generated: Generated) -> list[Plain]:
    nodes = (a.manifest.find("metadata", "annotations", "x") for a in generated.applications)
    return [to_plain(node) if node is not None else None for node in nodes]


def problems(generated: Generated) -> list[str]:
    return [problem.message for problem in generated.problems]


ELEMENT = (
    "[{id: a, name: Some_Name, big: 1000000, flag: true, nothing: null, "
    "list: [x, u], map: {k: v, deep: {er: 1}}}]"
)

SIMPLE = [
    ("{{ .name }}", "Some_Name"),
    ("{{.name}}-{{ .map.k }}", "Some_Name-v"),
    ("{{ index .list 1 }}", "u"),
    ('{{ index .map "k" }}', "v"),
    ('{{ index .map "deep" "er" }}', "1"),
    ("{{ .big }} {{ .flag }} {{ .nothing }}", "1e+06 true <no value>"),
    ("{{ .name | lower }} {{ .name | normalize | upper }}", "some_name SOME-NAME"),
    ("a  {{- .name -}}  b", "aSome_Nameb"),
    ("{{/* nothing */}}a", "a"),
    ("no template", "no template"),
]


@pytest.mark.parametrize(("text", "expected"), SIMPLE)
def test_naming_parameters_needs_no_engine(text: str, expected: str) -> None:
    assert shown(generate(a_set(ELEMENT, text.replace("'", "''")), None)) == [expected]


@needs_engine
@pytest.mark.parametrize(("text", "expected"), SIMPLE)
def test_the_engine_agrees_about_what_needs_none(
    text: str, expected: str, engine: HelmEngine
) -> None:
    forced = "{{ if true }}" + text + "{{ end }}"
    assert shown(generate(a_set(ELEMENT, forced), engine)) == [expected]


@needs_engine
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ .list }} {{ .map }}", "[x u] map[deep:map[er:1] k:v]"),
        ('{{ .name | replace "_" "-" | lower }}', "some-name"),
        (
            "{{ range $i, $e := .list }}{{ $i }}{{ $e }}{{ $.name }} {{ end }}",
            "0xSome_Name 1uSome_Name ",
        ),
        ("{{ with .map }}{{ .k }}{{ .deep.er }}{{ end }}", "v1"),
        ("{{ (index .list 0) | upper }}{{ (.map).k }}", "Xv"),
        ("{{ normalize .name }} {{ print (normalize .name) }}", "some-name some-name"),
        ('{{ .map | toYaml }}{{ (fromYaml "a: b").a }}', "deep:\n  er: 1\nk: vb"),
        ('{{ if eq .name "Some_Name" }}{{ "}}" }}{{ else }}n{{ end }}', "}}"),
        ('{{ default "d" .nothing }}{{ len .list }}', "d2"),
        ('{{ hasKey . "no" }}{{ .map.deep.er }}', "false1"),
        ('{{ define "t" }}<{{ .k }}>{{ end }}{{ template "t" .map }}', "<v>"),
        ("{{ `{{ raw }}` }}", "{{ raw }}"),
        (
            "{{ cat .name | slugify }} {{ slugify 4 .name }} {{ slugify 7 false .name }}",
            "some-name some some-na",
        ),
        ('{{ (split "_" .name)._1 }}{{ $p := split "_" .name }}{{ $p._0 }}', "NameSome"),
        ('{{ (semver "1.2.3").Major }}{{ $v := semver "1.2.3" }}{{ $v.Patch }}', "13"),
        ("{{ range fromJson (toJson .list) }}{{ . }};{{ end }}", "x;u;"),
    ],
)
def test_everything_else_is_left_to_the_engine(
    text: str, expected: str, engine: HelmEngine
) -> None:
    assert shown(generate(a_set(ELEMENT, text), engine)) == [expected]


@needs_engine
@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ('{{ (split "_" .name)._2 }}', "_2"),
        ("{{ $m := .map }}{{ $m.deep.no }}", "no"),
        ("{{ with .map }}{{ .no }}{{ end }}", "no"),
    ],
)
def test_fields_of_variables_and_groups_may_be_missing(
    text: str, missing: str, engine: HelmEngine
) -> None:
    made = generate(a_set(ELEMENT, text), engine)
    assert problems(made) == [f'map has no entry for key "{missing}"']


@needs_engine
@pytest.mark.parametrize(
    "text", ["{{ fromJson .name }}", '{{ with split "_" .name }}{{ ._1 }}{{ end }}']
)
def test_what_helm_refuses_and_argo_cd_does_not_is_counted(text: str, engine: HelmEngine) -> None:
    made = generate(a_set(ELEMENT, text), engine)
    assert (problems(made), len(made.not_understood)) == ([], 1)


LONG = "feature/a_rather+long-branch-name-that-is-cut-somewhere-near-its-end-or-before"
ONE_WORD = "feature/" + "abcdefghij" * 8


@needs_engine
@pytest.mark.parametrize(
    ("call", "branch", "expected"),
    [
        ("slugify .b", LONG, "feature-a-rather-long-branch-name-that-is-cut"),
        ("slugify 53 .b", LONG, "feature-a-rather-long-branch-name-that-is-cut"),
        ("slugify 54 .b", LONG, "feature-a-rather-long-branch-name-that-is-cut"),
        ("slugify 55 true .b", LONG, "feature-a-rather-long-branch-name-that-is-cut-somewhere"),
        ("slugify 50 false .b", LONG, "feature-a-rather-long-branch-name-that-is-cut-some"),
        ("slugify 50 true .b", ONE_WORD, "feature"),
        ("slugify 50 false .b", ONE_WORD, "feature-" + ("abcdefghij" * 8)[:42]),
        ("slugify 10 .b", "A..B", "a-b"),
        ("slugify 3 .b", "abcdef", "abc"),
    ],
)
def test_slugs_are_cut_between_words(
    call: str, branch: str, expected: str, engine: HelmEngine
) -> None:
    generated = generate(a_set(f'[{{id: a, b: "{branch}"}}]', f"{{{{ {call} }}}}"), engine)
    assert shown(generated) == [expected]


MISSING = [
    "{{ .none }}",
    "{{ .map.none }}",
    "{{ .none.none }}",
    "{{ .none | lower }}",
]


@pytest.mark.parametrize("text", MISSING)
def test_missing_key_is_a_problem_at_its_line(text: str) -> None:
    source = a_set(ELEMENT, text)
    generated = generate(source, None)
    assert (shown(generated), problems(generated)) == ([], ['map has no entry for key "none"'])
    assert underlined(read_clones(source), generated.problems[0].primary.span) == f"'{text}'"
    assert [place.note for place in generated.problems[0].related] == ["generated from this item"]


@needs_engine
@pytest.mark.parametrize(
    "text",
    [
        *MISSING,
        '{{ default "d" .none }}',
        '{{ default "d" .map.none }}',
        "{{ with .map }}{{ .none }}{{ end }}",
        "{{ range .list }}{{ $.none }}{{ end }}",
        '{{ (index .map "deep").none }}',
        "{{ if .none }}{{ end }}",
    ],
)
def test_the_engine_finds_a_missing_key_wherever_it_is_read(text: str, engine: HelmEngine) -> None:
    generated = generate(a_set(ELEMENT, "{{ if true }}" + text + "{{ end }}"), engine)
    assert (shown(generated), problems(generated)) == ([], ['map has no entry for key "none"'])


@needs_engine
def test_what_is_not_evaluated_is_not_missing(engine: HelmEngine) -> None:
    text = '{{ if hasKey . "none" }}{{ .none }}{{ else }}{{ index .map "none" }}{{ end }}'
    assert shown(generate(a_set(ELEMENT, text), engine)) == ["<no value>"]


@needs_engine
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ .none }}", "<no value>"),
        ("{{ .none.none }}", "<no value>"),
        ('{{ .none.none | default "d" }}', "d"),
        ("{{ .map.none }}", "<no value>"),
        ("{{ range .list }}{{ $.name }}{{ $.none }}{{ end }}", "Some_Name<no value>" * 2),
    ],
)
def test_without_the_option_a_missing_key_has_no_value(
    text: str, expected: str, engine: HelmEngine
) -> None:
    assert shown(generate(a_set(ELEMENT, text, strict=False), engine)) == [expected]


@needs_engine
def test_a_failure_concerns_only_the_parameters_that_fail(engine: HelmEngine) -> None:
    elements = "[" + ", ".join(f"{{id: a{i}, list: [{'x, ' * (i % 3)}z]}}" for i in range(9)) + "]"
    generated = generate(a_set(elements, '{{ index .list 1 | printf "%s" }}'), engine)
    assert [application.name for application in generated.applications] == [
        "a1", "a2", "a4", "a5", "a7", "a8",
    ]  # fmt: skip
    assert len(generated.problems) == 3
    assert problems(generated) == ["error calling index: reflect: slice index out of range"] * 3


@needs_engine
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ nope .id }}", 'function "nope" not defined'),
        ('{{ include "x" . }}', 'function "include" not defined'),
        ('{{ env "HOME" }}', 'function "env" not defined'),
        ("{{ if .id }}", "unexpected EOF"),
        ("{{ .id", "unclosed action"),
        ("{{ (.id | upper }}", "unclosed left paren"),
        ('{{ fail "no" }}', "no"),
        ("{{ .big | lower }}", "wrong type for value; expected string; got float64"),
        ("{{ .name.x.y }}", "can't evaluate a field of what is no map"),
    ],
)
def test_template_that_go_refuses_is_a_problem(text: str, message: str, engine: HelmEngine) -> None:
    assert problems(generate(a_set(ELEMENT, text), engine)) == [message]


def test_without_an_engine_a_function_is_not_understood() -> None:
    generated = generate(a_set(ELEMENT, '{{ .name | replace "_" "-" }}'), None)
    assert [note.reason for note in generated.not_understood] == [
        "a Go template with functions needs a Helm engine: install graphdoc[helm]"
    ]
    assert (generated.applications, generated.problems) == ((), ())


@needs_engine
def test_what_no_two_runs_agree_on_is_not_understood(engine: HelmEngine) -> None:
    generated = generate(a_set(ELEMENT, "{{ uuidv4 }}"), engine)
    assert [n.reason for n in generated.not_understood] == [
        "the template depends on time or chance"
    ]


PATCH = """
templatePatch: |
  metadata:
    finalizers: [more]
  spec:
    project: evil
    source:
      helm:
        valueFiles:
        {{- range .list }}
        - {{ . }}.yaml
        {{- end }}
    {{- if .flag }}
    syncPolicy:
      automated:
        prune: {{ .flag }}
    {{- end }}
    destination: null
"""


@needs_engine
def test_template_patch_sets_what_no_text_can(engine: HelmEngine) -> None:
    source = a_set(ELEMENT, "-", more=PATCH).replace(
        "spec: {project: default}",
        "spec: {project: default, destination: {name: a},"
        " source: {path: p, helm: {valueFiles: [old]}}}",
    )
    generated = generate(source, engine)
    (application,) = generated.applications
    assert to_plain(application.manifest) == {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": "a",
            "annotations": {"x": "-"},
            "finalizers": ["resources-finalizer.argocd.argoproj.io", "more"],
        },
        "spec": {
            "project": "default",
            "source": {"path": "p", "helm": {"valueFiles": ["x.yaml", "u.yaml"]}},
            "syncPolicy": {"automated": {"prune": True}},
        },
    }
    files = application.manifest.find("spec", "source", "helm", "valueFiles")
    assert files is not None
    place = generated.applications[0].manifest.span.file
    line = source.splitlines().index("  templatePatch: |") + 1
    assert (files.span.file, files.span.line) == (place, line)


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        ("'{'", "templatePatch: "),
        ("hello world", "templatePatch is not a mapping"),
        ("'{{ .none }}'", 'map has no entry for key "none"'),
    ],
)
def test_patch_that_does_not_fit_is_a_problem(patch: str, message: str) -> None:
    generated = generate(a_set(ELEMENT, "-", more=f"templatePatch: {patch}\n"), None)
    assert generated.applications == ()
    assert [m[: len(message)] for m in problems(generated)] == [message]


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ("{spec: {$patch: replace, project: b, a: 1}}", {"project": "default", "a": 1}),
        ("{spec: {syncPolicy: {$patch: delete}}}", {"project": "default"}),
        (
            "{spec: {syncPolicy: {$patch: replace, a: b}}}",
            {"project": "default", "syncPolicy": {"a": "b"}},
        ),
        ("{spec: }", None),
        ("", {"project": "default", "syncPolicy": {"automated": {}}}),
    ],
)
def test_directives_of_a_strategic_merge_hold(patch: str, expected: Plain) -> None:
    source = a_set("[{id: a}]", "-", more=f"templatePatch: '{patch}'\n").replace(
        "spec: {project: default}", "spec: {project: default, syncPolicy: {automated: {}}}"
    )
    (application,) = generate(source, None).applications
    assert to_plain(application.manifest).get("spec") == expected  # type: ignore[union-attr] # a mapping


MATRIX = """
-- platform/manifests.yaml --
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: set}
spec:
  goTemplate: true
  goTemplateOptions: [missingkey=error]
  generators:
  - matrix:
      generators:
      - git:
          repoURL: https://git.example.com/platform
          revision: HEAD
          files: [{path: "envs/*/config.yaml"}]
      - clusters:
          selector: {matchLabels: {env: "{{ .env }}"}}
          values: {who: "{{ .name }}", only: "{{ .env }}"}
  template:
    metadata:
      name: '{{ .path.basename }}-{{ index .path.segments 0 }}-{{ .nameNormalized }}'
      labels:
        env: '{{ index .metadata.labels "env" }}'
        who: '{{ .values.who }} {{ .values.only }}'
    spec: {project: default}
-- platform/envs/One/config.yaml --
env: prod
-- platform/envs/Two/config.yaml --
env: test
-- platform/cluster.yaml --
apiVersion: v1
kind: Secret
metadata: {name: c, labels: {argocd.argoproj.io/secret-type: cluster, env: prod}}
data: {name: UHJvZA==, server: aHR0cHM6Ly9wcm9k}
"""


def test_matrix_of_files_and_clusters_chooses_clusters_by_the_file() -> None:
    generated = generate(MATRIX, None)
    assert (problems(generated), generated.not_understood) == ([], ())
    assert [to_plain(a.manifest.entries["metadata"]) for a in generated.applications] == [
        {
            "name": "One-envs-prod",
            "labels": {"env": "prod", "who": "Prod prod"},
            "finalizers": ["resources-finalizer.argocd.argoproj.io"],
        }
    ]


def test_value_that_mixes_both_generators_of_a_matrix_is_refused_as_by_argo_cd() -> None:
    generated = generate(MATRIX.replace("{{ .name }}", "{{ .env }}/{{ .name }}"), None)
    assert problems(generated) == ['map has no entry for key "env"']


def test_first_generator_of_a_matrix_wins_and_maps_join() -> None:
    source = a_set("[]", "{{ .on }} {{ .map.b }} {{ .map.c }}").replace(
        "- list: {elements: []}",
        "- matrix: {generators: [{list: {elements: [{id: a, on: false, map: {b: 1}}]}},"
        " {list: {elements: [{id: z, on: true, map: {b: 2, c: 3}}]}}]}",
    )
    assert shown(generate(source, None)) == ["false 1 3"]


def test_merge_joins_maps_and_the_last_generator_wins() -> None:
    source = a_set("[]", "{{ .on }} {{ .map.b }} {{ .map.c }}").replace(
        "- list: {elements: []}",
        "- merge: {mergeKeys: [id, key], generators: ["
        "{list: {elements: [{id: a, key: {x: 1, y: 2}, on: true, map: {b: 1, c: 3}}]}},"
        " {list: {elements: [{id: a, key: {y: 2, x: 1}, on: false, map: {b: 2}}]}}]}",
    )
    assert shown(generate(source, None)) == ["false 2 3"]


def test_generator_that_needs_an_engine_is_not_understood_without_one() -> None:
    source = a_set("[]", "-").replace(
        "- list: {elements: []}", "- clusters: {values: {up: '{{ .name | title }}'}}"
    )
    notes = [note.reason for note in generate(source, None).not_understood]
    assert notes[1:] == ["a Go template with functions needs a Helm engine: install graphdoc[helm]"]


@needs_engine
def test_elements_may_be_computed_from_the_other_generator(engine: HelmEngine) -> None:
    source = a_set("[]", "{{ .on }}").replace(
        "- list: {elements: []}",
        "- matrix: {generators: [{list: {elements: [{key: {parts: [{id: a, on: 1}, {id: b}]}}]}},"
        " {list: {elementsYaml: '{{ .key.parts | toJson }}'}}]}",
    )
    generated = generate(source, engine)
    assert (shown(generated), problems(generated)) == (["1"], ['map has no entry for key "on"'])


class CrashingEngine:
    """An engine that never answers."""

    def __init__(self) -> None:
        self.renders = 0

    def render(
        self, chart: ChartBundle, release: Release, values: Plain
    ) -> tuple[RenderedTemplate, ...]:
        self.renders += 1
        raise HelmError(f"no answer for {release.name} and {len(chart.files)} files of {values}")


def test_engine_that_crashes_is_asked_once() -> None:
    engine = CrashingEngine()
    generated = generate(a_set("[{id: a}, {id: b}]", "{{ lower .id }}"), engine)
    assert (generated.applications, generated.problems) == ((), ())
    assert [note.reason for note in generated.not_understood] == [
        'no answer for graphdoc and 4 files of {\'rows\': [\'{"id": "a"}\', \'{"id": "b"}\']}'
    ]
    assert engine.renders == 1


@needs_engine
def test_broken_template_fails_for_all_parameters_and_others_are_still_told(
    engine: HelmEngine,
) -> None:
    source = a_set("[{id: a}, {id: b}, {id: c}]", "{{ if }}").replace(
        "name: '{{ .id }}'", "name: '{{ upper .id }}'"
    )
    generated = generate(source, engine)
    assert problems(generated) == ["missing value for if"] * 3


def test_template_that_grows_beyond_reason_is_not_understood() -> None:
    text = "{{ " + "(" * 60 + ".id" + ").b" * 60 + " }}"
    generated = generate(a_set("[{id: a}]", text), CrashingEngine())
    assert [note.reason for note in generated.not_understood] == ["the template is too large"]


@needs_engine
def test_a_value_of_a_matrix_may_wait_for_its_own_generator(engine: HelmEngine) -> None:
    generators = "{list: {elements: [{id: a}]}}, {clusters: {values: {up: '{{ .name | title }}'}}}"
    source = a_set("[]", "{{ .values.up }}").replace(
        "- list: {elements: []}", f"- matrix: {{generators: [{generators}]}}"
    )
    assert shown(generate(source, engine)) == ["In-Cluster"]


@pytest.mark.parametrize(
    ("text", "place"),
    [("{{ .name }}", "Some_Name"), ("{{.name}}{{.name}}", "'{{.name}}{{.name}}'")],
)
def test_a_value_that_is_one_parameter_stands_where_that_is_written(text: str, place: str) -> None:
    source = a_set(ELEMENT, text)
    (made,) = generate(source, None).applications
    node = made.manifest.scalar("metadata", "annotations", "x")
    assert node is not None
    assert underlined(read_clones(source), node.span) == place


ASSUMING = """
-- launchpad/manifests.yaml --
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: set}
spec:
  goTemplate: true
  goTemplateOptions: [missingkey=error]
  generators: [{clusters: {values: {a: "VALUE"}}}]
  template: {metadata: {name: "NAME"}, spec: {project: default}}
"""


@needs_engine
@pytest.mark.parametrize(
    ("name", "value", "refused", "left_open"),
    [
        ("web-{{name}}", "", ['function "name" not defined'], 0),
        ('{{ env "HOME" }}', "", ['function "env" not defined'], 0),
        ("web", "{{ name }}", ['function "name" not defined'], 0),
        ("{{ upper .metadata.uid }}", "", [], 1),
        ("web", "{{ upper .metadata.uid }}", [], 1),
    ],
)
def test_only_what_a_cluster_might_mend_is_left_open(
    engine: HelmEngine | None, name: str, value: str, refused: list[str], left_open: int
) -> None:
    text = ASSUMING.replace("NAME", name.replace('"', '\\"')).replace("VALUE", value)
    generated = generate(text, engine)
    assert problems(generated) == refused
    assert len(generated.not_understood) == 1 + left_open
