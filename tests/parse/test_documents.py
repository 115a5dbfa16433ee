"""Markdown is taken apart, and its paths are read as their repositories have them."""

from graphdoc.parse.markdown import Document, Fence, Line, Word, code_in, links_in, parse_markdown
from graphdoc.resolve.documents.known_paths import KnownPaths
from graphdoc.resolve.documents.stale_paths import find_stale_paths
from graphdoc.resolve.documents.trees import expand_braces
from graphdoc.resolve.documents.urls import KnownAddresses, addresses_in
from graphdoc.resolve.estate.whole import resolve_estate
from tests.txtar import MemoryClone, read_clones


def test_a_fence_without_an_end_runs_to_the_end() -> None:
    assert parse_markdown("a\n~~~ sh\n```\nb") == Document(
        (Line(1, "a"),), (Fence("sh", (Line(3, "```"), Line(4, "b"))),)
    )


def test_a_fence_ends_at_a_mark_as_long() -> None:
    document = parse_markdown("- ````yaml\n  ```\n  ````\nend")
    assert document == Document((Line(4, "end"),), (Fence("yaml", (Line(2, "  ```"),)),))


def test_inline_code_with_three_marks_is_no_fence() -> None:
    assert parse_markdown("```a``` b").fences == ()


def test_a_comment_leaves_the_lines_in_their_places() -> None:
    assert parse_markdown("a <!-- b\nc --> d").prose == (Line(1, "a "), Line(2, " d"))


def test_code_and_links_know_their_columns() -> None:
    line = Line(7, "a `b` [c](d.md) `[e](f.md)`")
    assert list(code_in(line)) == [Word(7, 4, "b"), Word(7, 18, "[e](f.md)")]
    assert list(links_in(line)) == [Word(7, 11, "d.md")]


def test_braces_stand_for_each_of_their_words() -> None:
    assert expand_braces("a-{b,c}/{d,e}") == ("a-b/d", "a-b/e", "a-c/d", "a-c/e")
    assert expand_braces("{a}") == ("{a}",)
    assert expand_braces("{a,b,c,d,e}" * 5) == ()


def test_a_clone_is_known_by_the_name_in_its_address() -> None:
    clone = MemoryClone("values", {"a.yaml": b""}, urls=("git@example.com:team/prod-values.git",))
    assert KnownPaths((clone,)).clone_named("prod-values") == "values"


ROOT = b"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: root, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: argocd}
  sources:
    - {repoURL: https://git.example.com/platform/launchpad, path: apps}
    - {repoURL: https://git.example.com/team/mirror, path: apps}
"""
SAID = """\
git@git.example.com:Platform/launchpad.git, https://git.example.com/team/launchpad and
https://git.example.com/team/values and https://git.example.com/platform/values/tree/main/web
https://git.example.com/others/values https://git.example.com/team/mirror and
https://raw.githubusercontent.com/Org/Charts/main/web/gone.yaml
https://raw.githubusercontent.com/Org/Charts/main/web/Chart.yaml https://u:p@github.com/org/mirror
https://github.com/org/values: as others have it. https://git.example.com/team/{values}
"""


def test_a_repository_is_known_below_its_owner_alone() -> None:
    clones = (
        MemoryClone("charts", {"web/Chart.yaml": b""}, urls=("https://github.com/org/charts",)),
        MemoryClone(
            "launchpad", {"root.yaml": ROOT}, urls=("https://git.example.com/platform/launchpad",)
        ),
        MemoryClone("mirror", {}, urls=("https://git.example.com/platform/mirror",)),
        MemoryClone("values", {}, urls=("ssh://git@git.example.com/team/values.git",)),
    )
    known = KnownAddresses(resolve_estate(clones, None))
    lines = (Line(n, text) for n, text in enumerate(SAID.splitlines(), start=1))
    faults = {w.text: known.fault(w) for line in lines for w in addresses_in(line)}
    assert {text: fault for text, fault in faults.items() if fault} == {
        "https://git.example.com/team/launchpad": (
            "but the repository is git.example.com/platform/launchpad"
        ),
        "https://git.example.com/platform/values/tree/main/web": (
            "but the repository is git.example.com/team/values"
        ),
        "https://github.com/org/values": "but the repository is git.example.com/team/values",
        "https://raw.githubusercontent.com/Org/Charts/main/web/gone.yaml": "which does not exist",
    }


TREE = """\
-- platform/apps/web/application.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: web}
  source: {repoURL: https://charts.example.com, chart: web, targetRevision: 1.0.0}
-- platform/apps/api/application.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: api, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: api}
  source: {repoURL: https://charts.example.com, chart: api, targetRevision: 1.0.0}
-- platform/README.md --
```text
apps/
├── api
├── shop
└── web
```
"""


def test_a_tree_of_folders_is_no_tree_of_applications() -> None:
    estate = resolve_estate(read_clones(TREE), None)
    assert [stale.path for stale in find_stale_paths(estate)] == ["shop"]
