"""What ``check`` remembers, for how long, and what it never does."""

import os
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from graphdoc.cache import Dependencies, Result, Store, Told, find_store, sign
from graphdoc.cli import run
from graphdoc.cli.check.reports import FORMATS
from graphdoc.report.findings.reporters import REPORTERS

_LATER = time.time_ns() + 3_600_000_000_000
_RESULT = Result(Told("remembered\n"), Dependencies(), "signature")
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


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own, in a process for which all files are old."""
    monkeypatch.setenv("GRAPHDOC_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(time, "time_ns", lambda: _LATER)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "cache"


def _spoil(cache: Path, told: Told) -> None:
    """Put another text into the only result, which shows where it is told again."""
    (file,) = cache.iterdir()
    store = Store(str(cache))
    result = store.read(file.stem)
    assert result is not None
    store.write(file.stem, Result(told, result.dependencies, result.signature))


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
    _spoil(cache, Told("remembered\n", ("a remark",), ("a note",), 7))
    assert check() == (7, "remembered\n", "a remark\na note\n")
    assert check("--no-cache") == first
    assert check("--select", "plain-secret")[1] != "remembered\n"
    assert check("--format", "json")[1] != "remembered\n"

    changed = clone / "apps" / "secret.yaml"
    times = changed.stat().st_atime_ns, changed.stat().st_mtime_ns
    changed.write_text(changed.read_text().replace("Secret", "Sekret"))
    os.utime(changed, ns=times)
    if os.name != "nt":  # which tells no time that programs cannot set
        assert check()[1] not in {"remembered\n", first[1]}


def test_report_in_a_file_is_written_again(
    tmp_path: Path, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["check", str(_clone(tmp_path)), "--output", "report.txt"]
    report = tmp_path / "report.txt"
    run(command)
    first = (capsys.readouterr(), report.read_text())
    _spoil(cache, Told("remembered\n", notes=("1 finding in report.txt",), output="report.txt"))
    report.unlink()
    assert run(command) == 0
    assert report.read_text() == "remembered\n"
    assert capsys.readouterr() == ("", "1 finding in report.txt\n")
    report.unlink()
    report.mkdir()  # where nothing can be written the command says so
    assert run(command) == 2
    assert "report.txt" in capsys.readouterr().err
    report.rmdir()
    run([*command, "--no-cache"])
    assert (capsys.readouterr(), report.read_text()) == first


def _configure(folder: Path) -> list[str]:
    """A configuration of two clones, one of them named by a variable; the command to check them."""
    _clone(folder)
    (folder / "other").mkdir()
    (folder / "charts").mkdir()
    (folder / "graphdoc.yaml").write_text(
        "repositories: [{path: platform}, {path: '${OTHER:-other}'}]\nchart_cache: charts\n"
    )
    (folder / "known.json").write_text('{"schema": "graphdoc/baseline/v1", "findings": []}')
    return ["check", "--baseline", "known.json"]


def _change_variable(_: Path) -> None:
    os.environ["OTHER"] = "charts"


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "graphdoc.yaml").write_text("repositories: [{path: platform}]\n"),
        lambda folder: (folder / "known.json").write_text(
            '{"schema": "graphdoc/baseline/v1", "findings": [ ]}'
        ),
        lambda folder: (folder / "charts" / "a-1.0.0.tgz").touch(),
        lambda folder: (folder / "other" / "a.yaml").touch(),
        _change_variable,
    ],
    ids=["configuration", "baseline", "charts", "clone", "variable"],
)
def test_what_a_configuration_names_is_looked_at(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], object]
) -> None:
    monkeypatch.setenv("OTHER", "other")
    command = _configure(tmp_path)
    run(command)
    _spoil(cache, Told("remembered\n", status=7))
    assert run(command) == 7
    change(tmp_path)
    assert run(command) != 7


def _add_configuration(folder: Path) -> None:
    (folder / "graphdoc.yaml").write_text("rules: [{rule: plain-secret, severity: error}]\n")


def _add_clone(folder: Path) -> None:
    (folder / "clones" / "other" / ".git").mkdir()


def _lead_elsewhere(folder: Path) -> None:
    (folder / "link").unlink()
    (folder / "link").symlink_to(folder / "clones" / "other")


@pytest.mark.skipif(os.name == "nt", reason="links need rights")
@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("clones", _add_configuration),
        ("clones", _add_clone),
        ("link", _lead_elsewhere),
        ("clones", lambda _: os.environ.update(NO_COLOR="1")),
        ("clones", lambda _: os.environ.update(SOURCE_DATE_EPOCH="0")),
        ("clones", lambda folder: os.chdir(folder / "elsewhere")),
        ("clones/platform/apps", lambda folder: (folder / "clones/platform/.git/index").unlink()),
    ],
    ids=["configuration", "clones", "link", "colour", "day", "folder", "part"],
)
def test_what_leads_to_the_clones_is_looked_at(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, path: str,
    change: Callable[[Path], object],
) -> None:  # fmt: skip
    monkeypatch.setenv("NO_COLOR", "")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1764547200")
    (tmp_path / "clones" / "other").mkdir(parents=True)
    clone = _clone(tmp_path / "clones")
    (tmp_path / "link").symlink_to(clone)
    (tmp_path / "elsewhere").mkdir()
    for name in ("clones", "link"):
        (tmp_path / "elsewhere" / name).symlink_to(tmp_path / "clones" / "other")
    command = ["check", path]
    run(command)
    _spoil(cache, Told("remembered\n", status=7))
    assert run(command) == 7
    change(tmp_path)
    assert run(command) != 7


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
    before = _sign(root)
    assert before == _sign(root) is not None
    change(root)
    assert _sign(root) not in {before, None}


def _sign(clone: Path, now: int = _LATER) -> str | None:
    return sign(Dependencies(clones=(str(clone),)), {}, now)


def test_what_changed_a_moment_ago_has_no_signature(tmp_path: Path) -> None:
    assert _sign(_clone(tmp_path), time.time_ns()) is None


def test_what_went_away_has_no_signature(tmp_path: Path) -> None:
    assert _sign(tmp_path / "nowhere") is None
    assert sign(Dependencies(files=(str(tmp_path / "nowhere"),)), {}, _LATER) is not None


@pytest.mark.parametrize("path", [".git/commondir", ".git/objects/info/alternates", "objects/x"])
def test_git_data_elsewhere_has_no_signature(tmp_path: Path, path: str) -> None:
    root = _clone(tmp_path)
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_text("/elsewhere")
    assert _sign(root) is None


def test_settings_of_git_that_may_ignore_more_leave_nothing_to_remember(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    (tmp_path / ".gitconfig").write_text("[core]\n\texcludesFile = ~/ignored\n")
    command = ["check", str(_clone(tmp_path))]
    run(command)
    assert not cache.exists()
    (tmp_path / ".gitconfig").write_text("[core]\n")
    run(command)
    assert len([*cache.iterdir()]) == 1


def _text(store: Store) -> str | None:
    result = store.read("key")
    return result.told.text if result is not None else None


@pytest.mark.parametrize("spoil", [b"", b"{}", b"\xff\xfe", b"0000\n{}"])
def test_spoilt_entry_counts_as_absent(tmp_path: Path, spoil: bytes) -> None:
    store = Store(str(tmp_path))
    store.write("key", _RESULT)
    assert _text(store) == _RESULT.told.text
    (tmp_path / "key.json").write_bytes(spoil)
    assert store.read("key") is None


def test_every_cut_of_an_entry_counts_as_absent(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    store.write("key", _RESULT)
    whole = (tmp_path / "key.json").read_bytes()
    for length in range(len(whole)):
        (tmp_path / "key.json").write_bytes(whole[:length])
        assert store.read("key") is None


def test_oldest_entries_go_where_they_become_too_many(tmp_path: Path) -> None:
    store = Store(str(tmp_path), size_limit=500)
    for number in range(10):
        store.write(str(number), _RESULT)
        os.utime(tmp_path / f"{number}.json", (number, number))
    kept = sorted(path.stem for path in tmp_path.iterdir())
    assert 1 <= len(kept) < 10
    assert kept[-1] == "9"


@pytest.mark.skipif(os.name == "nt", reason="rights of another kind")
def test_folder_that_others_may_write_to_is_not_used(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    store.write("key", _RESULT)
    tmp_path.chmod(0o777)
    assert store.read("key") is None
    store.write("other", _RESULT)
    assert [path.name for path in tmp_path.iterdir()] == ["key.json"]


def test_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = Store(str(tmp_path / "file" / "cache"))
    store.write("key", _RESULT)
    assert store.read("key") is None


def test_result_that_cannot_take_its_place_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "key.json").mkdir()
    tmp_path.chmod(0o700)
    Store(str(tmp_path)).write("key", _RESULT)
    assert [entry.name for entry in tmp_path.iterdir()] == ["key.json"]


def test_runs_side_by_side_read_whole_results(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    told = [str(n) * 50_000 for n in range(4)]

    def write_and_read(number: int) -> bool:
        store.write("key", Result(Told(told[number % 4]), Dependencies(), ""))
        found = _text(store)  # Windows opens no file that another run replaces just now
        return found in told or (found is None and os.name == "nt")

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(write_and_read, range(200)))
    assert [path.name for path in tmp_path.iterdir()] == ["key.json"]


def test_environment_names_the_folder_or_none(tmp_path: Path) -> None:
    assert find_store({"GRAPHDOC_CACHE_DIR": ""}) is None
    assert find_store({"GRAPHDOC_CACHE_DIR": str(tmp_path)}) is not None


@pytest.mark.skipif(os.name == "nt", reason="XDG")
def test_cache_lies_where_the_user_keeps_caches(tmp_path: Path) -> None:
    found = find_store({"XDG_CACHE_HOME": str(tmp_path)})
    assert found is not None
    assert found.folder == f"{tmp_path}/graphdoc"


def test_formats_are_those_of_the_reports() -> None:
    assert tuple(REPORTERS) == FORMATS
