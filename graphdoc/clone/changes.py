"""Which files of a clone differ from a commit."""

from graphdoc.clone.git import GitDirectory
from graphdoc.clone.revisions import without_filters

__all__ = ["ChangesError", "changed_files"]

# What a clone's own settings could change about the answer, or run to find it.
_OPTIONS = (
    "--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-relative",
    "--ignore-submodules=dirty", "-O/dev/null",
)  # fmt: skip


class ChangesError(Exception):
    """Git cannot compare the clone with a commit."""


def changed_files(git: GitDirectory, commit: str) -> tuple[str, ...]:
    """The files that were added, changed or removed since a commit, sorted.

    The working tree counts with what is not committed yet and what Git does not know yet; a bare
    clone has only its ``HEAD``. Of a submodule at another commit its folder is told.

    Raises:
        ChangesError: Git cannot tell.
    """
    since = ("diff", *_OPTIONS, "--end-of-options", commit)
    if git.is_bare:
        return _paths(git.answer(*since, "HEAD", "--"))
    options = without_filters(git)
    if options is None:
        raise ChangesError
    unknown = git.answer("ls-files", "--others", "--exclude-standard", "-z")
    return _paths(git.answer(*options, *since, "--"), unknown)


def _paths(*listings: str | None) -> tuple[str, ...]:
    paths: set[str] = set()
    for listing in listings:
        if listing is None:
            raise ChangesError
        paths.update(listing.split("\0"))
    return tuple(sorted(paths - {""}))
