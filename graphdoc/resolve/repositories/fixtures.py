"""Files that are there to be tested with, filled in, copied or kept, not to be deployed."""

import re
from posixpath import basename

__all__ = [
    "is_example", "is_fixture", "is_of_tests", "is_pattern", "is_put_away", "is_template",
]  # fmt: skip

# ``test`` alone is a stage more often than not.
_OF_TESTS = (
    r"__snapshots?__|__tests__|\.?chainsaw(?:-tests?)?|fixtures?|kuttl|snapshots|test/data"
    r"|test[-_]?data|(?:e2e|integration|unit)[-_]tests?|tests"
)
_OF_EXAMPLES = r"(?:[\w.-]*[-_])?examples?|_?samples?|starters"
_OF_PATTERNS = r"boilerplate|hack|scaffold(?:ing)?|scripts|skeletons?|(?:\d+[-_]|_)?templates?"
_OF_OLD = (
    r"[._]?(?:archived?|attic|deactivated|deprecated|disabled|graveyard|retired|scratch|unused)"
)


def _folder(*names: str) -> re.Pattern[str]:
    return re.compile(f"(?:^|/)(?:{'|'.join(names)})/")


_TESTS = _folder(_OF_TESTS)
_FIXTURE = _folder(_OF_TESTS, _OF_EXAMPLES)
_PUT_AWAY = _folder(_OF_OLD)
_PATTERN = _folder(_OF_TESTS, _OF_EXAMPLES, _OF_OLD, _OF_PATTERNS)
_EXAMPLE = re.compile(r"(?:^|[-_.])(?:example|sample)s?(?:[-_.]|$)", re.IGNORECASE)
# What stands before the ending says which engine fills in the file.
_TEMPLATE = re.compile(r"\.(?:ftl|gotmpl|j2|jinja2?|mustache|tftpl|tmpl|tpl)\.ya?ml$")


def is_pattern(path: str) -> bool:
    """Whether a file lies in a folder that scripts copy from, or in one that is put away."""
    return _PATTERN.search(path) is not None


def is_put_away(path: str) -> bool:
    """Whether a file lies in a folder of what is in use no more."""
    return _PUT_AWAY.search(path) is not None


def is_fixture(path: str) -> bool:
    """Whether a file lies in a folder of tests, examples or starters."""
    return _FIXTURE.search(path) is not None


def is_of_tests(path: str) -> bool:
    """Whether a file lies in a folder of what tests read, or expect to be written."""
    return _TESTS.search(path) is not None


def is_example(path: str) -> bool:
    """Whether a file is one to copy and fill in, by its name."""
    return _EXAMPLE.search(basename(path)) is not None


def is_template(path: str) -> bool:
    """Whether a template engine has yet to write a manifest from a file."""
    return _TEMPLATE.search(path) is not None
