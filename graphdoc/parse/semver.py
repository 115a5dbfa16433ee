"""Semantic versions and constraints, with the liberties that Helm and Argo CD take with them.

``1.2`` and ``v1.2.0`` are versions; ``1.*``, ``^1``, ``>=1.2 <2`` and ``1 - 3 || 5`` constraints.
A pre-release matches only where a part of the same alternative names one (Masterminds/semver).
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

__all__ = ["Version", "find_highest", "is_constraint", "matches", "parse_version"]

_VERSION = re.compile(
    r"v?(0|[1-9]\d*)(?:\.(0|[1-9]\d*))?(?:\.(0|[1-9]\d*))?"
    r"(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?"
    r"(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?",
    re.ASCII,
)
_WORDS = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_PARTIAL = rf"v?(?:\d+|[xX*])(?:\.(?:\d+|[xX*]))?(?:\.(?:\d+|[xX*]))?(?:-{_WORDS})?(?:\+{_WORDS})?"
_RANGE = re.compile(rf"\s*({_PARTIAL})\s+-\s+({_PARTIAL})\s*", re.ASCII)
_TERM = re.compile(rf"\s*,?\s*(=>|=<|>=|<=|!=|~>|[=<>~^]|)\s*({_PARTIAL})(?=[\s,]|$)", re.ASCII)
_PARTS = re.compile(
    rf"v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:-({_WORDS}))?.*", re.ASCII
)
_LONGEST = 256


class Version(NamedTuple):
    """One version, ordered as semantic versions are; build metadata says nothing about that."""

    major: int
    minor: int
    patch: int
    pre: tuple[tuple[int, int, str], ...]

    @property
    def is_release(self) -> bool:
        """Whether it is no pre-release."""
        return self.pre == _RELEASE


_RELEASE = ((2, 0, ""),)


class _Term(NamedTuple):
    """One comparison; ``given`` says how many of the three numbers are written."""

    operator: str
    version: Version
    given: int


def parse_version(text: str) -> Version | None:
    """A version, leniently: ``v1`` is 1.0.0; ``None`` for anything else."""
    match = _VERSION.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    return Version(int(match[1]), int(match[2] or 0), int(match[3] or 0), _pre(match[4]))


def is_constraint(text: str) -> bool:
    """Whether a revision is a constraint and no exact version."""
    return parse_version(text) is None and bool(text) and _parse(text) is not None


def matches(version: str, constraint: str) -> bool:
    """Whether a version satisfies a constraint; false where either is none."""
    parsed, alternatives = parse_version(version), _parse(constraint)
    if parsed is None or alternatives is None:
        return False
    return any(_satisfies(parsed, terms) for terms in alternatives)


def find_highest(constraint: str, versions: Iterable[str]) -> str | None:
    """The highest version that satisfies a constraint, as it is written."""
    fitting = [(parse_version(v), v) for v in versions if matches(v, constraint)]
    return max(fitting, key=lambda pair: pair[0] or (), default=(None, None))[1]


def _pre(text: str | None) -> tuple[tuple[int, int, str], ...]:
    """Numbers sort below words, and a shorter list below a longer one."""
    if not text:
        return _RELEASE
    return tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in text.split("."))


@lru_cache(maxsize=1024)
def _parse(text: str) -> tuple[tuple[_Term, ...], ...] | None:
    if len(text) > _LONGEST:
        return None
    if not text:
        return (_parse_terms("*") or (),)
    alternatives = tuple(
        _parse_terms(part) for part in _RANGE.sub(r" >=\1 <=\2 ", text).split("||")
    )
    return None if None in alternatives else tuple(terms for terms in alternatives if terms)


def _parse_terms(text: str) -> tuple[_Term, ...] | None:
    terms: list[_Term] = []
    position, text = 0, text.strip()
    while position < len(text):
        match = _TERM.match(text, position)
        if match is None:
            return None
        terms.append(_term(match[1], match[2]))
        position = match.end()
    return tuple(terms) or None


def _term(operator: str, text: str) -> _Term:
    match = _PARTS.fullmatch(text)
    numbers = match.groups()[:3] if match else ()
    known = [int(n) for n in _until_wildcard(numbers)]
    filled = [*known, 0, 0, 0]
    pre = _pre(match[4] if match else None)
    return _Term(operator, Version(filled[0], filled[1], filled[2], pre), len(known))


def _until_wildcard(numbers: Iterable[str | None]) -> Iterable[str]:
    for number in numbers:
        if number is None or not number.isdigit():
            return
        yield number


def _satisfies(version: Version, terms: tuple[_Term, ...]) -> bool:
    if not version.is_release and all(term.version.is_release for term in terms):
        return False
    return all(_CHECKS[term.operator](version, term) for term in terms)


def _is_equal(version: Version, term: _Term) -> bool:
    return _is_near(version, term) if term.given < 3 else version == term.version  # noqa: PLR2004


def _is_other(version: Version, term: _Term) -> bool:
    numbers_differ = version[: term.given or 3] != term.version[: term.given or 3]
    return numbers_differ or (term.given != 1 and version.pre != term.version.pre)


def _is_near(version: Version, term: _Term) -> bool:
    """``~1.2``: from there on, with the same first numbers; ``~0.0.0`` and ``*`` take all."""
    if version < term.version:
        return False
    everything = term.given in {0, 3} and term.version[:3] == (0, 0, 0)
    kept = min(term.given, 2)
    return everything or version[:kept] == term.version[:kept]


def _is_compatible(version: Version, term: _Term) -> bool:
    """``^1.2``: from there on, with the same numbers up to the first that is not zero."""
    if version < term.version:
        return False
    kept = 1
    while kept < (term.given or 3) and not term.version[kept - 1]:
        kept += 1
    return version[:kept] == term.version[:kept]


def _is_above(version: Version, term: _Term) -> bool:
    if 0 < term.given < 3:  # noqa: PLR2004
        return version[: term.given] > term.version[: term.given]
    return version > term.version


def _is_at_most(version: Version, term: _Term) -> bool:
    if term.given == 3:  # noqa: PLR2004
        return version <= term.version
    kept = term.given or 2
    return version[:kept] <= term.version[:kept]


def _is_below(version: Version, term: _Term) -> bool:
    return version < term.version


def _is_at_least(version: Version, term: _Term) -> bool:
    return version >= term.version


_CHECKS: dict[str, Callable[[Version, _Term], bool]] = {
    "": _is_equal, "=": _is_equal, "!=": _is_other, ">": _is_above, "<": _is_below,
    ">=": _is_at_least, "=>": _is_at_least, "<=": _is_at_most, "=<": _is_at_most,
    "~": _is_near, "~>": _is_near, "^": _is_compatible,
}  # fmt: skip
