"""The managed blocks of documents, brought up to date in the clones and beside them."""

from collections.abc import Iterator
from pathlib import Path

from graphdoc.clone import BareClone, DiskClone
from graphdoc.clone.rewrite import Rewrite
from graphdoc.config.load import shown_path
from graphdoc.graph.blocks.documents import StaleBlock, refresh, stale_blocks_in
from graphdoc.graph.repo_graph import RepoGraph
from graphdoc.model.clone import UnreadableError
from graphdoc.model.dataclass import dataclass
from graphdoc.model.file_kinds import MARKDOWN
from graphdoc.model.location import SourceFile
from graphdoc.parse.blocks import find_blocks
from graphdoc.pipeline.analysis import Analysis
from graphdoc.pipeline.changes.touched import UnknownPathError, find_paths

__all__ = ["DocumentState", "find_documents"]


@dataclass(frozen=True, slots=True)
class DocumentState(Rewrite):
    """One document with managed blocks; ``after`` is what it should say as a whole."""

    blocks: int
    stale: tuple[StaleBlock, ...]

    @property
    def unknown(self) -> tuple[StaleBlock, ...]:
        """The blocks that cannot be brought up to date, because nobody can tell how."""
        return tuple(block for block in self.stale if block.lines is None)


def find_documents(analysis: Analysis, paths: tuple[Path, ...]) -> Iterator[DocumentState]:
    """The documents with managed blocks among files and folders; without any, all that are known.

    Those are the Markdown files of the clones, and what the configuration's own folder holds.

    Raises:
        UnknownPathError: a path is not there, or lies neither in a clone nor beside the
            configuration.
    """
    on_disk = (clone for clone in analysis.estate.clones if isinstance(clone, DiskClone))
    clones = tuple(clone for clone in on_disk if not isinstance(clone, BareClone))
    own = DiskClone("", "", analysis.config.directory, size_limit=analysis.config.limits.file_size)
    found = find_paths((*clones, own), paths or tuple(_own_documents(own.root)))
    by_name = {clone.name: clone for clone in (*clones, own)}
    for file in found.absent:
        raise UnknownPathError(
            f"{shown_path(by_name[file.repository].root / file.path)} is no file"
        )
    files = {file for file in found.files if by_name[file.repository].is_file(file.path)}
    if not paths:
        files |= {SourceFile(clone.name, path) for clone in clones for path in clone.files}
    for file in sorted(files):
        if file.path.lower().endswith(MARKDOWN):
            yield from _state(by_name[file.repository], file, analysis.graph)


def _own_documents(folder: Path) -> Iterator[Path]:
    """What stands beside the configuration, and the handwritten pages of its site."""
    yield from (place for place in folder.iterdir() if place.suffix.lower() in MARKDOWN)
    yield from (place for ending in MARKDOWN for place in folder.glob(f"docs_src/**/*{ending}"))


def _state(clone: DiskClone, file: SourceFile, graph: RepoGraph) -> Iterator[DocumentState]:
    try:
        text = clone.read(file.path).decode()
    except (UnreadableError, UnicodeDecodeError):
        return
    blocks = sum(1 for _ in find_blocks(text))
    if blocks:
        stale = tuple(stale_blocks_in(text, file, graph))
        yield DocumentState(clone, file.path, text, refresh(text, stale), blocks, stale)
