"""Plain directories, of which Argo CD applies every manifest as it stands."""

from dataclasses import field
from posixpath import join

from graphdoc.model.argocd import DirectoryOptions
from graphdoc.model.clone import Clone, UnreadableError
from graphdoc.model.dataclass import dataclass
from graphdoc.model.file_kinds import MANIFESTS
from graphdoc.model.finding import NotUnderstood, Problem
from graphdoc.model.location import Location, SourceFile, file_start
from graphdoc.model.node import Mapping, Node, is_null
from graphdoc.model.resource import Resource
from graphdoc.parse.scalars import as_kubectl
from graphdoc.resolve.repositories.files import Files, ParsedFile
from graphdoc.resolve.repositories.paths import files_below, matches_glob

__all__ = ["Directory", "directory_files", "read_directory"]

_SUFFIXES = (*MANIFESTS, ".jsonnet")
_SKIP_MARK = b"+argocd:skip-file-rendering"
_SIGNS = (b"apiVersion:", b"kind:", b"metadata:")


@dataclass(slots=True)
class Directory:
    """What a directory comes to; where there are problems, Argo CD applies none of it."""

    resources: list[Resource] = field(default_factory=list)
    files: list[SourceFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    not_understood: list[NotUnderstood] = field(default_factory=list)


def directory_files(clone: Clone, path: str, options: DirectoryOptions) -> tuple[str, ...]:
    """The files that Argo CD looks at, in its order: folder by folder, by name."""
    prefix = join(path, "")
    below = files_below(clone.files, path)
    chosen = (name for name in below if _is_chosen(name.removeprefix(prefix), options))
    return tuple(sorted(chosen, key=lambda name: name.split("/")))


def read_directory(files: Files, clone: Clone, path: str, options: DirectoryOptions) -> Directory:
    """Every manifest of a directory, and what Argo CD would refuse in it."""
    directory = Directory()
    for name in directory_files(clone, path, options):
        file = SourceFile(clone.name, name)
        directory.files.append(file)
        try:
            text = clone.read(name)
        except UnreadableError as error:
            files.parse(clone, name)  # remembered among what was read, with its problem
            directory.problems.append(Problem.of_file(file, error.reason))
            continue
        if _SKIP_MARK in text:
            continue
        if name.endswith(".jsonnet"):
            directory.not_understood.append(
                NotUnderstood(file_start(file), "Jsonnet is not evaluated")
            )
            continue
        _read_manifests(files, clone, text, name, directory)
    return directory


def _is_chosen(name: str, options: DirectoryOptions) -> bool:
    if "/" in name and not options.recurse:
        return False
    if not options.any_extension and not name.endswith(_SUFFIXES):
        return False
    if options.exclude and matches_glob(name, options.exclude):
        return False
    return not options.include or matches_glob(name, options.include)


def _read_manifests(
    files: Files, clone: Clone, text: bytes, name: str, directory: Directory
) -> None:
    """Take the manifests of a file; a YAML file that does not look like one is passed over."""
    parsed = files.parse(clone, name)
    if parsed.elsewhere is not None:
        directory.not_understood.append(parsed.elsewhere)
        return
    named = any(isinstance(root, Mapping) and root.text("kind") for root in parsed.roots)
    problem = _problem_of(parsed)
    if problem is not None:
        if not (name.endswith(".json") or named or all(sign in text for sign in _SIGNS)):
            return
        directory.problems.append(problem)
    directory.resources += (Resource(as_kubectl(r.manifest)) for r in parsed.resources)


def _problem_of(parsed: ParsedFile) -> Problem | None:
    faults = ((_fault(root), root) for root in parsed.roots)
    first = next(((fault, root) for fault, root in faults if fault is not None), None)
    if parsed.problem is not None or first is None:
        return parsed.problem
    return Problem(first[0], Location(first[1].span), (), str(parsed.file))


def _fault(root: Node) -> str | None:
    """Why Argo CD takes a document for no manifest; it passes over one that holds nothing."""
    if is_null(root):
        return None
    if not isinstance(root, Mapping):
        return "is no manifest: not a mapping"
    missing = [key for key in ("apiVersion", "kind") if not root.text(key)]
    return f"is no manifest: {' and '.join(missing)} missing" if missing else None
