"""A long run of one target: ``python -m tests.fuzz TARGET --seconds 600``.

Every input that raises, takes more than five seconds of the processor or a gibibyte more than the
program itself is kept in the corpus, once for each cause. POSIX only.
"""

import argparse
import faulthandler
import hashlib
import resource
import signal
import sys
import time
import traceback
from pathlib import Path
from random import Random
from types import FrameType, TracebackType
from typing import NoReturn

from graphdoc.pipeline.memory import forget_trees
from tests.fuzz.corpus import KEPT, seeds
from tests.fuzz.mutate import WORDS, mutate, random_edits
from tests.fuzz.targets import TARGETS

_SECONDS = 5
_MANY = 500  # inputs
_GIBIBYTE = 1024**3


class Hang(Exception):
    """An input took too long."""


def main() -> int:
    """Run until the time is over; the status says whether anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=None, help="default: the corpus of the target")
    options = parser.parse_args()
    run = _Run(options.target, Random(options.seed), options.keep or KEPT / options.target)
    run.go(time.monotonic() + options.seconds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(  # noqa: T201 -- a program of its own
        f"{options.target}: {run.count} inputs, {len(run.causes)} causes, slowest {run.slowest:.2f} s,"
        f" peak {peak} MiB"
    )
    return 1 if run.causes else 0


class _Run:
    def __init__(self, target: str, random: Random, folder: Path) -> None:
        self._check = TARGETS[target]
        self._random, self._folder = random, folder
        self._seeds = seeds(target)
        self.causes: set[str] = set()
        self.count, self.slowest = 0, 0.0

    def go(self, until: float) -> None:
        self._check(self._seeds[0])  # imports what is imported late
        signal.signal(signal.SIGPROF, _stop)
        _limit_memory()
        for data in self._seeds:
            self._try(data)
        while time.monotonic() < until:
            seed = self._random.choice(self._seeds)
            self._try(mutate(seed, random_edits(self._random, len(WORDS)), self._seeds))

    def _try(self, data: bytes) -> None:
        start = time.process_time()
        faulthandler.dump_traceback_later(60 * _SECONDS, exit=True)
        signal.setitimer(signal.ITIMER_PROF, _SECONDS)
        try:
            self._check(data)
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is what was looked for
            signal.setitimer(signal.ITIMER_PROF, 0)
            self._keep(data, error)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            faulthandler.cancel_dump_traceback_later()
        self.count += 1
        self.slowest = max(self.slowest, time.process_time() - start)
        if self.count % _MANY == 0:
            forget_trees()  # what inputs leave behind must not add up

    def _keep(self, data: bytes, error: Exception) -> None:
        cause = f"{type(error).__name__} {_place(error.__traceback__)}"
        if cause in self.causes:
            return
        self.causes.add(cause)
        self._folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(data).hexdigest()[:12]
        (self._folder / name).write_bytes(data)
        sys.stderr.write(
            f"== {name}: {cause}\n{''.join(traceback.format_exception(error)[-12:])}\n"
        )
        sys.stderr.flush()


def _place(trace: TracebackType | None) -> str:
    """The innermost line of graphdoc's own."""
    frames = [f for f in traceback.extract_tb(trace) if "/graphdoc/" in f.filename]
    return (
        f"{frames[-1].filename.rpartition('/graphdoc/')[2]}:{frames[-1].lineno}" if frames else "?"
    )


def _stop(_: int, __: FrameType | None) -> NoReturn:
    raise Hang


def _limit_memory() -> None:
    """A gibibyte more than what the program has taken by itself."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    most = pages * resource.getpagesize() + _GIBIBYTE
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    sys.exit(main())
