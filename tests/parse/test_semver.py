"""Versions and constraints, by the cases that the documentation of Masterminds/semver gives."""

import pytest

from graphdoc.parse.semver import find_highest, is_constraint, matches, parse_version


@pytest.mark.parametrize(
    ("constraint", "fitting", "others"),
    [
        ("1.2.3", "1.2.3 v1.2.3 1.2.3+build", "1.2.4 1.2.3-rc1"),
        ("1.2", "1.2.0 1.2.9", "1.3.0 1.1.9 2.2.0"),
        ("1.2.x", "1.2.0 1.2.9", "1.3.0"),
        ("*", "0.0.1 99.0.0", "1.0.0-rc1"),
        ("~1.2.3", "1.2.3 1.2.9", "1.3.0 1.2.2"),
        ("~1", "1.0.0 1.99.0", "2.0.0"),
        ("~> 1.2", "1.2.5", "1.3.0"),
        ("^1.2.3", "1.2.3 1.9.0", "2.0.0 1.2.2"),
        ("^0.2.3", "0.2.3 0.2.9", "0.3.0 0.2.2"),
        ("^0.0.3", "0.0.3", "0.0.4 0.1.0"),
        ("^0.0", "0.0.0 0.0.9", "0.1.0"),
        ("^0", "0.0.0 0.9.0", "1.0.0"),
        (">=1.2 <2", "1.2.0 1.99.0", "2.0.0 1.1.9"),
        (">=1.2, <2", "1.2.0 1.99.0", "2.0.0"),
        (">1.2", "1.3.0", "1.2.9"),
        ("<=1.2", "1.2.9 0.1.0", "1.3.0"),
        ("<=1", "1.9.9", "2.0.0"),
        ("!=1.2", "1.3.0", "1.2.0 1.2.9"),
        ("!=1.2.3", "1.2.4", "1.2.3"),
        ("1.2 - 1.4.5", "1.2.0 1.4.5", "1.4.6 1.1.0"),
        ("<1 || >=3", "0.9.0 3.0.0", "1.0.0 2.9.9"),
        (">=1.0.0-0", "1.0.0-rc1 1.0.0 2.0.0-beta", "0.9.0"),
        ("^2.0.0-alpha.1", "2.0.0-alpha.2 2.0.0-alpha.10 2.1.0", "2.0.0-alpha 2.0.0-alpha.0"),
    ],
)
def test_a_constraint_takes_what_fits(constraint: str, fitting: str, others: str) -> None:
    versions = [*fitting.split(), *others.split()]
    assert [v for v in versions if matches(v, constraint)] == fitting.split()


def test_the_highest_is_found_by_order_and_not_by_spelling() -> None:
    versions = ["1.9.0", "v1.10.0", "1.10.0-rc1", "2.0.0", "nightly"]
    assert find_highest("1.*", versions) == "v1.10.0"
    assert find_highest("3.*", versions) is None


def test_pre_releases_are_in_order() -> None:
    texts = [
        "1.0.0-1",
        "1.0.0-2",
        "1.0.0-11",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-beta",
        "1.0.0",
    ]
    versions = [parse_version(text) for text in texts]
    assert sorted(version for version in versions if version is not None) == versions


@pytest.mark.parametrize("text", ["1.*", "x", "^1", ">=1.2 <2", "1 - 2", "~1 || ~3", "*"])
def test_a_range_is_a_constraint(text: str) -> None:
    assert is_constraint(text)


@pytest.mark.parametrize(
    "text", ["", "main", "HEAD", "v1.2.3", "1.2", "1", "release-1.x", ">= one"]
)
def test_a_name_or_an_exact_version_is_no_constraint(text: str) -> None:
    assert not is_constraint(text)


def test_a_crafted_constraint_takes_no_time() -> None:
    assert not is_constraint(">1" * 100_000)
    assert not is_constraint("1 " * 127 + "?")
