"""The estates that the benchmark is run on, and how it judges what it measured."""

from pathlib import Path

import pytest

from benchmarks.__main__ import judge
from benchmarks.growth import exponent
from benchmarks.measure import Row
from graphdoc.config import Config, config_for_clones
from graphdoc.pipeline.analysis import analyse
from tests.generated_estate import Size, changed_file, generate


def _contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_same_seed_gives_the_same_estate_and_another_seed_another(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        generate(tmp_path / name, Size(8, 2), seed)
    assert _contents(tmp_path / "a") == _contents(tmp_path / "b") != _contents(tmp_path / "c")


def test_every_generated_application_is_resolved_beside_the_roots(tmp_path: Path) -> None:
    clones = generate(tmp_path, Size(8, 2))
    coverage = analyse(config_for_clones(list(clones), Config(tmp_path))).coverage
    assert (coverage.applications, coverage.resolved) == (8 + 2, 8 + 2)
    assert coverage.not_understood == ()


def test_changed_file_is_one_of_the_estate_with_other_contents(tmp_path: Path) -> None:
    generate(tmp_path, Size(8, 2))
    path, text = changed_file(Size(8, 2))
    assert (tmp_path / path).read_text() != text


@pytest.mark.parametrize(("seconds", "expected"), [((1, 10), 1.0), ((1, 100), 2.0)])
def test_exponent_is_the_slope_between_sizes(seconds: tuple[float, float], expected: float) -> None:
    assert exponent((100, 1000), seconds) == pytest.approx(expected)


def test_exponent_is_that_of_the_steepest_step() -> None:
    assert exponent((100, 1000, 10_000), (1, 1, 100)) == pytest.approx(2.0)


def test_only_a_ratio_that_grew_by_half_is_worse() -> None:
    known = {"check of a against b": 2.0}
    fine, bad = Row("check", "a", 2.9, 1.0, "b"), Row("check", "a", 3.1, 1.0, "b")
    new = Row("check", "c", 99.0, 1.0, "b")
    assert judge([fine, bad, new], known) == [bad]
