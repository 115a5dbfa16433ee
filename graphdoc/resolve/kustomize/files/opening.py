"""The kustomization file of a directory: found, read and parsed."""

import posixpath

from graphdoc.model.kustomize import KUSTOMIZATION_NAMES, Kustomization
from graphdoc.model.location import SourceFile, file_start
from graphdoc.parse.kustomization import KustomizationError, parse_kustomization
from graphdoc.resolve.kustomize.files.loader import Sources
from graphdoc.resolve.kustomize.files.record import LoadError, Record
from graphdoc.resolve.kustomize.files.result import BuildProblemKind
from graphdoc.resolve.kustomize.files.roots import Root, is_inside
from graphdoc.resolve.kustomize.resources.trees import KustomizeError

__all__ = ["open_kustomization"]


def open_kustomization(root: Root, sources: Sources, record: Record) -> Kustomization:
    """The kustomization of a directory."""
    file = SourceFile(root.clone.name, _find(root))
    record.kustomizations[file] = None
    documents = sources.documents(root, file.path, file_start(file), record)
    try:
        first = documents[0].root if documents else None
        return parse_kustomization(first, file, file_start(file))
    except KustomizationError as error:
        raise KustomizeError(error.reason, error.span) from error


def _find(root: Root) -> str:
    paths = [posixpath.join(root.directory, name) for name in KUSTOMIZATION_NAMES]
    found = [path for path in paths if root.clone.is_file(path) and is_inside(root, path)]
    if len(found) > 1:
        names = ", ".join(posixpath.basename(path) for path in found)
        raise KustomizeError(f"found multiple kustomization files: {names}")
    if not found:
        reason = f"no kustomization file in '{root.directory or '.'}'"
        raise LoadError(BuildProblemKind.MISSING_ENTRY, reason)
    return found[0]
