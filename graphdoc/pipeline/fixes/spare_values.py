"""Values that say what lies beneath them already, and the lines to take out.

ruamel's round trip would drop the comments between keys with the key above them, so lines are cut
where no comment is among them, and the rest must read as before without the values.
"""

from collections.abc import Iterator

from graphdoc.clone import DiskClone
from graphdoc.model.edit import Edit, apply_edits, text_of_span
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Mapping, Plain, to_plain
from graphdoc.parse.yaml import YamlError, parse_documents
from graphdoc.pipeline.fixes.written import WorkingTrees
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.values.redundant import find_redundant_values

__all__ = ["find_spare_values"]


def find_spare_values(trees: WorkingTrees) -> Iterator[tuple[Span, tuple[Edit, ...]]]:
    """The primary place of each finding that can be mended, and the edits that mend it."""
    for redundant in find_redundant_values(trees.estate):
        text = trees.text(redundant.file)
        if text is None or not _is_of_working_tree(trees.estate, redundant.file):
            continue
        edits = _cut(text, redundant.file, frozenset(span for _, span in redundant.values))
        if edits:
            yield redundant.values[0][1], edits


def _is_of_working_tree(estate: Estate, file: SourceFile) -> bool:
    """Whether every Application that layers a file reads its repository from the disk."""
    users = (
        entry
        for entry in estate.applications
        if any(file in source.files for source in entry.sources)
    )
    clones = (source.clone for entry in users for source in entry.sources)
    ours = (clone for clone in clones if clone is not None and clone.name == file.repository)
    return all(isinstance(clone, DiskClone) for clone in ours)


def _cut(text: str, file: SourceFile, spare: frozenset[Span]) -> tuple[Edit, ...]:
    """The lines of all values that stand on lines of their own; mappings go with their last."""
    root = _read(text, file)
    if root is None:
        return ()
    spans = tuple(_spans(root, spare))
    edits = tuple(edit for span in spans if (edit := _edit(text, span)) is not None)
    after = _read(apply_edits(text, edits), file)
    kept = _without(root, {edit.span.line for edit in edits})
    return edits if to_plain(after or _EMPTY) == kept else ()


def _read(text: str, file: SourceFile) -> Mapping | None:
    try:
        documents = parse_documents(text.encode(), file)
    except YamlError:
        return None
    root = documents[0].root if len(documents) == 1 else None
    return root if isinstance(root, Mapping) else None


def _spans(mapping: Mapping, spare: frozenset[Span]) -> Iterator[Span]:
    """From the key to the end of the value of whatever is spare as a whole."""
    for key, node in mapping.entries.items():
        if _is_spare(mapping, key, spare):
            start = mapping.keys[key]
            yield start._replace(end_line=node.span.end_line, end_column=node.span.end_column)
        elif isinstance(node, Mapping):
            yield from _spans(node, spare)


def _is_spare(mapping: Mapping, key: str, spare: frozenset[Span]) -> bool:
    node = mapping.entries[key]
    if not isinstance(node, Mapping) or not node.entries:
        return mapping.keys[key] in spare
    return all(_is_spare(node, inner, spare) for inner in node.entries)


def _edit(text: str, span: Span) -> Edit | None:
    """Whole lines, where nothing else stands on them and no comment is in or right above them."""
    lines = text.split("\n")
    last = span.end_line - (span.end_column == 1 and span.end_line > span.line)
    above = lines[span.line - 2].strip() if span.line > 1 else ""
    head = lines[span.line - 1][: span.column - 1]
    tail = lines[last - 1][span.end_column - 1 :] if last == span.end_line else ""
    whole = span._replace(column=1, end_line=last + 1, end_column=1)
    old = text_of_span(text, whole)
    if not old or head.strip() or tail.strip() or "#" in old or above.startswith("#"):
        return None
    return Edit(whole, old, "")


def _without(mapping: Mapping, cut: set[int]) -> dict[str, Plain]:
    kept: dict[str, Plain] = {}
    for key, node in mapping.entries.items():
        if mapping.keys[key].line not in cut:
            kept[key] = _without(node, cut) if isinstance(node, Mapping) else to_plain(node)
    return kept


_EMPTY = Mapping({}, {}, Span(SourceFile("", ""), 1, 1, 1, 1))
