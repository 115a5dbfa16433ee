"""Which directories and files of a repository a Git generator finds, and the parameters of each."""

import posixpath
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from graphdoc.model.clone import Clone
from graphdoc.model.location import SourceFile, Span, file_start
from graphdoc.model.node import Mapping, Node, Sequence, is_null
from graphdoc.parse.scalars import as_kubectl
from graphdoc.resolve.applicationset.failures import GeneratorError
from graphdoc.resolve.applicationset.globs import matches_directory
from graphdoc.resolve.applicationset.parameters import (
    flatten,
    make_mapping,
    make_texts,
    normalise_name,
    text_scalar,
)
from graphdoc.resolve.names.alike import ALIKE, closest
from graphdoc.resolve.repositories.files import Files

__all__ = ["PathStyle", "find_directories", "find_files", "read_parameters", "without_paths"]


class PathStyle(NamedTuple):
    """How the parameters of a path are named: nested for Go templates, and under which prefix."""

    nested: bool
    prefix: str


class _Pattern(NamedTuple):
    """One entry of ``directories`` or ``files``."""

    path: str
    excludes: bool
    span: Span


def without_paths(generator: Mapping) -> GeneratorError:
    """What a generator lacks that names nothing to find, or the misspelt name of it."""
    for key in ("directories", "files"):
        if said := closest(key, generator.entries, ALIKE):
            fault = f"a git generator knows no {said} (the nearest is {key})"
            return GeneratorError(generator.keys[said], fault)
    return GeneratorError(generator.span, "a git generator names neither directories nor files")


def find_directories(clone: Clone, entries: Iterable[Node], style: PathStyle) -> Iterator[Mapping]:
    """Yield the parameters of every directory that an entry includes and none excludes."""
    patterns = list(_patterns(entries))
    for path in _directories(clone):
        matching = [p for p in patterns if matches_directory(path, p.path)]
        found = matching[0] if matching and not any(p.excludes for p in matching) else None
        if found is not None:
            yield make_mapping(_path_parameters(path, "", style, found.span), found.span)


def find_files(
    clone: Clone, entries: Iterable[Node], matches: Callable[[str, str], bool]
) -> tuple[str, ...]:
    """Every file that an entry includes and none excludes, sorted."""
    patterns = list(_patterns(entries))
    found = []
    for path in sorted(clone.files):
        matching = [p for p in patterns if matches(path, p.path)]
        if matching and not any(p.excludes for p in matching):
            found.append(path)
    return tuple(found)


def read_parameters(files: Files, clone: Clone, path: str, style: PathStyle) -> Iterator[Mapping]:
    """Yield the parameters in one file: its object, or each object of its list.

    Raises:
        GeneratorError: the file holds neither, or is broken.
    """
    parsed = files.parse(clone, path)
    if parsed.problem is not None:
        raise GeneratorError(parsed.problem.primary.span, parsed.problem.message)
    start = file_start(SourceFile(clone.name, path))
    root = parsed.documents[0].root if parsed.documents else None
    for item in _objects(root, start):
        content = as_kubectl(item)
        own = content.entries if style.nested else dict(flatten(content))
        yield make_mapping(
            {**own, **_path_parameters(posixpath.dirname(path) or ".", path, style, start)},
            item.span,
        )


def _objects(root: Node | None, start: Span) -> Iterator[Mapping]:
    items = root.items if isinstance(root, Sequence) else (root,)
    for item in items:
        if item is None or is_null(item):
            yield make_mapping({}, item.span if item is not None else start)
        elif isinstance(item, Mapping):
            yield item
        else:
            raise GeneratorError(item.span, "neither an object nor a list of objects")


def _path_parameters(directory: str, file: str, style: PathStyle, span: Span) -> dict[str, Node]:
    """The parameters of a directory, or of a file in it."""
    base = posixpath.basename(directory)
    texts = {"path": directory, "basename": base, "basenameNormalized": normalise_name(base)}
    if file:
        name = posixpath.basename(file)
        texts |= {"filename": name, "filenameNormalized": normalise_name(name)}
    segments = directory.split("/")
    if not style.nested:
        return _flat_path_parameters(texts, segments, style.prefix, span)
    nested = make_texts(texts, span)
    items = Sequence(tuple(text_scalar(segment, span) for segment in segments), span)
    nested = make_mapping({**nested.entries, "segments": items}, span)
    return (
        {style.prefix: make_mapping({"path": nested}, span)} if style.prefix else {"path": nested}
    )


def _flat_path_parameters(
    texts: dict[str, str], segments: list[str], prefix: str, span: Span
) -> dict[str, Node]:
    name = f"{prefix}.path" if prefix else "path"
    flat = {name if key == "path" else f"{name}.{key}": text for key, text in texts.items()}
    flat |= {f"{name}[{index}]": segment for index, segment in enumerate(segments)}
    return {key: text_scalar(text, span) for key, text in flat.items()}


def _patterns(entries: Iterable[Node]) -> Iterator[_Pattern]:
    for entry in entries:
        path = entry.scalar("path") if isinstance(entry, Mapping) else None
        if isinstance(entry, Mapping) and path is not None and isinstance(path.value, str):
            yield _Pattern(path.value, entry.is_true("exclude"), path.span)


def _directories(clone: Clone) -> list[str]:
    """Every directory outside of hidden ones, in the order of a walk through them."""
    found: set[str] = set()
    for file in clone.files:
        directory = posixpath.dirname(file)
        while directory and directory not in found:
            found.add(directory)
            directory = posixpath.dirname(directory)
    split = sorted(path.split("/") for path in found)
    return ["/".join(parts) for parts in split if not any(part.startswith(".") for part in parts)]
