"""What clones share, be they on the disk, in Git or in an archive: questions about a listing."""

from functools import cached_property

__all__ = ["Tree"]


class Tree:
    """A listing of files; the class that has it says where it comes from."""

    files: tuple[str, ...]
    unread: tuple[str, ...] = ()

    @cached_property
    def _file_set(self) -> frozenset[str]:
        return frozenset(self.files)

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        children: dict[str, set[str]] = {}
        for path in self.files:
            part = path
            while part:
                parent, _, name = part.rpartition("/")
                if name in children.setdefault(parent, set()):
                    break
                children[parent].add(name)
                part = parent
        return {directory: sorted(names) for directory, names in children.items()}

    def is_file(self, path: str) -> bool:
        """Whether the path is a file of the clone."""
        return path in self._file_set

    def is_directory(self, path: str) -> bool:
        """Whether any file of the clone lies below the path."""
        return path in self._children or path == ""

    def children(self, directory: str) -> tuple[str, ...]:
        """The names directly in a directory, sorted."""
        return tuple(self._children.get(directory, ()))
