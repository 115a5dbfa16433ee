"""A chart that exists only in memory, bundled like one of a repository."""

from collections.abc import Mapping
from dataclasses import dataclass

from graphdoc.model.clone import UnreadableError
from graphdoc.model.location import SourceFile
from graphdoc.resolve.files import Files
from graphdoc.resolve.helm import ChartBundle, bundle_chart

__all__ = ["bundle_files"]

_NAME = "graphdoc"


def bundle_files(files: Mapping[str, bytes]) -> ChartBundle:
    """A bundle of these files, by their paths in the chart."""
    return bundle_chart(Files(), _MemoryClone(dict(sorted(files.items()))), "")


@dataclass(frozen=True, slots=True)
class _MemoryClone:
    """The least that a clone is."""

    contents: dict[str, bytes]
    name: str = _NAME
    path: str = _NAME
    urls: tuple[str, ...] = ()
    commit: str | None = None
    branch: str | None = None
    dirty: bool = False
    knows_all_revisions: bool = True

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(self.contents)

    def read(self, path: str) -> bytes:
        if path not in self.contents:
            raise UnreadableError(SourceFile(self.name, path), "no such file")
        return self.contents[path]

    def is_file(self, path: str) -> bool:
        return path in self.contents

    def real_path(self, path: str) -> str:
        return path

    def is_directory(self, path: str) -> bool:
        return not path or any(file.startswith(f"{path}/") for file in self.contents)

    def children(self, directory: str) -> tuple[str, ...]:
        prefix = f"{directory}/" if directory else ""
        below = (file[len(prefix) :] for file in self.contents if file.startswith(prefix))
        return tuple(sorted({rest.partition("/")[0] for rest in below}))

    def at(self, revision: str) -> "_MemoryClone | None":
        return self if revision in {"", "HEAD"} else None
