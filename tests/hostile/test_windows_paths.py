"""Paths of repositories are POSIX everywhere; what Windows would make of them is kept out."""

import stat
import subprocess
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath
from shutil import copytree
from types import SimpleNamespace
from typing import Any

import pytest

from graphdoc.cli import run
from graphdoc.clone import open_clone
from graphdoc.clone.places import Places
from graphdoc.model import windows
from graphdoc.model.limits import DEFAULT_LIMITS
from graphdoc.model.location import SourceFile
from graphdoc.model.node import Mapping
from graphdoc.model.windows import is_impossible, is_link, is_remote
from graphdoc.parse.yaml import parse_documents
from graphdoc.pipeline.folders import Folders
from graphdoc.resolve.helm import bundle as bundle_module
from graphdoc.resolve.helm.bundle import bundle_chart
from graphdoc.resolve.helm.chart_cache import ArchiveError, read_archive
from graphdoc.resolve.kustomize.files.roots import resolve
from graphdoc.resolve.repositories.files import Files
from graphdoc.resolve.repositories.paths import join_path, normalise
from tests.helm.test_subcharts import pack
from tests.txtar import MemoryClone
from tests.written import git

ROOT = Path(__file__).parents[2]
CHART = b"apiVersion: v2\nname: web\nversion: 1.0.0\n"
HOSTILE = (
    "C:/Windows/win.ini", "C:x", "c:\\x", "\\\\server\\share\\x", "..\\..\\x", "a\\..\\..\\..\\x",
    "//server/share/x", "NUL", "con.yaml", "COM1", "a:stream",
)  # fmt: skip


def inside(path: str) -> bool:
    """Whether Windows would look for a path of the clone below the clone."""
    root = PureWindowsPath("D:/clone")
    place = root.joinpath(*PurePosixPath(path).parts)
    return place.is_relative_to(root) and ".." not in place.parts


@pytest.mark.parametrize("path", HOSTILE)
def test_only_names_in_the_listing_are_files(path: str) -> None:
    clone = MemoryClone("r", {"a.yaml": b"a: 1\n"})
    for found in (normalise(path), join_path("dir", path), resolve("dir", path)):
        assert found is None or not clone.is_file(found)
        assert found is None or not found.startswith(("/", ".."))


@pytest.mark.parametrize("path", [*HOSTILE, "a/nul", "b/c.", "d|e"])
def test_windows_is_not_asked_for_names_that_it_cannot_hold(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "ON_WINDOWS", True)
    clone = open_clone("r", tmp_path, "r")
    monkeypatch.setattr(Places, "find", None)
    assert clone.real_path(path) == path


@pytest.mark.parametrize("path", ["apps/a.yaml", "a b/ü.yaml", ".hidden", "console/auxiliary.yaml"])
def test_names_that_windows_can_hold_are_asked_for(path: str) -> None:
    assert not is_impossible(path)


def test_other_machines_are_told_from_the_one_that_holds_the_clone() -> None:
    here, there = PureWindowsPath("C:/clone"), PureWindowsPath("//host/share/clone")
    named = ("//host/share/x", "\\\\other\\share", "D:/x", "../x", "x")
    assert [is_remote(here / text, here) for text in named] == [True, True, False, False, False]
    assert [is_remote(there / text, there) for text in named] == [False, True, False, False, False]


def test_junctions_are_links() -> None:
    modes = ((stat.S_IFDIR, 0), (stat.S_IFLNK, 0xA000000C), (stat.S_IFDIR, 0xA0000003))
    found: list[Any] = [SimpleNamespace(st_mode=mode, st_reparse_tag=tag) for mode, tag in modes]
    assert [is_link(facts) for facts in found] == [False, True, True]


@pytest.mark.parametrize("text", ["/other/share", "//host/share", "\\\\host\\share", "Q:/x", "q:x"])
def test_render_looks_for_no_folder_outside_the_relative_paths(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kustomization.yaml").write_text(f"resources: ['{text}', ../base]\n", "utf-8")
    looked_at: list[Path] = []

    def is_dir(place: Path) -> bool:
        looked_at.append(place)
        return False

    monkeypatch.setattr(Path, "is_dir", is_dir)
    assert Folders().find_root(tmp_path) == tmp_path
    assert looked_at == [tmp_path.parent / "base"]


@pytest.mark.parametrize("path", ["apps/a.yaml", "a b/ü.yaml", ".hidden", "a.b/c-d_e"])
def test_names_of_repositories_lie_below_the_clone_on_windows(path: str) -> None:
    assert inside(path)
    assert PureWindowsPath(path).as_posix() == path


def test_backslashes_of_values_files_mean_slashes() -> None:
    assert normalise("apps\\a.yaml") == "apps/a.yaml"
    assert normalise("..\\a.yaml") is None


@pytest.mark.parametrize("name", ["a\\b.yaml", "C:b.yaml", "x/a:b"])
def test_names_that_windows_reads_otherwise_are_not_handed_to_helm(name: str) -> None:
    clone = MemoryClone(
        "r", {"Chart.yaml": CHART, f"templates/{name}": b"", "templates/c.yaml": b""}
    )
    bundle = bundle_chart(Files(), clone, "")
    assert sorted(bundle.files) == ["Chart.yaml", "templates/c.yaml"]


@pytest.mark.parametrize(
    "name", ["NUL", "con.yaml", "Aux.tpl", "com1", "LPT9.yaml", "a.yaml.", "b "]
)
def test_names_that_windows_keeps_for_itself_are_not_handed_to_helm_there(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle_module, "_ON_WINDOWS", False)
    elsewhere = MemoryClone("r", {"Chart.yaml": CHART, name: b""})
    assert name in bundle_chart(Files(), elsewhere, "").files
    monkeypatch.setattr(bundle_module, "_ON_WINDOWS", True)
    clone = MemoryClone(
        "r", {"Chart.yaml": CHART, f"templates/{name}": b"", "templates/c.yaml": b""}
    )
    bundle = bundle_chart(Files(), clone, "")
    assert sorted(bundle.files) == ["Chart.yaml", "templates/c.yaml"]
    assert [note.reason for note in bundle.not_understood] == [
        "a name that Windows keeps for itself; Helm is not given the file"
    ]


@pytest.mark.parametrize("name", ["C:/b", "a\\..\\b", "\\\\host\\b", "/b", "a/../b"])
def test_archives_with_paths_of_windows_are_refused(name: str) -> None:
    with pytest.raises(ArchiveError, match="leaves the chart"):
        read_archive(pack({name: b"x", "a/Chart.yaml": CHART}), DEFAULT_LIMITS)


WITHOUT_POSIX = """\
import asyncio, http.server, multiprocessing.connection, pkgutil, runpy, subprocess, sys, tempfile
import os, select, signal, time
for module in ("fcntl", "grp", "posix", "pwd", "pty", "resource", "syslog", "termios", "tty"):
    sys.modules[module] = None
gone = {
    os: "fork forkpty getuid geteuid getgid getegid getpgid setsid killpg mkfifo chown O_NOFOLLOW "
        "O_DIRECTORY O_CLOEXEC wait3 sysconf pread statvfs",
    select: "poll epoll",
    signal: "SIGALRM SIGHUP SIGUSR1 SIGPIPE SIGCHLD alarm setitimer pthread_sigmask",
    time: "tzset",
}
if sys.version_info < (3, 13):  # whose own shutil asks for it
    del os.O_NONBLOCK
for module, names in gone.items():
    for name in names.split():
        vars(module).pop(name, None)
import graphdoc
for found in pkgutil.walk_packages(graphdoc.__path__, "graphdoc."):
    if not found.name.endswith("__main__") and ".sample" not in found.name:
        __import__(found.name)
from graphdoc.cli import run
sys.exit(max(run(["check"]) != 1, run(["drift"]), run(["graph", "--format", "svg"])))
"""


def test_nothing_is_used_that_only_posix_has() -> None:
    command = [sys.executable, "-c", WITHOUT_POSIX]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.rstrip().endswith("</svg>")


COMMANDS = ("check --format json --baseline accepted.json", "graph", "drift", "docs --check")


def windows_estate(linux: Path, place: Path) -> Path:
    """The estate as Git for Windows checks it out, and its own files as Windows writes them."""
    for name in ("launchpad", "forte-helm", "helm-prod-values"):
        git(linux / name, "init", "-q", "-b", "main")
        git(linux / name, "add", "-A")
        git(linux / name, "commit", "-qm", "one")
        git(linux, "-c", "core.autocrlf=true", "clone", "-q", name, str(place / name))
        git(place / name, "remote", "remove", "origin")
    for file in linux.glob("*.*"):
        (place / file.name).write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    return place


def test_the_sample_as_windows_writes_it_is_the_same_estate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    linux = tmp_path / "linux"
    copytree(ROOT / "graphdoc" / "sample", linux)
    config = (ROOT / "graphdoc.yaml").read_text("utf-8").replace("graphdoc/sample/", "")
    (linux / "graphdoc.yaml").write_text(config, "utf-8")
    monkeypatch.chdir(linux)
    assert run(["drift", "--accept"]) == 0
    assert run(["check", "--baseline", "accepted.json", "--write-baseline"]) == 0
    windows = windows_estate(linux, tmp_path / "windows")
    assert b"\r\n" in (windows / "launchpad/infra/dashboards/argocd.json").read_bytes()
    capfd.readouterr()
    told = {}
    for place in (linux, windows):
        monkeypatch.chdir(place)
        statuses = [run(command.split()) for command in COMMANDS]
        told[place] = (statuses, capfd.readouterr())
    assert told[linux] == told[windows]
    assert told[linux][0] == [0, 0, 0, 0]


def test_line_ends_of_windows_are_line_ends() -> None:
    text = b"a: 1\r\nb: |\r\n  c\r\n  d\r\ne: [\r\n  f]\r\n"
    root = parse_documents(text, SourceFile("r", "a.yaml"))[0].root
    assert isinstance(root, Mapping)
    assert root.text("b") == "c\nd\n"
    assert [root.keys[key].line for key in root.keys] == [1, 2, 5]
