"""A directory as a whole or not at all: built beside its place, then renamed."""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from graphdoc.cli.status import UsageMistake
from graphdoc.config.load import shown_path

__all__ = ["replaced_directory"]

_MARKS = ("index.html", "assets/graphdoc.css")


@contextmanager
def replaced_directory(
    place: Path, kept: tuple[Path, ...], marks: tuple[str, ...] = _MARKS
) -> Iterator[Path]:
    """Yield an empty directory that takes the place of another once all went well.

    Args:
        place: the directory to replace; it may be missing or empty.
        kept: directories that must not be replaced.
        marks: files that show that graphdoc made what is there.

    Raises:
        UsageMistake: the place holds something else, or cannot be written.
    """
    place = place.absolute()  # MkDocs would take it as relative to its own file
    _refuse_foreign(place, kept, marks)
    aside = place.with_name(f".{place.name}.old")
    with _orderly_end():
        fresh = _prepare(place, aside)
        try:
            yield fresh
            if place.exists():
                place.rename(aside)
            fresh.rename(place)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
            _recover(place, aside)
            shutil.rmtree(aside, ignore_errors=True)


def _prepare(place: Path, aside: Path) -> Path:
    try:
        _recover(place, aside)
        shutil.rmtree(aside, ignore_errors=True)  # what a run left that was killed at its end
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{place.name}.new-", dir=place.parent))
        fresh.chmod(0o755)
    except OSError as error:
        raise UsageMistake(f"{shown_path(place)}: {error.strerror}") from error
    return fresh


def _refuse_foreign(place: Path, kept: tuple[Path, ...], marks: tuple[str, ...]) -> None:
    real = Path(os.path.realpath(place))  # which no circle of links stops
    if place.exists() and not place.is_dir():
        raise UsageMistake(f"{shown_path(place)} is a file, not a directory")
    if any(directory.resolve().is_relative_to(real) for directory in kept):
        raise UsageMistake(f"{shown_path(place)} holds what is read; choose another directory")
    built = all((place / mark).is_file() for mark in marks)
    if place.is_dir() and any(place.iterdir()) and not built:
        raise UsageMistake(f"{shown_path(place)} holds something else; choose another directory")


def _recover(place: Path, aside: Path) -> None:
    """Put back what a killed run had moved aside."""
    if aside.exists() and not place.exists():
        aside.rename(place)


@contextmanager
def _orderly_end() -> Iterator[None]:
    """Let a terminated process clean up after itself."""

    def end(number: int, _: FrameType | None) -> NoReturn:
        sys.exit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
