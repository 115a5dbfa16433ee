"""``python -m benchmarks [--short [--record]] [--growth] [--site] [PATH...]``: a table of ratios.

Without a PATH, estates are generated; PATHs are clones, analysed together as one estate.
``--short`` is what CI runs: it fails where a ratio is half as large again as the recorded one, or
more, in two runs; ``--record`` writes the ratios down anew. ``--growth`` goes up to 30,000
Applications; ``--site`` builds the site, too, against plain MkDocs for as many pages of that size.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import checking, growth, parsing, site, starting
from benchmarks.measure import Estate, Row, generated, machine

RECORD = Path(__file__).with_name("ratios.json")
WORSE = 1.5
SIZES = ((100, 1), (1000, 4), (4000, 16))
SHORT_SIZES = ((400, 4),)


def main() -> int:
    """Print the table; the exit status says whether a ratio grew too far."""
    options = _options()
    print(f"Machine: {machine()}\n")  # noqa: T201
    with generated(1, 1) as estate:
        checking.check(estate)  # compiles the modules
    rows = _told(options)
    if options.record:
        _record(rows)
    if not options.short or not _worse(rows):
        return 0
    print("\nonce more, since other work on the machine may have been in the way:\n")  # noqa: T201
    return 1 if _worse(_told(options)) else 0


def _told(options: argparse.Namespace) -> list[Row]:
    rows = []
    for row in _rows(options):
        rows.append(row)
        print(_line(row), flush=True)  # noqa: T201
    return rows


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    parser.add_argument("--short", action="store_true", help="what CI runs")
    parser.add_argument("--record", action="store_true", help="write the ratios down")
    parser.add_argument("--growth", action="store_true", help="100 to 30,000 Applications")
    parser.add_argument("--site", action="store_true", help="the site against plain MkDocs")
    return parser.parse_args()


def _rows(options: argparse.Namespace) -> Iterator[Row]:
    if options.growth:
        yield from growth.measure((1000, 5000, 30_000), (1, 16))
        return
    if options.paths:
        clones = tuple(path.resolve() for path in options.paths)
        estate = Estate(clones[0].name, clones)
        yield from _estate_rows(estate)
        yield from checking.measure_kustomize(estate)
        yield from site.measure(estate) if options.site else ()
        return
    yield from starting.measure()
    for applications, clusters in SHORT_SIZES if options.short else SIZES:
        with generated(applications, clusters) as estate:
            yield from _estate_rows(estate)
            yield from site.measure(estate) if options.site else ()
    sizes, clusters_to = ((100, 800), (1, 4)) if options.short else ((500, 4000), (1, 16))
    yield from growth.measure(sizes, clusters_to)


def _estate_rows(estate: Estate) -> Iterator[Row]:
    yield from parsing.measure(estate)
    yield from checking.measure(estate)


def _line(row: Row) -> str:
    costs = f"{row.ours:>9.3f} {row.floor:>9.3f} {row.unit:3}"
    return f"{row.part:24} {row.estate:28} {row.against:20} {costs} {row.ratio:>7.2f}"


def _record(rows: list[Row]) -> None:
    ratios = {row.key: round(row.ratio, 3) for row in rows}
    facts = {"machine": machine(), "ratios": ratios}
    RECORD.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


def _worse(rows: list[Row]) -> list[Row]:
    known: dict[str, float] = json.loads(RECORD.read_text(encoding="utf-8"))["ratios"]
    worse = judge(rows, known)
    for row in worse:
        print(f"worse: {row.key}: {row.ratio:.2f}, recorded {known[row.key]:.2f}")  # noqa: T201
    return worse


def judge(rows: list[Row], known: dict[str, float]) -> list[Row]:
    """The rows whose ratio is worse than the recorded one by half; a new row has none."""
    return [row for row in rows if row.ratio > WORSE * known.get(row.key, float("inf"))]


if __name__ == "__main__":
    sys.exit(main())
