"""Annotations that leave out files which an Application reads, and what they should say."""

from collections.abc import Iterator

from graphdoc.graph.impact.generate_paths import find_wrong_paths
from graphdoc.model.edit import Edit, text_of_span
from graphdoc.model.location import Span
from graphdoc.pipeline.fixes.written import WorkingTrees

__all__ = ["find_generate_paths"]


def find_generate_paths(trees: WorkingTrees) -> Iterator[tuple[Span, Edit]]:
    """The place of each annotation that can be mended, and the edit that mends it.

    One that a template makes, or that its Applications need differently, cannot.
    """
    for wrong in find_wrong_paths(trees.estate):
        place = trees.find(wrong.span)
        text = trees.text(wrong.span.file)
        if wrong.wanted is None or place is None or text is None:
            continue
        old = text_of_span(text, wrong.span)
        new = old.replace(str(wrong.annotation.value), wrong.wanted)
        yield wrong.span, Edit(wrong.span, old, new)
