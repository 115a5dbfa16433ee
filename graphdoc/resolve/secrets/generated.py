"""Whether a value of a Secret looks as if a machine had drawn it, and nobody had made it up."""

import re
from base64 import b64decode
from itertools import pairwise

__all__ = ["is_generated"]

_RUN = re.compile(r"[A-Za-z0-9+/]{20,}")
_KINDS = (str.islower, str.isupper, str.isdigit)
# Turns between kinds of signs for each sign: words have fewer, made-up rows such as `a1b2` more.
_FEWEST, _MOST = 0.3, 0.85
_DISTINCT = 10
_PRINTABLE = re.compile(rb"[\x20-\x7e\s]+")


def is_generated(text: str) -> bool:
    """Whether letters and digits take turns as in keys and hashes, not as in words or `a1b2c3`."""
    return any(_is_random(run) and not _is_text(run) for run in _RUN.findall(text))


def _is_random(run: str) -> bool:
    kinds = [next((i for i, of in enumerate(_KINDS) if of(sign)), -1) for sign in run]
    turns = sum(one != other for one, other in pairwise(kinds)) / len(run)
    return _FEWEST < turns < _MOST and kinds.count(2) > 1 and len(set(run)) > _DISTINCT


def _is_text(run: str) -> bool:
    """Whether it is words in Base64."""
    return _PRINTABLE.fullmatch(b64decode(run[: len(run) // 4 * 4])) is not None
