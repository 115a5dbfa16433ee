"""Which of its tools Argo CD renders a source with."""

from posixpath import join

from graphdoc.model.argocd import Source
from graphdoc.model.clone import Clone
from graphdoc.model.finding import Problem
from graphdoc.model.kustomize import KUSTOMIZATION_NAMES
from graphdoc.model.location import Location
from graphdoc.model.node import Mapping, Node, Scalar, Sequence
from graphdoc.resolve.resolved import Tool

__all__ = ["detect_tool", "find_named_tool"]

_BLOCKS = {"kustomize": Tool.KUSTOMIZE, "helm": Tool.HELM, "directory": Tool.DIRECTORY}


def detect_tool(source: Source, clone: Clone, path: str) -> Tool | Problem:
    """The tool that the source names, else the one that the files of the directory tell."""
    return find_named_tool(source) or _found_tool(clone, path)


def find_named_tool(source: Source) -> Tool | Problem | None:
    """The tool that the source names itself.

    A block that says nothing names no tool, and two blocks that do are refused.
    """
    named = [key for key in _BLOCKS if _says_something(source.node.entries.get(key))]
    if source.plugin:
        named.append("plugin")
    if len(named) > 1:
        tools = ", ".join(named)
        span = source.node.keys.get(named[-1], source.span)
        return Problem(f"several tools are given for one source: {tools}", Location(span))
    return _BLOCKS.get(named[0], Tool.PLUGIN) if named else None


def _found_tool(clone: Clone, path: str) -> Tool:
    """The last name in alphabetical order decides, as Argo CD walks the directory."""
    tool = Tool.DIRECTORY
    for name in clone.children(path):
        if not clone.is_file(join(path, name)):
            continue
        if name.endswith("Chart.yaml"):
            tool = Tool.HELM
        elif name in KUSTOMIZATION_NAMES:
            tool = Tool.KUSTOMIZE
    return tool


def _says_something(node: Node | None) -> bool:
    match node:
        case Mapping():
            return any(map(_says_something, node.entries.values()))
        case Sequence():
            return bool(node.items)
        case Scalar():
            return bool(node.value)
        case _:
            return False
