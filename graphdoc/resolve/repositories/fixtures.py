"""Folders whose files are there to be tested with or copied, not to be deployed."""

import re

__all__ = ["is_fixture", "is_pattern"]

_FOLDER = re.compile(
    r"(?:^|/)(?:__snapshots?__|__tests__|\.?chainsaw(?:-tests?)?|examples?|fixtures?|kuttl|samples?"
    r"|snapshots|starters|test/data|testdata|tests)/"
)
_PATTERN = re.compile(
    r"(?:^|/)(?:\.?archived?|attic|boilerplate|hack|scaffold(?:ing)?|scripts|skeletons?"
    r"|(?:\d+[-_])?templates?)/"
)


def is_pattern(path: str) -> bool:
    """Whether a file lies in a folder that scripts copy from, or in one that is put away."""
    return is_fixture(path) or _PATTERN.search(path) is not None


def is_fixture(path: str) -> bool:
    """Whether a file lies in a folder of tests, examples or starters."""
    return _FOLDER.search(path) is not None
