"""Folders whose files are there to be tested with or copied, not to be deployed."""

import re

__all__ = ["is_fixture"]

_FOLDER = re.compile(
    r"(?:^|/)(?:__tests__|examples?|fixtures?|samples?|starters|test/data|testdata|tests)/"
)


def is_fixture(path: str) -> bool:
    """Whether a file lies in a folder of tests, examples or starters."""
    return _FOLDER.search(path) is not None
