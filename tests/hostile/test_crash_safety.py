"""A run that is killed leaves what was there, whole; one that cannot write says so in one line."""

import errno
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NoReturn

import pytest

from graphdoc.cache import Store
from graphdoc.cli import run
from tests.written import ESTATE, write_files

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no fork")

KILLS = int(os.environ.get("GRAPHDOC_KILLS", "20"))
# What happens to files and programs; between two of these nothing on the disk changes.
_MOMENTS = ("open", "os.", "shutil.", "subprocess.", "tempfile.")


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write_files(tmp_path, ESTATE))
    return tmp_path


def in_child(arguments: list[str], at: int, report: Path | None = None) -> int:
    """Run a command in a child that kills itself at a moment; what it came to."""
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (1, 2):
            os.dup2(null, stream)
        seen = [0]

        def count(event: str, _: object) -> None:
            if event.startswith(_MOMENTS):
                seen[0] += 1
                if seen[0] == at:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        status = run(arguments)
        if report is not None:
            at = -1
            report.write_text(str(seen[0]), "ascii")
        os._exit(status)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def moments(arguments: list[str], folder: Path) -> list[int]:
    """Some of the moments of a command, each run of the tests the same."""
    report = folder / "moments"
    assert in_child(arguments, -1, report) in {0, 1}
    count = int(report.read_text("ascii"))
    report.unlink()
    late = range(max(1, count - 8), count + 1)  # where results are written
    return sorted({*Random(0).sample(range(1, count + 1), min(KILLS, count)), *late})


def killed(arguments: list[str], folder: Path, look: Callable[[], None]) -> None:
    """Kill a command at its moments, looking at what it left each time."""
    every = moments(arguments, folder)
    died = 0
    for at in every:
        died += in_child(arguments, at) == -signal.SIGKILL
        look()
    assert died > min(KILLS, len(every) // 2)  # what is known from the last run is not read again


def test_a_killed_record_leaves_the_old_lock_or_the_new_one(estate: Path) -> None:
    lock = estate / "architecture.lock.json"
    assert run(["drift", "--accept"]) == 0
    old = lock.read_text("utf-8")
    (estate / "platform" / "values" / "more.yaml").write_text("a: 1\n", "utf-8")
    web = estate / "platform" / "base" / "web.yaml"
    web.write_text(web.read_text("utf-8").replace("name: web", "name: shop"), "utf-8")
    seen = set()

    def look() -> None:
        text = lock.read_text("utf-8")
        json.loads(text)
        seen.add(text)

    killed(["drift", "--accept"], estate, look)
    assert len(seen | {old}) == 2


def test_a_killed_check_leaves_only_whole_results(
    estate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = estate / "cache"
    monkeypatch.setenv("GRAPHDOC_CACHE_DIR", str(cache))

    def look() -> None:
        for file in cache.glob("*.json"):
            assert Store(str(cache)).read(file.stem) is not None

    killed(["check", "--output", "report.txt"], estate, look)
    assert (estate / "report.txt").read_text("utf-8").endswith("\n")


def test_what_a_run_left_that_was_killed_at_its_end_goes(estate: Path) -> None:
    pages = estate / "out"
    assert run(["pages", "out"]) == 0
    (estate / ".out.old").mkdir()
    (estate / ".out.old" / "index.html").touch()
    assert run(["pages", "out"]) == 0
    assert (pages.is_dir(), (estate / ".out.old").exists()) == (True, False)


@pytest.mark.slow
def test_a_killed_build_leaves_a_whole_site(estate: Path) -> None:
    assert run(["build"]) == 0
    pages = {p.relative_to(estate / "site") for p in (estate / "site").rglob("*.html")}
    every = moments(["build"], estate)
    for at in {*every[:: max(1, len(every) // (KILLS // 8))], every[-4], every[-2]}:
        in_child(["build"], at)
        place = estate / "site"
        if not place.exists():  # moved aside, which the next run puts back
            place = estate / ".site.old"
        assert {p.relative_to(place) for p in place.rglob("*.html")} == pages
    assert run(["build"]) == 0
    assert sorted(p.name for p in estate.iterdir() if p.name.startswith(".site.old")) == []


def _fail(code: int) -> Callable[..., NoReturn]:
    def fail(*_: object, **__: object) -> NoReturn:
        raise OSError(code, os.strerror(code))

    return fail


COMMANDS = [
    ["check", "--output", "out.txt"],
    ["graph", "--output", "out.json"],
    ["drift", "--accept"],
    ["init", "platform", "--force"],
    ["build"],
    ["pages", "out"],
]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_what_cannot_be_written_is_told_in_one_line(
    estate: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
) -> None:
    before = {path: path.read_bytes() for path in estate.rglob("*") if path.is_file()}
    for name in ("mkstemp", "mkdtemp"):
        monkeypatch.setattr(f"tempfile.{name}", _fail(code))
    assert run(arguments) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert os.strerror(code) in err
    assert {path: path.read_bytes() for path in estate.rglob("*") if path.is_file()} == before


def test_a_disk_that_fills_up_meanwhile_leaves_nothing_behind(
    estate: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Path, "chmod", _fail(errno.ENOSPC))
    assert run(["drift", "--accept"]) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert sorted(p.name for p in estate.iterdir()) == ["graphdoc.yaml", "platform"]


def test_a_clone_that_is_gone_is_told_in_one_line(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (estate / "platform").rename(estate / "elsewhere")
    assert run(["check"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_pipe_is_written_to_and_stays(estate: Path) -> None:
    pipe = estate / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert run(["check", "--output", "pipe"]) == 0
    assert os.read(reader, 1 << 16).endswith(b"info\n")
    assert pipe.is_fifo()
    os.close(reader)


@pytest.mark.usefixtures("estate")
def test_a_device_stays_whatever_its_name_leads_to(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    assert run(["check", "--output", "/dev/stdout"]) == 0
    assert capfdbinary.readouterr().out.endswith(b"info\n")
    assert Path("/dev/stdout").is_symlink()
    assert run(["check", "--output", "/dev/null"]) == 0
    assert Path("/dev/null").is_char_device()


def test_a_link_is_replaced_and_what_it_leads_to_is_left(estate: Path) -> None:
    (estate / "other.txt").write_text("as it was", "utf-8")
    (estate / "out.txt").symlink_to(estate / "other.txt")
    assert run(["check", "--output", "out.txt"]) == 0
    assert not (estate / "out.txt").is_symlink()
    assert (estate / "other.txt").read_text("utf-8") == "as it was"
