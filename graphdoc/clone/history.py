"""The newest commits of a clone, with the files that each changed."""

from collections.abc import Iterator

from graphdoc.clone.git import GitDirectory
from graphdoc.model.commit import Commit

__all__ = ["commit_before", "read_history"]

# A commit starts with what no path and no subject can hold.
_START, _FIELD = "\x1e", "\x1f"
_FORMAT = f"--format={_START}%H{_FIELD}%ct{_FIELD}%an{_FIELD}%s{_FIELD}"
_MOST_FILES = 2_000


def read_history(git: GitDirectory, name: str, most: int) -> tuple[Commit, ...]:
    """What reached the checked-out branch, the newest first; a merge counts as one change."""
    options = ("--first-parent", "-m", "--name-only", "--no-renames", "--no-ext-diff", "-z")
    text = git.ask("log", f"--max-count={most}", *options, _FORMAT, "HEAD")
    return tuple(_commits(name, text))


def commit_before(git: GitDirectory, time: int) -> str:
    """The commit that was checked out at a time; empty where Git's data does not go back so far."""
    # Without the sign, Git takes a small number for a day of this month.
    return git.ask("rev-list", "-1", "--first-parent", f"--before=@{time} +0000", "HEAD").strip()


def _commits(name: str, text: str) -> Iterator[Commit]:
    for part in text.split(_START)[1:]:
        fields = part.split(_FIELD)
        if len(fields) == 5:  # noqa: PLR2004 -- as in the format; a subject with the sign is no commit of ours
            id_, time, author, subject, files = fields
            paths = tuple(path for path in files.lstrip("\0\n").split("\0") if path)[:_MOST_FILES]
            yield Commit(name, id_, int(time), author, subject, paths)
