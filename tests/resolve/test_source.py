"""Sources as Argo CD reads them: the tool, overrides, plain directories, values and revisions."""

import pytest

from graphdoc.model.helm import LayerKind
from graphdoc.model.node import Mapping, to_plain
from graphdoc.resolve.estate.whole import resolve_estate
from graphdoc.resolve.helm import find_engine
from graphdoc.resolve.resolved import ReferenceFault, ResolvedSource, Tool
from tests.txtar import MemoryClone, read_clones, underlined

HEAD = """-- platform/apps/app.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: shop
  destination: {server: https://kubernetes.default.svc, namespace: prod}
"""
SOURCE = """  source:
    repoURL: https://git.example.com/platform
    path: web
    targetRevision: main
"""
CHART = """-- platform/web/Chart.yaml --
apiVersion: v2
name: web
version: 1.0.0
-- platform/web/values.yaml --
colour: grey
-- platform/web/templates/map.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
data: {{ .Values | toJson }}
"""
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\n"


def resolve(text: str, index: int = 0) -> ResolvedSource:
    estate = resolve_estate(read_clones(HEAD + text), find_engine())
    (application,) = estate.applications
    return application.sources[index]


def names(source: ResolvedSource) -> list[str]:
    return [resource.name for resource in source.resources]


def values(source: ResolvedSource) -> object:
    return to_plain(source.values) if source.values is not None else None


def config_map(path: str, name: str) -> str:
    return f"-- platform/{path} --\n{MAP.replace('NAME', name)}"


# The tool


@pytest.mark.parametrize(
    ("block", "files", "tool"),
    [
        ("", ["x.yaml"], Tool.DIRECTORY),
        ("", ["Chart.yaml"], Tool.HELM),
        ("", ["kustomization.yaml"], Tool.KUSTOMIZE),
        ("", ["Chart.yaml", "kustomization.yml"], Tool.KUSTOMIZE),
        ("", ["Chart.yaml", "Kustomization"], Tool.KUSTOMIZE),
        ("", ["kustomization.yaml", "myChart.yaml"], Tool.HELM),
        ("", ["sub/Chart.yaml", "sub/kustomization.yaml"], Tool.DIRECTORY),
        ("helm: {releaseName: x}", ["kustomization.yaml"], Tool.HELM),
        ("helm: {}", ["kustomization.yaml"], Tool.KUSTOMIZE),
        ("helm: {valueFiles: [], skipCrds: false}", ["x.yaml"], Tool.DIRECTORY),
        ("kustomize: {namePrefix: x-}", ["Chart.yaml", "kustomization.yaml"], Tool.KUSTOMIZE),
        ("directory: {recurse: true}", ["Chart.yaml"], Tool.DIRECTORY),
        ("directory: {recurse: false}", ["Chart.yaml"], Tool.HELM),
        ("directory: {exclude: x}", ["Chart.yaml"], Tool.DIRECTORY),
        ("plugin: {}", ["Chart.yaml"], Tool.PLUGIN),
    ],
)
def test_the_tool_is_the_one_that_argo_cd_takes(block: str, files: list[str], tool: Tool) -> None:
    below = "".join(f"-- platform/web/{name} --\nresources: []\n" for name in files)
    assert resolve(f"{SOURCE}    {block}\n{below}").tool is tool


def test_two_tools_for_one_source_are_refused() -> None:
    text = f"{SOURCE}    helm: {{releaseName: x}}\n    kustomize: {{namePrefix: x-}}\n{CHART}"
    source = resolve(text)
    assert [p.message for p in source.problems] == [
        "several tools are given for one source: kustomize, helm"
    ]
    assert underlined(read_clones(HEAD + text), source.problems[0].primary.span) == "helm"
    assert source.resources == ()


# Overrides


def test_overrides_are_laid_over_the_source_with_their_place() -> None:
    text = f"""{SOURCE}    helm:
      releaseName: kept
      valuesObject: {{a: 1, b: {{c: 2, d: 3}}}}
      parameters: [{{name: p, value: old}}]
{CHART}-- platform/web/.argocd-source.yaml --
helm:
  releaseName: null
  valuesObject: {{a: null, b: {{c: 4}}}}
  parameters: [{{name: p, value: all}}]
-- platform/web/.argocd-source-web.yaml --
path: elsewhere
targetRevision: v9
ref: values
helm:
  parameters: [{{name: p, value: mine}}]
-- platform/web/.argocd-source-other.yaml --
helm: {{releaseName: other}}
"""
    source = resolve(text)
    assert names(source) == ["kept"]
    assert values(source) == {"colour": "grey", "b": {"c": 4, "d": 3}, "p": "mine"}
    kept = (source.source.path, source.source.target_revision, source.source.ref)
    assert kept == ("web", "main", None)
    assert source.values is not None
    inner = source.values.scalar("b", "c")
    assert inner is not None
    assert str(inner.span).startswith("platform/web/.argocd-source.yaml:3:")
    overrides = {file.path for file in source.files if "argocd-source" in file.path}
    assert overrides >= {"web/.argocd-source.yaml", "web/.argocd-source-web.yaml"}


def test_an_override_names_the_image_of_a_kustomization() -> None:
    source = resolve(f"""{SOURCE}-- platform/web/kustomization.yaml --
resources: [pod.yaml]
-- platform/web/pod.yaml --
apiVersion: v1
kind: Pod
metadata: {{name: web}}
spec: {{containers: [{{name: web, image: nginx:1}}]}}
-- platform/web/.argocd-source-argocd_web.yaml --
kustomize: {{images: ["nginx:2"]}}
""")
    (pod,) = source.resources
    (container,) = pod.manifest.items_at("spec", "containers")
    assert to_plain(container) == {"name": "web", "image": "nginx:2"}


@pytest.mark.parametrize(
    ("asked", "value"),
    [("true", "web in prod"), ("false", "$ARGOCD_APP_NAME in $ARGOCD_APP_NAMESPACE")],
)
def test_annotations_take_the_environment_where_they_ask_for_it(asked: str, value: str) -> None:
    source = resolve(f"""{SOURCE}    kustomize:
      commonAnnotationsEnvsubst: {asked}
      commonAnnotations: {{who: $ARGOCD_APP_NAME in $ARGOCD_APP_NAMESPACE}}
-- platform/web/kustomization.yaml --
resources: [map.yaml]
{config_map("web/map.yaml", "map")}""")
    (resource,) = source.resources
    assert resource.manifest.text("metadata", "annotations", "who") == value


@pytest.mark.parametrize(
    ("options", "problems"),
    [('namePrefix: ""', 0), ("replicas: [{name: map, count: many}]", 1)],
)
def test_an_empty_prefix_is_none_and_a_count_a_number(options: str, problems: int) -> None:
    source = resolve(f"""{SOURCE}    kustomize: {{{options}}}
-- platform/web/kustomization.yaml --
namePrefix: x-
resources: [map.yaml]
{config_map("web/map.yaml", "map")}""")
    assert names(source) == ["x-map"]
    assert len(source.problems) == problems


def test_overrides_count_for_one_of_several_sources_too() -> None:
    text = """  sources:
  - repoURL: https://git.example.com/platform
    path: web
"""
    override = "-- platform/web/.argocd-source.yaml --\nhelm: {releaseName: over}\n"
    assert names(resolve(text + CHART + override)) == ["over"]


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("helm: x", "helm is not a mapping"),
        ("[a]", "overrides are not a mapping"),
        ("a: [", None),
    ],
)
def test_an_override_that_cannot_be_read_is_a_problem(override: str, message: str | None) -> None:
    source = resolve(f"{SOURCE}{CHART}-- platform/web/.argocd-source.yaml --\n{override}\n")
    (problem,) = source.problems
    assert message is None or problem.message == message
    assert problem.primary.span.file.path == "web/.argocd-source.yaml"


def test_an_override_that_says_nothing_changes_nothing() -> None:
    source = resolve(f"{SOURCE}{CHART}-- platform/web/.argocd-source.yaml --\n# nothing yet\n")
    assert (names(source), source.problems) == (["web"], ())


# Plain directories

FILES = "".join(
    config_map(f"web/{path}", name)
    for path, name in (
        ("b.yaml", "b"), ("a.yml", "a"), ("c/d.yaml", "d"), ("c.yaml", "c"), ("e.txt", "e"),
        ("c/env-1/f.yaml", "f"),
    )
)  # fmt: skip


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ("", "a b c"),
        ("recurse: true", "a b d f c"),
        ("recurse: true, include: '*.yml'", "a"),
        ("recurse: true, include: 'c/*'", "d f"),
        ("recurse: true, exclude: '{b.yaml,c/env-?/*}'", "a d c"),
        ("recurse: true, include: '*.yaml', exclude: 'c*'", "b"),
        ("include: '*', disableExtensionFilter: true", "a b c e"),
    ],
)
def test_a_directory_gives_its_files_folder_by_folder(options: str, found: str) -> None:
    source = resolve(f"{SOURCE}    directory: {{{options}}}\n{FILES}")
    assert names(source) == found.split()
    assert source.problems == ()


def test_what_looks_like_no_manifest_is_passed_over() -> None:
    source = resolve(
        f"""{SOURCE}{config_map("web/a.yaml", "a")}-- platform/web/values.yaml --
replicas: 2
-- platform/web/template.yaml --
{{{{ if .x }}}}
-- platform/web/empty.yaml --
# nothing
-- platform/web/marked.yaml --
# +argocd:skip-file-rendering
{MAP}"""
    )
    assert (names(source), source.problems) == (["a"], ())


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("b.json", '{"name": "web"}', "is no manifest: apiVersion and kind missing"),
        ("b.json", "[1]", "is no manifest: not a mapping"),
        ("b.yaml", f"{MAP}---\nreplicas: 2\n", "is no manifest: apiVersion and kind missing"),
        ("b.yaml", "kind: ConfigMap\n", "is no manifest: apiVersion missing"),
        ("b.yaml", f"# apiVersion: kind: metadata:\n{{a\n{MAP}", None),
    ],
)
def test_what_argo_cd_refuses_is_a_problem(name: str, text: str, message: str | None) -> None:
    source = resolve(f"{SOURCE}{config_map('web/a.yaml', 'a')}-- platform/web/{name} --\n{text}\n")
    (problem,) = source.problems
    assert message is None or problem.message == message
    assert problem.primary.span.file.path == f"web/{name}"


def test_argo_cd_passes_over_a_document_that_holds_nothing() -> None:
    text = f"# What follows was rendered.\n---\n{MAP}---\nnull\n"
    source = resolve(f"{SOURCE}-- platform/web/a.yaml --\n---\n{text}")
    assert (len(source.resources), source.problems) == (1, ())


def test_json_manifests_count_and_jsonnet_is_not_understood() -> None:
    source = resolve(f"""{SOURCE}    directory: {{jsonnet: {{libs: [lib]}}}}
-- platform/web/a.json --
{{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {{"name": "a"}}}}
-- platform/web/b.jsonnet --
{{}}
-- platform/web/c.libsonnet --
{{}}
""")
    assert names(source) == ["a"]
    assert [(n.location.file.path, n.reason) for n in source.not_understood] == [
        ("web/b.jsonnet", "Jsonnet is not evaluated")
    ]


@pytest.mark.parametrize("path", [".", "./", "./web/..", "web/../"])
def test_the_root_of_a_repository_is_a_path_like_any_other(path: str) -> None:
    text = SOURCE.replace("path: web", f"path: {path}")
    assert "x" in names(
        resolve(f"{text}{config_map('x.yaml', 'x')}{config_map('web/y.yaml', 'y')}")
    )


# Values files


def helm(block: str) -> str:
    lines = "".join(f"      {line}\n" for line in block.strip().splitlines())
    return f"{SOURCE}    helm:\n{lines}{CHART}"


def layered(source: ResolvedSource) -> list[str]:
    return [layered.file.path for layered in source.value_files]


VALUES = "".join(
    f"-- platform/{path} --\nlast: {path}\n"
    for path in (
        "web/envs/a.yaml",
        "web/envs/b.yaml",
        "web/envs/x/c.yaml",
        "shared.yaml",
        "web/web.yaml",
        "web/web-2.yaml",
    )
)


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ("envs/b.yaml, envs/a.yaml", "web/envs/b.yaml web/envs/a.yaml"),
        ("envs/*.yaml", "web/envs/a.yaml web/envs/b.yaml"),
        ("envs/**/*.yaml", "web/envs/a.yaml web/envs/b.yaml web/envs/x/c.yaml"),
        ("'envs/[ab].yaml'", "web/envs/a.yaml web/envs/b.yaml"),
        ("'envs/?.yaml', envs/a.yaml", "web/envs/b.yaml web/envs/a.yaml"),
        ("envs/a.yaml, 'envs/?.yaml'", "web/envs/a.yaml web/envs/b.yaml"),
        ("envs/a.yaml, envs/b.yaml, envs/a.yaml", "web/envs/a.yaml web/envs/b.yaml"),
        ("/shared.yaml, ../shared.yaml", "shared.yaml"),
        ("/web/$ARGOCD_APP_NAME.yaml, '${ARGOCD_APP_SOURCE_PATH}/../shared.yaml'", "web/web.yaml"),
        ("$ARGOCD_APP_NAME.yaml, '${ARGOCD_APP_NAME}-2.yaml'", "web/web.yaml web/web-2.yaml"),
        ("/$ARGOCD_APP_SOURCE_PATH/envs/a.yaml", "web/envs/a.yaml"),
        ("envs/$$a.yaml", ""),
        ("'envs/${UNKNOWN}a.yaml'", "web/envs/a.yaml"),
    ],
)
def test_values_files_come_in_argo_cds_order(entries: str, found: str) -> None:
    source = resolve(f"{helm(f'valueFiles: [{entries}]')}{VALUES}")
    assert layered(source) == found.split()
    assert not any(set("*?[") & set(broken.wanted) for broken in source.broken)


def test_a_glob_that_matches_nothing_is_a_missing_values_file() -> None:
    source = resolve(helm("valueFiles: [envs/*.yaml]"))
    assert [(b.fault, b.wanted, b.ignored) for b in source.broken] == [
        (ReferenceFault.MISSING_VALUES_FILE, "platform/web/envs/*.yaml", False)
    ]
    ignoring = resolve(helm("valueFiles: [envs/*.yaml]\nignoreMissingValueFiles: true"))
    assert [b.ignored for b in ignoring.broken] == [True]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (
            "https://u:p@example.com/v.yaml?token=x",
            "values file 'https://example.com/v.yaml' is not in a repository",
        ),
        (
            "$ARGOCD_APP_REVISION/v.yaml",
            "values file '$ARGOCD_APP_REVISION/v.yaml' needs ARGOCD_APP_REVISION,"
            " which only the cluster knows",
        ),
    ],
)
def test_values_files_that_only_a_cluster_can_have_are_not_understood(
    entry: str, reason: str
) -> None:
    assert [n.reason for n in resolve(helm(f"valueFiles: ['{entry}']")).not_understood] == [reason]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("- a", ["Helm cannot read the chart: a.yaml is not a mapping"]),
        ("a", ["a.yaml is not a mapping"]),
        ("~", []),
    ],
)
def test_values_that_are_no_mapping_are_a_problem(text: str, messages: list[str]) -> None:
    source = resolve(f"{helm('valueFiles: [a.yaml]')}-- platform/web/a.yaml --\n{text}\n")
    assert [p.message for p in source.problems] == messages


@pytest.mark.parametrize("text", ["---", "~", "# nothing"])
def test_a_chart_may_have_no_values(text: str) -> None:
    source = resolve(f"{helm('{}')}-- platform/web/values.yaml --\n{text}\n")
    assert ([p.message for p in source.problems], len(source.resources)) == ([], 1)


def test_each_layer_lies_over_the_one_before() -> None:
    source = resolve(
        helm("""
valueFiles: [file.yaml]
values: |
  e: values
  f: values
parameters:
- {name: f, value: "$ARGOCD_APP_NAME in $ARGOCD_APP_NAMESPACE of $ARGOCD_APP_PROJECT_NAME"}
- {name: g, value: parameter}
fileParameters:
- {name: g, path: notes/$ARGOCD_APP_NAME.txt}
- {name: h, path: notes/web.txt}
""")
        + "-- platform/web/file.yaml --\ncolour: file\nd: file\ne: file\n"
        + "-- platform/web/notes/web.txt --\nfrom, a file\n"
    )
    assert values(source) == {
        "colour": "file", "d": "file", "e": "values", "f": "web in prod of shop",
        "g": "from, a file\n", "h": "from, a file\n",
    }  # fmt: skip
    (rendered,) = source.resources
    assert to_plain(
        rendered.manifest.mapping("data") or Mapping({}, {}, rendered.manifest.span)
    ) == (values(source))


def test_a_missing_file_parameter_is_missing_whatever_is_ignored() -> None:
    source = resolve(
        helm("ignoreMissingValueFiles: true\nfileParameters: [{name: g, path: absent.txt}]")
    )
    assert [(b.wanted, b.ignored) for b in source.broken] == [("platform/web/absent.txt", False)]


def test_a_parameter_with_the_commit_is_kept_and_not_understood() -> None:
    source = resolve(helm('parameters: [{name: tag, value: "v-$ARGOCD_APP_REVISION_SHORT"}]'))
    assert values(source) == {"colour": "grey", "tag": "v-$ARGOCD_APP_REVISION_SHORT"}
    assert [n.reason for n in source.not_understood] == [
        "parameter 'tag' needs ARGOCD_APP_REVISION_SHORT, which only the cluster knows"
    ]


# References and revisions

SEVERAL = """  sources:
  - repoURL: https://git.example.com/platform
    path: web
    helm: {valueFiles: [$more/web/more.yaml, $more/$ARGOCD_APP_NAME.yaml]}
  - repoURL: https://git.example.com/values
    path: extra
    targetRevision: REVISION
    ref: more
"""
MORE = f"""-- values/web/more.yaml --
colour: main
-- values/web.yaml --
size: 1
-- values/extra/map.yaml --
{MAP}-- values@v2/web/more.yaml --
colour: tagged
-- values@v2/web.yaml --
size: 2
-- values@v2/extra/map.yaml --
{MAP.replace("NAME", "extra")}"""


def test_a_reference_means_the_root_of_its_repository_at_its_revision() -> None:
    text = SEVERAL.replace("REVISION", "v2") + CHART + MORE
    assert values(resolve(text)) == {"colour": "tagged", "size": 2}


def test_a_source_with_a_reference_and_a_path_renders_too() -> None:
    text = SEVERAL.replace("REVISION", "v2") + CHART + MORE
    assert names(resolve(text, index=1)) == ["extra"]


def test_an_unknown_revision_is_told_once_and_nothing_else_is_called_missing() -> None:
    text = SEVERAL.replace("REVISION", "v3").replace("path: extra", "path: gone") + CHART + MORE
    first, second = resolve(text), resolve(text, index=1)
    assert first.broken == ()
    assert [(b.fault, b.wanted, b.repository) for b in second.broken] == [
        (ReferenceFault.UNKNOWN_REVISION, "v3", "values")
    ]
    clones = read_clones(HEAD + text)
    assert underlined(clones, second.broken[0].scalar.span) == "v3"


# What is refused

TWO = """  sources:
  - repoURL: https://git.example.com/platform
    path: web
    targetRevision: main
    helm: {valueFiles: [$a/x.yaml, $b/y.yaml]}
  - {repoURL: https://git.example.com/values, targetRevision: v1, ref: a}
  - {repoURL: git@git.example.com:values.git, targetRevision: v2, ref: b}
-- values@v1/x.yaml --
x: 1
-- values@v2/y.yaml --
y: 1
"""


@pytest.mark.parametrize(
    ("text", "index", "message", "place"),
    [
        ("  source: {path: web}\n", 0, "the source names no repository", ""),
        (
            "  source: {repoURL: https://git.example.com/platform, ref: x}\n",
            0, "the source has neither path nor chart", "https://git.example.com/platform",
        ),
        (
            "  source: {repoURL: https://charts.example.com, chart: web}\n",
            0, "chart 'web' has no targetRevision", "web",
        ),
        (TWO.replace("ref: b", "ref: a"), 2, "two sources are named 'a'", "a"),
        (TWO.replace("ref: b", "ref: b.c"), 2, "'b.c' cannot be the name of a source", "b.c"),
        (TWO, 0, "$a and $b are two revisions of one repository", "v2"),
        (
            TWO.replace("com/values", "com/platform"), 0,
            "$a is another revision of the repository that uses it", "v1",
        ),
    ],
)  # fmt: skip
def test_what_argo_cd_refuses_in_a_source(text: str, index: int, message: str, place: str) -> None:
    more = "-- platform@v1/x.yaml --\nx: 1\n" + CHART
    source = resolve(text + more, index)
    assert source.problems[0].message == message
    if place:
        clones = read_clones(HEAD + text + more)
        assert underlined(clones, source.problems[0].primary.span) == place


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/web", ReferenceFault.MISSING_PATH),
        ("web/Chart.yaml", ReferenceFault.MISSING_PATH),
        ("web2", ReferenceFault.MISSING_PATH),
        ("../web", ReferenceFault.LEAVES_REPOSITORY),
        ("web/../../etc", ReferenceFault.LEAVES_REPOSITORY),
    ],
)
def test_a_path_that_is_no_directory_of_the_repository_is_broken(
    path: str, fault: ReferenceFault
) -> None:
    source = resolve(SOURCE.replace("path: web", f"path: {path}") + CHART)
    assert [(b.fault, b.wanted) for b in source.broken] == [(fault, path)]
    assert source.resources == ()


def test_what_the_hydrator_has_not_written_yet_is_rendered_of_its_dry_source() -> None:
    source = resolve(f"""  sourceHydrator:
    drySource: {{repoURL: https://git.example.com/platform, path: dry, targetRevision: HEAD}}
    syncSource: {{targetBranch: environments/prod, path: web}}
{config_map("dry/map.yaml", "dry")}-- values/empty.yaml --
""")
    assert source.broken == ()
    assert [resource.name for resource in source.resources] == ["dry"]
    assert [note.reason for note in source.not_understood] == [
        "'web' of branch 'environments/prod' is not in the clone of platform; "
        "what it is hydrated from was rendered instead"
    ]


def test_what_the_hydrator_writes_is_the_source_and_what_it_reads_is_used() -> None:
    text = f"""  sourceHydrator:
    drySource: {{repoURL: https://git.example.com/platform, path: dry, targetRevision: HEAD}}
    syncSource: {{targetBranch: main, path: web}}
{config_map("dry/map.yaml", "dry")}{config_map("web/map.yaml", "wet")}-- values/empty.yaml --
"""
    wet, dry = resolve(text), resolve(text, 1)
    assert (names(wet), names(dry)) == (["wet"], [])
    assert {file.path for file in dry.files} == {"dry/map.yaml"}
    assert wet.not_understood == ()


POINTER = """-- platform/web/a.yaml --
version https://git-lfs.github.com/spec/v1
oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
size 12345
"""


@pytest.mark.parametrize(
    "beside",
    [
        "",
        "-- platform/web/kustomization.yaml --\nresources: [a.yaml]\n",
        f"    helm: {{valueFiles: [a.yaml]}}\n{CHART}",
    ],
)
def test_what_a_pointer_of_git_lfs_stands_for_is_not_known(beside: str) -> None:
    source = resolve(f"{SOURCE}{beside}{POINTER}")
    assert source.problems == ()
    assert {note.reason for note in source.not_understood} == {
        "a pointer of Git LFS: 'git lfs pull' brings the content"
    }


def test_a_prefix_of_tags_leaves_a_revision_open() -> None:
    text = f"{SOURCE}    tagPrefix: web/\n".replace("targetRevision: main", "targetRevision: 1.x")
    source = resolve(text + CHART)
    assert source.broken == ()
    assert [note.reason for note in source.not_understood] == [
        "revision '1.x' is not in the clone of platform; its checkout was read instead"
    ]


# Values that cannot be read


@pytest.mark.parametrize(
    ("block", "message", "file"),
    [
        ("valueFiles: [broken.yaml]", "", "web/broken.yaml"),
        ("values: 'a: ['", "values: ", "apps/app.yaml"),
        ("parameters: [{name: 'a[', value: x}]", "parameters: ", "apps/app.yaml"),
        (
            "fileParameters: [{name: 'a[', path: values.yaml}]",
            "fileParameters: ", "apps/app.yaml",
        ),
    ],
)  # fmt: skip
def test_values_that_cannot_be_read_are_a_problem(block: str, message: str, file: str) -> None:
    source = resolve(f"{helm(block)}-- platform/web/broken.yaml --\na: [\n")
    assert source.problems[0].message.startswith(message)
    assert source.problems[0].primary.span.file.path == file


def test_a_file_parameter_must_be_text() -> None:
    text = helm("fileParameters: [{name: a, path: logo.png}]")
    (clone,) = read_clones(HEAD + text)
    whole = MemoryClone(clone.name, {**clone.contents, "web/logo.png": b"\x89PNG\xff"})
    (application,) = resolve_estate((whole,), find_engine()).applications
    assert [problem.message for problem in application.sources[0].problems] == ["is not UTF-8"]


def test_a_values_file_that_says_nothing_is_no_layer() -> None:
    source = resolve(f"{helm('valueFiles: [empty.yaml]')}-- platform/web/empty.yaml --\n# none\n")
    assert layered(source) == ["web/empty.yaml"]
    assert [layer.kind for layer in source.layers] == [LayerKind.CHART_DEFAULTS]
    assert source.problems == ()


def test_without_helm_a_chart_is_not_understood_and_its_values_are_known() -> None:
    clones = read_clones(HEAD + helm("values: 'colour: red'"))
    (application,) = resolve_estate(clones, None).applications
    source = application.sources[0]
    assert values(source) == {"colour": "red"}
    assert [note.reason for note in source.not_understood] == [
        "no Helm engine: install graphdoc[helm], or helm on the PATH"
    ]


def test_a_reference_into_a_repository_that_is_not_analysed_is_not_understood() -> None:
    text = SEVERAL.replace("com/values", "com/unknown").replace("REVISION", "main") + CHART
    reasons = [note.reason for note in resolve(text).not_understood]
    assert reasons == [
        f"values file '$more/{name}' lies in a repository that is not analysed"
        for name in ("web/more.yaml", "web.yaml")
    ]
