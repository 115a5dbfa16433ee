"""A packed chart as a clone of its own, unpacked in memory and never on the disk."""

import io
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from graphdoc.model.clone import UnreadableError
from graphdoc.model.location import SourceFile

__all__ = ["ArchiveClone", "open_archive"]

_SIZE_LIMIT = 100 * 1024 * 1024
_FILE_LIMIT = 20_000
_GZIP = 31  # what tells zlib to expect gzip's header


@dataclass(frozen=True, slots=True, eq=False)
class ArchiveClone:
    """The files of a packed chart, their paths below the archive's own."""

    name: str
    path: str
    contents: dict[str, bytes]
    urls: tuple[str, ...] = ()
    commit: str | None = None
    branch: str | None = None
    dirty: bool = False

    @property
    def files(self) -> tuple[str, ...]:
        """Every file, sorted."""
        return tuple(sorted(self.contents))

    def read(self, path: str) -> bytes:
        """The bytes of one file.

        Raises:
            UnreadableError: it is not there.
        """
        if path not in self.contents:
            raise UnreadableError(SourceFile(self.name, path), "no such file")
        return self.contents[path]

    def is_file(self, path: str) -> bool:
        """Whether the path is a file of the archive."""
        return path in self.contents

    def is_directory(self, path: str) -> bool:
        """Whether any file lies below the path."""
        return any(name.startswith(f"{path}/") for name in self.contents) or path == ""

    def children(self, directory: str) -> tuple[str, ...]:
        """The names directly in a directory, sorted."""
        prefix = f"{directory}/" if directory else ""
        below = (name.removeprefix(prefix) for name in self.contents if name.startswith(prefix))
        return tuple(sorted({name.partition("/")[0] for name in below}))

    @property
    def knows_all_revisions(self) -> bool:
        """There is no other."""
        return True

    def at(self, revision: str) -> "ArchiveClone | None":
        """An archive has one revision."""
        return self if revision in {"", "HEAD"} else None


def open_archive(name: str, path: str, data: bytes) -> tuple[ArchiveClone, str]:
    """The chart in a ``.tgz`` and its directory; ``name`` and ``path`` say where the archive lies.

    Raises:
        UnreadableError: it is no archive of one chart, or too large.
    """
    file = SourceFile(name, path)
    try:
        contents = dict(_members(file, _decompress(file, data)))
    except (tarfile.TarError, zlib.error, EOFError, ValueError) as error:
        raise UnreadableError(file, "not an archive of a chart") from error
    charts = [name for name in contents if name.count("/") == 1 and name.endswith("/Chart.yaml")]
    if not charts:
        raise UnreadableError(file, "not an archive of a chart")
    placed = {f"{path}/{inner}": content for inner, content in contents.items()}
    return ArchiveClone(name, path, placed), f"{path}/{charts[0].partition('/')[0]}"


def _decompress(file: SourceFile, data: bytes) -> bytes:
    unpacker = zlib.decompressobj(_GZIP)
    unpacked = unpacker.decompress(data, _SIZE_LIMIT)
    if unpacker.unconsumed_tail:
        raise UnreadableError(file, f"larger than {_SIZE_LIMIT // 1024**2} MiB unpacked")
    return unpacked


def _members(file: SourceFile, data: bytes) -> Iterator[tuple[str, bytes]]:
    """The regular files; links and names that lead elsewhere are passed over."""
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for count, member in enumerate(archive):
            if count >= _FILE_LIMIT:
                raise UnreadableError(file, f"more than {_FILE_LIMIT} files")
            parts = member.name.removeprefix("./").split("/")
            stream = archive.extractfile(member) if member.isreg() else None
            if stream is not None and not {"", ".", ".."} & set(parts):
                yield "/".join(parts), stream.read()
