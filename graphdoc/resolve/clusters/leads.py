"""Where a cluster is led to the folder of another."""

from graphdoc.model.location import Span
from graphdoc.model.node import Scalar, nodes_within
from graphdoc.resolve.clusters.bound import Bound
from graphdoc.resolve.resolved import Estate

__all__ = ["find_lead", "is_of_its_folder"]


def is_of_its_folder(bound: Bound) -> bool:
    """Whether the file is the owner's by its path, so that it is no fault of the file."""
    return bound.what == bound.owner and bound.owner in bound.span.file.path.split("/")


def find_lead(estate: Estate, bound: Bound) -> Span | None:
    """Where an Application of a stranger, its root first, names the owner: a path, or a value."""
    theirs = (entry for entry in estate.applications if entry.cluster in bound.strangers)
    for entry in sorted(theirs, key=lambda entry: not entry.is_root):
        for node in nodes_within(entry.manifest):
            if isinstance(node, Scalar) and bound.owner in str(node.value).split("/"):
                return node.span
    return None
