"""How the cost of a check grows with the Applications, and with the clusters."""

import math
from collections.abc import Iterator, Sequence

from benchmarks.checking import check
from benchmarks.measure import Row, generated

__all__ = ["exponent", "measure"]


def measure(sizes: Sequence[int], clusters: Sequence[int]) -> Iterator[Row]:
    """The exponents: 1 is a cost that grows as the estate does.

    With the clusters the Applications grow, too: each cluster has the same number of them.
    """
    few, many = min(clusters), max(clusters)
    yield _row("Applications", [(size, many) for size in sizes])
    each = max(sizes) // many
    yield _row("clusters", [(each * number, number) for number in (few, many)])


def _row(what: str, estates: Sequence[tuple[int, int]]) -> Row:
    seconds = []
    for applications, clusters in estates:
        with generated(applications, clusters) as estate:
            seconds.append(check(estate).seconds)
    counts = [applications for applications, _ in estates]
    name = f"{counts[0]} to {counts[-1]} generated"
    return Row(f"growth in {what}", name, exponent(counts, seconds), 1.0, "linear", "")


def exponent(counts: Sequence[int], seconds: Sequence[float]) -> float:
    """The steepest step, so that a late bend is not averaged away."""
    steps = zip(counts, seconds, counts[1:], seconds[1:], strict=False)
    return max(math.log(after / before) / math.log(b / a) for a, before, b, after in steps)
