"""Which tests run which lines, recorded once; and work in a process of its own."""

import ast
import gc
import json
import os
import resource
import signal
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import _lru_cache_wrapper
from pathlib import Path
from typing import NamedTuple

import pytest
from _pytest.runner import runtestprotocol
from coverage import Coverage

from tests.mutants.changes import functions

_ROOT = Path(__file__).resolve().parent.parent.parent
RECORD = _ROOT / ".cache" / "mutants.json"
_MEASURED = [str(_ROOT / "graphdoc" / part) for part in ("resolve", "rules")]
_QUICK = 0.05  # seconds of a test that count for little
_MEMORY = 4 * 1024**3


class Record(NamedTuple):
    """How long each test took, and which ran each line of each function of each file."""

    seconds: dict[str, float]
    ran: dict[str, dict[str, dict[str, list[int]]]]

    @classmethod
    def read(cls) -> "Record":
        """What was recorded so far."""
        return cls(*json.loads(RECORD.read_text("utf-8"))) if RECORD.exists() else cls({}, {})

    def add(self, items: list[pytest.Item]) -> int:
        """Run tests that are not in the record yet."""
        coverage = Coverage(None, source=_MEASURED, config_file=False)
        alive = [known for known in gc.get_objects() if isinstance(known, _lru_cache_wrapper)]
        caches = [known for known in alive if known.__name__ != "engine"]
        coverage.start()
        for item in items:
            for known in caches:  # what an earlier test left there, this one would not run
                known.cache_clear()
            coverage.switch_context(item.nodeid)
            start = sum(os.times()[:4])
            passed = passes(item)
            self.seconds[item.nodeid] = sum(os.times()[:4]) - start if passed else float("inf")
        coverage.stop()
        number = {test: number for number, test in enumerate(self.seconds)}
        for file in coverage.get_data().measured_files():
            tests_by_line = coverage.get_data().contexts_by_lineno(file)
            for name, function in functions(Path(file)).items():
                lines = self.ran.setdefault(file, {}).setdefault(name, {})
                for line in tests_by_line.keys() & range(function.lineno + 1, _end(function)):
                    ran = {number[test] for test in tests_by_line[line] if test}
                    before = lines.get(str(line - function.lineno), [])
                    lines[str(line - function.lineno)] = sorted({*before, *ran})
        RECORD.write_text(json.dumps(self), "utf-8")
        return 0

    def tests_of(self, file: Path, name: str, line: int, seconds: float) -> Iterator[str]:
        """Tests that run a line of a function, or the last before it that any runs."""
        ran = self.ran.get(str(file), {}).get(name, {})
        numbers = next((ran[str(n)] for n in range(line, 0, -1) if str(n) in ran), [])
        return self._ranked(file, numbers, seconds)

    def tests_of_all(
        self, file: Path, users: Iterable[tuple[str, str]], seconds: float
    ) -> Iterator[str]:
        """Tests that run any of some functions, of whatever files."""
        ran = [self.ran.get(of, {}).get(name, {}).values() for of, name in users]
        numbers = {number for lines in ran for known in lines for number in known}
        return self._ranked(file, numbers, seconds)

    def _ranked(self, file: Path, numbers: Iterable[int], seconds: float) -> Iterator[str]:
        """Those first that run in little time what few run of the file: they are about it."""
        lines, tests = self.ran.get(str(file), {}), list(self.seconds.items())
        weight: dict[int, float] = defaultdict(float)
        for known in (known for function in lines.values() for known in function.values()):
            for number in known:
                weight[number] += 1 / len(known)
        spent = 0.0
        for number in sorted(numbers, key=lambda n: -weight[n] / (tests[n][1] + _QUICK)):
            spent += tests[number][1]
            if spent < seconds:
                yield tests[number][0]


def _end(function: ast.FunctionDef) -> int:
    return (function.end_lineno or 0) + 1


def forked(work: Callable[[], int], seconds: int) -> bool:
    """Whether some work goes well, and in time, in a process of its own."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    signal.alarm(10 * seconds)  # what waits for nothing
    try:
        os._exit(work())
    finally:  # a change may raise what is no Exception
        os._exit(1)


def passes(item: pytest.Item) -> bool:
    """Whether a test passes."""
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))
