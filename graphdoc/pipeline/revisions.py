"""The estate as it was: one repository at another revision, the others as they stand."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from graphdoc.clone import DiskClone, GitClone
from graphdoc.config.decode import nearest
from graphdoc.model.clone import Clone

__all__ = ["RevisionError", "choose_clone", "clones_at"]

# What Git reads as a revision and never as an option.
_REVISION = re.compile(r"[0-9A-Za-z_@][0-9A-Za-z_./@^~{}+:-]*")


class RevisionError(Exception):
    """A revision or a repository that is not there."""


@dataclass(eq=False)
class _PinnedClone(GitClone):
    """A clone in which the branch that is checked out stands at another commit."""

    def at(self, revision: str) -> GitClone | DiskClone | None:
        """The repository at another revision; its own for what would be checked out."""
        if revision.removeprefix("refs/heads/") in {"", "HEAD", self.clone.branch}:
            return self
        return self.clone.at(revision)


def choose_clone(clones: Sequence[DiskClone], name: str | None, here: str) -> DiskClone:
    """The repository whose revisions are meant: the named one, the one around, or the only one.

    Raises:
        RevisionError: it is not clear which, or there is none of that name.
    """
    versioned = [clone for clone in clones if clone.commit is not None]
    if name is not None:
        named = next((clone for clone in versioned if clone.name == name), None)
        if named is None:
            hint = nearest(name, [clone.name for clone in versioned])
            raise RevisionError(f"no repository '{name}' with Git data{hint}")
        return named
    around = [clone for clone in versioned if _holds(clone, here)]
    found = around or versioned
    if len(found) != 1:
        names = ", ".join(clone.name for clone in versioned) or "none has Git data"
        raise RevisionError(f"name the repository with --repository: {names}")
    return found[0]


def clones_at(
    clones: Sequence[DiskClone], chosen: DiskClone, revision: str | None
) -> tuple[Clone, ...]:
    """All clones, the chosen one at a revision; without one, as it stands.

    Raises:
        RevisionError: the clone does not have the revision.
    """
    if revision is None:
        return tuple(clones)
    commit = _find_commit(chosen, revision)
    pinned = _PinnedClone(chosen, chosen.branch or revision, commit)
    return tuple(pinned if clone is chosen else clone for clone in clones)


def _find_commit(clone: DiskClone, revision: str) -> str:
    found = ""
    if clone.git is not None and _REVISION.fullmatch(revision):
        wanted = ("--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        found = clone.git.ask("rev-parse", *wanted).strip()
    if not found:
        raise RevisionError(f"no revision '{revision}' in {clone.name}")
    return found


def _holds(clone: DiskClone, place: str) -> bool:
    root = clone.root.resolve().as_posix()
    return place == root or place.startswith(f"{root.rstrip('/')}/")
