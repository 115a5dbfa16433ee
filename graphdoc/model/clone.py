"""A local clone, as the stages see it: names and bytes, never the disk itself."""

from typing import Protocol

from graphdoc.model.location import SourceFile

__all__ = ["Clone", "UnreadableError"]


class UnreadableError(Exception):
    """A file of a clone cannot be read: it is too large, leaves the clone or is not there."""

    def __init__(self, file: SourceFile, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = file
        self.reason = reason


class Clone(Protocol):
    """One repository at one revision; paths are POSIX, relative to its root, ``""`` the root."""

    @property
    def name(self) -> str:
        """The short name that node ids use."""

    @property
    def path(self) -> str:
        """Where the clone lies, POSIX, relative to the configuration's directory."""

    @property
    def urls(self) -> tuple[str, ...]:
        """The ``repoURL``s that mean this clone, without credentials, sorted."""

    @property
    def commit(self) -> str | None:
        """The full commit id that is checked out; ``None`` without Git data."""

    @property
    def branch(self) -> str | None:
        """The branch that is checked out; ``None`` when detached or without Git data."""

    @property
    def dirty(self) -> bool:
        """Whether the working tree differs from the commit."""

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that Argo CD could read, sorted."""

    @property
    def unread(self) -> tuple[str, ...]:
        """Folders that cannot be looked into, so that nobody knows what they hold."""

    def read(self, path: str) -> bytes:
        """The bytes of one file.

        Raises:
            UnreadableError: not there, too large, or a symbolic link that leaves the clone.
        """

    def is_file(self, path: str) -> bool:
        """Whether the path is a file of the clone, symbolic links within it followed."""

    def real_path(self, path: str) -> str:
        """Where a file or directory lies, every symbolic link followed.

        Raises:
            UnreadableError: a link leaves the clone.
        """

    def is_directory(self, path: str) -> bool:
        """Whether any file of the clone lies below the path; true for ``""``."""

    def children(self, directory: str) -> tuple[str, ...]:
        """The names directly in a directory, sorted; empty where there is no such directory."""

    @property
    def knows_all_revisions(self) -> bool:
        """Whether a branch, tag or commit that ``at`` does not find surely does not exist."""

    def at(self, revision: str) -> "Clone | None":
        """The same repository at a branch, tag or commit; ``None`` where Git data lacks it."""
