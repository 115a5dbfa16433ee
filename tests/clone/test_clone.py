"""Reading clones from the disk, of which some are hostile."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from graphdoc.clone import listing, open_clone
from graphdoc.clone.listing import list_files
from graphdoc.clone.rewrite import rewrite_file
from graphdoc.config.values import Config
from graphdoc.model import windows
from graphdoc.model.clone import Clone, UnreadableError
from graphdoc.model.redact import without_user
from graphdoc.pipeline.analysis import analyse
from tests.written import write_files

IDENTITY = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"]


def git(root: Path, *arguments: str) -> None:
    command = ["git", *IDENTITY, "-C", str(root), *arguments]
    # Repacking reads revisions from an input that is left open.
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A clone with one commit on main and another on branch next."""
    clone = tmp_path / "platform"
    clone.mkdir()
    git(clone, "init")
    (clone / "apps").mkdir()
    (clone / "apps" / "a.yaml").write_text("a: 1\n", "utf-8")
    git(clone, "add", ".")
    git(clone, "commit", "-m", "one")
    git(clone, "checkout", "-b", "next")
    (clone / "apps" / "a.yaml").write_text("a: 2\n", "utf-8")
    git(clone, "commit", "-am", "two")
    git(clone, "tag", "v2")
    git(clone, "checkout", "main")
    git(clone, "remote", "add", "origin", "https://user:hunter2@git.example.com/org/platform.git")
    return clone


def test_a_clone_tells_its_facts_without_user(root: Path) -> None:
    clone = open_clone("platform", root, "platform", ["https://u:p@example.com/alias"])
    assert clone.urls == ("https://example.com/alias", "https://git.example.com/org/platform.git")
    assert clone.branch == "main"
    assert not clone.dirty
    assert clone.commit is not None
    assert len(clone.commit) == 40
    assert clone.files == ("apps/a.yaml",)
    assert clone.children("") == ("apps",)
    assert clone.is_directory("apps")
    assert not clone.is_file("apps")


def test_another_revision_is_read_without_touching_the_working_tree(root: Path) -> None:
    clone = open_clone("platform", root, "platform")
    for revision in ("next", "v2"):
        other = clone.at(revision)
        assert other is not None
        assert other.read("apps/a.yaml") == b"a: 2\n"
    assert clone.read("apps/a.yaml") == b"a: 1\n"
    assert clone.at("HEAD") is clone
    assert clone.at("main") is clone
    assert clone.at("nowhere") is None
    assert not open_clone("platform", root, "platform").dirty


def test_a_revision_is_never_an_option(root: Path) -> None:
    clone = open_clone("platform", root, "platform")
    assert clone.at("--upload-pack=touch pwned") is None
    assert clone.at("-h") is None


def test_what_is_checked_out_as_windows_writes_it_is_read_as_committed(root: Path) -> None:
    (root / "apps" / "b.yaml").write_bytes(b"b: 1\r\n")
    (root / "logo.png").write_bytes(b"\0\r\n")
    several = [f"apps/[{number}].yaml" for number in range(12)]  # more than are asked for singly
    for path in (*several, "mixed.yaml", "odd.yaml"):
        (root / path).write_bytes(b"c: 1\n")
    git(root, "-c", "core.autocrlf=false", "add", ".")
    git(root, "commit", "-m", "two")
    git(root.parent, "-c", "core.autocrlf=true", "clone", "platform", "windows")
    file = root.parent / "windows" / "apps" / "a.yaml"
    assert file.read_bytes() == b"a: 1\r\n"
    file.write_bytes(b"a: 1\r\n")  # Git must look into it, since its time has changed
    file.chmod(0o755)  # as Windows reads it through WSL
    (root.parent / "windows" / "mixed.yaml").write_bytes(b"c: 1\r\nd: 2\n")
    (root.parent / "windows" / "odd.yaml").write_bytes(b"c: 1\r\n\r")  # is no text to Git
    clone = open_clone("platform", root.parent / "windows", "windows")
    assert clone.read("mixed.yaml") == b"c: 1\nd: 2\n"
    assert clone.read("odd.yaml") == b"c: 1\r\n\r"
    assert clone.read("apps/a.yaml") == b"a: 1\n"
    assert clone.read("apps/b.yaml") == b"b: 1\r\n"
    assert clone.read("logo.png") == b"\0\r\n"
    assert {clone.read(path) for path in several} == {b"c: 1\n"}
    for path in ("mixed.yaml", "odd.yaml"):
        (root.parent / "windows" / path).write_bytes(b"c: 1\r\n")
    assert not open_clone("platform", root.parent / "windows", "windows").dirty


def test_a_changed_file_makes_the_clone_dirty(root: Path) -> None:
    (root / "apps" / "a.yaml").write_text("a: 3\n", "utf-8")
    assert open_clone("platform", root, "platform").dirty


def test_programs_that_the_clone_configures_are_not_run(root: Path) -> None:
    canary = root.parent / "canary"
    git(root, "config", "filter.x.clean", f"touch {canary}; cat")
    git(root, "config", "core.fsmonitor", f"touch {canary}")
    (root / ".gitattributes").write_text("*.yaml filter=x\n", "utf-8")
    (root / "apps" / "a.yaml").write_text("a: 4\n", "utf-8")
    assert open_clone("platform", root, "platform").dirty
    assert not canary.exists()


def test_links_stay_inside_the_clone(root: Path) -> None:
    secret = root.parent / "secret.yaml"
    secret.write_text("x: 1\n", "utf-8")
    Path(root / "out.yaml").symlink_to(secret)
    Path(root / "apps" / "in.yaml").symlink_to("a.yaml")
    Path(root / "apps" / "loop").symlink_to("..")
    Path(root / "etc").symlink_to("/etc")
    clone = open_clone("platform", root, "platform")
    assert clone.read("apps/in.yaml") == b"a: 1\n"
    with pytest.raises(UnreadableError, match="leaves the repository"):
        clone.read("out.yaml")
    assert not clone.is_directory("etc")


def test_a_file_that_is_too_large_is_not_read(root: Path) -> None:
    clone = open_clone("platform", root, "platform")
    clone.size_limit = 3
    with pytest.raises(UnreadableError, match="larger than"):
        clone.read("apps/a.yaml")


def test_a_plain_folder_is_a_clone_without_git(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1\n", "utf-8")
    clone = open_clone("plain", tmp_path, "plain")
    assert (clone.commit, clone.branch, clone.urls, clone.dirty) == (None, None, (), False)
    assert clone.at("") is clone
    assert clone.at("v1") is None
    with pytest.raises(UnreadableError, match="no such file"):
        clone.read("../outside.yaml")


def test_credentials_in_an_address_are_dropped() -> None:
    assert without_user("https://tok:x@h.example/p") == "https://h.example/p"
    assert without_user("git@h.example:p") == "git@h.example:p"
    assert (
        without_user("https://h.example/p?a-Token=x&b=c")
        == "https://h.example/p?a-Token=<redacted>&b=c"
    )
    assert without_user("https://h.example/p?a=token=x") == "https://h.example/p?a=token=x"


def commit_of(root: Path, revision: str) -> str:
    asked = ["git", "-C", str(root), "rev-parse", revision]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()


def content(clone: Clone | None) -> bytes:
    assert clone is not None
    return clone.read("apps/a.yaml")


def test_a_commit_is_known_by_its_whole_id_and_by_seven_digits(root: Path) -> None:
    clone = open_clone("platform", root, "platform")
    commit = commit_of(root, "next")
    for revision in (commit, commit.upper(), commit[:7], commit[:12]):
        assert content(clone.at(revision)) == b"a: 2\n"
    assert clone.at(commit[:6]) is None
    assert clone.at("0" * 40) is None


def test_a_revision_is_one_object_however_it_is_spelled(root: Path) -> None:
    clone = open_clone("platform", root, "platform")
    other = clone.at("next")
    assert other is not None
    for revision in ("next", "refs/heads/next", "v2", "refs/tags/v2", commit_of(root, "next")):
        assert clone.at(revision) is other
    assert other.at("main") is clone


def test_a_branch_comes_before_a_tag_of_the_same_name(root: Path) -> None:
    git(root, "tag", "next", "main")
    clone = open_clone("platform", root, "platform")
    assert content(clone.at("next")) == b"a: 2\n"
    assert content(clone.at("refs/tags/next")) == b"a: 1\n"


def test_a_constraint_takes_the_highest_tag_that_fits(root: Path) -> None:
    for tag, revision in (("v1.2.0", "main"), ("v1.10.0", "next"), ("v2.0.0-rc1", "main")):
        git(root, "tag", "-a", "-m", tag, tag, revision)
    clone = open_clone("platform", root, "platform")
    assert content(clone.at("v1.*")) == b"a: 2\n"
    assert content(clone.at(">=1.0 <1.5")) == b"a: 1\n"
    assert clone.at("3.x") is None
    assert clone.at("v1.3") is None  # an exact version is the name of a tag


def test_the_branch_of_a_remote_is_what_a_cluster_sees(root: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", str(root), "copy")
    clone = open_clone("copy", tmp_path / "copy", "copy")
    assert content(clone.at("next")) == b"a: 2\n"
    assert content(clone.at("refs/heads/next")) == b"a: 2\n"
    assert clone.at("origin/next") is None  # no remote lists a branch of that name
    assert clone.knows_all_revisions


def test_a_dirty_working_tree_is_not_the_commit_that_is_pinned(root: Path) -> None:
    (root / "apps" / "a.yaml").write_text("a: 3\n", "utf-8")
    clone = open_clone("platform", root, "platform")
    assert content(clone.at("main")) == b"a: 3\n"
    assert content(clone.at(commit_of(root, "main"))) == b"a: 1\n"


@pytest.mark.parametrize("option", ["--depth=1", "--single-branch", "--no-tags"])
def test_a_partial_clone_does_not_know_all_revisions(
    root: Path, tmp_path: Path, option: str
) -> None:
    git(tmp_path, "clone", option, f"file://{root}", "copy")
    assert not open_clone("copy", tmp_path / "copy", "copy").knows_all_revisions
    assert open_clone("platform", root, "platform").knows_all_revisions


def test_a_bare_clone_is_read_without_a_working_tree(root: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--bare", str(root), "copy.git")
    clone = open_clone("copy", tmp_path / "copy.git", "copy.git")
    assert (clone.branch, clone.dirty, clone.files) == ("main", False, ("apps/a.yaml",))
    assert clone.knows_all_revisions
    assert content(clone) == b"a: 1\n"
    assert content(clone.at("next")) == b"a: 2\n"
    assert clone.is_directory("apps")
    assert clone.children("apps") == ("a.yaml",)


@pytest.mark.parametrize("way", ["branch", "detached", "of a bare clone"])
def test_a_worktree_has_the_revisions_of_its_clone(root: Path, tmp_path: Path, way: str) -> None:
    owner = root
    if way == "of a bare clone":
        owner = tmp_path / "platform.git"
        git(tmp_path, "clone", "--bare", str(root), str(owner))
    options = ["--detach"] if way == "detached" else []
    git(owner, "worktree", "add", *options, str(tmp_path / "other"), "next")
    git(owner, "tag", "-a", "-m", "first", "v1", "main")
    git(owner, "pack-refs", "--all")
    git(owner, "repack", "-a", "-d", "-q")
    clone = open_clone("other", tmp_path / "other", "other")
    assert clone.branch == (None if way == "detached" else "next")
    assert [content(clone.at(name)) for name in ("", "next", "main", "v1")] == [
        b"a: 2\n",
        b"a: 2\n",
        b"a: 1\n",
        b"a: 1\n",
    ]
    assert len(clone.urls) == 1


def test_a_submodule_is_a_clone(root: Path, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "add", str(root), "inner")
    clone = open_clone("inner", outer / "inner", "inner")
    assert content(clone.at("next")) == b"a: 2\n"


@pytest.mark.parametrize("lure", ["pointer", "link", "common"])
def test_data_of_another_repository_is_not_taken_for_ones_own(
    root: Path, tmp_path: Path, lure: str
) -> None:
    trap = tmp_path / "trap"
    trap.mkdir()
    if lure == "pointer":
        (trap / ".git").write_text(f"gitdir: {root / '.git'}\n", "utf-8")
    elif lure == "link":
        (trap / ".git").symlink_to(root / ".git")
    else:
        (trap / ".git").mkdir()
        (trap / ".git" / "HEAD").write_text("ref: refs/heads/main\n", "utf-8")
        (trap / ".git" / "commondir").write_text(f"{root / '.git'}\n", "utf-8")
    clone = open_clone("trap", trap, "trap")
    assert (clone.commit, clone.urls, clone.at("next")) == (None, (), None)


def test_git_is_asked_about_the_clone_whatever_the_environment_says(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "elsewhere")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere" / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "elsewhere"))
    clone = open_clone("platform", root, "platform")
    assert content(clone.at("next")) == b"a: 2\n"
    assert not clone.dirty


def test_a_commit_shows_links_within_it_and_none_that_leave_it(root: Path) -> None:
    git(root, "checkout", "next")
    for name, target in (
        ("in.yaml", "apps/a.yaml"), ("dir", "apps"), ("again.yaml", "in.yaml"),
        ("out.yaml", "../secret.yaml"), ("abs.yaml", "/etc/passwd"), ("loop", "loop"),
    ):  # fmt: skip
        Path(root / name).symlink_to(target)
    git(root, "add", ".")
    git(root, "commit", "-m", "links")
    git(root, "checkout", "main")
    other = open_clone("platform", root, "platform").at("next")
    assert other is not None
    assert other.files == ("again.yaml", "apps/a.yaml", "dir/a.yaml", "in.yaml")
    assert other.read("again.yaml") == other.read("dir/a.yaml") == b"a: 2\n"


def test_a_file_of_a_commit_that_is_too_large_is_not_read_and_the_next_one_is(root: Path) -> None:
    git(root, "checkout", "next")
    (root / "large.yaml").write_text("a" * 3_000_000, "utf-8")
    git(root, "add", ".")
    git(root, "commit", "-m", "large")
    git(root, "checkout", "main")
    clone = open_clone("platform", root, "platform")
    clone.size_limit = 2 * 1024 * 1024
    other = clone.at("next")
    assert other is not None
    with pytest.raises(UnreadableError, match="larger than 2 MiB"):
        other.read("large.yaml")
    assert content(other) == b"a: 2\n"


def test_gits_own_data_is_no_file_of_the_clone(root: Path) -> None:
    Path(root / "config.yaml").symlink_to(".git/config")
    Path(root / "data").symlink_to(".git")
    Path(root / ".Git").mkdir()  # the same folder, where names have no case
    Path(root / ".Git" / "config").write_text("a: 1\n", "utf-8")
    Path(root / "apps" / ".git").write_text("gitdir: ../../elsewhere\n", "utf-8")
    clone = open_clone("platform", root, "platform")
    assert not clone.is_directory("data")
    for path in ("config.yaml", ".Git/config", "apps/.git"):
        with pytest.raises(UnreadableError, match=r"leaves the repository|no such file"):
            clone.read(path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    with pytest.raises(UnreadableError, match="not a regular file"):
        open_clone("plain", tmp_path, "plain").read("a.yaml")


def test_links_do_not_multiply_the_files(tmp_path: Path) -> None:
    folder = tmp_path
    for _ in range(40):
        inner = folder / "d"
        inner.mkdir()
        (folder / "l").symlink_to("d")
        folder = inner
    (folder / "a.yaml").write_text("a: 1\n", "utf-8")
    one_link, two_links = 40, 40 * 39 // 2
    assert len(open_clone("plain", tmp_path, "plain").files) == 1 + one_link + two_links


def test_a_link_shows_the_links_behind_it(root: Path) -> None:
    (root / "mesh" / "2.x").mkdir(parents=True)
    (root / "mesh" / "2.x" / "a.yaml").write_text("a: 3\n", "utf-8")
    (root / "mesh" / "default").symlink_to("2.x")
    (root / "servicemesh").symlink_to("mesh")
    shown = {"mesh/default/a.yaml", "servicemesh/2.x/a.yaml", "servicemesh/default/a.yaml"}
    clone = open_clone("platform", root, "platform")
    assert shown <= set(clone.files)
    assert clone.read("servicemesh/default/a.yaml") == b"a: 3\n"
    asked = ("", "apps/a.yaml", *sorted(shown))
    real = ["", "apps/a.yaml", *["mesh/2.x/a.yaml"] * 3]
    assert [clone.real_path(path) for path in asked] == real
    git(root, "checkout", "-q", "-b", "mesh")
    git(root, "add", ".")
    git(root, "commit", "-m", "links")
    git(root, "checkout", "-q", "main")
    other = open_clone("platform", root, "platform").at("mesh")
    assert other is not None
    assert shown <= set(other.files)
    assert other.read("servicemesh/default/a.yaml") == b"a: 3\n"
    assert [other.real_path(path) for path in asked] == real


@pytest.mark.parametrize("target", ["../..", "out"])
def test_a_link_that_leaves_or_never_ends_has_no_real_path(root: Path, target: str) -> None:
    (root / "out").symlink_to(target)
    git(root, "checkout", "-q", "-b", "links")
    git(root, "add", ".")
    git(root, "commit", "-m", "links")
    git(root, "checkout", "-q", "main")
    (root / "out").symlink_to(target)
    clone = open_clone("platform", root, "platform")
    for tree in (clone, clone.at("links")):
        assert tree is not None
        with pytest.raises(UnreadableError, match="a link that"):
            tree.real_path("out/a.yaml")


def test_no_signature_is_checked_by_a_program_that_the_clone_names(root: Path) -> None:
    canary = root.parent / "canary"
    script = root.parent / "gpg"
    script.write_text(f"#!/bin/sh\ntouch {canary}\n", "utf-8")
    script.chmod(0o755)
    tree = commit_of(root, "main^{tree}")
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n"
    author = "t <t@example.com> 1700000000 +0000"
    commit = f"tree {tree}\nauthor {author}\ncommitter {author}\n{signature}\nsigned\n"
    wanted = ["git", "-C", str(root), "hash-object", "-t", "commit", "-w", "--stdin"]
    done = subprocess.run(wanted, check=True, capture_output=True, text=True, input=commit)
    git(root, "update-ref", "refs/heads/main", done.stdout.strip())
    git(root, "config", "log.showSignature", "true")
    for program in ("gpg.program", "gpg.openpgp.program"):
        git(root, "config", program, str(script))
    clone = open_clone("platform", root, "platform")
    assert clone.facts.committed_at == 1700000000
    assert not canary.exists()


def test_a_file_of_another_revision_that_is_not_there_cannot_be_read(root: Path) -> None:
    other = open_clone("platform", root, "platform").at("next")
    assert other is not None
    with pytest.raises(UnreadableError, match="no such file"):
        other.read("absent.yaml")


def test_another_revision_tells_the_facts_of_its_clone(root: Path) -> None:
    clone = open_clone("platform", root, "platform")
    other = clone.at("next")
    assert other is not None
    assert (other.name, other.path, other.urls) == (clone.name, clone.path, clone.urls)
    assert (other.branch, other.commit) == ("next", commit_of(root, "next"))
    assert other.knows_all_revisions


def test_a_broken_repository_is_read_as_far_as_it_goes(root: Path) -> None:
    clone = open_clone("platform", root, "platform")
    other = clone.at("next")
    assert other is not None
    assert other.files == ("apps/a.yaml",)
    for pack in (root / ".git" / "objects").iterdir():
        if len(pack.name) == 2:
            for file in pack.iterdir():
                file.unlink()
    with pytest.raises(UnreadableError, match="cannot be read from Git"):
        other.read("apps/a.yaml")
    assert clone.read("apps/a.yaml") == b"a: 1\n"


def test_a_repository_without_commits_is_a_plain_folder(tmp_path: Path) -> None:
    git(tmp_path, "init")
    (tmp_path / "a.yaml").write_text("a: 1\n", "utf-8")
    clone = open_clone("new", tmp_path, "new")
    assert (clone.commit, clone.files, clone.at("main")) == (None, ("a.yaml",), clone)


def test_a_file_that_changes_meanwhile_is_read_once(root: Path) -> None:
    (root / "apps" / "a.yaml").write_text("# long\n" * 300_000, "utf-8")
    clone = open_clone("platform", root, "platform")
    before = clone.read("apps/a.yaml")
    (root / "apps" / "a.yaml").write_text("a: changed\n", "utf-8")
    assert clone.read("apps/a.yaml") == before
    assert open_clone("platform", root, "platform").read("apps/a.yaml") == b"a: changed\n"


def test_folders_that_cannot_be_looked_into_are_told(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / ".gitignore").write_text("ignored/\n", "utf-8")
    for folder in ("ignored", "locked"):
        (root / folder).mkdir()
        (root / folder / "b.yaml").write_text("b: 1\n", "utf-8")
    git(root, "add", ".")
    git(root, "commit", "-m", "three")
    scandir = os.scandir

    def refusing(place: str) -> Iterator[os.DirEntry[str]]:
        if str(place).endswith(("ignored", "locked")):
            raise PermissionError
        return scandir(place)

    monkeypatch.setattr(os, "scandir", refusing)
    clone = open_clone("platform", root, "platform")
    assert clone.files == (".gitignore", "apps/a.yaml")
    assert clone.unread == ("locked",)
    told = analyse(Config(root), clones=(clone,)).coverage.not_understood
    assert [(n.location.file.path, n.reason) for n in told] == [
        ("locked", "a folder that cannot be read")
    ]


LINKS = {"link.yaml": "apps/a.yaml", "folder": "apps", "again": "folder", "out": "../.."}


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights there")
def test_windows_is_asked_to_follow_no_link(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path, target in {**LINKS, "away": "//host/share"}.items():
        (root / path).symlink_to(target)
    git(root, "add", ".")
    git(root, "commit", "-m", "three")
    (root / "new.yaml").symlink_to("apps/a.yaml")
    monkeypatch.setattr(windows, "ON_WINDOWS", True)
    clone = open_clone("platform", root, "platform")
    assert {"folder", "again", "out", "away"} < list_files(root).files
    shown = ("again/a.yaml", "apps/a.yaml", "folder/a.yaml", "link.yaml")
    assert clone.files == (*shown, "new.yaml")
    assert {clone.read(path) for path in shown} == {b"a: 1\n"}
    with pytest.raises(UnreadableError, match="a link that Git does not know"):
        clone.read("new.yaml")
    (root.parent / "same").symlink_to(root)
    assert open_clone("platform", root.parent / "same", "same").read("apps/a.yaml") == b"a: 1\n"


def test_links_that_git_checks_out_as_texts_are_links(root: Path) -> None:
    git(root, "config", "core.symlinks", "false")
    for path, target in LINKS.items():
        (root / path).write_text(target, "utf-8")
        hashing = ["git", "-C", str(root), "hash-object", "-w", path]
        blob = subprocess.run(hashing, check=True, capture_output=True, text=True).stdout.strip()
        git(root, "update-index", "--add", "--cacheinfo", f"120000,{blob},{path}")
    git(root, "commit", "-m", "three")
    clone = open_clone("platform", root, "platform")
    assert clone.files == ("again/a.yaml", "apps/a.yaml", "folder/a.yaml", "link.yaml")
    assert {clone.read(path) for path in clone.files} == {b"a: 1\n"}
    assert [*map(clone.real_path, clone.files)] == ["apps/a.yaml"] * 4
    assert not clone.dirty
    with pytest.raises(UnreadableError, match="leaves the repository"):
        clone.real_path("out/b.yaml")
    rewrite_file(clone, "again/a.yaml", b"a: 1\n", b"a: 2\n")
    assert (root / "apps" / "a.yaml").read_bytes() == b"a: 2\n"


@pytest.mark.parametrize("most", [0, 500])
def test_a_clone_within_is_none_of_it_unless_git_knows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(listing, "_MOST_NAMED", most)
    root = write_files(tmp_path, "-- platform/a.yaml --\na: 1\n-- chart/Chart.yaml --\n")
    for folder in ("platform", "chart"):
        git(root / folder, "init")
        git(root / folder, "add", ".")
        git(root / folder, "commit", "-m", "one")
    for place in ("known/chart", "other/chart"):
        git(root, "clone", str(root / "chart"), f"platform/{place}")
    shown = ("a.yaml", "known/chart/Chart.yaml", "other/chart/Chart.yaml")
    git(root / "platform", "add", "known/chart")
    assert open_clone("platform", root / "platform", "platform").files == shown[:2]
    shutil.rmtree(root / "platform/.git")
    assert open_clone("platform", root / "platform", "platform").files == shown


def test_a_link_called_like_gits_own_data_shows_nothing(tmp_path: Path) -> None:
    root = write_files(tmp_path, "-- apps/a.yaml --\na: 1\n-- b.yaml --\n")
    for link in (".git", "within/.git"):
        (root / link).parent.mkdir(exist_ok=True)
        (root / link).symlink_to(root / "apps")
    assert open_clone("a", root, "a").files == ("apps/a.yaml", "b.yaml")


def test_each_of_several_ignored_folders_is_none_of_it(root: Path) -> None:
    (root / ".gitignore").write_text("build/\n", "utf-8")
    for folder in ("apps", "b", "c"):
        (root / folder / "build" / "deep").mkdir(parents=True)
        for path in ("build/deep/x.yaml", "builds.yaml", "z.yaml"):
            (root / folder / path).write_text("x: 1\n", "utf-8")
    files = open_clone("platform", root, "platform").files
    assert files == (
        ".gitignore", "apps/a.yaml", "apps/builds.yaml", "apps/z.yaml",
        "b/builds.yaml", "b/z.yaml", "c/builds.yaml", "c/z.yaml",
    )  # fmt: skip


def test_an_environment_of_python_is_none_of_it(tmp_path: Path) -> None:
    files = "-- env/pyvenv.cfg --\n-- env/lib/sample/app.yaml --\n-- pyvenv.cfg --\n-- a.yaml --\n"
    assert open_clone("a", write_files(tmp_path, files), "a").files == ("a.yaml", "pyvenv.cfg")


def test_what_the_outer_clone_tracks_is_its_own_whatever_lies_beside(root: Path) -> None:
    for inner in ("apps", ":(strange"):  # Git takes the second for a pattern, and a broken one
        (root / inner).mkdir(exist_ok=True)
        (root / inner / "b.yaml").write_text("b: 1\n", "utf-8")
        git(root / inner, "init")
    assert open_clone("platform", root, "platform").files == ("apps/a.yaml", "apps/b.yaml")


def test_a_sparse_checkout_is_read_whole(root: Path) -> None:
    (root / "b.yaml").write_text("b: 1\n", "utf-8")
    git(root, "add", ".")
    git(root, "commit", "-m", "three")
    git(root, "sparse-checkout", "set", "--no-cone", "/b.yaml")
    (root / "b.yaml").write_text("b: 2\n", "utf-8")
    clone = open_clone("platform", root, "platform")
    assert {path.name for path in root.glob("*")} == {".git", "b.yaml"}
    assert clone.files == ("apps/a.yaml", "b.yaml")
    assert [clone.read(path) for path in clone.files] == [b"a: 1\n", b"b: 2\n"]


def test_links_of_a_sparse_checkout_lead_to_what_it_left_out(root: Path) -> None:
    links = {"b.yaml": "apps/a.yaml", "c": "apps", "out": "../elsewhere"}
    for folder in ("here", "there"):
        (root / folder).mkdir()
        for name, target in links.items():
            (root / folder / name).symlink_to(f"../{target}")
    git(root, "add", ".")
    git(root, "commit", "-m", "three")
    git(root, "sparse-checkout", "set", "--no-cone", "/here")
    clone = open_clone("platform", root, "platform")
    shown = tuple(f"{top}/{path}" for top in ("here", "there") for path in ("b.yaml", "c/a.yaml"))
    assert clone.files == ("apps/a.yaml", *shown)
    assert {clone.read(path) for path in clone.files} == {b"a: 1\n"}
    assert {clone.real_path(path) for path in clone.files} == {"apps/a.yaml"}


def test_what_is_no_blob_leaves_the_blobs_after_it_readable(root: Path) -> None:
    commit = open_clone("platform", root, "platform").commit
    git(root, "update-index", "--add", "--cacheinfo", f"100644,{commit},a.yaml")
    git(root, "sparse-checkout", "set", "--no-cone", "/none")
    clone = open_clone("platform", root, "platform")
    for _ in range(2):
        with pytest.raises(UnreadableError, match="cannot be read from Git"):
            clone.read("a.yaml")
    assert clone.read("apps/a.yaml") == b"a: 1\n"


def test_what_a_sparse_and_partial_clone_lacks_cannot_be_read(root: Path, tmp_path: Path) -> None:
    git(root, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--filter=blob:none", "--sparse", root.as_uri(), "part")
    clone = open_clone("platform", tmp_path / "part", "part")
    assert clone.files == ("apps/a.yaml",)
    with pytest.raises(UnreadableError, match="cannot be read from Git"):
        clone.read("apps/a.yaml")
