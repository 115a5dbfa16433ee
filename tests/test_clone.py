"""Reading clones from the disk, of which some are hostile."""

import subprocess
from pathlib import Path

import pytest

from graphdoc.clone import open_clone, without_credentials
from graphdoc.model.clone import UnreadableError

IDENTITY = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"]


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *IDENTITY, "-C", str(root), *arguments], check=True, capture_output=True)


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


def test_a_clone_tells_its_facts_without_credentials(root: Path) -> None:
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
    assert without_credentials("https://tok:x@h.example/p") == "https://h.example/p"
    assert without_credentials("git@h.example:p") == "git@h.example:p"
