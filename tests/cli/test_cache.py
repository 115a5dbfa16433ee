"""What ``check`` remembers, for how long, and what it never does."""

import os
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from graphdoc.cache import Store, Told, canonical, find_store, result_key
from graphdoc.cache.signature import sign_clone
from graphdoc.cli import run
from graphdoc.cli.check.memory import Memory
from graphdoc.cli.check.reports import FORMATS
from graphdoc.config import Config, config_for_clones
from graphdoc.report.findings.reporters import REPORTERS

_LATER = time.time_ns() + 3_600_000_000_000
_TOLD = Told("remembered\n", (), 0, 0)
_CANARY = "Y2FuYXJ5LWRhdGE="
_FILES = {
    "root.yaml": """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: root, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: argocd}
  source: {repoURL: https://git.example.com/platform, path: apps}
""",
    "apps/secret.yaml": f"""\
apiVersion: v1
kind: Secret
metadata: {{name: plain}}
data: {{password: {_CANARY}}}
""",
}


def _clone(folder: Path) -> Path:
    root = folder / "platform"
    for path, text in _FILES.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    git = ("git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@example.com")
    address = "https://git.example.com/platform"
    for step in (["init", "-q"], ["remote", "add", "origin", address], ["add", "."]):
        subprocess.run([*git, *step], check=True)
    subprocess.run([*git, "commit", "-qm", "All"], check=True)
    return root


def test_result_is_told_again_until_something_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clone, cache = _clone(tmp_path), tmp_path / "cache"
    monkeypatch.setenv("GRAPHDOC_CACHE_DIR", str(cache))

    def check(*options: str) -> tuple[int, str, str]:
        status = run(["check", str(clone), *options])
        return (status, *capsys.readouterr())

    first = check()
    assert not cache.exists()  # files that are as new as these may change unnoticed
    time.sleep(3.1)
    assert check() == first
    (file,) = cache.iterdir()
    assert _CANARY not in file.read_text()
    assert check() == first
    Store(cache).write(file.stem, replace(_TOLD, remarks=("a remark",)))
    assert check() == (0, "remembered\n", "a remark\n")
    assert check("--no-cache") == first
    assert check("--select", "plain-secret")[1] != "remembered\n"
    assert check("--format", "json")[1] != "remembered\n"

    changed = clone / "apps" / "secret.yaml"
    times = changed.stat().st_atime_ns, changed.stat().st_mtime_ns
    changed.write_text(changed.read_text().replace("Secret", "Sekret"))
    os.utime(changed, ns=times)
    if os.name != "nt":  # which tells no time that programs cannot set
        assert check()[1] not in {"remembered\n", first[1]}


def _append(path: str) -> Callable[[Path], object]:
    return lambda root: (root / path).write_text("x")


@pytest.mark.parametrize(
    "change",
    [
        _append("apps/new.yaml"),
        _append(".gitignore"),
        _append(".git/HEAD"),
        _append(".git/packed-refs"),
        _append(".git/refs/heads/other"),
        _append(".git/info/exclude"),
        lambda root: (root / "root.yaml").unlink(),
        lambda root: (root / "root.yaml").rename(root / "other.yaml"),
        lambda root: (root / ".git" / "objects" / "pack" / "new.pack").write_text(""),
    ],
)  # fmt: skip
def test_signature_tells_of_every_change(tmp_path: Path, change: Callable[[Path], object]) -> None:
    root = _clone(tmp_path)
    before = sign_clone(root, _LATER)
    assert before == sign_clone(root, _LATER) is not None
    change(root)
    assert sign_clone(root, _LATER) not in {before, None}


def test_what_changed_a_moment_ago_has_no_signature(tmp_path: Path) -> None:
    assert sign_clone(_clone(tmp_path), time.time_ns()) is None


@pytest.mark.parametrize("path", [".git/commondir", ".git/objects/info/alternates", "objects/x"])
def test_git_data_elsewhere_has_no_signature(tmp_path: Path, path: str) -> None:
    root = _clone(tmp_path)
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_text("/elsewhere")
    assert sign_clone(root, _LATER) is None


def test_key_depends_on_clones_configuration_and_question(tmp_path: Path) -> None:
    root = _clone(tmp_path)
    config = config_for_clones([root], Config(tmp_path))
    other = replace(config, production=("x",))
    keys = {
        result_key(config, ("check",), _LATER),
        result_key(other, ("check",), _LATER),
        result_key(config, ("check", "json"), _LATER),
    }
    assert len(keys) == 3
    assert None not in keys
    (root / "new.yaml").write_text("")
    assert result_key(config, ("check",), _LATER) not in keys


def test_settings_of_git_that_may_ignore_more_leave_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = config_for_clones([_clone(tmp_path)], Config(tmp_path))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    assert result_key(config, (), _LATER) is not None
    (tmp_path / ".gitconfig").write_text("[core]\n\texcludesFile = ~/ignored\n")
    assert result_key(config, (), _LATER) is None


@pytest.mark.parametrize("spoil", [b"", b"{}", b"\xff\xfe", b"0000\n{}"])
def test_spoilt_entry_counts_as_absent(tmp_path: Path, spoil: bytes) -> None:
    store = Store(tmp_path)
    store.write("key", _TOLD)
    assert store.read("key") == _TOLD
    (tmp_path / "key.json").write_bytes(spoil)
    assert store.read("key") is None


def test_every_cut_of_an_entry_counts_as_absent(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write("key", _TOLD)
    whole = (tmp_path / "key.json").read_bytes()
    for length in range(len(whole)):
        (tmp_path / "key.json").write_bytes(whole[:length])
        assert store.read("key") is None


def test_oldest_entries_go_where_they_become_too_many(tmp_path: Path) -> None:
    store = Store(tmp_path, size_limit=500)
    for number in range(10):
        store.write(str(number), _TOLD)
        os.utime(tmp_path / f"{number}.json", (number, number))
    kept = sorted(path.stem for path in tmp_path.iterdir())
    assert 1 <= len(kept) < 10
    assert kept[-1] == "9"


@pytest.mark.skipif(os.name == "nt", reason="rights of another kind")
def test_folder_that_others_may_write_to_is_not_used(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write("key", _TOLD)
    tmp_path.chmod(0o777)
    assert store.read("key") is None
    store.write("other", _TOLD)
    assert [path.name for path in tmp_path.iterdir()] == ["key.json"]


def test_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file" / "cache")
    store.write("key", _TOLD)
    assert store.read("key") is None


def test_result_that_cannot_take_its_place_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "key.json").mkdir()
    tmp_path.chmod(0o700)
    Store(tmp_path).write("key", Told("text", (), 0, 0))
    assert [entry.name for entry in tmp_path.iterdir()] == ["key.json"]


def test_runs_side_by_side_read_whole_results(tmp_path: Path) -> None:
    store = Store(tmp_path)
    told = [Told(str(n) * 50_000, (), n, 0) for n in range(4)]

    def write_and_read(number: int) -> bool:
        store.write("key", told[number % 4])
        found = store.read("key")  # Windows opens no file that another run replaces just now
        return found in told or (found is None and os.name == "nt")

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(write_and_read, range(200)))
    assert [path.name for path in tmp_path.iterdir()] == ["key.json"]


def test_result_that_another_run_may_not_meet_is_not_remembered(tmp_path: Path) -> None:
    memory = Memory(Store(tmp_path), "key")
    assert memory.remember(_TOLD, is_lasting=False) == _TOLD
    assert memory.recall() is None
    memory.remember(_TOLD, is_lasting=True)
    assert memory.recall() == _TOLD


def test_environment_names_the_folder_or_none(tmp_path: Path) -> None:
    assert find_store({"GRAPHDOC_CACHE_DIR": ""}) is None
    assert find_store({"GRAPHDOC_CACHE_DIR": str(tmp_path)}) == Store(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="XDG")
def test_cache_lies_where_the_user_keeps_caches(tmp_path: Path) -> None:
    found = find_store({"XDG_CACHE_HOME": str(tmp_path)})
    assert found is not None
    assert found.folder.name == "graphdoc"


def test_configuration_reads_the_same_in_every_process() -> None:
    assert canonical(frozenset({"b", "a"})) == "{'a','b'}"
    assert canonical({"b": 1, "a": (2, None)}) == "{'a':(2,None),'b':1}"


def test_formats_are_those_of_the_reports() -> None:
    assert tuple(REPORTERS) == FORMATS
