"""``graphdoc check --fix``: what is certain is mended, in real repositories, and nothing else."""

from pathlib import Path

import pytest

from graphdoc.cli import run
from graphdoc.clone import open_clone
from graphdoc.clone.rewrite import RewriteError, rewrite_file
from graphdoc.model.edit import Edit, EditError, apply_edits, text_of_span
from graphdoc.model.location import SourceFile, Span
from graphdoc.resolve.names.slips import Slip, find_slip, words_of
from tests.written import git, write_files

CONFIG = """\
-- graphdoc.yaml --
repositories:
  - {name: platform, path: platform, urls: [https://git.example.com/platform]}
roots: ["platform/root-{cluster}.yaml"]
-- platform/root-dev.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: root, namespace: argocd}
spec:
  source: {repoURL: https://git.example.com/platform, path: apps, targetRevision: HEAD}
  destination: {server: https://kubernetes.default.svc, namespace: argocd}
-- platform/charts/web/Chart.yaml --
apiVersion: v2
name: web
version: 1.0.0
-- platform/values/production/web.yaml --
replicas: 2
"""
APP = """\
-- platform/apps/web.yaml --
# The shop.
apiVersion: argoproj.io/v1alpha1
kind:   Application
metadata: {name: web, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: web}
  sources:
    - repoURL: https://git.example.com/platform
      path: charts/web
      helm:
        valueFiles:
          - "$settings/values/prodution/web.yaml"   # layered last
    # Where the values are.
    - repoURL: https://git.example.com/platform
      ref: settings
"""
ESTATE = CONFIG + APP
REFS = APP.replace(
    '"$settings/values/prodution/web.yaml"   # layered last', "../../values/production/web.yaml"
)
RULES = (
    "missing-values-file,missing-source-path",
    "missing-kustomize-entry,unused-source-ref",
    "redundant-value",
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def commit(text: str) -> dict[str, str]:
    """Write an estate, commit its clone, and return the files of the clone."""
    write_files(Path(), text)
    git(Path("platform"), "init", "-q", "-b", "main")
    git(Path("platform"), "add", "-A")
    git(Path("platform"), "commit", "-q", "-m", "All")
    return contents()


def contents() -> dict[str, str]:
    files = (file for file in Path("platform").rglob("*") if file.is_file())
    kept = (file for file in files if ".git" not in file.parts)
    return {file.relative_to("platform").as_posix(): file.read_bytes().decode() for file in kept}


def check(*arguments: str) -> int:
    return run(["check", *(f"--select={rule}" for rule in RULES), *arguments])


def fixed(text: str, *arguments: str) -> dict[str, tuple[str, str]]:
    """What ``--fix`` changes in a clone: by path, the lines that go and those that come."""
    before = commit(text)
    check("--fix", *arguments)
    after = contents()
    assert after.keys() == before.keys()
    return {
        path: _lines(before[path], after[path]) for path in before if after[path] != before[path]
    }


def _lines(before: str, after: str) -> tuple[str, str]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    while old and new and old[0] == new[0]:
        del old[0], new[0]
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    return "".join(old), "".join(new)


def test_a_misspelt_values_file_is_mended_and_all_else_stays() -> None:
    assert fixed(ESTATE) == {
        "apps/web.yaml": (
            '          - "$settings/values/prodution/web.yaml"   # layered last\n',
            '          - "$settings/values/production/web.yaml"   # layered last\n',
        )
    }


def test_the_report_tells_what_was_mended_and_what_remains(
    capsys: pytest.CaptureFixture[str],
) -> None:
    commit(ESTATE)
    assert check("--fix") == 0
    told = capsys.readouterr()
    assert told.err == (
        "fixed: platform/apps/web.yaml:12:13: [missing-values-file] Application web layers "
        "platform/values/prodution/web.yaml, which does not exist; "
        "the nearest is platform/values/production/web.yaml\n"
    )
    assert told.out.endswith("0 errors, 0 warnings, 0 info\n")


def test_line_ends_and_the_mode_of_the_file_stay() -> None:
    commit(ESTATE)
    file = Path("platform/apps/web.yaml")
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    file.chmod(0o755)
    git(Path("platform"), "commit", "-q", "-a", "-m", "Windows")
    before, mode = file.read_bytes(), file.stat().st_mode
    check("--fix")
    assert file.read_bytes() == before.replace(b"prodution", b"production") != before
    assert file.stat().st_mode == mode


def test_what_git_checks_out_as_windows_writes_it_stays_so() -> None:
    commit(ESTATE)
    git(Path(), "-c", "core.autocrlf=true", "clone", "-q", "platform", "windows")
    Path("platform").rename("linux")
    Path("windows").rename("platform")
    file = Path("platform/apps/web.yaml")
    before = file.read_bytes()
    assert check("--fix") == 0
    assert file.read_bytes() == before.replace(b"prodution", b"production") != before
    assert b"\r\n" in before


def test_a_diff_is_printed_and_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    before = commit(ESTATE)
    assert check("--diff", "--fix") == 1
    assert contents() == before
    assert capsys.readouterr().out == (
        "--- a/platform/apps/web.yaml\n"
        "+++ b/platform/apps/web.yaml\n"
        "@@ -9,7 +9,7 @@\n"
        "       path: charts/web\n"
        "       helm:\n"
        "         valueFiles:\n"
        '-          - "$settings/values/prodution/web.yaml"   # layered last\n'
        '+          - "$settings/values/production/web.yaml"   # layered last\n'
        "     # Where the values are.\n"
        "     - repoURL: https://git.example.com/platform\n"
        "       ref: settings\n"
    )


def test_git_applies_the_diff(capsys: pytest.CaptureFixture[str]) -> None:
    commit(CONFIG + REFS.rstrip("\n") + "\n")
    file = Path("platform/apps/web.yaml")
    file.write_bytes(file.read_bytes() + b"# no line feed at the end")
    check("--diff")
    Path("fix.patch").write_text(capsys.readouterr().out, "utf-8")
    git(Path(), "apply", "fix.patch")
    text = file.read_text("utf-8")
    assert "ref:" not in text
    assert text.endswith("# no line feed at the end")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("dirty", "platform has changes that are not committed"),
        ("untracked", "platform has changes that are not committed"),
        ("plain", "platform is not under Git"),
    ],
)
def test_what_git_cannot_undo_is_left_unless_forced(
    change: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if change == "plain":
        write_files(Path(), ESTATE)
    else:
        commit(ESTATE)
        name = "values/production/web.yaml" if change == "dirty" else "notes.yaml"
        Path("platform", name).write_text("replicas: 3\n", "utf-8")
    before = contents()
    assert check("--fix") == 1
    assert contents() == before
    advice = f"not fixed: platform/apps/web.yaml: {reason} (--force fixes it all the same)\n"
    assert capsys.readouterr().err == advice
    assert check("--fix", "--force") == 0
    assert contents() != before


def test_force_alone_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    commit(ESTATE)
    assert check("--force") == 2
    assert "--force goes with --fix" in capsys.readouterr().err


def test_only_findings_that_were_asked_for_are_mended() -> None:
    assert fixed(ESTATE, "--ignore", "missing-values-file") == {}


def test_an_excepted_finding_is_not_mended() -> None:
    allowed = "# graphdoc: allow missing-values-file -- it comes with the next release"
    assert fixed(ESTATE.replace("# layered last", allowed)) == {}


def test_two_candidates_are_no_certainty() -> None:
    assert fixed(ESTATE + "-- platform/values/prodaution/web.yaml --\nreplicas: 1\n") == {}


def test_a_file_that_is_layered_already_is_no_candidate() -> None:
    own = '"$settings/values/prodution/web.yaml"'
    line = f"          - {own}   # layered last\n"
    assert line in ESTATE
    twice = ESTATE.replace(line, f"          - $settings/values/production/web.yaml\n{line}")
    assert fixed(twice) == {}


@pytest.mark.parametrize("known", ["path", "application", "cluster"])
def test_a_name_that_something_else_has_is_meant(known: str) -> None:
    other = APP.replace("prodution", "production").replace("apps/web", "apps/other")
    text = {
        "path": ESTATE + "-- platform/notes/prodution.md --\nNotes.\n",
        "application": ESTATE + other.replace("name: web,", "name: prodution,"),
        "cluster": ESTATE.replace("platform/root-dev.yaml", "platform/root-prodution.yaml"),
    }[known]
    assert fixed(text) == {}


def test_an_unused_ref_of_another_revision_is_left() -> None:
    commit(
        (CONFIG + REFS).replace(
            "path: apps, targetRevision: HEAD", "path: apps, targetRevision: v1"
        )
    )
    git(Path("platform"), "branch", "v1")
    Path("platform/README.md").write_text("Changed since.\n", "utf-8")
    git(Path("platform"), "add", "-A")
    git(Path("platform"), "commit", "-q", "-m", "More")
    before = contents()
    check("--fix")
    assert contents() == before


def test_a_source_path_is_mended() -> None:
    text = ESTATE.replace("path: charts/web", "path: charst/web").replace("prodution", "production")
    assert fixed(text) == {
        "apps/web.yaml": ("      path: charst/web\n", "      path: charts/web\n")
    }


def test_two_faults_of_one_file_are_mended_at_once() -> None:
    text = ESTATE.replace("path: charts/web", "path: manifests/charst/web").replace(
        "charts/web/Chart", "manifests/charts/web/Chart"
    )
    other = APP.replace("apps/web", "apps/shop").replace("name: web,", "name: shop,")
    assert sorted(fixed(text + other.replace("charts/web", "manifests/charts/web"))) == [
        "apps/shop.yaml",
        "apps/web.yaml",
    ]


KUSTOMIZATION = """\
-- platform/apps/kustomization.yaml --
resources:
- web.yaml
- ../shared/netwrok   # the policies
components: [ "../components/monitring" ]
patches:
- path: patches/memroy.yaml
-- platform/apps/patches/memory.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd, labels: {a: b}}
-- platform/shared/network/kustomization.yaml --
resources: []
configMapGenerator: [{name: a, literals: [a=b]}]
-- platform/components/monitoring/kustomization.yaml --
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
"""


def test_kustomize_entries_are_mended() -> None:
    commit(ESTATE.replace("prodution", "production") + KUSTOMIZATION)
    check("--fix")
    check("--fix", "--force")
    text = Path("platform/apps/kustomization.yaml").read_text("utf-8")
    expected = KUSTOMIZATION.partition("-- platform/apps/patches")[0].partition("\n")[2]
    expected = expected.replace("netwrok", "network").replace("monitring", "monitoring")
    assert text == expected.replace("memroy", "memory")


def test_a_folder_without_kustomization_is_no_candidate() -> None:
    text = ESTATE.replace("prodution", "production") + KUSTOMIZATION
    gone = text.replace("network/kustomization.yaml", "network/web.yaml")
    before = commit(gone)["apps/kustomization.yaml"]
    check("--fix")
    assert "netwrok" in before
    assert "netwrok" in contents()["apps/kustomization.yaml"]


def test_an_entry_that_is_listed_already_is_not_listed_twice() -> None:
    text = KUSTOMIZATION.replace("- web.yaml\n", "- web.yaml\n- ../shared/network\n")
    commit(ESTATE.replace("prodution", "production") + text)
    check("--fix")
    assert "netwrok" in contents()["apps/kustomization.yaml"]


def test_a_name_that_an_alias_repeats_is_left() -> None:
    text = ESTATE.replace(
        '- "$settings/values/prodution/web.yaml"   # layered last',
        "- &file $settings/values/prodution/web.yaml\n          - *file",
    )
    assert fixed(text) == {}


OVERLAYS = """\
-- platform/base/kustomization.yaml --
resources: [web.yaml]
-- platform/apps/kustomization.yaml --
resources: [../base]
"""


def with_overlay(patch: str, app: str = APP) -> str:
    """The same Application as the base of an overlay that another cluster patches."""
    other = CONFIG.partition("-- platform/root-dev.yaml --\n")[2].partition("-- ")[0]
    root = other.replace("path: apps", "path: prod").replace("name: root", "name: root-prod")
    overlay = (
        "-- platform/prod/kustomization.yaml --\nresources: [../base]\npatches:\n"
        f"- target: {{kind: Application, name: web}}\n  patch: |-\n{patch}"
    )
    base = app.replace("platform/apps/web", "platform/base/web")
    return CONFIG + base + OVERLAYS + f"-- platform/root-prod.yaml --\n{root}" + overlay


def test_a_name_that_leads_somewhere_for_another_cluster_is_left() -> None:
    text = with_overlay("    - {op: add, path: /spec/sources/1/targetRevision, value: before}\n")
    commit(text)
    git(Path("platform"), "checkout", "-q", "-b", "before")
    git(Path("platform"), "mv", "values/production", "values/prodution")
    git(Path("platform"), "commit", "-q", "-m", "Before")
    git(Path("platform"), "checkout", "-q", "main")
    before = contents()
    check("--fix")
    assert contents() == before


def test_a_base_is_mended_for_all_its_clusters() -> None:
    text = with_overlay("    - {op: add, path: /metadata/labels, value: {a: b}}\n")
    assert list(fixed(text)) == ["base/web.yaml"]


def test_another_revision_is_never_written_to() -> None:
    text = ESTATE.replace("path: apps, targetRevision: HEAD", "path: apps, targetRevision: stable")
    commit(text)
    git(Path("platform"), "branch", "stable")
    Path("platform/README.md").write_text("Changed since.\n", "utf-8")
    git(Path("platform"), "add", "-A")
    git(Path("platform"), "commit", "-q", "-m", "More")
    before = contents()
    assert check("--fix") == 1
    assert contents() == before


def test_candidates_of_another_revision_are_not_known() -> None:
    text = ESTATE.replace(
        "      ref: settings\n", "      ref: settings\n      targetRevision: old\n"
    )
    commit(text)
    git(Path("platform"), "branch", "old")
    Path("platform/README.md").write_text("Changed since.\n", "utf-8")
    git(Path("platform"), "add", "-A")
    git(Path("platform"), "commit", "-q", "-m", "More")
    before = contents()
    assert check("--fix") == 1
    assert contents() == before


def test_a_source_that_has_nothing_but_an_unused_ref_goes() -> None:
    assert fixed(CONFIG + REFS) == {
        "apps/web.yaml": (
            "    - repoURL: https://git.example.com/platform\n      ref: settings\n", "",
        )
    }  # fmt: skip


def test_a_source_on_one_line_goes_as_well() -> None:
    text = REFS.replace(
        "- repoURL: https://git.example.com/platform\n      ref: settings",
        "- {repoURL: https://git.example.com/platform, ref: settings}  # for later",
    )
    gone = "    - {repoURL: https://git.example.com/platform, ref: settings}  # for later\n"
    assert fixed(CONFIG + text) == {"apps/web.yaml": (gone, "")}


def test_a_source_with_something_else_loses_its_ref_alone() -> None:
    text = REFS.replace("    # Where", "      ref: web  # by name\n    # Where").replace(
        "      ref: settings\n", "      path: charts/web\n"
    )
    assert fixed(CONFIG + text) == {"apps/web.yaml": ("      ref: web  # by name\n", "")}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- repoURL: https://git.example.com/platform\n      ref: settings",
         "- {repoURL: https://git.example.com/platform, path: charts/web, ref: settings}"),
        ("ref: settings", "ref: settings\n      helm: {releaseName: web}"),
        ("- repoURL: https://git.example.com/platform\n      ref: settings",
         "- ref: settings\n      repoURL: https://git.example.com/platform\n"
         "      path: charts/web"),
        ("    - repoURL: https://git.example.com/platform\n      path: charts/web\n      helm:\n"
         "        valueFiles:\n          - ../../values/production/web.yaml\n", ""),
    ],
    ids=["in braces", "nothing to render beside it", "on the dash", "the only source"],
)  # fmt: skip
def test_a_ref_that_does_not_stand_alone_is_left(old: str, new: str) -> None:
    assert old in REFS
    assert fixed(CONFIG + REFS.replace(old, new)) == {}


def test_a_ref_that_another_cluster_uses_is_left() -> None:
    used = (
        "    - {op: add, path: /spec/sources/0/helm/valueFiles/-, "
        "value: $settings/values/production/web.yaml}\n"
    )
    assert fixed(with_overlay(used, REFS)) == {}


def test_sources_that_a_patch_counts_are_left() -> None:
    counted = "    - {op: replace, path: /spec/sources/0/path, value: charts/web}\n"
    assert fixed(with_overlay(counted, REFS)) == {}


@pytest.mark.parametrize(
    ("wanted", "right"),
    [
        ("a/prodution.yaml", "a/production.yaml"),
        ("a/wbe", "a/web"),
        ("a/values.yml", "a/values.yaml"),
        ("Values.yaml", "values.yaml"),
        ("argo_mcp/v", "argo-mcp/v"),
        ("values-stagnig.yaml", "values-staging.yaml"),
        ("kube-promethues-stcak", "kube-prometheus-stack"),
        ("prometehus-operaotr", "prometheus-operaotr"),
        ("observablity", "observability"),
        ("obsrvablity", "observability"),
    ],
)
def test_a_slip_is_known(wanted: str, right: str) -> None:
    slip = find_slip(wanted, [right, "something/else", "x"], frozenset())
    both_words = wanted == "kube-promethues-stcak"
    assert (slip.path if slip else None) == (None if both_words else right)


@pytest.mark.parametrize(
    ("wanted", "right"),
    [
        ("eks/v.yaml", "aks/v.yaml"),
        ("dev", "dev2"),
        ("web-1.yaml", "web-2.yaml"),
        ("service.yaml", "services.yaml"),
        ("services.yaml", "service.yaml"),
        ("values.yaml", "values.json"),
        ("a/web", "web"),
        ("stagnig/wbe", "staging/web"),
        ("stagxyg", "staging"),
        ("web-app", "web-app-app"),
    ],
)
def test_another_name_is_no_slip(wanted: str, right: str) -> None:
    assert find_slip(wanted, [right], frozenset()) is None


def test_a_word_that_means_something_is_no_slip() -> None:
    words = words_of(["clusters/Stagnig-a/x.yaml"])
    assert words == {"clusters", "stagnig", "a", "x", "yaml"}
    assert find_slip("values-stagnig.yaml", ["values-staging.yaml"], words) is None


def test_a_slip_names_its_segment() -> None:
    assert find_slip("a/stagnig/b", ["a/staging/b"], frozenset()) == Slip(
        2, "stagnig", "staging", "a/staging/b"
    )


def span(line: int, column: int, end_line: int, end_column: int) -> Span:
    return Span(SourceFile("r", "f"), line, column, end_line, end_column)


def test_edits_change_their_spans_alone() -> None:
    text = "one\r\ntwö three\nfour"
    edits = [Edit(span(2, 5, 2, 10), "three", "3"), Edit(span(1, 1, 2, 1), "one\r\n", "")]
    assert apply_edits(text, edits) == "twö 3\nfour"
    assert text_of_span(text, span(2, 5, 2, 10)) == "three"
    assert text_of_span(text, span(4, 1, 4, 2)) == ""


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(span(1, 1, 1, 4), "two", "2")],
        [Edit(span(9, 1, 9, 2), "o", "")],
        [Edit(span(1, 1, 1, 4), "one", "1"), Edit(span(1, 2, 1, 4), "ne", "")],
    ],
)
def test_an_edit_of_something_else_is_refused(edits: list[Edit]) -> None:
    with pytest.raises(EditError):
        apply_edits("one\n", edits)


def test_a_link_that_leaves_the_clone_is_not_followed(folder: Path) -> None:
    (folder / "clone").mkdir()
    (folder / "other.yaml").write_text("a", "utf-8")
    (folder / "clone" / "inner.yaml").write_text("a", "utf-8")
    (folder / "clone" / "out.yaml").symlink_to(folder / "other.yaml")
    (folder / "clone" / "in.yaml").symlink_to("inner.yaml")
    clone = open_clone("clone", folder / "clone", "clone")
    with pytest.raises(RewriteError, match="lies outside"):
        rewrite_file(clone, "out.yaml", b"a", b"b")
    rewrite_file(clone, "in.yaml", b"a", b"b")
    assert (folder / "clone" / "in.yaml").is_symlink()
    assert (folder / "clone" / "inner.yaml").read_text("utf-8") == "b"
    assert (folder / "other.yaml").read_text("utf-8") == "a"


def test_a_file_that_changed_meanwhile_is_left(folder: Path) -> None:
    (folder / "a.yaml").write_text("new", "utf-8")
    clone = open_clone("clone", folder, "clone")
    with pytest.raises(RewriteError, match="has changed"):
        rewrite_file(clone, "a.yaml", b"old", b"b")
    with pytest.raises(RewriteError, match="No such file"):
        rewrite_file(clone, "b.yaml", b"old", b"b")
    assert [file.name for file in folder.iterdir()] == ["a.yaml"]


BASE = """\
-- platform/values/base.yaml --
replicas: 2
size: {cpu: 1}
web:
  port: 80
  paths: [/a, /b]
text: |
  one
  two
"""
LAYERED = (
    CONFIG
    + APP.replace(
        '- "$settings/values/prodution/web.yaml"   # layered last',
        "- ../../values/base.yaml\n          - $settings/values/production/web.yaml",
    )
    + BASE
)


def values(text: str) -> tuple[str, str] | None:
    """What ``--fix`` takes out of and leaves in a values file above the base."""
    layered = LAYERED.replace("replicas: 2\n-- platform/apps", f"{text}-- platform/apps")
    return fixed(layered).get("values/production/web.yaml")


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("region: east\nreplicas: 2\n", "replicas: 2\n"),
        ("replicas: 2\nregion: east\n", "replicas: 2\n"),
        ("region: east\nweb:\n  port: 80\n", "web:\n  port: 80\n"),
        ("web:\n  port: 80\n  host: east\n", "  port: 80\n"),
        ("web:\n  paths:\n    - /a\n    - /b\n  host: a\n", "  paths:\n    - /a\n    - /b\n"),
        ("text: |\n  one\n  two\nregion: east\n", "text: |\n  one\n  two\n"),
        ("size: {cpu: 1}\nregion: east\n", "size: {cpu: 1}\n"),
        ("replicas: 2\n", "replicas: 2\n"),
        ("# Ours.\n\nreplicas: 2\n", "replicas: 2\n"),
    ],
)
def test_what_the_base_says_is_taken_out(text: str, cut: str) -> None:
    assert values(text) == (cut, "")


@pytest.mark.parametrize(
    "text",
    [
        "# Enough for the east.\nreplicas: 2\nregion: east\n",
        "replicas: 2  # enough\nregion: east\n",
        "web:\n  # First.\n  port: 80\nregion: east\n",
        "size: {cpu: 1, memory: 2}\n",
        '"replicas": 2\n---\nregion: east\n',
        "replicas: 3\n",
    ],
)
def test_what_cannot_be_taken_out_without_loss_stays(text: str) -> None:
    assert values(text) is None


def test_lines_are_taken_out_one_by_one() -> None:
    assert values("replicas: 2\nregion: east\nweb: {port: 80}\n") == (
        "replicas: 2\nregion: east\nweb: {port: 80}\n",
        "region: east\n",
    )


def test_values_of_another_revision_stay() -> None:
    layered = LAYERED.replace("ref: settings", "ref: settings\n      targetRevision: v1")
    commit(layered)
    git(Path("platform"), "tag", "v1")
    Path("platform/README.md").write_text("Changed since.\n", "utf-8")
    git(Path("platform"), "add", "-A")
    git(Path("platform"), "commit", "-q", "-m", "More")
    before = contents()
    check("--fix")
    assert contents() == before


def test_one_finding_with_two_lines_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    values("replicas: 2\nregion: east\nweb: {port: 80}\n")
    assert capsys.readouterr().err.count("fixed: ") == 1


def test_what_is_told_again_is_fixed_in_part(capsys: pytest.CaptureFixture[str]) -> None:
    values("# why\nreplicas: 2\nregion: east\nweb: {port: 80}\n")
    assert capsys.readouterr().err.startswith("fixed in part: platform/values/production/web.yaml:")


PATHS = """\
-- platform/apps/shop.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
  namespace: argocd
  annotations:
    argocd.argoproj.io/manifest-generate-paths: "shop/dev"  # by hand
spec:
  destination: {server: https://kubernetes.default.svc, namespace: shop}
  source: {repoURL: https://git.example.com/platform, path: shop/dev, targetRevision: HEAD}
-- platform/shop/dev/kustomization.yaml --
resources: [../base]
-- platform/shop/base/kustomization.yaml --
resources: [account.yaml]
-- platform/shop/base/account.yaml --
apiVersion: v1
kind: ServiceAccount
metadata: {name: shop}
"""


def test_paths_that_an_annotation_leaves_out_are_written() -> None:
    commit(CONFIG + PATHS)
    run(["check", "--select", "wrong-generate-paths", "--fix"])
    line = '    argocd.argoproj.io/manifest-generate-paths: "/shop/base;/shop/dev"  # by hand\n'
    assert line in contents()["apps/shop.yaml"]
    assert run(["check", "--select", "wrong-generate-paths", "--fail-on", "warning"]) == 0
