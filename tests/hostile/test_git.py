"""A clone whose own Git data is written by an attacker: nothing is run, fetched or read outside."""

import os
from pathlib import Path

import pytest

from graphdoc.clone import DiskClone, open_clone
from graphdoc.clone import git as git_module
from graphdoc.clone.changes import ChangesError, changed_files
from graphdoc.clone.git import Blobs
from graphdoc.model.clone import UnreadableError
from tests.written import git

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the lures are shell scripts and links")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    clone = tmp_path / "platform"
    clone.mkdir()
    git(clone, "init", "-q", "-b", "main")
    (clone / "a.yaml").write_text("a: 1\n", "utf-8")
    git(clone, "add", ".")
    git(clone, "commit", "-qm", "one")
    return clone


def opened(root: Path) -> DiskClone:
    return open_clone("platform", root, "platform")


def lure(root: Path) -> tuple[str, Path]:
    """A command that leaves a trace, and the trace."""
    trace = root.parent / "trace"
    program = root.parent / "program"
    program.write_text(f"#!/bin/sh\ntouch {trace}\ncat\n", "utf-8")
    program.chmod(0o755)
    return str(program), trace


def append(root: Path, settings: str) -> None:
    with (root / ".git" / "config").open("a", encoding="utf-8") as file:
        file.write(settings)


SETTINGS = {
    "monitor": "[core]\n fsmonitor = {0}\n",
    "hooks": "[core]\n hooksPath = {1}\n",
    "pager": "[core]\n pager = {0}\n[pager]\n log = {0}\n status = {0}\n",
    "ssh": "[core]\n sshCommand = {0}\n gitProxy = {0}\n askPass = {0}\n editor = {0}\n",
    "clean": '[filter "x"]\n clean = {0}\n required = true\n',
    "process": '[filter "x"]\n process = {0}\n required = true\n',
    "smudge": '[filter "x"]\n smudge = {0}\n',
    "textconv": '[diff "x"]\n textconv = {0}\n command = {0}\n[diff]\n external = {0}\n',
    "included": "[include]\n path = {1}/more\n",
    "included on a condition": '[includeIf "gitdir:**"]\n path = {1}/more\n',
    "alternates": "[core]\n alternateRefsCommand = {0}\n",
    "credentials": "[credential]\n helper = {0}\n",
    "alias": "[alias]\n status = !{0}\n log = !{0}\n diff = !{0}\n",
}


@pytest.mark.parametrize("name", SETTINGS)
def test_no_setting_of_a_clone_runs_a_program(root: Path, name: str) -> None:
    program, trace = lure(root)
    folder = root.parent
    (folder / "more").write_text(f'[filter "x"]\n clean = {program}\n', "utf-8")
    for hook in ("post-index-change", "reference-transaction", "post-checkout"):
        (folder / hook).write_bytes(Path(program).read_bytes())
        (folder / hook).chmod(0o755)
    commit = opened(root).commit
    append(root, SETTINGS[name].format(program, folder))
    (root / ".gitattributes").write_text("*.yaml filter=x diff=x merge=x\n", "utf-8")
    (root / "a.yaml").write_text("a: 2\n", "utf-8")
    clone = opened(root)
    assert (clone.dirty, clone.commit) == (True, commit)
    assert clone.git is not None
    assert changed_files(clone.git, str(commit)) == (".gitattributes", "a.yaml")
    assert not trace.exists()


def test_a_filter_that_no_option_can_switch_off_is_not_run(root: Path) -> None:
    program, trace = lure(root)
    append(root, f'[filter "a=b"]\n clean = {program}\n')
    (root / ".gitattributes").write_text("*.yaml filter=a=b\n", "utf-8")
    (root / "a.yaml").write_text("a: 2\n", "utf-8")
    clone = opened(root)
    assert clone.dirty
    assert clone.git is not None
    with pytest.raises(ChangesError):
        changed_files(clone.git, str(clone.commit))
    assert not trace.exists()


@pytest.mark.parametrize("lazy", [True, False], ids=["old Git", "Git"])
def test_what_a_partial_clone_lacks_is_not_fetched(
    root: Path, monkeypatch: pytest.MonkeyPatch, *, lazy: bool
) -> None:
    _, trace = lure(root)
    append(
        root,
        "[extensions]\n partialClone = origin\n[protocol]\n allow = always\n"
        '[protocol "ext"]\n allow = always\n'
        f'[remote "origin"]\n promisor = true\n url = ext::touch {trace}\n',
    )
    git(root, "config", "core.repositoryformatversion", "1")
    if lazy:  # before 2.39.4 Git did not know this variable
        monkeypatch.delitem(git_module._GIT_ENVIRONMENT, "GIT_NO_LAZY_FETCH")
    clone = opened(root)
    assert clone.git is not None
    blob = clone.git.ask("rev-parse", "HEAD:a.yaml").strip()
    (root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(git_module.BlobError):
        Blobs(clone.git).read(blob, 1000)
    assert not trace.exists()


@pytest.mark.parametrize("way", ["alternates", "objects", "packs", "refs"])
def test_data_that_lies_elsewhere_is_left_alone(root: Path, tmp_path: Path, way: str) -> None:
    own = tmp_path / "own"
    own.mkdir()
    git(own, "init", "-q", "-b", "main")
    git(own, "remote", "add", "origin", "https://me:secret@git.example.com/own")
    (own / "b.yaml").write_text("b: 1\n", "utf-8")
    data = root / ".git"
    stolen = {"alternates": "", "objects": "objects", "packs": "objects/pack", "refs": "refs"}[way]
    if way == "alternates":
        lender = own / ".git" / "objects" / "info" / "alternates"
        lender.write_text(f"{data / 'objects'}\n", "utf-8")
        (own / ".git" / "refs" / "heads" / "main").write_text(str(opened(root).commit), "utf-8")
    else:
        place = own / ".git" / stolen
        place.rename(tmp_path / "aside")
        place.symlink_to(data / stolen)
    clone = open_clone("own", own, "own")
    assert (clone.commit, clone.files) == (None, ("b.yaml",))
    assert clone.urls == ("https://git.example.com/own",)
    assert clone.has_borrowed_data
    assert not opened(root).has_borrowed_data


def test_gits_own_data_is_hidden_however_it_is_spelled(root: Path) -> None:
    (root / ".GIT").mkdir()
    (root / ".GIT" / "config").write_text("token\n", "utf-8")
    (root / "link.yaml").symlink_to(".GIT/config")
    with pytest.raises(UnreadableError, match="leaves the repository"):
        opened(root).read("link.yaml")
