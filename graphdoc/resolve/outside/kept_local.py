"""Entries of kustomizations that are missing because they are local, or made when needed.

So are those in submodules that are not checked out.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from operator import attrgetter
from posixpath import basename, dirname

from graphdoc.model.clone import Clone
from graphdoc.model.file_kinds import YAML, is_program
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.grouping import once
from graphdoc.model.location import SourceFile
from graphdoc.resolve.kustomize import BuildProblem, BuildProblemKind
from graphdoc.resolve.repositories.contents import every_file, lines_naming_files, skim_bytes
from graphdoc.resolve.repositories.ignored import Ignored
from graphdoc.resolve.repositories.paths import join_path
from graphdoc.resolve.repositories.submodules import find_empty_submodule
from graphdoc.resolve.resolved import Estate

__all__ = ["find_kept_local", "is_kept_local"]
_WRITTEN = re.compile(
    r"(?:(?<![-=<>])>{1,2}|\btee\b|(?:\s-o|--output|-OutFile)[ =])[ \t]*[\"']?"
    r"(?:[\w.${}~-]*/)*(?P<name>[\w.-]+\.(?:ya?ml|json))\b"
)


def is_kept_local(estate: Estate, problem: BuildProblem) -> bool:
    """Whether a missing entry lies where .gitignore keeps files local, or a command writes it."""
    return problem.kind is BuildProblemKind.MISSING_ENTRY and _reason(estate, problem) != ""


def find_kept_local(estate: Estate) -> Iterator[NotUnderstood]:
    """Each such entry, once."""
    problems = (problem for build in estate.builds for problem in build.problems)
    local = (problem for problem in problems if is_kept_local(estate, problem))
    for problem in once(local, attrgetter("span")):
        yield NotUnderstood(problem.span, f"{problem.message}; {_reason(estate, problem)}")


def _reason(estate: Estate, problem: BuildProblem) -> str:
    """Why a missing file may be there when a kustomization is built; empty where nothing tells."""
    file, named = problem.span.file, problem.named
    path = join_path(dirname(file.path), named)
    if not path or not named:
        return ""
    submodule = find_empty_submodule(estate.clones_by_name[file.repository], path)
    if submodule:
        return f"submodule '{submodule}' is not checked out"
    ignored = _ignored(estate.clones).get(file.repository)
    if ignored is not None and ignored.rule(path) is not None:
        return ".gitignore keeps it local"
    writer = _written_files(estate.clones).get((file.repository, basename(named)))
    return f"{writer} writes such a file" if writer is not None else ""


@lru_cache(maxsize=2)
def _ignored(clones: tuple[Clone, ...]) -> dict[str, Ignored]:
    return {clone.name: Ignored(clone) for clone in clones}


@lru_cache(maxsize=2)
def _written_files(clones: tuple[Clone, ...]) -> dict[tuple[str, str], SourceFile]:
    """The first file whose commands write one, by repository and the written file's name."""
    found: dict[tuple[str, str], SourceFile] = {}
    for clone, path in every_file(clones):
        if path.endswith(YAML) or is_program(path):
            lines = b"\n".join(lines_naming_files(skim_bytes(clone, path)))
            for match in _WRITTEN.finditer("\n" + lines.decode("utf-8", "replace")):
                found.setdefault((clone.name, match["name"]), SourceFile(clone.name, path))
    return found
