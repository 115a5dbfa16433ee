"""Following roots: through app-of-apps, overlays, charts and folders, to any depth."""

from pathlib import Path

import pytest

from graphdoc.resolve.coverage import measure_coverage
from graphdoc.resolve.estate.whole import Request, resolve_estate
from graphdoc.resolve.helm import find_engine
from graphdoc.resolve.orphans.applications import find_orphaned_applications
from graphdoc.resolve.outside.detached import find_bypassed
from graphdoc.resolve.resolved import Estate, ReferenceFault, ResolvedApplication, Tool
from graphdoc.resolve.roots.pattern import RootPattern
from tests.txtar import read_clones, underlined


def resolve(text: str, *patterns: str) -> Estate:
    named = (pattern.partition("/") for pattern in patterns)
    roots = tuple(RootPattern(repository, path) for repository, _, path in named)
    return resolve_estate(read_clones(text), find_engine(), Request(roots=roots))


def application(name: str, path: str, repository: str = "platform", more: str = "") -> str:
    return f"""apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: {name}
  namespace: argocd
spec:
  project: default
  source:
    repoURL: https://git.example.com/{repository}
    path: {path}
    targetRevision: HEAD{more}
  destination:
    server: https://kubernetes.default.svc
    namespace: {name}
"""


def config_map(name: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n"


def roots(estate: Estate) -> list[tuple[str, str]]:
    return [(root.cluster, root.node) for root in estate.roots]


def ids(estate: Estate) -> list[str]:
    return [entry.id for entry in estate.applications]


def entry(estate: Estate, id_: str) -> ResolvedApplication:
    (found,) = (entry for entry in estate.applications if entry.id == id_)
    return found


OVERLAYS = f"""
-- platform/root-dev.yaml --
{application("root", "overlays/dev")}
-- platform/root-prod.yaml --
{application("root", "overlays/prod")}
-- platform/base/kustomization.yaml --
resources: [web.yaml, more.yaml]
-- platform/base/web.yaml --
{application("web", "web/dev")}
-- platform/base/more.yaml --
{application("more", "more")}
-- platform/overlays/dev/kustomization.yaml --
resources: [../../base]
-- platform/overlays/prod/kustomization.yaml --
resources: [../../base]
patches:
- target: {{kind: Application, name: web}}
  patch: |
    - op: replace
      path: /spec/source/path
      value: web/prod
-- platform/overlays/unused/kustomization.yaml --
resources: [../../base]
-- platform/more/nested.yaml --
{application("nested", "web/dev")}
-- platform/web/dev/a.yaml --
{config_map("a")}
-- platform/web/prod/b.yaml --
{config_map("b")}
"""


def test_each_root_gives_a_cluster_and_overlays_are_applied() -> None:
    estate = resolve(OVERLAYS)
    assert roots(estate) == [("dev", "application:dev/root"), ("prod", "application:prod/root")]
    assert ids(estate) == [
        f"application:{cluster}/{name}"
        for cluster in ("dev", "prod")
        for name in ("more", "nested", "root", "web")
    ]
    assert [r.name for r in entry(estate, "application:dev/web").resources] == ["a"]
    assert [r.name for r in entry(estate, "application:prod/web").resources] == ["b"]
    assert all(e.is_resolved for e in estate.applications)


def test_a_patched_path_carries_both_places() -> None:
    source = entry(resolve(OVERLAYS), "application:prod/web").sources[0].source
    scalar = source.node.scalar("path")
    assert scalar is not None
    assert [(span.file.path, span.line) for span in scalar.origins] == [
        ("base/web.yaml", 10),
        ("overlays/prod/kustomization.yaml", 7),
    ]


def test_every_application_knows_what_renders_it() -> None:
    estate = resolve(OVERLAYS)
    assert entry(estate, "application:dev/nested").parent == "application:dev/more"
    assert entry(estate, "application:dev/root").parent is None
    assert entry(estate, "application:dev/root").is_root
    pairs = {(m.parent, m.child) for m in estate.manages}
    assert ("application:dev/root", "application:dev/web") in pairs
    assert len(pairs) == 6


def test_an_overlay_that_no_root_uses_brings_no_cluster_and_no_orphan() -> None:
    estate = resolve(OVERLAYS)
    assert estate.clusters == ("dev", "prod")
    assert estate.orphans == ()


def test_a_configured_pattern_names_roots_and_clusters() -> None:
    estate = resolve(OVERLAYS, "platform/root-{cluster}.yaml", "platform/overlays/unu{cluster}")
    assert roots(estate) == [
        ("dev", "application:dev/root"),
        ("prod", "application:prod/root"),
        ("sed", "kustomization:platform/overlays/unused"),
    ]
    assert estate.not_understood == ()
    (note,) = resolve(OVERLAYS, "platform/root-*.yaml", "platform/boot-*.yaml").not_understood
    idle = "no root fits 'platform/boot-*.yaml', which the configuration names"
    assert note.reason == f"{idle}; did you mean 'platform/root-dev.yaml'?"


SELF = f"""
-- platform/apps/root.yaml --
{application("root-east", "apps")}
-- platform/apps/web.yaml --
{application("web", "web")}
-- platform/web/a.yaml --
{config_map("a")}
"""


def test_an_application_that_manages_itself_is_a_root_and_no_loop() -> None:
    estate = resolve(SELF)
    assert roots(estate) == [("east", "application:east/root-east")]
    assert ids(estate) == ["application:east/root-east", "application:east/web"]


LOOP = f"""
-- platform/a/b.yaml --
{application("b", "b")}
-- platform/b/a.yaml --
{application("a", "a")}
"""


def test_two_applications_that_manage_each_other_end_and_show_both_edges() -> None:
    estate = resolve(LOOP)
    names = {(m.parent.rpartition("/")[2], m.child.rpartition("/")[2]) for m in estate.manages}
    assert names >= {("a", "b"), ("b", "a")}


ORPHANS = f"""
-- platform/clusters/dev/kustomization.yaml --
resources: [web.yaml]
-- platform/clusters/dev/web.yaml --
{application("web", "web")}
-- platform/clusters/dev/left-out.yaml --
{application("left-out", "web")}
-- platform/old/lone.yaml --
{application("lone", "web")}
-- platform/web/a.yaml --
{config_map("a")}
"""


def test_applications_that_no_root_leads_to_are_orphans() -> None:
    estate = resolve(ORPHANS)
    assert roots(estate) == [("dev", "kustomization:platform/clusters/dev")]
    assert [orphan.name for orphan in estate.orphans] == ["left-out", "lone"]
    assert entry(estate, "application:dev/web").parent == "kustomization:platform/clusters/dev"


def test_where_there_is_no_root_each_lone_application_is_its_own() -> None:
    folder = f"-- platform/shop/a.yaml --\n{config_map('a')}"
    estate = resolve(f"-- platform/web.yaml --\n{application('web', 'shop')}\n{folder}")
    assert roots(estate) == [("shop", "application:shop/web")]


SCRIPTED = f"""
-- platform/bootstrap.sh --
kubectl apply -f "argo/${{NAME}}.yaml"
-- platform/argo/web.yaml --
{application("web", "web")}
-- platform/root.yaml --
{application("root-main-east", "other")}
-- platform/other/more.yaml --
{application("more", "web")}
-- platform/web/a.yaml --
{config_map("a")}
"""


def test_a_script_names_a_root() -> None:
    estate = resolve(SCRIPTED)
    scripted = next(root for root in estate.roots if root.node == "application:web/web")
    assert scripted.script is not None
    assert (scripted.script.file.path, scripted.script.line) == ("bootstrap.sh", 1)


FOLDER = f"""
-- platform/up.sh --
kubectl apply -f fleet/east/
-- platform/fleet/east/a.yaml --
{application("a", "web")}
-- platform/fleet/east/b.yaml --
{application("b", "web")}
-- platform/web/a.yaml --
{config_map("a")}
"""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("kustomize build fleet/${CLUSTER} --enable-helm | oc apply -f -", True),
        ("kubectl kustomize ./fleet/east | kubectl apply -f -", True),
        (
            "kustomize build --load-restrictor LoadRestrictionsNone fleet/east |kubectl create -f-",
            True,
        ),
        ("kustomize build fleet/east | kubeconform", False),
        ("# kustomize build fleet/east | kubectl apply -f -", False),
        ("kustomize build fleet/west | kubectl apply -f -", False),
    ],
)
def test_what_a_script_builds_and_applies_is_a_root(line: str, expected: bool) -> None:  # noqa: FBT001 -- a table
    estate = resolve(f"""
-- platform/up.sh --
{line}
-- platform/fleet/east/kustomization.yaml --
resources: [a.yaml]
-- platform/fleet/east/a.yaml --
{application("a", "web")}
-- platform/web/a.yaml --
{config_map("a")}""")
    (root,) = estate.roots
    assert (root.script is not None) is expected


def test_a_folder_that_a_script_applies_is_one_root() -> None:
    estate = resolve(FOLDER)
    assert roots(estate) == [("east", "kustomization:platform/fleet/east")]
    assert ids(estate) == ["application:east/a", "application:east/b"]


BELOW = f"""
-- platform/root-east.yaml --
{application("root-east", "apps")}
-- platform/apps/web.yaml --
{application("web", "web")}
-- platform/archive/root-old.yaml --
{application("root-old", "archive/apps")}
-- platform/archive/apps/gone.yaml --
{application("gone", "web")}
-- platform/web/a.yaml --
{config_map("a")}
"""


def test_a_candidate_below_a_roots_folder_is_an_orphan_unless_a_document_applies_it() -> None:
    assert [orphan.name for orphan in resolve(BELOW).orphans] == ["gone", "root-old"]
    manual = "-- platform/README.md --\n```\nkubectl apply -f archive/root-old.yaml\n```\n"
    assert roots(resolve(BELOW + manual)) == [
        ("east", "application:east/root-east"),
        ("old", "application:old/root-old"),
    ]


MULTI = """
-- platform/root.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop-dev, namespace: argocd}
spec:
  sources:
  - repoURL: https://git.example.com/charts
    path: web
    helm:
      valueFiles:
      - values-dev.yaml
      - $mine/shop/values.yaml
      - $mine/shop/absent.yaml
      - $theirs/x.yaml
      - ../../../etc/passwd
      valuesObject: {replicas: 5}
      parameters:
      - {name: image.tag, value: "9"}
  - repoURL: git@git.example.com:values.git
    ref: mine
  destination: {namespace: shop}
-- charts/web/Chart.yaml --
apiVersion: v2
name: web
version: 1.2.3
-- charts/web/values.yaml --
replicas: 1
image: {repository: nginx, tag: "1"}
-- charts/web/values-dev.yaml --
replicas: 2
-- charts/web/templates/deployment.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: {{ .Values.replicas }}
  template:
    spec:
      containers:
      - name: web
        image: {{ .Values.image.repository }}:{{ .Values.image.tag }}
-- values/shop/values.yaml --
image:
  repository: ghcr.io/example/shop
"""


def test_values_are_layered_in_argo_cds_order_each_leaf_with_its_origins() -> None:
    source = resolve(MULTI).applications[0].sources[0]
    assert source.tool is Tool.HELM
    assert source.values is not None
    assert [layer.file.path for layer in source.value_files] == [
        "web/values-dev.yaml",
        "shop/values.yaml",
    ]
    replicas = source.values.scalar("replicas")
    image = source.values.scalar("image", "repository")
    assert replicas is not None
    assert image is not None
    assert (replicas.value, image.value) == (5, "ghcr.io/example/shop")
    assert [(s.file.path, s.line) for s in replicas.origins] == [
        ("web/values.yaml", 1),
        ("web/values-dev.yaml", 1),
        ("root.yaml", 15),
    ]
    assert source.values.text("image", "tag") or source.values.scalar("image", "tag") is not None


def test_broken_values_files_are_told_apart() -> None:
    source = resolve(MULTI).applications[0].sources[0]
    assert [(b.fault, b.wanted) for b in source.broken] == [
        (ReferenceFault.MISSING_VALUES_FILE, "values/shop/absent.yaml"),
        (ReferenceFault.UNDECLARED_REF, "$theirs/x.yaml"),
        (ReferenceFault.LEAVES_REPOSITORY, "../../../etc/passwd"),
    ]


def test_a_missing_path_is_told_and_a_foreign_repository_is_not_understood() -> None:
    estate = resolve(
        f"-- platform/r.yaml --\n{application('gone', 'nowhere')}---\n"
        f"{application('away', 'x', 'elsewhere')}"
    )
    gone, away = (entry(estate, f"application:{c}") for c in ("platform/gone", "platform/away"))
    assert [b.fault for b in gone.sources[0].broken] == [ReferenceFault.MISSING_PATH]
    (note,) = away.sources[0].not_understood
    assert note.reason == (
        "repository 'https://git.example.com/elsewhere' is not among the analysed clones"
    )
    assert underlined(estate.clones, note.location) == "https://git.example.com/elsewhere"
    assert not gone.is_resolved
    assert not away.is_resolved


def test_what_a_plugin_fills_values_into_is_known_and_not_resolved() -> None:
    plugin = "\n    plugin: {name: avp-kustomize}"
    estate = resolve(
        f"-- platform/root.yaml --\n{application('root-east', 'apps', more=plugin)}"
        "-- platform/apps/kustomization.yaml --\nresources: [web.yaml]\n"
        f"-- platform/apps/web.yaml --\n{application('web', 'nowhere')}"
    )
    root = entry(estate, "application:east/root-east")
    assert [(s.tool, len(s.resources)) for s in root.sources] == [(Tool.PLUGIN, 1)]
    assert not root.is_resolved
    assert entry(estate, "application:east/web").parent == root.id


IN_VALUES = "cmp:\n  plugins:\n    build: {{generate: {{command: [sh, -c], args: [{0}]}}}}\n"
CHOICE = "if [ -f kustomization.yaml ]; then kustomize build .; else cat *.yaml; fi"
IN_TEXT = """
data:
  plugin.yaml: |
    kind: ConfigManagementPlugin
    metadata: {{name: {1}}}
    spec: {{version: {2}, generate: {{command: [{0}]}}}}
"""
OF_OLD = "configManagementPlugins: |\n  - {{name: build, generate: {{command: [{0}]}}}}\n"


@pytest.mark.parametrize(
    ("definition", "is_known"),
    [
        (IN_VALUES.format("kustomize build --enable-helm"), True),
        (IN_VALUES.format("kustomize build . | envsubst"), False),
        (IN_VALUES.format(f"'{CHOICE}'"), True),
        (IN_VALUES.format(f"'{CHOICE}'".replace("-f kustomization", "-f other")), False),
        (IN_VALUES.format("kustomize build --enable-exec"), False),
        (IN_TEXT.format("kustomize, build, .", "build", '""'), True),
        (IN_TEXT.format("kustomize, build, .", "other", '""'), False),
        (IN_TEXT.format("kustomize, build, .", "build", "v1"), False),
        (OF_OLD.format("kustomize, build"), True),
        (OF_OLD.format("kustomize, build]}, init: {command: [x"), False),
        (OF_OLD.format("kustomize, build") + "b: {build: {generate: {command: [make]}}}", False),
    ],
)
def test_a_plugin_that_only_builds_is_known_where_git_defines_it(
    definition: str, *, is_known: bool
) -> None:
    plugin = "\n    plugin: {name: build}"
    estate = resolve(
        f"-- platform/root.yaml --\n{application('root-east', 'apps', more=plugin)}"
        f"-- platform/apps/kustomization.yaml --\nresources: [map.yaml]\n"
        f"-- platform/apps/map.yaml --\n{config_map('map')}"
        f"-- platform/argocd/values.yaml --\n{definition}"
    )
    assert entry(estate, "application:east/root-east").is_resolved is is_known


RECURSE = "\n    directory: {recurse: true, exclude: 'skip/*'}"
DIRECTORY = f"""
-- platform/root.yaml --
{application("root-east", "apps", more=RECURSE)}
-- platform/apps/a.yaml --
{application("a", "web")}
-- platform/apps/deep/b.yaml --
{application("b", "web")}
-- platform/apps/skip/c.yaml --
{application("c", "web")}
-- platform/web/flag.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {{name: flag}}
data: {{on: yes}}
"""


def test_a_folder_is_read_as_its_options_say_and_as_kubectl_reads() -> None:
    estate = resolve(DIRECTORY)
    assert [e.application.name for e in estate.applications] == ["a", "b", "root-east"]
    (flag,) = entry(estate, "application:east/a").resources
    data = flag.manifest.scalar("data", "on")
    assert data is not None
    assert data.value is True


TWO_NAMESPACES = f"""
-- platform/root.yaml --
{application("root-east", "apps")}
-- platform/apps/one.yaml --
{application("web", "web")}
-- platform/apps/two.yaml --
{application("web", "web").replace("namespace: argocd", "namespace: team")}
-- platform/apps/three.yaml --
{application("web", "web")}
-- platform/web/a.yaml --
{config_map("a")}
"""


def test_the_namespace_stands_in_an_id_only_where_names_meet() -> None:
    assert ids(resolve(TWO_NAMESPACES)) == [
        "application:east/argocd:web",
        "application:east/argocd:web",
        "application:east/root-east",
        "application:east/team:web",
    ]


REVISIONS = f"""
-- platform/root.yaml --
{application("web-east", "web").replace("HEAD", "v2")}---
{application("old-east", "web").replace("HEAD", "v1")}
-- platform/web/a.yaml --
{config_map("now")}
-- platform@v2/web/a.yaml --
{config_map("two")}
"""


def test_a_revision_is_read_from_its_own_tree() -> None:
    estate = resolve(REVISIONS)
    names = {e.application.name: [r.name for r in e.resources] for e in estate.applications}
    assert names == {"web-east": ["two"], "old-east": []}
    old = next(e for e in estate.applications if e.application.name == "old-east")
    assert [(b.fault, b.wanted) for b in old.sources[0].broken] == [
        (ReferenceFault.UNKNOWN_REVISION, "v1")
    ]
    assert not old.is_resolved


def test_a_clone_that_may_lack_revisions_does_not_call_one_unknown() -> None:
    clones = read_clones(REVISIONS)
    for clone in clones:
        clone.knows_all_revisions = False
    estate = resolve_estate(clones, None)
    old = next(e for e in estate.applications if e.application.name == "old-east")
    assert old.sources[0].broken == ()
    assert [resource.name for resource in old.resources] == ["now"]
    assert [n.reason for n in old.sources[0].not_understood] == [
        "revision 'v1' is not in the clone of platform; its checkout was read instead"
    ]


LOST_ROOT = f"""
-- platform/root.yaml --
{application("root", "apps").replace("HEAD", "gone")}
-- platform/apps/web.yaml --
{application("web", "web")}
-- platform/apps/map.yaml --
{config_map("map")}
-- platform/web/x.yaml --
{config_map("x")}
"""


def test_a_root_at_an_unknown_revision_keeps_its_applications_and_nothing_else() -> None:
    estate = resolve(LOST_ROOT)
    found = {e.application.name: [r.name for r in e.resources] for e in estate.applications}
    assert found == {"root": ["web"], "web": ["x"]}
    assert estate.orphans == ()


CHART_ROOT = f"""
-- platform/environments/Chart.yaml --
apiVersion: v2
name: environments
version: 0.1.0
-- platform/environments/values.yaml --
names: []
-- platform/environments/values-one.yaml --
names: [a]
-- platform/environments/values-two.yaml --
names: [a, b]
-- platform/environments/templates/apps.yaml --
{{{{- range .Values.names }}}}
---
{application("{{ . }}", "web")}
{{{{- end }}}}
-- platform/web/x.yaml --
{config_map("x")}
"""


def test_a_chart_that_brings_applications_is_a_root_for_each_of_its_values_files() -> None:
    estate = resolve(CHART_ROOT)
    assert roots(estate) == [
        ("one", "chart:platform/environments"),
        ("two", "chart:platform/environments"),
    ]
    assert ids(estate) == ["application:one/a", "application:two/a", "application:two/b"]


def test_the_order_of_files_does_not_matter() -> None:
    sections = OVERLAYS.strip().split("-- platform/")[1:]
    shuffled = "".join(f"-- platform/{section}" for section in reversed(sections))
    assert ids(resolve(shuffled)) == ids(resolve(OVERLAYS))
    assert resolve(shuffled).manages == resolve(OVERLAYS).manages


FAILING = f"""
-- platform/root.yaml --
{application("root-east", "apps")}
-- platform/apps/web.yaml --
{application("web", "web")}
-- platform/web/Chart.yaml --
apiVersion: v2
name: web
version: 1.0.0
-- platform/web/templates/a.yaml --
{{{{ fail "give me a name" }}}}
"""


def test_a_chart_that_fails_to_render_is_counted_with_its_reason() -> None:
    coverage = measure_coverage(resolve(FAILING), frozenset())
    assert (coverage.applications, coverage.resolved) == (2, 1)
    (reason,) = (skipped.reason for skipped in coverage.not_understood)
    assert "give me a name" in reason


def test_documents_that_only_coverage_counts_are_not_kept() -> None:
    estate = resolve(FAILING + "-- platform/spare/notes.yaml --\nnobody: asks\n")
    before = len(estate.files.parsed)
    assert measure_coverage(estate, frozenset()).documents == before + 1
    assert len(estate.files.parsed) == before


FORK = f"""
-- platform/root.yaml --
{application("root-east", "apps", "upstream/platform")}
-- platform/apps/web.yaml --
{application("web", "nowhere", "upstream/platform")}
-- other/apps/lost.yaml --
{application("lost", "nowhere", "upstream/platform")}
"""


def test_a_clone_that_names_itself_by_another_owner_surely_means_itself() -> None:
    estate = resolve(FORK, "platform/root.yaml", "other/apps/lost.yaml")
    faults = {
        e.application.name: [b.fault for b in e.sources[0].broken] for e in estate.applications
    }
    assert faults == {"root-east": [], "web": [ReferenceFault.MISSING_PATH], "lost": []}


@pytest.mark.parametrize(
    ("branch", "revision", "expected"),
    [
        (None, "v2", [("platform", ("v2",))]),
        (None, "HEAD", []),
        ("main", "v2", []),
    ],
)
def test_a_checkout_on_no_branch_is_told_when_its_files_are_not_read(
    branch: str | None, revision: str, expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    (clone,) = read_clones(REVISIONS.replace("v2\n", f"{revision}\n").replace("@HEAD/", "@v2/"))
    clone.branch = branch
    estate = resolve_estate((clone,), None)
    assert [
        (found.clone.name, found.revisions) for found in find_bypassed(estate, estate.clones)
    ] == expected


BOOTSTRAP = f"""
-- platform/bootstrap/Chart.yaml --
apiVersion: v2
name: bootstrap
version: 1.0.0
-- platform/bootstrap/templates/apps.yaml --
{
    application(
        "apps",
        "apps",
        more='''
    helm: {valueFiles: ["values-{{ .Values.env }}.yaml"NAMED]}''',
    )
}
-- platform/apps/Chart.yaml --
apiVersion: v2
name: apps
version: 1.0.0
-- platform/apps/values-prod.yaml --
-- platform/apps/values-test.yaml --
-- platform/apps/templates/web.yaml --
{application("web", "web")}
-- platform/web/a.yaml --
{config_map("a")}"""


def test_values_that_somebody_else_brings_leave_names_open() -> None:
    estate = resolve(BOOTSTRAP.replace("NAMED", ""))
    apps = entry(estate, "application:platform/apps")
    assert roots(estate) == [
        ("platform", "chart:platform/bootstrap"),
        ("prod", "chart:platform/apps"),
        ("test", "chart:platform/apps"),
    ]
    assert [source.broken for source in apps.sources] == [()]
    assert [note.reason for note in apps.sources[0].not_understood] == [
        "'platform/apps/values-.yaml' does not exist; the chart is applied with values that are"
        " not here"
    ]
    named = entry(resolve(BOOTSTRAP.replace("NAMED", ", other.yaml")), apps.id)
    assert [broken.wanted for broken in named.sources[0].broken] == ["platform/apps/other.yaml"]
    prod = resolve(BOOTSTRAP.replace("NAMED", "").replace("{{ .Values.env }}", "prod"))
    assert roots(prod) == [("platform", "chart:platform/bootstrap")]
    missing = BOOTSTRAP.replace("NAMED", "").replace("values-prod.yaml", "a.yaml")
    unnamed = resolve(missing.replace("values-test.yaml", "b.yaml"))
    assert roots(unnamed) == [("platform", "chart:platform/bootstrap")]


GUESSED = f"""
-- platform/sets/web.yaml --
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {{name: web, namespace: argocd}}
spec:
  generators: [plugin: {{configMapRef: {{name: secrets}}}}]
  template:
    metadata: {{name: web}}
    spec:
      destination: {{server: "https://kubernetes.default.svc", namespace: web}}
      source:
        repoURL: https://git.example.com/platform
        path: chart
        helm: {{valueFiles: ["{{{{.env}}}}.yaml"]}}
-- platform/sets/shop.yaml --
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {{name: shop, namespace: argocd}}
spec:
  generators: [list: {{elements: [{{a: b}}]}}]
  template:
    metadata: {{name: shop}}
    spec:
      destination: {{server: "https://kubernetes.default.svc", namespace: web}}
      source: {{repoURL: "https://git.example.com/platform", path: shop}}
-- platform/sets/lone.yaml --
{application("lone", "shop")}
-- platform/shop/a.yaml --
{config_map("a")}
-- platform/chart/Chart.yaml --
apiVersion: v2
name: web
version: 1.0.0
"""


def test_a_chart_that_a_kustomization_inflates_is_no_root() -> None:
    case = Path(__file__).parents[1] / "cases/orphaned-chart/inflated.txtar"
    text = case.read_text("utf-8").partition("\n")[2]
    assert roots(resolve(text)) == [("preview", "application:preview/root")]


def test_several_sets_of_one_folder_are_one_root() -> None:
    estate = resolve(GUESSED)
    assert roots(estate) == [("platform", "kustomization:platform/sets")]
    assert ids(estate) == [f"application:platform/{name}" for name in ("lone", "shop", "web")]


def test_sets_of_a_folder_are_roots_only_as_far_as_they_start_something() -> None:
    above = f"-- platform/sets/zone.yaml --\n{application('root', 'more')}"
    more = f"-- platform/more/a.yaml --\n{application('a', 'shop')}"
    assert roots(resolve(above + more + GUESSED)) == [("platform", "kustomization:platform/sets")]
    document = "-- platform/README.md --\n```\nkubectl apply -f sets/web.yaml\n```\n"
    top = above.replace("sets/zone", "root") + more + document
    assert roots(resolve(top + GUESSED)) == [
        ("more", "application:more/root"),
        ("web", "applicationset:web/web"),
    ]


def test_a_set_beside_the_application_that_starts_the_rest_makes_the_folder_one_root() -> None:
    beside = f"-- platform/sets/root.yaml --\n{application('root', 'more')}"
    more = f"-- platform/more/a.yaml --\n{application('a', 'shop')}"
    one_set = GUESSED.replace("-- platform/sets/shop.yaml --", "-- platform/none/shop.txt --")
    estate = resolve(beside + more + one_set)
    assert roots(estate) == [("platform", "kustomization:platform/sets")]
    names = [f"application:platform/{name}" for name in ("a", "lone", "root", "web")]
    assert ids(estate) == names
    another = beside.replace("sets/root", "sets/other").replace("name: root", "name: other")
    several = resolve(beside + another + more + one_set)
    assert [node for _, node in roots(several)] == [
        "application:more/other",
        "application:more/root",
        "applicationset:web/web",
    ]


def test_what_a_generator_would_fill_in_is_counted() -> None:
    web = entry(resolve(GUESSED), "application:platform/web")
    assert web.is_assumed
    assert web.sources[0].broken == ()
    assert [note.reason for note in web.sources[0].not_understood] == [
        "keeps placeholders that only its generator fills in"
    ]


SET = """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: open, namespace: argocd}
spec:
  generators: [clusters: {selector: {matchLabels: {a: b}}}]
  template:
    metadata: {name: open}
    spec:
      destination: {name: "{{name}}"}
      source: {repoURL: "{{metadata.annotations.url}}", path: "{{metadata.annotations.path}}"}
"""
WORKED = f"""
-- platform/root.yaml --
{application("root", "apps")}
-- platform/apps/web.yaml --
{application("web", "web/dev")}
-- platform/apps/deep/lone.yaml --
{application("lone", "web/${ENV}")}
"""


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("", "'web/${ENV}' is filled in before somebody applies it"),
        ("-- platform/README.md --\nkubectl apply -f apps/deep/lone.yaml\n", "a document tells"),
        (
            '-- platform/tf/main.tf --\na = file("${path.module}/../apps/deep/lone.yaml")\n',
            "platform/tf/main.tf names its file and may apply it",
        ),
        (
            "-- platform/apps/cdk.yaml --\n"
            + application("cdk", "apps/deep", more="\n    plugin: {name: cdk8s}"),
            "it lies below platform/apps/deep, which a plugin renders",
        ),
        (f"-- platform/apps/open.yaml --\n{SET}", "ApplicationSet open may render it"),
    ],
)
def test_what_something_outside_may_apply_is_no_finding_and_is_counted(
    more: str, reason: str
) -> None:
    hole = "${ENV}" if not more else "dev"
    estate = resolve(WORKED.replace("${ENV}", hole) + more)
    assert [orphan.name for orphan in estate.orphans] == ["lone"]
    assert find_orphaned_applications(estate) == []
    told = [note.reason for note in measure_coverage(estate, frozenset()).not_understood]
    (found,) = (text for text in told if "no root leads to Application lone, but" in text)
    assert reason in found


@pytest.mark.parametrize("ending", ["ftl.yaml", "tmpl.yml"])
def test_what_a_template_engine_has_yet_to_write_starts_nothing(ending: str) -> None:
    estate = resolve(f"-- platform/start.{ending} --\n{application('start', 'apps')}{WORKED}")
    assert [root.cluster for root in estate.roots] == ["platform"]
    assert find_orphaned_applications(estate) == []
    told = [note.reason for note in measure_coverage(estate, frozenset()).not_understood]
    assert "no root leads to Application start, but a template engine makes another file of it" in (
        told
    )


def test_an_application_that_starts_the_kustomization_beside_it_is_its_root() -> None:
    text = f"""
-- platform/apps/start.yaml --
{application("start", "apps")}
-- platform/apps/kustomization.yaml --
resources: [list/web.yaml]
-- platform/apps/list/web.yaml --
{application("web", "web/dev")}
"""
    assert roots(resolve(text)) == [("start", "application:start/start")]


def test_an_application_in_the_folder_of_its_own_chart_brings_nothing() -> None:
    chart = "-- platform/web/Chart.yaml --\napiVersion: v2\nname: web\nversion: 1.0.0\n"
    text = f"{WORKED}{chart}-- platform/web/start.yaml --\n{application('start', 'web')}"
    assert [cluster for cluster, _ in roots(resolve(text))] == ["platform"]


def test_sets_below_a_folder_of_sets_belong_to_it() -> None:
    deeper = GUESSED.replace("platform/sets/lone.yaml", "platform/sets/deep/lone.yaml")
    nested = SET.replace("name: open", "name: nested")
    estate = resolve(f"-- platform/sets/deep/set.yaml --\n{nested}{deeper}")
    assert "applicationset:platform/nested" in [made.id for made in estate.application_sets]
    assert roots(estate) == [("platform", "kustomization:platform/sets")]
    assert "application:platform/lone" not in ids(estate)


LONE_FOLDER = f"""
-- platform/apps/web/kustomization.yaml --
resources: [web.yaml]
-- platform/apps/web/web.yaml --
{application("web", "elsewhere", "other")}
"""


@pytest.mark.parametrize(("lone", "found"), [(1, 1), (2, 3), (20, 1)])
def test_most_applications_that_nothing_renders_are_roots_beside_a_folder(
    lone: int, found: int
) -> None:
    others = "".join(
        f"-- platform/apps/a{i}/a.yaml --\n{application(f'a{i}', 'elsewhere', 'other')}"
        for i in range(lone)
    )
    assert len(roots(resolve(LONE_FOLDER + others))) == found


def a_set(name: str, made: str, path: str, more: str = "") -> str:
    return f"""apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {{name: {name}, namespace: argocd}}
spec:
  generators: [list: {{elements: [{{a: b}}]}}]
  template:
    metadata: {{name: {made}, namespace: argocd}}
    spec:
      destination: {{server: "https://kubernetes.default.svc", namespace: {made}}}
      source: {{repoURL: "https://git.example.com/platform", path: {path}{more}}}
"""


def test_sets_of_one_name_in_a_folder_are_each_another_argo_cd() -> None:
    values = ", helm: {valueFiles: [%s.yaml]}"
    text = "".join(
        f"-- platform/set-{stage}.yaml --\n{a_set('web', 'web', 'web', values % stage)}"
        for stage in ("dev", "prod")
    )
    assert ids(resolve(text)) == ["application:dev/web", "application:prod/web"]


@pytest.mark.parametrize(("path", "found"), [("web/dev", 1), ("elsewhere", 2)])
def test_a_set_that_makes_what_a_root_brings_already_is_not_wired(path: str, found: int) -> None:
    started = WORKED.replace("platform/root.yaml", "platform/start/root.yaml")
    text = f"{started}-- platform/more/sets/web.yaml --\n{a_set('again', 'web', path)}"
    assert len(roots(resolve(text))) == found
    told = "-- platform/README.md --\n```\nkubectl apply -f more/sets/web.yaml\n```\n"
    assert len(roots(resolve(text + told))) == 2


def test_lone_sets_start_nothing_and_so_the_lone_applications_beside_them_count() -> None:
    others = "".join(
        f"-- platform/apps/{name}/a.yaml --\n{application(name, 'elsewhere', 'other')}"
        for name in ("one", "two")
    )
    text = f"-- platform/tenants/set.yaml --\n{a_set('tenants', 'web', 'web')}{others}"
    assert [entry.name for entry in resolve(text).applications] == ["one", "two", "web"]
    start = f"-- platform/start/start.yaml --\n{application('start', 'apps')}"
    assert [entry.name for entry in resolve(start + others).applications] == ["start"]
    started = WORKED.replace("platform/root.yaml", "platform/start/root.yaml")
    assert len(roots(resolve(started + others))) == 1


def test_what_is_put_away_is_no_root_and_no_finding_unless_nothing_else_is_there() -> None:
    away = f"-- platform/archive/sets/set.yaml --\n{a_set('old', 'old', 'web')}"
    started = WORKED.replace("platform/root.yaml", "platform/start/root.yaml")
    estate = resolve(started.replace("${ENV}", "dev") + away)
    assert "application:platform/old" not in ids(estate)
    told = [note.reason for note in measure_coverage(estate, frozenset()).not_understood]
    assert "no root leads to ApplicationSet old, but it is there to be copied, or put away" in told
    assert find_orphaned_applications(resolve(away)) == []
    assert [entry.name for entry in resolve(away).applications] == ["old"]


def test_a_root_that_renders_its_own_successor_hands_over_to_it() -> None:
    text = f"""
-- platform/install/root.yaml --
{application("root", "start")}
-- platform/start/root.yaml --
{application("root", "apps")}
-- platform/apps/web.yaml --
{application("web", "web")}
"""
    assert set(ids(resolve(text))) == {"application:start/root", "application:start/web"}


KEPT = f"""
-- platform/apps/kustomization.yaml --
resources: [a.yaml, root.yaml, set.yaml]
-- platform/apps/a.yaml --
{application("a", "KEEPS")}
-- platform/apps/root.yaml --
{application("root", "apps")}
-- platform/apps/set.yaml --
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {{name: b, namespace: argocd}}
spec:
  generators: [{{list: {{elements: []}}}}]
  template: {{metadata: {{name: b}}, spec: {{}}}}
-- platform/web/a.yaml --
{config_map("a")}
"""


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("web", {"a": "root", "root": "", "b": "root"}),
        ("apps", {"a": "", "root": "a", "b": "root"}),  # each of the two keeps the other
    ],
)
def test_what_is_applied_by_hand_belongs_to_the_application_that_keeps_it(
    path: str, kept: dict[str, str]
) -> None:
    estate = resolve(KEPT.replace("KEEPS", path))
    parents = [(app.id, app.parent) for app in estate.applications]
    parents += [(made.id, made.parent) for made in estate.application_sets]
    found = {id_.rpartition("/")[2]: parent for id_, parent in parents}
    by_hand = "kustomization:platform/apps"
    assert found == {k: f"application:platform/{v}" if v else by_hand for k, v in kept.items()}


RING = f"""
-- platform/b/argocd/kustomization.yaml --
resources: [root.yaml]
-- platform/b/argocd/root.yaml --
{application("root", "a/apps")}
-- platform/a/apps/kustomization.yaml --
resources: [argocd.yaml]
-- platform/a/apps/argocd.yaml --
{application("argocd", "b/argocd")}
"""


@pytest.mark.parametrize(
    ("document", "start"),
    [
        ("", "a/apps"),
        ("-- platform/README.md --\n```\nkubectl apply -k b/argocd\n```\n", "b/argocd"),
    ],
)
def test_of_folders_that_render_one_another_one_is_the_root(document: str, start: str) -> None:
    estate = resolve(RING + document)
    assert [node for _, node in roots(estate)] == [f"kustomization:platform/{start}"]
    assert sorted(entry.name for entry in estate.applications) == ["argocd", "root"]


def test_a_start_beside_a_kustomization_that_omits_it_counts_where_a_document_applies_it() -> None:
    text = f"""
-- platform/start/kustomization.yaml --
resources: [namespace.yaml]
-- platform/start/namespace.yaml --
{config_map("a")}
-- platform/start/root.yaml --
{application("root", "apps")}
-- platform/apps/web.yaml --
{application("web", "web")}
-- platform/apps/deep/more.yaml --
{application("more", "more")}
"""
    told = "-- platform/README.md --\n```\nkubectl apply -f start/root.yaml\n```\n"
    assert ids(resolve(text + told)) == ["application:start/root", "application:start/web"]
    assert "application:start/root" not in ids(resolve(text))


def test_an_application_of_a_chart_that_needs_its_values_is_an_app_of_apps() -> None:
    chart = f"""
-- platform/start/root.yaml --
{application("root", "chart", more=f"{chr(10)}    helm: {{valuesObject: {{name: web}}}}")}
-- platform/other/alone.yaml --
{application("alone", "elsewhere", "other")}
-- platform/chart/Chart.yaml --
apiVersion: v2
name: apps
version: 1.0.0
-- platform/chart/templates/web.yaml --
{application('{{ required "a name" .Values.name }}', "elsewhere", "other")}
"""
    estate = resolve(chart)
    assert [node for _, node in roots(estate)] == ["application:start/root"]
    assert ids(estate) == ["application:start/root", "application:start/web"]


@pytest.mark.parametrize(("revision", "told"), [("{{ .Values.revision }}", 0), ("gone", 1)])
def test_a_revision_by_default_of_a_chart_that_is_applied_by_hand_is_open(
    revision: str, told: int
) -> None:
    child = application("web", "web").replace("HEAD", f'"{revision}"')
    text = f"""
-- platform/start/Chart.yaml --
apiVersion: v2
name: start
version: 1.0.0
-- platform/start/values.yaml --
revision: gone
-- platform/start/templates/web.yaml --
{child}
-- platform/web/a.yaml --
{config_map("a")}
"""
    (web,) = resolve(text).applications
    assert len(web.sources[0].broken) == told
    assert len(web.sources[0].not_understood) == 1 - told


def test_a_chart_that_brings_nothing_by_its_own_values_is_told() -> None:
    child = application("web", "web")
    text = f"""
-- platform/start/Chart.yaml --
apiVersion: v2
name: start
version: 1.0.0
-- platform/start/templates/web.yaml --
{{{{- if .Values.web }}}}
{child}
{{{{- end }}}}
"""
    notes = [(str(note.location), note.reason) for note in resolve(text).not_understood]
    told = "a chart that may bring Applications, with values that nothing here gives it"
    assert notes == [("platform/start/Chart.yaml:1:1", told)]
    rendered = text.replace(".Values.web", "true")
    assert resolve(rendered).not_understood == ()


_PLUGIN = "plugin: {configMapRef: {name: shards}}"


def _shards(generators: str, source: str) -> str:
    return f"""
-- platform/start/sets.yaml --
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {{name: shards, namespace: argocd}}
spec:
  generators: [{generators}]
  template:
    metadata: {{name: "{{{{name}}}}"}}
    spec:
      project: default
      destination: {{server: https://kubernetes.default.svc, namespace: argocd}}
      sources:
        - {{repoURL: https://charts.example.com, chart: traefik, targetRevision: 1.0.0}}
        - {{repoURL: https://git.example.com/else, path: shard}}
        - {{repoURL: https://git.example.com/platform, {source}}}
-- platform/shard/Chart.yaml --
apiVersion: v2
name: shard
version: 1.0.0
-- platform/shard/templates/web.yaml --
{application("web", "web")}
-- platform/overlay/kustomization.yaml --
resources: [web.yaml]
-- platform/overlay/web.yaml --
{application("web", "web")}
"""


@pytest.mark.parametrize(
    ("generators", "source", "starts"),
    [
        (f"{{{_PLUGIN}}}", "path: ./shard", ["start/sets.yaml", "overlay"]),
        (f"{{{_PLUGIN}}}", "path: overlay", ["start/sets.yaml", "overlay", "shard"]),
        ("{list: {elements: []}}", "path: shard", ["start/sets.yaml", "overlay", "shard"]),
    ],
)
def test_a_chart_waits_for_values_that_only_a_generator_knows(
    generators: str, source: str, starts: list[str]
) -> None:
    estate = resolve(_shards(generators, source))
    assert sorted(root.path for root in estate.roots) == sorted(starts)


def test_what_only_a_component_includes_is_no_root() -> None:
    estate = resolve(f"""
-- platform/prod/kustomization.yaml --
resources: [a.yaml]
components: [../part]
-- platform/prod/a.yaml --
{application("a", "a")}
-- platform/part/kustomization.yaml --
kind: Component
resources: [../more]
-- platform/more/kustomization.yaml --
resources: [b.yaml]
-- platform/more/b.yaml --
{application("b", "b")}
""")
    assert roots(estate) == [("prod", "kustomization:platform/prod")]


def test_of_two_that_share_a_name_that_counts_whose_tree_is_followed() -> None:
    estate = resolve(
        f"""
-- platform/root-dev.yaml --
{application("root", "apps")}
-- platform/apps/shop.yaml --
{application("shop", "zones/new")}
-- platform/zones/new/later.yaml --
{application("later", "again")}
-- platform/again/shop.yaml --
{application("shop", "zones/old")}
-- platform/zones/old/lost.yaml --
{application("lost", "nowhere")}
""",
        "platform/root-{cluster}.yaml",
    )
    assert estate.by_id["application:dev/shop"].application.sources[0].path == "zones/new"
    assert "application:dev/lost" not in estate.by_id
