"""Entries of kustomizations that are missing because they are local, or made when needed.

So are those in submodules that are not checked out.
"""

from collections.abc import Iterator
from functools import lru_cache
from posixpath import basename, dirname

from graphdoc.model.clone import Clone
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.location import Span
from graphdoc.resolve.kustomize import BuildProblem, BuildProblemKind
from graphdoc.resolve.names.spelling import text_at
from graphdoc.resolve.outside.written import find_written_files
from graphdoc.resolve.repositories.ignored import Ignored
from graphdoc.resolve.repositories.paths import join_path
from graphdoc.resolve.repositories.submodules import find_empty_submodule
from graphdoc.resolve.resolved import Estate

__all__ = ["find_kept_local", "is_kept_local"]


def is_kept_local(estate: Estate, problem: BuildProblem) -> bool:
    """Whether a missing entry lies where .gitignore keeps files local, or a command writes it."""
    return problem.kind is BuildProblemKind.MISSING_ENTRY and _reason(estate, problem.span) != ""


def find_kept_local(estate: Estate) -> Iterator[NotUnderstood]:
    """Each such entry, once."""
    told: set[Span] = set()
    for problem in (problem for build in estate.builds for problem in build.problems):
        if problem.span not in told and is_kept_local(estate, problem):
            told.add(problem.span)
            yield NotUnderstood(problem.span, f"{problem.message}; {_reason(estate, problem.span)}")


def _reason(estate: Estate, span: Span) -> str:
    """Why a missing file may be there when a kustomization is built; empty where nothing tells."""
    clones = estate.clones_by_name
    ignored = _ignored(estate.clones).get(span.file.repository)
    named = text_at(clones, span)
    words = {named, named.partition("=")[2]} - {""}  # a generator's entry may give a key
    joined = (join_path(dirname(span.file.path), word) for word in words)
    paths = [path for path in joined if path]
    inner = (find_empty_submodule(clones[span.file.repository], path) for path in paths)
    submodule = next(filter(None, inner), "")
    if submodule:
        return f"submodule '{submodule}' is not checked out"
    if ignored is not None and any(ignored.rule(path) is not None for path in paths):
        return ".gitignore keeps it local"
    made = find_written_files(estate.clones)
    writers = (made.get((span.file.repository, basename(word))) for word in words)
    writer = next((file for file in writers if file is not None), None)
    return f"{writer} writes such a file" if writer is not None else ""


@lru_cache(maxsize=2)
def _ignored(clones: tuple[Clone, ...]) -> dict[str, Ignored]:
    return {clone.name: Ignored(clone) for clone in clones}
