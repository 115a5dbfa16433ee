"""What is said of a revision that a clone does not have."""

from graphdoc.model.clone import Clone

__all__ = ["explain_absence", "is_taken_for"]

_DEFAULT_BRANCHES = frozenset({"", "HEAD", "main", "master"})


def is_taken_for(clone: Clone, revision: str) -> bool:
    """Whether a folder without Git data is taken for a revision: for the default branch."""
    return clone.commit is None and revision.removeprefix("refs/heads/") in _DEFAULT_BRANCHES


def explain_absence(clone: Clone, revision: str) -> str:
    """Why a revision is not at hand."""
    if clone.commit is None:
        return f"revision '{revision}' is not known, for {clone.name} has no Git data"
    return f"revision '{revision}' is not in the clone of {clone.name}"
