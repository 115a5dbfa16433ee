"""Where a file was read that a problem is about, if not as it is checked out."""

from graphdoc.model.clone import Clone
from graphdoc.model.finding import Problem
from graphdoc.resolve.resolved import Estate

__all__ = ["read_at"]


def read_at(estate: Estate, problem: Problem) -> Clone | None:
    """The other revision at which all Applications concerned read the file of a problem."""
    file = problem.primary.span.file
    concerned = (estate.by_id[id_] for id_ in problem.subjects if id_ in estate.by_id)
    trees = [
        source.clone
        for entry in concerned
        if any(file in source.files for source in entry.sources)
        for source in entry.sources
        if source.clone and source.clone.name == file.repository
    ]
    checkout = estate.clone(file.repository)
    is_one = trees and all(tree is trees[0] for tree in trees)
    return trees[0] if is_one and trees[0] is not checkout else None
