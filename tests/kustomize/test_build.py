"""What our Kustomize knows beyond the objects: places, problems, patches and includes."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from graphdoc.clone import open_clone
from graphdoc.model.clone import Clone
from graphdoc.model.kustomize import KustomizeOptions, options_from
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Mapping, Node, Scalar, to_plain, walk
from graphdoc.model.resource import ResourceId
from graphdoc.parse.yaml import parse_documents
from graphdoc.resolve.kustomize import (
    Build,
    BuildProblemKind,
    Kustomizer,
    is_kustomization,
)
from graphdoc.resolve.kustomize.files.remote import Remote, parse_remote
from graphdoc.resolve.kustomize.resources.expressions import compile_expression
from graphdoc.resolve.repositories.files import Files

BASE = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
spec:
  project: default
  sources:
    - helm:
        valueFiles:
          - $values/shop/values.yaml
          - $values/shop/values-dev.yaml
"""
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {}\n"


def write(root: Path, files: dict[str, str]) -> Clone:
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode())
    return open_clone(root.name, root, root.name)


def build(
    root: Path, directory: str, files: dict[str, str], options: KustomizeOptions | None = None
) -> Build:
    return Kustomizer(Files()).build(write(root, files), directory, options)


def places(node: Node | None) -> list[str]:
    assert isinstance(node, Scalar)
    return [f"{span.file.path}:{span.line}:{span.column}" for span in node.origins]


def leaf(built: Build, *route: str) -> Node | None:
    node: Node | None = built.resources[0].manifest
    for step in route:
        if step.isdigit():
            assert not isinstance(node, Scalar | Mapping | None)
            node = node.items[int(step)]
        else:
            assert isinstance(node, Mapping)
            node = node.entries[step]
    return node


def overlay(patch: str) -> dict[str, str]:
    return {
        "base/kustomization.yaml": "resources: [shop.yaml]\n",
        "base/shop.yaml": BASE,
        "prod/kustomization.yaml": f"resources: [../base]\npatches:\n{patch}",
    }


def test_json_patched_leaf_names_the_overlay_line_and_remembers_the_base_line(
    tmp_path: Path,
) -> None:
    patch = """\
  - target: {kind: Application, name: shop}
    patch: |
      - op: replace
        path: /spec/sources/0/helm/valueFiles/1
        value: $values/shop/values-prod.yaml
"""
    built = build(tmp_path, "prod", overlay(patch))
    files = ("spec", "sources", "0", "helm", "valueFiles")
    assert built.error is None
    assert places(leaf(built, *files, "0")) == ["base/shop.yaml:10:13"]
    assert places(leaf(built, *files, "1")) == [
        "base/shop.yaml:11:13",
        "prod/kustomization.yaml:7:16",
    ]


@pytest.mark.parametrize("header", ["|", "|-", "|2", "| # with a comment"])
def test_literal_patch_has_its_lines_in_the_enclosing_file(tmp_path: Path, header: str) -> None:
    patch = f"""\
  - patch: {header}
      apiVersion: argoproj.io/v1alpha1
      kind: Application
      metadata:
        name: shop

      spec:
        project: team
"""
    built = build(tmp_path, "prod", overlay(patch))
    assert places(leaf(built, "spec", "project")) == [
        "base/shop.yaml:6:12",
        "prod/kustomization.yaml:10:18",
    ]


def test_folded_or_quoted_patch_stands_where_the_text_starts(tmp_path: Path) -> None:
    patch = """\
  - target: {kind: Application}
    patch: '[{"op": "replace", "path": "/spec/project", "value": "team"}]'
"""
    built = build(tmp_path, "prod", overlay(patch))
    assert places(leaf(built, "spec", "project")) == [
        "base/shop.yaml:6:12",
        "prod/kustomization.yaml:4:12",
    ]


def test_patch_file_is_where_the_value_stands(tmp_path: Path) -> None:
    files = overlay("  - path: patch.yaml\n")
    files["prod/patch.yaml"] = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: shop}\n"
        "spec:\n  project: team\n"
    )
    built = build(tmp_path, "prod", files)
    assert places(leaf(built, "spec", "project")) == ["base/shop.yaml:6:12", "prod/patch.yaml:5:12"]
    assert [(p.file, p.targets) for p in built.patches] == [
        (
            SourceFile(tmp_path.name, "prod/patch.yaml"),
            (ResourceId("argoproj.io", "Application", "", "shop"),),
        )
    ]


def test_transformers_point_to_their_field(tmp_path: Path) -> None:
    files = {
        "kustomization.yaml": (
            "resources: [all.yaml]\n"
            "namespace: shop\n"
            "namePrefix: dev-\n"
            "images:\n  - name: nginx\n    newTag: v2\n"
            "replicas:\n  - name: web\n    count: 3\n"
            "commonAnnotations:\n  team: red\n"
        ),
        "all.yaml": (
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n"
            "spec:\n  replicas: 1\n  template:\n    spec:\n      containers:\n"
            "        - name: web\n          image: nginx:v1\n"
        ),
    }
    built = build(tmp_path, "", files)
    container = ("spec", "template", "spec", "containers", "0")
    assert {
        "name": places(leaf(built, "metadata", "name")),
        "namespace": places(leaf(built, "metadata", "namespace")),
        "annotation": places(leaf(built, "metadata", "annotations", "team")),
        "replicas": places(leaf(built, "spec", "replicas")),
        "image": places(leaf(built, *container, "image")),
    } == {
        "name": ["all.yaml:4:9", "kustomization.yaml:3:13"],
        "namespace": ["kustomization.yaml:2:12"],
        "annotation": ["kustomization.yaml:11:9"],
        "replicas": ["all.yaml:6:13", "kustomization.yaml:9:12"],
        "image": ["all.yaml:11:18", "kustomization.yaml:6:13"],
    }


def test_generated_values_stand_in_the_literal_or_the_file(tmp_path: Path) -> None:
    files = {
        "kustomization.yaml": (
            "configMapGenerator:\n  - name: cm\n    literals: [a=1]\n"
            "    envs: [x.env]\n    files: [f.txt]\n"
        ),
        "x.env": "# first\nB=2\n",
        "f.txt": "text\n",
    }
    built = build(tmp_path, "", files)
    data = leaf(built, "data")
    assert isinstance(data, Mapping)
    assert {key: places(value) for key, value in data.entries.items()} == {
        "a": ["kustomization.yaml:3:16"],
        "B": ["x.env:2:1"],
        "f.txt": ["f.txt:1:1"],
    }


def test_every_plain_leaf_of_a_base_reads_as_its_place_says(tmp_path: Path) -> None:
    files = overlay("")
    files["prod/kustomization.yaml"] = "resources: [../base]\ncommonAnnotations: {a: b}\n"
    clone = write(tmp_path, files)
    built = Kustomizer(Files()).build(clone, "prod")
    for _, node in walk(built.resources[0].manifest):
        if isinstance(node, Scalar):
            assert underlined(clone, node.span) == node.text


def underlined(clone: Clone, span: Span) -> str:
    line = clone.read(span.file.path).decode().split("\n")[span.line - 1]
    return line[span.column - 1 : span.end_column - 1]


def test_problem_stands_at_the_entry_and_the_rest_is_built(tmp_path: Path) -> None:
    files = {
        "kustomization.yaml": "resources:\n  - missing.yaml\n  - a.yaml\n  - ../empty\n",
        "a.yaml": CONFIG_MAP.format("a"),
    }
    built = build(tmp_path / "repo", "", files)
    assert [(p.kind, p.message, p.span.line) for p in built.problems] == [
        (BuildProblemKind.MISSING_ENTRY, "resource 'missing.yaml' does not exist", 2),
        (BuildProblemKind.MISSING_ENTRY, "resource '../empty' does not exist", 4),
    ]
    assert [resource.name for resource in built.resources] == ["a"]


def test_base_without_kustomization_is_reported_where_it_is_included(tmp_path: Path) -> None:
    files = {
        "top/kustomization.yaml": "resources: [../base]\n",
        "base/a.yaml": CONFIG_MAP.format("a"),
    }
    built = build(tmp_path, "top", files)
    assert [(p.kind, p.message, p.span.file.path) for p in built.problems] == [
        (
            BuildProblemKind.MISSING_ENTRY,
            "resource '../base' has no kustomization file",
            "top/kustomization.yaml",
        )
    ]


def test_cycle_is_reported_once_whoever_is_built(tmp_path: Path) -> None:
    files = {
        "a/kustomization.yaml": "resources: [../b]\n",
        "b/kustomization.yaml": "resources: [../c]\n",
        "c/kustomization.yaml": "resources: [../a]\n",
        "top/kustomization.yaml": "resources: [../a]\n",
    }
    clone = write(tmp_path, files)
    kustomizer = Kustomizer(Files())
    kinds = [
        [p.kind for p in kustomizer.build(clone, directory).problems]
        for directory in ("top", "a", "b", "c")
    ]
    assert all(BuildProblemKind.CYCLE in found for found in kinds)


def test_same_id_twice_names_both_places(tmp_path: Path) -> None:
    files = {
        "kustomization.yaml": "resources: [a.yaml, b.yaml]\n",
        "a.yaml": CONFIG_MAP.format("a"),
        "b.yaml": CONFIG_MAP.format("a"),
    }
    problem = build(tmp_path, "", files).problems[0]
    assert problem.message == "may not add resource with an already registered id: ConfigMap/a"
    assert problem.span.file.path == "b.yaml"
    assert [location.span.file.path for location in problem.related] == ["a.yaml"]


def test_broken_file_is_unreadable_at_its_line(tmp_path: Path) -> None:
    files = {
        "kustomization.yaml": "resources: [a.yaml]\n",
        "a.yaml": "apiVersion: v1\nkind: [\n",
    }
    problem = build(tmp_path, "", files).problems[0]
    assert (problem.kind, problem.span.file.path) == (BuildProblemKind.UNREADABLE, "a.yaml")


def test_patch_that_matches_nothing_is_kept_with_no_targets(tmp_path: Path) -> None:
    patch = "  - target: {kind: Deployment}\n    patch: '[]'\n"
    built = build(tmp_path, "prod", overlay(patch))
    assert built.error is None
    assert [(p.span.line, p.targets) for p in built.patches] == [(3, ())]


def test_includes_and_files(tmp_path: Path) -> None:
    files = overlay("  - path: patch.yaml\n")
    files["prod/kustomization.yaml"] += "configMapGenerator: [{name: g, files: [key=a.txt]}]\n"
    files |= {"prod/patch.yaml": "", "prod/a.txt": "a"}
    built = build(tmp_path, "prod", files)
    name = tmp_path.name
    assert [(i.kind, i.target, i.is_directory) for i in built.includes] == [
        ("resource", "base", True),
        ("patch", "prod/patch.yaml", False),
        ("generator", "prod/a.txt", False),
    ]
    assert sorted(file.path for file in built.files) == [
        "base/kustomization.yaml",
        "base/shop.yaml",
        "prod/a.txt",
        "prod/kustomization.yaml",
        "prod/patch.yaml",
    ]
    assert built.kustomizations == (
        SourceFile(name, "base/kustomization.yaml"),
        SourceFile(name, "prod/kustomization.yaml"),
    )


REMOTE = "https://github.com/org/shared//apps/base?ref=v1"


def remote_build(root: Path, find: Callable[[str, str], Clone | None]) -> Build:
    clone = write(root / "team", {"kustomization.yaml": f"resources:\n  - {REMOTE}\n"})
    return Kustomizer(Files(), find).build(clone, "")


def test_remote_base_of_an_analysed_repository_is_built(tmp_path: Path) -> None:
    shared = write(
        tmp_path / "shared",
        {
            "apps/base/kustomization.yaml": "resources: [a.yaml]\n",
            "apps/base/a.yaml": CONFIG_MAP.format("a"),
        },
    )
    asked: list[tuple[str, str]] = []

    def find(url: str, revision: str) -> Clone | None:
        asked.append((url, revision))
        return shared

    built = remote_build(tmp_path, find)
    assert asked == [("https://github.com/org/shared", "v1")]
    assert [resource.span.file for resource in built.resources] == [
        SourceFile("shared", "apps/base/a.yaml")
    ]
    assert [(i.kind, i.target, i.clone) for i in built.includes] == [
        ("resource", "apps/base", "shared")
    ]


def test_other_remote_base_is_not_understood(tmp_path: Path) -> None:
    built = remote_build(tmp_path, lambda _url, _revision: None)
    assert built.error is None
    assert [(n.location.line, n.reason) for n in built.not_understood] == [
        (2, f"a remote resource outside of the analysed repositories: '{REMOTE}'")
    ]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (
            "configMapGenerator:\n  - {name: a, behavior: replace, literals: [x=y]}\n",
            "ConfigMap/a does not exist; cannot replace",
        ),
        ("replicas: [{name: web, count: 3}]\n", "no workload named 'web' to set replicas of"),
        (
            "replacements:\n  - source: {kind: ConfigMap}\n    targets: [{select: {kind: Job}}]\n",
            "nothing selected by the source of a replacement",
        ),
        (
            "configMapGenerator:\n  - {name: b, literals: [x=$(V)]}\n"
            "vars: [{name: V, objref: {kind: Job, name: a, apiVersion: batch/v1}}]\n",
            "var 'V' cannot be mapped to a field in the set of known resources",
        ),
    ],
)
def test_a_remote_resource_may_bring_what_is_aimed_at(
    tmp_path: Path, entry: str, reason: str
) -> None:
    remote = build(tmp_path, "", {"kustomization.yaml": f"resources: ['{REMOTE}']\n{entry}"})
    alone = build(tmp_path / "alone", "", {"kustomization.yaml": entry})
    assert (remote.error, remote.not_understood[-1].reason) == (
        None,
        f"{reason}; '{REMOTE}' may bring it",
    )
    assert alone.error is not None
    assert alone.error.endswith(reason)


OPTIONS = """\
namePrefix: argo-
nameSuffix: -v1
namespace: prod
images: ["nginx=other:v8", "nginx=registry/nginx:v9", "redis:v7"]
replicas: [{name: web, count: "4"}]
commonLabels: {team: red}
labelWithoutSelector: true
commonAnnotations: {note: "yes"}
patches:
  - target: {kind: Deployment}
    patch: |
      - {op: add, path: /spec/paused, value: true}
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - {name: a, image: nginx}
        - {name: b, image: "redis:v6"}
"""


def test_options_of_an_application_apply(tmp_path: Path) -> None:
    root = parse_documents(OPTIONS.encode(), SourceFile("apps", "app.yaml"))[0].root
    files = {
        "kustomization.yaml": "resources: [d.yaml]\nnamePrefix: own-\n",
        "d.yaml": DEPLOYMENT,
    }
    built = build(tmp_path, "", files, options_from(root))
    assert built.error is None
    assert [to_plain(resource.manifest) for resource in built.resources] == [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {
                "name": "argo-web-v1",
                "namespace": "prod",
                "labels": {"team": "red"},
                "annotations": {"note": "yes"},
            },
            "spec": {
                "paused": True,
                "replicas": 4,
                "template": {
                    "metadata": {"annotations": {"note": "yes"}},
                    "spec": {
                        "containers": [
                            {"name": "a", "image": "registry/nginx:v9"},
                            {"name": "b", "image": "redis:v7"},
                        ]
                    },
                },
            },
        }
    ]


@pytest.mark.parametrize(
    ("ignoring", "messages"),
    [("true", []), ("false", ["component '../absent' does not exist"])],
)
def test_missing_components_of_an_application_may_be_ignored(
    tmp_path: Path, ignoring: str, messages: list[str]
) -> None:
    text = f"components: [../c, ../absent]\nignoreMissingComponents: {ignoring}\n"
    options = options_from(parse_documents(text.encode(), SourceFile("apps", "a.yaml"))[0].root)
    files = {
        "top/kustomization.yaml": "resources: [a.yaml]\n",
        "top/a.yaml": CONFIG_MAP.format("a"),
        "c/kustomization.yaml": (
            "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: c-\n"
        ),
    }
    built = build(tmp_path, "./top/", files, options)
    assert [problem.message for problem in built.problems] == messages
    assert [resource.name for resource in built.resources] == ["c-a"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("commonLabels: {a: new}", "commonLabels of the kustomization have 'a' already"),
        ("commonLabels: {a: new}\nforceCommonLabels: true", None),
        ("commonLabels: {a: new}\nlabelWithoutSelector: true", None),
        ("commonLabels: {b: new}", None),
        ("commonAnnotations: {a: new}", "commonAnnotations of the kustomization have 'a' already"),
        ("commonAnnotations: {a: new}\nforceCommonAnnotations: true", None),
    ],
)
def test_labels_of_an_application_replace_others_only_by_force(
    tmp_path: Path, text: str, message: str | None
) -> None:
    options = options_from(parse_documents(text.encode(), SourceFile("apps", "a.yaml"))[0].root)
    own = "resources: [a.yaml]\ncommonLabels: {a: old}\ncommonAnnotations: {a: old}\n"
    built = build(
        tmp_path, "", {"kustomization.yaml": own, "a.yaml": CONFIG_MAP.format("a")}, options
    )
    assert [problem.message.partition(", and")[0] for problem in built.problems] == (
        [message] if message else []
    )


def test_components_of_an_application_are_added_once(tmp_path: Path) -> None:
    text = b"components: [../c, ../d]"
    options = options_from(parse_documents(text, SourceFile("apps", "a.yaml"))[0].root)
    component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: {}-\n"
    files = {
        "top/kustomization.yaml": "resources: [a.yaml]\ncomponents: [../c]\n",
        "top/a.yaml": CONFIG_MAP.format("a"),
        "c/kustomization.yaml": component.format("c"),
        "d/kustomization.yaml": component.format("d"),
    }
    built = build(tmp_path, "./top/", files, options)
    assert [resource.name for resource in built.resources] == ["d-c-a"]


def test_options_leave_the_plain_build_alone(tmp_path: Path) -> None:
    root = parse_documents(b"namePrefix: argo-", SourceFile("apps", "app.yaml"))[0].root
    files = {"kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": CONFIG_MAP.format("a")}
    clone = write(tmp_path, files)
    kustomizer = Kustomizer(Files())
    names = [
        [resource.name for resource in kustomizer.build(clone, "", options).resources]
        for options in (None, options_from(root), None)
    ]
    assert names == [["a"], ["argo-a"], ["a"]]


def test_base_is_shared_and_not_changed_by_its_overlays(tmp_path: Path) -> None:
    files = {
        "base/kustomization.yaml": "resources: [a.yaml]\n",
        "base/a.yaml": CONFIG_MAP.format("a"),
        "one/kustomization.yaml": "resources: [../base]\nnamePrefix: one-\n",
        "two/kustomization.yaml": "resources: [../base]\nnamespace: two\n",
    }
    clone = write(tmp_path, files)
    kustomizer = Kustomizer(Files())
    names = [
        [str(resource.id) for resource in kustomizer.build(clone, directory).resources]
        for directory in ("one", "two", "base")
    ]
    assert names == [["ConfigMap/one-a"], ["ConfigMap/two/a"], ["ConfigMap/a"]]


def test_deeply_nested_resource_is_not_understood_and_the_rest_is_built(tmp_path: Path) -> None:
    deep = "{a: " * 480 + "1" + "}" * 480
    files = {
        "kustomization.yaml": (
            "resources: [deep.yaml, a.yaml]\n"
            "patches:\n  - path: p.yaml\n    target: {kind: Thing}\n"
        ),
        "p.yaml": f"kind: Thing\nmetadata: {{name: x}}\nspec: {deep}\n",
        "deep.yaml": f"kind: Thing\nmetadata: {{name: d}}\nspec: {deep}\n",
        "a.yaml": CONFIG_MAP.format("a"),
    }
    built = build(tmp_path, "", files)
    assert [resource.name for resource in built.resources][:1] == ["a"]
    reasons = {entry.reason for entry in built.not_understood}
    assert reasons == {"nested too deeply to be followed"}


def test_paths_never_leave_the_clone(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text(CONFIG_MAP.format("secret"))
    entries = "[../secret.yaml, /etc/passwd, ../../../../etc/passwd]"
    built = build(tmp_path / "repo", "", {"kustomization.yaml": f"resources: {entries}\n"})
    assert built.resources == ()
    assert {p.kind for p in built.problems} == {BuildProblemKind.MISSING_ENTRY}


def test_secret_values_reach_no_message(tmp_path: Path) -> None:
    files = {
        "kustomization.yaml": (
            "secretGenerator:\n  - name: s\n    literals: [a=hunter2, a=hunter2, hunter2]\n"
            "patches:\n  - target: {kind: Secret}\n"
            '    patch: \'[{"op": "test", "path": "/data/a", "value": "hunter2"}]\'\n'
            "resources: [s.yaml]\n"
        ),
        "s.yaml": ("apiVersion: v1\nkind: Secret\nmetadata: {name: t}\nstringData: {a: hunter2}\n"),
    }
    built = build(tmp_path, "", files)
    assert built.problems
    assert not [problem for problem in built.problems if "hunter2" in repr(problem)]


def test_kustomization_is_found_by_each_of_its_names(tmp_path: Path) -> None:
    files = {
        "a/kustomization.yaml": "",
        "b/kustomization.yml": "",
        "c/Kustomization": "",
        "d/other.yaml": "",
    }
    clone = write(tmp_path, files)
    assert [is_kustomization(clone, directory) for directory in ("a", "b", "c", "d", "")] == [
        "kustomization.yaml",
        "kustomization.yml",
        "Kustomization",
        None,
        None,
    ]


@pytest.mark.parametrize("name", ["(a+)+", "(a|b*)*", ".*.*.*.*x", "(a?){30}a{30}"])
def test_expression_that_would_take_others_for_ever_is_matched(tmp_path: Path, name: str) -> None:
    files = overlay(f"  - target: {{name: '{name}'}}\n    patch: '[]'\n")
    files["base/shop.yaml"] = BASE.replace("shop", "a" * 2000 + "!")
    built = build(tmp_path, "prod", files)
    assert (built.error, built.not_understood) == (None, ())


def test_without_re2_only_plain_expressions_are_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "re2", None)
    compile_expression.cache_clear()
    targets = ("^.*s[a-h]o(p|q)$", "(s|h)+", ".*.*.*.*")
    files = overlay("".join(f"  - target: {{name: '{t}'}}\n    patch: '[]'\n" for t in targets))
    files["prod/kustomization.yaml"] += "images: [{name: registry.example.org/a.b, newTag: v1}]\n"
    assert [entry.reason for entry in build(tmp_path, "prod", files).not_understood] == [
        "a regular expression, for which google-re2 must be installed: ^(?:(s|h)+)$",
        "a regular expression, for which google-re2 must be installed: ^(?:.*.*.*.*)$",
    ]


def test_what_a_link_shows_counts_as_read_there_and_where_it_lies(tmp_path: Path) -> None:
    files = {
        "deep/real/kustomization.yaml": "resources: [a.yaml]\n",
        "deep/real/a.yaml": CONFIG_MAP.format("a"),
        "top/kustomization.yaml": "resources: [link]\n",
    }
    write(tmp_path, files)
    (tmp_path / "top/link").symlink_to("../deep/real")
    clone = open_clone("estate", tmp_path, "estate")
    for directory in ("top", "top/link"):
        built = Kustomizer(Files()).build(clone, directory)
        assert (built.error, built.path) == (None, directory)
        read = {file.path for file in (*built.files, *built.kustomizations)}
        names = ("kustomization.yaml", "a.yaml")
        assert {f"{at}/{n}" for at in ("deep/real", "top/link") for n in names} <= read


@pytest.mark.parametrize("name", ["(?=a)b", "a(", "a**", "a{1001}", "\\C", "\\1"])
def test_expression_that_go_cannot_read_is_refused(tmp_path: Path, name: str) -> None:
    patch = f"  - target: {{name: '{name}'}}\n    patch: '[]'\n"
    built = build(tmp_path, "prod", overlay(patch))
    assert [problem.kind for problem in built.problems] == [BuildProblemKind.INVALID]


def test_long_list_merges_entry_by_entry(tmp_path: Path) -> None:
    names = "".join(f"        - {{name: n{i}, value: a}}\n" for i in range(5_000))
    head = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n"
    pod = f"{head}    - name: c\n      env:\n{names}"
    files = {
        "kustomization.yaml": "resources: [a.yaml]\npatches: [{path: p.yaml}]\n",
        "a.yaml": pod,
        "p.yaml": pod.replace("value: a", "value: b"),
    }
    built = build(tmp_path, "", files)
    assert built.error is None
    entries = leaf(built, "spec", "containers", "0", "env")
    assert entries is not None
    assert to_plain(entries) == [{"name": f"n{i}", "value": "b"} for i in range(5_000)]


def test_hash_that_a_file_asks_for_is_that_of_a_config_map_or_secret(tmp_path: Path) -> None:
    files = {
        "top/kustomization.yaml": "resources: [a.yaml]\n",
        "top/a.yaml": "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  annotations:\n"
        "    internal.config.kubernetes.io/needsHashSuffix: enabled\n",
    }
    assert [n.reason for n in build(tmp_path, "top", files).not_understood] == [
        "the hash of a Service"
    ]


_TAKEN = "annotations that are taken as a whole"
_COPY = 'patches: [{{target: {{}}, patch: \'[{{"op": "copy", "from": "{}", "path": "/data"}}]\'}}]'
_INTO_DATA = "targets: [{select: {kind: ConfigMap}, fieldPaths: [data]}]"
_OF_A_MAP = "source: {{kind: ConfigMap, fieldPath: {}}}"


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        (_COPY.format("/metadata/annotations"), [_TAKEN]),
        (_COPY.format("/metadata"), [_TAKEN]),
        (_COPY.format("/metadata/labels"), []),
        (f"replacements: [{{{_OF_A_MAP.format('metadata')}, {_INTO_DATA}}}]", []),
        (f"namePrefix: p-\nreplacements: [{{{_OF_A_MAP.format('metadata')}, {_INTO_DATA}}}]",
         [_TAKEN]),
        (f"replacements: [{{{_OF_A_MAP.format('data.a')}, {_INTO_DATA}}}]",
         ["a replacement that changes its own source"]),
        (f"replacements: [{{{_OF_A_MAP.format('data')}, {_INTO_DATA}}}]", []),
    ],
)  # fmt: skip
def test_what_shows_how_kustomize_keeps_its_books_is_not_understood(
    tmp_path: Path, change: str, reasons: list[str]
) -> None:
    files = {
        "top/kustomization.yaml": f"resources: [a.yaml]\n{change}\n",
        "top/a.yaml": "apiVersion: v1\nkind: ConfigMap\n"
        "metadata: {name: a, labels: {b: c}}\ndata: {a: {b: c}}\n",
    }
    built = build(tmp_path, "top", files)
    assert (built.error, [n.reason for n in built.not_understood]) == (None, reasons)


def test_var_of_two_resources_says_so(tmp_path: Path) -> None:
    services = "".join(
        f"---\napiVersion: v1\nkind: Service\nmetadata: {{name: s, namespace: {name}}}\n"
        for name in "ab"
    )
    var = "{name: A, objref: {kind: Service, name: s, apiVersion: v1}}"
    files = {
        "top/kustomization.yaml": f"resources: [a.yaml]\nvars: [{var}]\n",
        "top/a.yaml": services,
    }
    error = build(tmp_path, "top", files).error
    assert error is not None
    assert error.endswith("found 2 resources for var 'A' (unable to disambiguate)")


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("github.com/org/repo//base?ref=v1", Remote("github.com/org/repo", "base", "v1")),
        (
            "https://example.com/org/repo///base/",
            Remote("https://example.com/org/repo", "base", ""),
        ),
        ("gh:org/repo/a/b", Remote("https://github.com/org/repo", "a/b", "")),
        ("git@a.org:org/repo.git/base?version=v2", Remote("git@a.org:org/repo.git", "base", "v2")),
        ("git::https://a.org/repo.git", Remote("https://a.org/repo.git", "", "")),
        ("https://a.org/b/c/repo.git/base", Remote("https://a.org/b/c/repo.git", "base", "")),
    ],
)
def test_address_of_a_base_names_repository_directory_and_revision(
    address: str, found: Remote
) -> None:
    assert parse_remote(address) == found


def test_missing_kustomization_is_told_where_it_should_be(tmp_path: Path) -> None:
    (problem,) = build(tmp_path, "top", {"top/a.yaml": ""}).problems
    assert problem.span.file.path == "top/kustomization.yaml"
