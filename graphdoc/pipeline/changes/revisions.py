"""The estate as it was: one repository at another revision, the others as they stand."""

import re
from collections.abc import Sequence
from dataclasses import fields

from graphdoc.clone import BareClone, DiskClone, GitClone
from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.mistake import nearest

__all__ = ["FollowingClone", "RevisionError", "choose_clone", "clone_at", "follow"]

# What Git reads as a revision and never as an option.
_REVISION = re.compile(r"[0-9A-Za-z_@][0-9A-Za-z_./@^~{}+:-]*")


class RevisionError(Exception):
    """A revision or a repository that is not there."""


@dataclass(eq=False)
class FollowingClone(DiskClone):
    """A clone whose working tree stands for branches that are not checked out, too."""

    follows: frozenset[str] = frozenset()

    def at(self, revision: str) -> GitClone | DiskClone | None:
        """The repository at another revision; itself for a branch that it stands for."""
        if revision.removeprefix("refs/heads/") in self.follows:
            return self
        return super().at(revision)


@dataclass(eq=False)
class _PinnedClone(GitClone):
    """A clone in which the branches that its checkout stands for are at another commit."""

    def at(self, revision: str) -> GitClone | DiskClone | None:
        """The repository at another revision; its own for what would be checked out."""
        found = self.clone.at(revision)
        own = revision.removeprefix("refs/heads/") in {"", "HEAD", self.clone.branch}
        return self if own or found is self.clone else found


def follow(clone: DiskClone, revision: str) -> DiskClone:
    """The clone as it would be if its working tree were merged into the branch of a revision.

    Applications that follow ``main`` would see a change only then; a review is about just that.
    """
    if clone.git is None or isinstance(clone, BareClone):
        return clone
    options = ("--format=%(refname)", "--points-at", _find_commit(clone, revision))
    names = clone.git.ask("for-each-ref", *options, "refs/heads", "refs/remotes").splitlines()
    branches = {name.split("/", 2 if name.startswith("refs/heads/") else 3)[-1] for name in names}
    known = {field.name: getattr(clone, field.name) for field in fields(clone)}
    return FollowingClone(**{**known, "follows": frozenset(branches - {"HEAD"})})


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
        if not versioned:
            raise RevisionError("no repository has Git data, and so there is nothing to compare")
        names = ", ".join(clone.name for clone in versioned)
        raise RevisionError(f"name the repository with --repository: {names}")
    return found[0]


def clone_at(clone: DiskClone, revision: str | None) -> Clone:
    """A clone at a revision; without one, as it stands."""
    if revision is None:
        return clone
    return _PinnedClone(clone, clone.branch or revision, _find_commit(clone, revision))


def _find_commit(clone: DiskClone, revision: str) -> str:
    found = ""
    if clone.git is not None and _REVISION.fullmatch(revision):
        wanted = ("--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        found = clone.git.ask("rev-parse", *wanted).strip()
    if not found:
        cut = "" if clone.knows_all_revisions else ", which is shallow or of a single branch"
        raise RevisionError(f"no revision '{revision}' in {clone.name}{cut}")
    return found


def _holds(clone: DiskClone, place: str) -> bool:
    root = clone.root.resolve().as_posix()
    return place == root or place.startswith(f"{root.rstrip('/')}/")
