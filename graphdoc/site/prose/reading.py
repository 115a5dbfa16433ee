"""A handwritten file as text and front matter, with its place in its own repository."""

from pathlib import Path

from mkdocs.utils import meta

from graphdoc.site.prose.handwritten import Document

__all__ = ["own_place", "read_document"]


def read_document(path: str, source: str, file: str | None, root: str) -> Document:
    """The document at ``path`` below the pages; ``file`` is where it lies on the disk."""
    source = source.removeprefix("\ufeff")
    text, facts = meta.get_data(source)
    first = source.count("\n") - text.count("\n") + 1
    return Document(path, text, facts, first, own_place(file, root))


def own_place(file: str | None, root: str) -> str:
    """The path of a file in the repository at ``root``; empty where it lies outside."""
    place = Path(file).resolve() if file and root else None
    if place is None or not place.is_relative_to(root):
        return ""
    return place.relative_to(root).as_posix()
