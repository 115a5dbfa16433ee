"""How the time of each step grows: ``python -m tests.growth overlays --counts 250 1000 4000``.

Each estate is analysed in a process of its own; what is told is processor time, and the exponent of
the last step. Without names all features are measured, which takes an hour: run it with ``nice``.
"""

import argparse
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from graphdoc.config import Config, config_for_clones
from graphdoc.graph.export.formats import EXPORTERS, GraphFormat
from graphdoc.pipeline.analysis import analyse, to_report
from graphdoc.pipeline.publish import to_site_input
from graphdoc.report.findings.reporters import REPORTERS
from graphdoc.site.generate import generate_site
from graphdoc.site.mkdocs.build import build_site
from tests.growth.features import FEATURES, write

_STEPS = ("check", "report", "graph", "pages", "build")
_SECONDS = 200


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.growth")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(FEATURES)}")
    parser.add_argument("--counts", nargs="+", type=int, default=[250, 1000])
    parser.add_argument("--steps", type=int, default=len(_STEPS), help=", ".join(_STEPS))
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        _say(
            " ".join(
                f"{s:.3f}" for s in _seconds(options.names[0], options.counts[0], options.steps)
            )
        )
        return 0
    for name in options.names or FEATURES:
        _tell(name, options.counts, options.steps)
    return 0


def _tell(name: str, counts: list[int], steps: int) -> None:
    last: list[float] = []
    for number, count in enumerate(counts):
        command = [sys.executable, "-m", "tests.growth", name, "--once", "--counts", str(count)]
        try:
            run = subprocess.run(
                [*command, "--steps", str(steps)], check=True, capture_output=True, timeout=_SECONDS
            )
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
            _say(f"{name} {count}: {type(error).__name__} {(error.stderr or b'')[-300:].decode()}")
            return
        now = [float(word) for word in run.stdout.split()]
        told = [
            f"{step} {seconds:.2f}{_exponent(last, now, at, counts, number)}"
            for at, (step, seconds) in enumerate(zip(_STEPS, now, strict=False))
        ]
        _say(f"{name} {count}: {', '.join(told)}")
        last = now


def _exponent(last: list[float], now: list[float], at: int, counts: list[int], number: int) -> str:
    if not last or not last[at] or not now[at]:
        return ""
    return f" ({math.log(now[at] / last[at]) / math.log(counts[number] / counts[number - 1]):.2f})"


def _seconds(name: str, count: int, steps: int) -> Iterator[float]:
    with tempfile.TemporaryDirectory() as folder:
        clones = write(Path(folder), name, count)
        before = _now()
        config = config_for_clones(clones, Config(Path(folder)))
        for number, _ in enumerate(_take(config, Path(folder))):
            yield _now() - before
            if number + 1 == steps:
                return
            before = _now()


def _take(config: Config, folder: Path) -> Iterator[object]:
    yield (analysis := analyse(config))
    report = to_report(analysis, analysis.findings)
    yield [render(report) for render in REPORTERS.values()]
    yield [EXPORTERS[one](analysis.graph, analysis.coverage) for one in GraphFormat]
    given = to_site_input(analysis)
    yield generate_site(given)
    yield build_site(given, folder / "site")


def _now() -> float:
    return sum(os.times()[:4])


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 -- the answer


if __name__ == "__main__":
    sys.exit(main())
