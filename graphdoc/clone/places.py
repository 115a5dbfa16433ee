"""Where the files of a working tree really lie, and their bytes; nothing outside of it is read."""

import errno
import os
import stat
from functools import cached_property
from pathlib import Path

from graphdoc.clone.listing import is_hidden
from graphdoc.model import windows
from graphdoc.model.clone import UnreadableError
from graphdoc.model.limits import shown_size
from graphdoc.model.location import SourceFile

__all__ = ["Places"]

# A pipe that nobody writes to would never open. Windows has neither flag but its own.
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class Places:
    """The files below a root, of which those in ``plain`` are no links."""

    def __init__(self, root: Path, plain: frozenset[str], size_limit: int) -> None:
        self._root = root
        self._plain = plain
        self._size_limit = size_limit
        self._known: dict[str, str] = {}

    def find(self, path: str, file: SourceFile) -> str:
        """Where a file or folder lies, as a path below the root; ``file`` is what was asked for.

        Raises:
            UnreadableError: a link leaves the root, or leads to itself.
        """
        place = self._place(path, file)
        if place == os.path.join(self._place("", file), path):  # noqa: PTH118 -- asked for every file
            return path
        found = Path(place).relative_to(self._real_root).as_posix()
        return "" if found == "." else found

    def read(self, path: str, file: SourceFile) -> bytes:
        """The bytes of one file; ``file`` is what was asked for.

        Raises:
            UnreadableError: it is too large, no file, or a link that leaves the root.
            OSError: the system does not give it.
        """
        opened = os.open(self._place(path, file), _READ)
        try:
            facts = os.fstat(opened)
            if not stat.S_ISREG(facts.st_mode):
                raise UnreadableError(file, "not a regular file")
            if facts.st_size > self._size_limit:
                raise UnreadableError(file, f"larger than {shown_size(self._size_limit)}")
            return _read_all(opened, facts.st_size)
        finally:
            os.close(opened)

    @cached_property
    def _real_root(self) -> Path:
        return self._root.resolve()

    def _place(self, path: str, file: SourceFile) -> str:
        """Looked for once: all that a folder holds asks where the folder lies."""
        place = self._known.get(path)
        if place is None:
            place = self._known[path] = self._look_for(path, file)
        return place

    def _look_for(self, path: str, file: SourceFile) -> str:
        if not path:
            return str(self._inside(self._root, file))
        folder, _, name = path.rpartition("/")
        place = os.path.join(self._place(folder, file), name)  # noqa: PTH118 -- asked for every file
        return place if path in self._plain else str(self._inside(Path(place), file))

    def _inside(self, place: Path, file: SourceFile) -> Path:
        if windows.ON_WINDOWS and place != self._root and place.is_symlink():
            raise UnreadableError(file, "a link that Git does not know")
        real = Path(_real_path(place, file))
        if not real.is_relative_to(self._real_root) or is_hidden(real, self._real_root):
            raise UnreadableError(file, "a link that leaves the repository")
        return real


def _real_path(place: Path, file: SourceFile) -> str:
    try:
        return os.path.realpath(place, strict=True)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UnreadableError(file, "a link that leads to itself") from error
    return os.path.realpath(place)  # of what is not there, which reading tells


def _read_all(opened: int, size: int) -> bytes:
    """The bytes of a file of a known size, in as few calls as it takes: thousands are read."""
    data = os.read(opened, size)
    while len(data) < size and (more := os.read(opened, size - len(data))):
        data += more
    return data
