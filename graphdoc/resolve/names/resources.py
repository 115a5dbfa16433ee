"""What Kubernetes takes for the name of a resource."""

import re

__all__ = ["cannot_be_name"]

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LONGEST = 253
# Letters that a name could have, and how forms to fill in begin (CLUSTER_NAME-web).
_WORDS = re.compile(r"(?![A-Z]{2,}(?:[-_]|$))[\w./-]+", re.ASCII)


def cannot_be_name(text: str) -> bool:
    """Whether a word that looks like a name, and like no form to fill in, is none."""
    is_name = len(text) <= _LONGEST and _NAME.fullmatch(text) is not None
    return not is_name and _WORDS.fullmatch(text) is not None
