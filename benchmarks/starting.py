"""``graphdoc --help`` against an interpreter that does nothing."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.measure import Row, run

__all__ = ["measure"]

_TIMES = 15


def measure() -> Iterator[Row]:
    """The least of several runs each."""
    ours = _least([sys.executable, "-m", "graphdoc", "--help"])
    yield Row("start-up", "--help", ours, _least([sys.executable, "-c", "pass"]), "bare Python")


def _least(command: Sequence[str]) -> float:
    return min(run(command, Path.cwd()).seconds for _ in range(_TIMES))
