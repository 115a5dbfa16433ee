"""Mutation testing of a sample: ``python -m tests.mutants graphdoc/rules --each 2``.

One small change at a time is made to a function, in a forked process that has everything imported,
and the tests that run the changed line run there, as many as take three seconds; a change that none
of them notices is printed. Which test runs which line is recorded first, and for new tests later:
delete ``.cache/mutants.json`` after larger changes. POSIX only.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest

from tests.mutants.changes import Change, change, functions, places
from tests.mutants.constants import change_constant, constants, users
from tests.mutants.record import RECORD, Record, forked, passes

_ROOT = Path(__file__).resolve().parent.parent.parent
# The tests of analysis; what builds sites, drives browsers or starts programs is slow to ask.
_ASKED = (
    "applicationset", "conformance/test_charts.py", "conformance/test_conformance.py", "helm",
    "hostile", "kustomize", "parse/test_documents.py", "resolve", "rules", "secrets",
)  # fmt: skip
# Starts Helm's runtime in the process that others are forked from.
_UNASKED = "helm/test_values_by_helm.py"
_TESTS = 400  # are recorded at a time
_SECONDS = 30  # let a change count as noticed


class _Run:
    """Tries changes where pytest, with all tests collected, would run the tests."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self.survived = 0

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Record first what is not in the record."""
        self._items = {item.nodeid: item for item in session.items}
        record = Record.read()
        new = [item for name, item in self._items.items() if name not in record.seconds]
        for start in range(0, len(new), _TESTS):
            forked(partial(Record.read().add, new[start : start + _TESTS]), _TESTS)
        self._record = Record.read()
        files = [file for path in self._options.paths for file in _files(path.resolve())]
        for file in files:
            import_module(".".join(file.relative_to(_ROOT).with_suffix("").parts))
        for file in files:
            self._try(file)
        return True

    def _try(self, file: Path) -> None:
        sample = list(self._changes(file))
        survived = 0
        for name, (line, told, make), tests in sample:
            items = [self._items[test] for test in tests if test in self._items]
            if forked(partial(_notice, make, items), _SECONDS):
                survived += 1
                _say(f"{file.relative_to(_ROOT)}:{line} {name}: {told}, {len(items)} tests")
        _say(f"{file.relative_to(_ROOT)}: {len(sample)} tried, {survived} survived")
        self.survived += survived

    def _changes(self, file: Path) -> Iterator[tuple[str, Change, Iterator[str]]]:
        each, seed, seconds = self._options.each, self._options.seed, self._options.seconds
        if self._options.constants:
            for name, number in constants(file, each, seed):
                tests = self._record.tests_of_all(file, users(file, name), seconds)
                yield name, change_constant(file, name, number), tests
        else:
            for name, number in places(file, each, seed):
                made = change(file, name, number)
                start = functions(file)[name].lineno
                yield name, made, self._record.tests_of(file, name, made[0] - start, seconds)


def _notice(make: Callable[[], None], tests: list[pytest.Item]) -> int:
    make()
    return int(not all(map(passes, tests)))


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 -- the answer


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def main() -> int:
    """Try a sample of changes; the status says whether any survived."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--each", type=int, default=2, help="changes a function, or a constant")
    parser.add_argument("--constants", action="store_true", help="change what modules name once")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=3, help="of tests for one change")
    run = _Run(parser.parse_args())
    RECORD.parent.mkdir(exist_ok=True)
    tests = _ROOT / "tests"
    pytest.main(
        [
            "-qs", "-m", "not slow", "-p", "no:cacheprovider", f"--ignore={tests / _UNASKED}",
            f"--basetemp={RECORD.parent / 'tmp'}", *(str(tests / asked) for asked in _ASKED),
        ],
        plugins=[run],
    )  # fmt: skip
    return 1 if run.survived else 0


if __name__ == "__main__":
    sys.exit(main())
