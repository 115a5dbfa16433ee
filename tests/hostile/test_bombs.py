"""Inputs of a few lines that would take hours or all memory meet a limit, and the rest goes on."""

import gzip
import tracemalloc
from dataclasses import replace
from functools import partial
from itertools import starmap
from pathlib import Path
from time import process_time

import pytest

from graphdoc.config.values import Config
from graphdoc.graph.changes.facts import take_snapshot
from graphdoc.model.limits import DEFAULT_LIMITS, Limits
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.redact import hide_secrets
from graphdoc.parse.yaml import YamlError, parse_documents
from graphdoc.pipeline.analysis import analyse
from graphdoc.report.excerpt import Excerpts
from graphdoc.resolve.applicationset.actions import Action, Literal, rewrite, split_actions
from graphdoc.resolve.applicationset.terraform import Terraform
from graphdoc.resolve.broken.unpatched import find_unpatched
from graphdoc.resolve.estate.whole import resolve_estate
from graphdoc.resolve.evidence.own_files import OwnFiles
from graphdoc.resolve.evidence.scripts import find_installed, scripted_paths
from graphdoc.resolve.helm.chart_cache import ArchiveError, read_archive
from graphdoc.resolve.kustomize import Build, Kustomizer
from graphdoc.resolve.orphans.reach import find_unreached_values
from graphdoc.resolve.projects.watched import matches_namespace
from graphdoc.resolve.repositories.files import Files
from graphdoc.site.atlas.where import kind_of
from tests.applicationset.sets import a_set, generate, names, notes
from tests.growth.counting import count_lines, steep
from tests.helm.test_subcharts import pack
from tests.resolve.test_estate import application
from tests.rules.test_pages import findings
from tests.txtar import MemoryClone, read_clones

FILE = SourceFile("r", "a.yaml")
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\n"
LONG = 200_000


@pytest.mark.parametrize("part", ["a", "token", "password ", "://", "x://", "-----BEGIN "])
def test_credentials_are_sought_in_one_pass(part: str) -> None:
    before = process_time()
    hide_secrets(part * LONG)
    assert process_time() - before < 5  # two passes nested would take hours


def build(files: dict[str, str], directory: str = "", limits: Limits = DEFAULT_LIMITS) -> Build:
    contents = {path: text.encode() for path, text in files.items()}
    return Kustomizer(Files(limits)).build(MemoryClone("r", contents), directory)


def reasons(built: Build) -> list[str]:
    assert built.problems == ()
    return sorted({note.reason for note in built.not_understood})


def test_values_are_counted_where_a_text_is_long() -> None:
    limits = Limits(nodes=100)
    assert parse_documents(b"[" + b"1," * 98 + b"]", FILE, limits)[0].root is not None
    assert parse_documents(b"a\n---\n" * 90, FILE, limits)
    for text in (b"[" + b"1," * 100 + b"]", b"[" + b"[]," * 100 + b"1]"):
        with pytest.raises(YamlError, match=r"more than 100 (values|nodes)"):
            parse_documents(text + b" " * 200, FILE, limits)


def test_overlays_that_double_their_bases_meet_a_limit() -> None:
    files = {"d0/kustomization.yaml": "resources: [m.yaml]\n", "d0/m.yaml": CONFIG_MAP}
    for i in range(1, 12):
        files[f"d{i}/kustomization.yaml"] = "resources: [a, b]\n"
        for name in "ab":
            overlay = f"resources: [../../d{i - 1}]\nnamePrefix: {name}-\n"
            files[f"d{i}/{name}/kustomization.yaml"] = overlay
    built = build(files, "d11", replace(DEFAULT_LIMITS, resources=100))
    assert (reasons(built), built.resources) == (["more than 100 resources"], ())
    assert len(build(files, "d6").resources) == 64
    names = replace(DEFAULT_LIMITS, resources=200)
    assert reasons(build(files, "d6", names)) == ["more than 200 resources"]


def test_components_that_double_themselves_meet_a_limit() -> None:
    files = {"c0/kustomization.yaml": "kind: Component\nlabels: []\ncommonLabels: {a: b}\n"}
    for i in range(1, 30):
        components = f"kind: Component\ncomponents: [../c{i - 1}, ../c{i - 1}]\n"
        files[f"c{i}/kustomization.yaml"] = components
    files["top/kustomization.yaml"] = "components: [../c29]\n"
    built = build(files, "top", replace(DEFAULT_LIMITS, components=50))
    assert reasons(built) == ["more than 50 components"]


def patched(patch: str, limits: Limits = DEFAULT_LIMITS) -> Build:
    files = {
        "kustomization.yaml": "resources: [m.yaml]\npatches: [{path: p.yaml, target: {name: m}}]\n",
        "m.yaml": f"{CONFIG_MAP}data: {{a: b}}\n",
        "p.yaml": patch,
    }
    return build(files, limits=limits)


def test_a_json_patch_that_doubles_a_resource_meets_a_limit() -> None:
    copies = "".join(f"- {{op: copy, from: /data, path: /data/x{i}}}\n" for i in range(60))
    assert reasons(patched(copies)) == ["copies more than 1000000 values"]
    few = "".join(copies.splitlines(keepends=True)[:5])
    assert reasons(patched(few)) == []


def test_a_json_patch_that_nests_without_end_meets_a_limit() -> None:
    deep = "".join(f"- {{op: add, path: /data{'/a' * i}, value: {{}}}}\n" for i in range(1, 600))
    assert reasons(patched(deep)) == ["nests more than 500 levels"]


@pytest.mark.parametrize(
    "path", [f"/data/{'9' * 5000}", f"/data/-{'9' * 5000}"], ids=["index", "negative"]
)
def test_an_index_of_thousands_of_digits_is_none(path: str) -> None:
    built = patched(f"- {{op: add, path: /data, value: []}}\n- {{op: add, path: {path}, value: 1}}")
    assert "is no array index" in str(built.error)


WIDGET = "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, data: {a: b}}\n"


def replacement(kind: str, other: str, source: str, target: str, options: str) -> str:
    targets = f"{{select: {{kind: {other}}}, fieldPaths: [{target}], options: {{{options}}}}}"
    return f"- source: {{kind: {kind}, fieldPath: {source}}}\n  targets: [{targets}]\n"


def replaced(replacements: str) -> Build:
    files = {
        "kustomization.yaml": f"resources: [m.yaml]\nreplacements:\n{replacements}",
        "m.yaml": f"{CONFIG_MAP}data: {{a: bcdefgh}}\n---\n{WIDGET}",
    }
    return build(files)


def test_replacements_that_double_a_tree_or_a_text_meet_a_limit() -> None:
    kinds = ("ConfigMap", "Widget")
    tree = ((*kinds[:: 1 - i % 2 * 2], "data", f"data.x{i}", "create: true") for i in range(60))
    text = (
        (*kinds[:: 1 - i % 2 * 2], "data.a", "data.a", "delimiter: /, index: -1") for i in range(60)
    )
    for one in (tree, text):
        assert reasons(replaced("".join(starmap(replacement, one)))) == [
            "copies more than 1000000 values"
        ]


def test_a_field_path_without_end_is_not_followed() -> None:
    path = "a." * LONG + "a"
    for source, target in ((path, "data.a"), ("data.a", path)):
        one = replacement("ConfigMap", "ConfigMap", source, target, "create: true")
        assert reasons(replaced(one)) == ["a path of more than 500 steps"]


def test_numbers_of_thousands_of_digits_are_no_numbers() -> None:
    digits = "9" * 5000
    one = replacement("ConfigMap", "ConfigMap", f"data.{digits}", "data.a", "")
    assert "is missing" in str(replaced(one).error)
    target = f"patches: [{{target: {{labelSelector: 'a > {digits}'}}, patch: '[]'}}]\n"
    files = {"kustomization.yaml": f"resources: [m.yaml]\n{target}", "m.yaml": CONFIG_MAP}
    assert "unable to parse selector" in str(build(files).error)


def test_variables_that_multiply_a_text_meet_a_limit() -> None:
    target = "{kind: ConfigMap, name: m, apiVersion: v1}"
    variable = f"{{name: A, objref: {target}, fieldref: {{fieldPath: data.a}}}}"
    files = {
        "kustomization.yaml": "resources: [m.yaml]\nconfigurations: [c.yaml]\n"
        f"vars: [{variable}]\n",
        "c.yaml": "varReference: [{path: data/b, kind: ConfigMap}]\n",
        "m.yaml": f"{CONFIG_MAP}data: {{a: {'x' * 50_000}, b: '{'$(A)' * 50_000}'}}\n",
    }
    assert reasons(build(files)) == ["variables make a very long text"]
    files["m.yaml"] = f"{CONFIG_MAP}data: {{a: x, b: '{'$(' * LONG}'}}\n"
    assert reasons(build(files)) == []


def test_overlays_one_above_the_other_take_no_cubic_time() -> None:
    counts = [count_lines(partial(build, overlays(n))) for n in (12, 24)]
    few, many = counts
    assert {code.co_qualname for code, n in many.items() if n > max(600, 5 * few[code])} == set()


def overlays(number: int) -> dict[str, str]:
    files = {f"o{n}/kustomization.yaml": f"resources: [../o{n + 1}]" for n in range(number)}
    last = {f"o{number}/kustomization.yaml": "resources: [a.yaml]", f"o{number}/a.yaml": CONFIG_MAP}
    return {"kustomization.yaml": "resources: [o0]", **files, **last}


def test_a_generator_that_takes_one_file_many_times_meets_a_limit() -> None:
    entries = ", ".join(f"k{i}=big" for i in range(50))
    files = {
        "kustomization.yaml": f"configMapGenerator: [{{name: a, files: [{entries}]}}]\n",
        "big": "x" * 1000,
    }
    limits = replace(DEFAULT_LIMITS, file_size=10_000)
    assert reasons(build(files, limits=limits)) == ["generates more than 10000 bytes"]
    assert reasons(build(files)) == []


def test_patches_that_look_at_everything_meet_a_limit() -> None:
    patches = "- {target: {name: '.*'}, patch: '[]'}\n" * 30
    manifests = "---\n".join(CONFIG_MAP.replace(": m}", f": m{i}}}") for i in range(30))
    files = {"kustomization.yaml": f"resources: [m.yaml]\npatches:\n{patches}", "m.yaml": manifests}
    limits = replace(DEFAULT_LIMITS, patch_targets=500)
    assert reasons(build(files, limits=limits)) == ["patches are tried on more than 500 resources"]
    assert reasons(build(files)) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{{" * LONG, [Literal("{{" * LONG)]),
        ("{{" + " " * LONG, [Literal("{{" + " " * LONG)]),
        ("{{ a" + " " * LONG + "}}", [Literal(""), Action("a"), Literal("")]),
        ('{{ "' * LONG, [Literal('{{ "' * LONG)]),
        ("{{/* }}" * LONG, [Literal("{{/* }}" * LONG)]),
    ],
    ids=["open", "spaces", "end", "quotes", "remarks"],
)
def test_actions_are_split_in_one_pass(text: str, wanted: list[Literal | Action]) -> None:
    assert list(split_actions(text)) == wanted or '"' in text
    rewrite(text, strict=True)


def test_tags_of_the_plain_dialect_are_filled_in_one_pass() -> None:
    generated = generate(a_set("- list: {elements: [{a: b}]}", "{{a}}" + "{{" * LONG))
    assert [p.message for p in generated.problems] == [
        "cannot find the end of a tag: '}}' is missing"
    ]


@pytest.mark.parametrize(
    "text",
    ['a = "b"' + " " * LONG + "c", "a = local.b # \n" * 9_999 + 'b = "' + "${local.a}" * LONG],
)
def test_terraform_is_read_in_one_pass(text: str) -> None:
    before = process_time()
    clone = MemoryClone("r", {"main.tf": f'{text}"\nannotations = 1\n'.encode()})
    assert Terraform((clone,)).find_written(frozenset({"a", "b"})) == {}
    assert process_time() - before < 5  # two passes nested would take hours


def test_a_matrix_that_multiplies_meets_a_limit() -> None:
    elements = ", ".join(f"{{KEY: x{i}}}" for i in range(200))
    lists = [f"{{list: {{elements: [{elements.replace('KEY', key)}]}}}}" for key in "ab"]
    generated = generate(a_set(f"- matrix: {{generators: [{', '.join(lists)}]}}", "{{a}}-{{b}}"))
    assert (names(generated), notes(generated)) == ([], ["more than 20000 parameter sets"])


APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: "{name}", namespace: argocd}}
spec:
  project: default
  source: {{repoURL: https://git.example.com/platform, path: {path}, targetRevision: HEAD}}
  destination: {{server: https://kubernetes.default.svc, namespace: a}}
"""


def analysed(text: str, **limits: int) -> set[str]:
    config = Config(Path(), limits=replace(DEFAULT_LIMITS, **limits))
    analysis = analyse(config, clones=read_clones(text))
    return {note.reason for note in analysis.coverage.not_understood}


def test_an_application_that_brings_itself_under_ever_new_names_ends() -> None:
    pytest.importorskip("helm_python")
    head = "apiVersion: v2\nname: c\nversion: 1.0.0\n"
    text = (
        f"-- platform/root.yaml --\n{APPLICATION.format(name='a', path='chart')}"
        f"-- platform/chart/Chart.yaml --\n{head}-- platform/chart/templates/a.yaml --\n"
        f"{APPLICATION.format(name='{{ .Release.Name }}a', path='chart')}"
    )
    wanted = "an Application that brings itself again and again, under ever new names"
    assert analysed(text) == {wanted}


def test_applications_nest_and_number_no_more_than_the_limits() -> None:
    text = (
        "".join(
            f"-- platform/{f'd{i}' if i else 'root'}/a.yaml --\n"
            f"{APPLICATION.format(name=f'a{i}', path=f'd{i + 1}')}"
            for i in range(12)
        )
        + f"-- platform/d12/m.yaml --\n{CONFIG_MAP}"
    )
    assert analysed(text) == set()
    assert analysed(text, depth=10) == {"Applications nest deeper than 10 levels"}
    assert analysed(text, applications=5) == {"more than 5 Applications"}


def test_parameters_that_reach_far_into_lists_meet_a_limit() -> None:
    parameters = ", ".join(f"{{name: 'a{i}[65000]', value: b}}" for i in range(30))
    source = APPLICATION.format(name="a", path=f"chart, helm: {{parameters: [{parameters}]}}")
    text = (
        f"-- platform/root.yaml --\n{source}-- platform/chart/Chart.yaml --\n"
        "apiVersion: v2\nname: c\nversion: 1.0.0\n"
        f"-- platform/chart/templates/m.yaml --\n{CONFIG_MAP}"
    )
    assert analysed(text) == {"not rendered: parameters: parameters reach beyond 1000000 items"}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (gzip.compress(b"\0" * 3_000_000), "the archive holds no chart"),
        (pack({"a/Chart.yaml": b"x" * 2_000_000}), "the archive is too large"),
        (pack({f"a/{i}": b"" for i in range(20)}), "the archive holds too many files"),
        (pack({"a/../../b": b""}), "the archive holds a path that leaves the chart"),
        (pack({"a/C:/b": b""}), "the archive holds no chart"),
        (pack({"C:/b": b""}), "the archive holds a path that leaves the chart"),
        (pack({"a\\..\\b": b""}), "the archive holds a path that leaves the chart"),
    ],
    ids=["zeros", "size", "files", "parents", "inner drive", "drive", "backslashes"],
)
def test_archives_meet_limits(data: bytes, reason: str) -> None:
    limits = replace(DEFAULT_LIMITS, chart_size=1_000_000, chart_files=10)
    with pytest.raises(ArchiveError, match=reason):
        read_archive(data, limits)


@pytest.mark.parametrize(
    "text",
    [
        "none of these\n" * 40_000,
        "# `k/x.yaml`\n" * 40_000,
        f"{'lead ' * 40_000}\n" + "- `k/x.yaml`\n" * 3_000,
        "`a` [x](https://a.example.com) " * 20_000,
        "```\n" + "launchpad/\n├── a/{b,c}/\n" * 10_000 + "```\n",
    ],
    ids=["paragraph", "headings", "list", "links", "trees"],
)
def test_long_documents_are_read_in_one_pass(text: str) -> None:
    before = process_time()
    assert analysed(f"-- launchpad/README.md --\n{text}") == set()
    assert process_time() - before < 8  # two passes nested take minutes


def test_of_thousands_of_values_that_nothing_reads_the_first_are_told_with_a_hint() -> None:
    values = "".join(f"aLongerName{number}: 1\n" for number in range(2_500))
    more = "\n    helm: {valueFiles: [../v.yaml]}"
    start = application("c", "c", "launchpad", more)
    before = process_time()
    found = findings(f"""\
-- launchpad/c/Chart.yaml --
apiVersion: v2
name: c
version: 1.0.0
-- launchpad/v.yaml --
{values}-- launchpad/c/templates/a.yaml --
# {{{{ .Values.aLongerName }}}}
-- launchpad/start.yaml --
{start}""")
    hints = [finding.problem.hint for finding in found if finding.rule == "unused-value"]
    assert len(hints) == 2_500
    assert len([hint for hint in hints if hint]) == 2_000
    assert process_time() - before < 8


@pytest.mark.parametrize("text", ["{{" * 40_000, f"# {'A' * 300_000}"], ids=["actions", "base64"])
def test_templates_are_read_in_one_pass(text: str) -> None:
    chart = "apiVersion: v2\nname: c\nversion: 1.0.0\n"
    charts = f"-- launchpad/c/Chart.yaml --\n{chart}-- launchpad/other/Chart.yaml --\n{chart}"
    start = application("c", "c", "launchpad")
    before = process_time()
    analysed(
        f"{charts}-- launchpad/start.yaml --\n{start}-- launchpad/c/templates/a.yaml --\n{text}\n"
    )
    assert process_time() - before < 8


def test_a_pattern_of_namespaces_takes_no_exponential_time() -> None:
    before = process_time()
    assert not matches_namespace(("/(a+)+$/",), f"{'a' * 40}!")
    assert process_time() - before < 1  # seconds; each letter more would double it


MANY = "{0}a" * 60  # read by trying, each multiplies the ways in which a name may be read
LETTERS = "a" * 200


def test_paths_of_scripts_with_many_variables_are_read_in_one_pass() -> None:
    many = MANY.format("$1")
    script = f"kubectl apply -f {many}!\nkubectl apply -f x{many}\nhelm install c c -f {many}!\n"
    files = dict.fromkeys([LETTERS, "c/Chart.yaml"], b"name: c\n") | {"a.sh": script.encode()}
    clone = MemoryClone("r", files)
    before = process_time()
    applied = scripted_paths((clone,))
    found = [applied.find("r", path) is None for path in (LETTERS, f"x{LETTERS}")]
    assert (found, list(find_installed(clone, "c"))) == ([True, False], [])
    assert process_time() - before < 2


def test_names_in_templates_with_many_actions_are_read_in_one_pass() -> None:
    project = "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata:\n  name: "
    start = application("c", "c", "launchpad").replace("project: default", f"project: {LETTERS}")
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: c}\nspec:\n  containers:\n"
    uses = f"  - {{name: c, image: 'i:1', envFrom: [{{secretRef: {{name: {LETTERS}}}}}]}}\n"
    labels = "    a: b\n" * 100
    secret = "{{ if . }}\napiVersion: v1\nkind: Secret\nmetadata:\n  "
    before = process_time()
    analysis = analyse(
        Config(Path()),
        clones=read_clones(
            f"-- launchpad/start.yaml --\n{start}-- launchpad/c/pod.yaml --\n{pod}{uses}"
            f"-- launchpad/more.yaml --\n{project}other\n"
            "-- launchpad/d/Chart.yaml --\napiVersion: v2\nname: d\nversion: 1.0.0\n"
            f"-- launchpad/d/templates/a.yaml --\n{secret}name: {MANY.format('{{ $a }}')}!\n"
            f"-- launchpad/d/templates/c.yaml --\n{secret}labels:\n{labels}"
            f"-- launchpad/d/templates/b.yaml --\n{{{{ if . }}}}\n{project}"
            f"{MANY.format('{{ $a }}')}!\n"
        ),
    )
    rules = {finding.rule for finding in analysis.findings}
    assert {"missing-project", "missing-secret"} <= rules
    assert process_time() - before < 5


def test_a_value_of_underscores_alone_is_read_in_one_pass() -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  password: "
    before = process_time()
    analysis = analyse(
        Config(Path()), clones=read_clones(f"-- launchpad/a.yaml --\n{secret}{'_' * LONG}!\n")
    )
    assert [finding.rule for finding in analysis.findings] == ["plain-secret"]
    assert process_time() - before < 5


def test_workflows_and_inline_values_are_read_in_one_pass() -> None:
    helm = 'HEAD\n    helm: {values: "' + "\\n" * LONG + '"}\n'
    start = application("c", "c", "launchpad").replace("HEAD\n", helm)
    chart = "-- launchpad/c/Chart.yaml --\napiVersion: v2\nname: c\nversion: 1.0.0\n"
    workflow = f"-- launchpad/.github/workflows/a.yml --\n{' ' * LONG}\n"
    clones = read_clones(f"-- launchpad/start.yaml --\n{start}{chart}{workflow}")
    before = process_time()
    take_snapshot(analyse(Config(Path()), clones=clones).graph)
    assert process_time() - before < 8


def test_a_finding_among_many_secrets_looks_at_few_lines() -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: b}\n---\n"
    counts = [count_lines(partial(excerpts, secret * n, 5 * n)) for n in (20, 40)]
    assert steep(*counts) == set()


def excerpts(text: str, lines: int) -> None:
    found = Excerpts((MemoryClone("r", {"a.yaml": text.encode()}),))
    shown = [found.excerpt(Span(FILE, n, 1, n, 2)) for n in range(1, lines + 1)]
    assert [excerpt.text for excerpt in shown[:4] if excerpt] == [
        "apiVersion: v1", "kind: Secret", "metadata: {name: s}"
    ]  # fmt: skip


def test_variables_of_a_template_are_read_in_one_pass() -> None:
    reads = "".join(f"{{{{ .Files.Get $v{n} }}}}{' ' * 40}" for n in range(20_000))
    template = f'{{{{ $v7 := "a.txt" }}}}\n{reads}'.encode()
    clone = MemoryClone("r", {"c/Chart.yaml": b"name: c\n", "c/templates/a.yaml": template})
    before = process_time()
    assert OwnFiles(clone, "c").has("c/a.txt")
    assert process_time() - before < 5


def test_what_a_failing_patch_may_name_is_none_of_thousands_of_steps() -> None:
    source = f"chart, helm: {{valueFiles: [{'a/' * 5_000}v.yaml]}}"
    patch = "[{op: replace, path: /spec/none/x, value: y}]"
    clones = read_clones(
        f"-- platform/a.yaml --\n{APPLICATION.format(name='a', path=source)}"
        "-- platform/kustomization.yaml --\nresources: [a.yaml]\n"
        f"patches: [{{target: {{kind: Application}}, patch: '{patch}'}}]\n"
        "-- platform/chart/Chart.yaml --\napiVersion: v2\nname: c\nversion: 1.0.0\n"
    )
    estate = resolve_estate(clones, None)
    assert find_unpatched(estate) != frozenset()
    tracemalloc.start()
    assert list(find_unreached_values(estate)) == []
    assert tracemalloc.get_traced_memory()[1] < 10_000_000  # 50 MB where each step may be another
    tracemalloc.stop()


def test_the_name_of_a_key_without_end_is_not_read() -> None:
    before = process_time()
    assert kind_of(f"/{'loadbalancer' * LONG}/a") == ""
    assert process_time() - before < 1
