"""Processor time and memory of whole processes, and the estates that they run on."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.generated_estate import Size, generate

__all__ = ["Cost", "Estate", "Row", "copied", "generated", "machine", "run", "yaml_files"]

_MEBIBYTE = 1024 * 1024
# What an installed program has: its modules compiled once, before anybody measures.
_UNWANTED = ("PYTHONDONTWRITEBYTECODE", "PYTHONOPTIMIZE", "PYTHONPROFILEIMPORTTIME")


class Cost(NamedTuple):
    """User and system time of a process and all that it started, and its peak of memory."""

    seconds: float
    mebibytes: float


class Estate(NamedTuple):
    """Clones that are analysed together."""

    name: str
    clones: tuple[Path, ...]


class Row(NamedTuple):
    """One line of the result: what was measured, and against what in the same run."""

    part: str
    estate: str
    ours: float
    floor: float
    against: str
    unit: str = "s"

    @property
    def ratio(self) -> float:
        """How many times the floor."""
        return self.ours / self.floor if self.floor else float("inf")

    @property
    def key(self) -> str:
        """The name under which the ratio is recorded."""
        return f"{self.part} of {self.estate} against {self.against}"


def run(command: Sequence[str], folder: Path, given: bytes = b"", cache: str = "") -> Cost:
    """Run a program to its end; a status above 1 is a failure.

    Args:
        command: the program and its arguments.
        folder: where it runs.
        given: its standard input.
        cache: a folder for what graphdoc remembers; without one it remembers nothing.

    Raises:
        SystemExit: the program failed.
    """
    environment = {key: value for key, value in os.environ.items() if key not in _UNWANTED}
    environment["GRAPHDOC_CACHE_DIR"] = cache
    environment["PYTHONPYCACHEPREFIX"] = str(
        Path(tempfile.gettempdir()) / "graphdoc-bench-bytecode"
    )
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as errors:
        source.write(given)
        source.seek(0)
        started = subprocess.Popen(
            command, cwd=folder, env=environment,
            stdin=source, stdout=subprocess.DEVNULL, stderr=errors,
        )  # fmt: skip
        _, status, usage = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        if started.returncode not in {0, 1}:
            raise SystemExit(f"{' '.join(command)}: {errors.read().decode(errors='replace')}")
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage counts bytes there
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / _MEBIBYTE)


def yaml_files(estate: Estate) -> list[Path]:
    """Every YAML file of the clones, sorted."""
    return sorted(path for clone in estate.clones for path in _yaml_files(clone))


def _yaml_files(clone: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(clone):
        folders[:] = [name for name in folders if name != ".git"]
        places = (Path(folder) / name for name in names if name.endswith((".yaml", ".yml")))
        yield from (place for place in places if place.is_file())


@contextmanager
def generated(applications: int, clusters: int) -> Iterator[Estate]:
    """A generated estate, committed to Git, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        clones = generate(Path(folder), Size(applications, clusters))
        for clone in clones:
            _commit(clone)
        yield Estate(f"{applications} generated on {clusters}", clones)


@contextmanager
def copied(estate: Estate) -> Iterator[Estate]:
    """The same clones in a folder of their own, to be changed at will."""
    with tempfile.TemporaryDirectory() as folder:
        places = tuple(Path(folder) / clone.name for clone in estate.clones)
        for clone, place in zip(estate.clones, places, strict=True):
            shutil.copytree(clone, place, symlinks=True)
        yield Estate(estate.name, places)


def machine() -> str:
    """The machine and the interpreter, as a reader of the results needs to know them."""
    cores = os.cpu_count() or 1
    return f"{_processor()}, {cores} cores, {platform.system()}, Python {platform.python_version()}"


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def _commit(clone: Path) -> None:
    git = (
        "git",
        "-C",
        str(clone),
        "-c",
        "gc.auto=0",
        "-c",
        "user.name=bench",
        "-c",
        "user.email=bench@example.org",
    )
    address = f"https://git.example.org/team/{clone.name}.git"
    for step in (
        ("init", "--quiet"),
        ("remote", "add", "origin", address),
        ("add", "--all"),
        ("commit", "--quiet", "--message", "All of it"),
    ):
        subprocess.run([*git, *step], check=True, capture_output=True)
