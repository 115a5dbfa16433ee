"""Paths in a repository, and the two kinds of globs that Argo CD matches them with."""

import pytest

from graphdoc.resolve.repositories.paths import matches_glob, matches_segments

NAMES = ["a.yaml", "b.yml", "x/a.yaml", "x/y/a.yaml", "x/y/config.json"]


@pytest.mark.parametrize(
    ("pattern", "fitting"),
    [
        ("*.yaml", "a.yaml x/a.yaml x/y/a.yaml"),
        ("**/*.yaml", "x/a.yaml x/y/a.yaml"),
        ("x/*", "x/a.yaml x/y/a.yaml x/y/config.json"),
        ("{a.yaml,*.json}", "a.yaml x/y/config.json"),
        ("{*.y{a,}ml,*.json}", "a.yaml b.yml x/a.yaml x/y/a.yaml x/y/config.json"),
        ("[!a]*l", "b.yml x/a.yaml x/y/a.yaml"),
        ("?.y*", "a.yaml b.yml"),
        ("a\\.yaml", "a.yaml"),
        ("[z-a]", ""),
    ],
)
def test_in_a_directory_a_star_crosses_slashes(pattern: str, fitting: str) -> None:
    assert [name for name in NAMES if matches_glob(name, pattern)] == fitting.split()


@pytest.mark.parametrize(
    ("pattern", "fitting"),
    [
        ("*.yaml", "a.yaml"),
        ("**/*.yaml", "a.yaml x/a.yaml x/y/a.yaml"),
        ("x/**", "x/a.yaml x/y/a.yaml x/y/config.json"),
        ("x/**/a.yaml", "x/a.yaml x/y/a.yaml"),
        ("x/*/a.yaml", "x/y/a.yaml"),
        ("{x,x/y}/*", "x/a.yaml x/y/a.yaml x/y/config.json"),
        ("[!x].y?ml", "a.yaml"),
        ("[z-a]", ""),
    ],
)
def test_among_values_files_only_two_stars_cross_slashes(pattern: str, fitting: str) -> None:
    assert [name for name in NAMES if matches_segments(name, pattern)] == fitting.split()


def test_crafted_patterns_take_no_time() -> None:
    assert not matches_glob("a" * 4000, "*a" * 200 + "b")
    assert not matches_segments("a" * 4000, "*a" * 200 + "b")
    assert not matches_segments("/".join(["a"] * 1000), "**/a/" * 100 + "b")
    assert not matches_glob("c" * 50, "{a,b}" * 50)
