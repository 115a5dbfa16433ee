"""Globs, numbers and the rewriting of Go templates, each on its own."""

import math

import pytest

from graphdoc.model.node import Atom
from graphdoc.resolve.applicationset.actions import rewrite
from graphdoc.resolve.applicationset.globs import (
    matches_directory,
    matches_doublestar,
    matches_pathspec,
)
from graphdoc.resolve.applicationset.parameters import go_text, normalise_name


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("a/b", "a/*", True),
        ("a/b/c", "a/*", False),
        ("a/b", "*/b", True),
        ("a/b", "*", False),
        ("a/bcd", "a/b*d", True),
        ("a/bcd", "a/b?d", True),
        ("a/bd", "a/b?d", False),
        ("a/bc", "a/[bx]c", True),
        ("a/bc", "a/[^bx]c", False),
        ("a/bc", "a/[a-c][!x-z]", True),
        ("a/b*", r"a/b\*", True),
        ("a/bc", r"a/b\*", False),
        ("a/]", "a/[]]", True),
        ("a/b", "a/b/", False),
        ("a/{b,c}", "a/{b,c}", True),
        ("a/b", "a/{b,c}", False),
        ("abcabc", "*abc", True),
        ("abcab", "*abc", False),
        ("a", "a***", True),
        ("a[", "a[", True),
    ],
)
def test_directories_match_as_go_matches_paths(path: str, pattern: str, expected: bool) -> None:  # noqa: FBT001 -- a table
    assert matches_directory(path, pattern) is expected


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("a/b/c.json", "a/*.json", True),
        ("a/b/c.json", "a/**/c.json", True),
        ("a/c.json", "a/**/c.json", False),
        ("a/c.json", "a/c.json", True),
        ("a/c.json", "./a//c.json", True),
        ("a/c.json", "a", True),
        ("ab/c.json", "a", False),
        ("a/c.json", ".", True),
        ("a/c.json", "A/c.json", False),
        ("a/b", "a?b", True),
    ],
)
def test_files_match_as_git_lists_them(path: str, pattern: str, expected: bool) -> None:  # noqa: FBT001 -- a table
    assert matches_pathspec(path, pattern) is expected


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("a/b/c.json", "a/*.json", False),
        ("a/c.json", "a/*.json", True),
        ("a/b/c.json", "a/**/c.json", True),
        ("a/c.json", "a/**/c.json", True),
        ("a/b/c.json", "**", True),
        ("b/a/c.json", "a/**", False),
        ("a/b/c.json", "a/b**", False),
        ("a/b.yaml", "./a/*.{yml,yaml}", True),
        ("a/b.json", "a/*.{yml,yaml}", False),
        ("a/c.json", "a", False),
        ("a", "{a,b}" * 20, False),
    ],
)
def test_files_match_strictly_where_argo_cd_is_told_so(
    path: str,
    pattern: str,
    expected: bool,  # noqa: FBT001 -- a table
) -> None:
    assert matches_doublestar(path, pattern) is expected


def test_many_stars_take_no_time() -> None:
    assert not matches_pathspec("a" * 1000, "*a" * 50 + "b")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (80, "80"),
        (-3, "-3"),
        (123456, "123456"),
        (1000000, "1e+06"),
        (1234567, "1.234567e+06"),
        (12345678.9, "1.23456789e+07"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (1.5, "1.5"),
        (100, "100"),
        (1e100, "1e+100"),
        (math.inf, "+Inf"),
        (-math.inf, "-Inf"),
        (math.nan, "NaN"),
        (True, "true"),
        (False, "false"),
        (None, "<nil>"),
        ("text", "text"),
    ],
)
def test_values_print_as_go_prints_them(value: Atom, expected: str) -> None:
    assert go_text(value) == expected


def test_names_are_normalised_as_dns_names() -> None:
    assert normalise_name("-Some_Näme.v1-.") == "some-n-me.v1"
    assert len(normalise_name("a" * 300)) == 253


def test_rewriting_leaves_texts_and_foreign_braces_alone() -> None:
    text = '{{ "a | normalize .x" }} {{/* .y */}} { {.z} {{ `.w` }} {{ .v'
    assert rewrite(text, strict=True) == text
    assert rewrite("{{ 1 ) }}", strict=True) == "{{ 1 ) }}"


def test_rewriting_does_not_explode() -> None:
    assert rewrite("{{ " + "(" * 200 + ".a" + ")" * 200 + " }}", strict=True) is None
    assert rewrite("{{ " + "(" * 60 + ".a" + ").b" * 60 + " }}", strict=True) is None
    assert rewrite("{{ " * 100_000, strict=True) == "{{ " * 100_000
