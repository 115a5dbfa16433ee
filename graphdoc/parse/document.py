"""What reading a YAML file comes to."""

from typing import NamedTuple

from graphdoc.model.location import Span
from graphdoc.model.node import Node

__all__ = ["Document", "DuplicateKey", "YamlError"]


class YamlError(Exception):
    """A file is not YAML, or is larger than the limits."""

    def __init__(self, span: Span, problem: str) -> None:
        super().__init__(f"{span}: {problem}")
        self.span = span
        self.problem = problem


class DuplicateKey(NamedTuple):
    """A key that stands twice in one mapping.

    Kustomize refuses that in resources; all others, and it in its own files, take the last.
    """

    key: str
    first: Span
    second: Span
    lost: Node
    kept: Node


class Document(NamedTuple):
    """One document of a stream; ``root`` is ``None`` for an empty one.

    ``is_plain``: it holds no folded text, no date, no null written as nothing, and no key that
    could be other than text, which is where the programs of the field differ.
    """

    root: Node | None
    duplicates: tuple[DuplicateKey, ...]
    is_plain: bool = False
