"""What stands in the working trees, for edits that must change nothing else."""

from collections.abc import Iterator
from typing import NamedTuple

from graphdoc.clone import BareClone, DiskClone
from graphdoc.model.clone import UnreadableError
from graphdoc.model.dataclass import dataclass
from graphdoc.model.edit import text_of_span
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Mapping, Node, Scalar, Sequence
from graphdoc.resolve.resolved import Estate, ResolvedApplication

__all__ = ["Place", "WorkingTrees"]


class Place(NamedTuple):
    """A scalar in a file of a working tree, with the mapping and the list that it stands in."""

    scalar: Scalar
    mapping: Mapping | None
    items: Sequence | None


@dataclass(frozen=True, slots=True)
class WorkingTrees:
    """The clones that can be written to, and what the estate read from elsewhere."""

    estate: Estate

    def clone(self, name: str) -> DiskClone | None:
        """The working tree of a repository, if there is one."""
        clone = self.estate.clone(name)
        is_tree = isinstance(clone, DiskClone) and not isinstance(clone, BareClone)
        return clone if is_tree and isinstance(clone, DiskClone) else None

    def text(self, file: SourceFile) -> str | None:
        """The text of a file; ``None`` where no working tree has it as UTF-8."""
        clone = self.clone(file.repository)
        try:
            return clone.read(file.path).decode() if clone is not None else None
        except (UnreadableError, UnicodeDecodeError):
            return None

    def find(self, span: Span) -> Place | None:
        """The scalar at a span, if it is written there once and stands for nothing else."""
        clone, text = self.clone(span.file.repository), self.text(span.file)
        if clone is None or text is None or span.line != span.end_line:
            return None
        roots = self.estate.files.parse(clone, span.file.path).roots
        found = [p for root in roots for p in _places(root, None, None) if p.scalar.span == span]
        if len(found) != 1:  # an alias stands for what is written once
            return None
        written = text_of_span(text, span)
        value = found[0].scalar.value
        return found[0] if written in {value, f'"{value}"', f"'{value}'"} else None

    def has_brought(self, application: ResolvedApplication) -> bool:
        """Whether an Application's manifest comes from working trees alone."""
        parent = self.estate.by_id.get(application.parent or "")
        if parent is None:
            return True
        clones = [source.clone for source in parent.sources if source.clone is not None]
        return all(isinstance(clone, DiskClone) for clone in clones)


def _places(node: Node, mapping: Mapping | None, items: Sequence | None) -> Iterator[Place]:
    match node:
        case Scalar():
            yield Place(node, mapping, items)
        case Mapping():
            for child in node.entries.values():
                yield from _places(child, node, items)
        case Sequence():
            for child in node.items:
                yield from _places(child, mapping, node)
