"""The one place that writes to a clone, for ``check --fix`` and ``docs --write`` alone."""

import os
import tempfile
from pathlib import Path, PurePosixPath

from graphdoc.clone.disk import DiskClone
from graphdoc.clone.line_ends import to_committed, to_windows
from graphdoc.clone.listing import is_hidden
from graphdoc.model.dataclass import dataclass

__all__ = ["Rewrite", "RewriteError", "rewrite_file"]


class RewriteError(Exception):
    """The file cannot be written, or is not what it was."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A file of a clone as it is, and as it should be."""

    clone: DiskClone
    path: str
    before: str
    after: str

    @property
    def place(self) -> str:
        """The file as reports name it."""
        return self.clone.place(self.path)

    def write(self) -> None:
        """Write it."""
        rewrite_file(self.clone, self.path, self.before.encode(), self.after.encode())


def rewrite_file(clone: DiskClone, path: str, before: bytes, after: bytes) -> None:
    """Replace a file of a working tree as a whole or not at all; links keep leading to it.

    Raises:
        RewriteError: it lies outside, has changed since it was read, or cannot be written.
    """
    root = clone.root.resolve()
    place = clone.root.joinpath(*PurePosixPath(clone.lies_at(path)).parts).resolve()
    if not place.is_relative_to(root) or is_hidden(place, root):
        raise RewriteError(f"{path}: lies outside of the clone")
    try:
        found = place.read_bytes()
        if found != before and to_committed(found) != before:
            raise RewriteError(f"{path}: has changed since it was read")
        _replace(place, after if found == before else to_windows(after))
    except OSError as error:
        raise RewriteError(f"{path}: {error.strerror}") from error


def _replace(place: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        temporary.chmod(place.stat().st_mode & 0o7777)
        temporary.replace(place)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
