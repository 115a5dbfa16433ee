"""The kustomization of a directory; what cannot be used of its file is left out.

Whoever includes it, and what it includes, are then known all the same.
"""

import posixpath
import re

from graphdoc.model.kustomize import KUSTOMIZATION_NAMES, Kustomization
from graphdoc.model.location import SourceFile, file_start
from graphdoc.model.node import Mapping, Node
from graphdoc.parse.document import YamlError
from graphdoc.parse.kustomization import KustomizationError, parse_kustomization
from graphdoc.parse.yaml import parse_documents
from graphdoc.resolve.kustomize.files.loader import Sources
from graphdoc.resolve.kustomize.files.record import LoadError, Record
from graphdoc.resolve.kustomize.files.result import BuildProblemKind
from graphdoc.resolve.kustomize.files.roots import Root, is_inside
from graphdoc.resolve.kustomize.resources.trees import Hidden, KustomizeError

__all__ = ["open_kustomization"]

_HOLE = re.compile(r"\{[{%]")
# They change what others bring, and nothing is called otherwise.
_CHANGING = frozenset({
    "commonAnnotations", "images", "patches", "patchesJson6902", "patchesStrategicMerge",
    "replicas",
})  # fmt: skip
# With more of them a file is none that says what to build.
_SLIPS = 10
_BLOCKS = 3


def open_kustomization(root: Root, sources: Sources, record: Record) -> Kustomization:
    """The kustomization of a directory, without what Kustomize refuses in it: that is noted.

    Raises:
        KustomizeError: nothing is left.
    """
    file = SourceFile(root.clone.name, _find(root))
    record.kustomizations[file] = None
    start = file_start(file)
    refused: list[KustomizeError] = []
    fields: Node | None = None
    try:
        documents = sources.documents(root, file.path, start, record)
        fields = documents[0].root if documents else None
    except LoadError as error:
        lines = sources.lines(root, file.path)
        fields = _readable_head(lines[: error.span.line], file) if error.span else None
        if fields is None:
            raise
        refused.append(error)
    for _ in range(_SLIPS):
        try:
            kustomization = parse_kustomization(fields, file, start)
        except KustomizationError as error:
            refused.append(KustomizeError(error.reason, error.span))
            refused[-1].hides = Hidden.FIELDS if error.field in _CHANGING else Hidden.RESOURCES
            if not error.field or not isinstance(fields, Mapping):
                break
            others = (item for item in fields.entries.items() if item[0] != error.field)
            fields = fields.with_entries(dict(others))
        else:
            for each in refused:
                record.fail(each, start)
            return kustomization
    raise refused[0]


def _readable_head(lines: list[str], file: SourceFile) -> Node | None:
    """The fields before those that are no YAML, which end in the last line; none of a template."""
    if any(_HOLE.search(line) for line in lines):
        return None
    begins = [number for number, line in enumerate(lines) if line[:1].isalpha()]
    for end in reversed(begins[-_BLOCKS:]):
        try:
            documents = parse_documents("\n".join(lines[:end]).encode(), file)
        except YamlError:
            continue
        return documents[0].root if documents else None
    return None


def _find(root: Root) -> str:
    base = f"{root.directory}/" if root.directory else ""
    paths = [base + name for name in KUSTOMIZATION_NAMES]
    found = [path for path in paths if root.clone.is_file(path) and is_inside(root, path)]
    if len(found) > 1:
        names = ", ".join(posixpath.basename(path) for path in found)
        raise KustomizeError(f"found multiple kustomization files: {names}")
    if not found:
        reason = f"no kustomization file in '{root.directory or '.'}'"
        raise LoadError(BuildProblemKind.MISSING_ENTRY, reason)
    return found[0]
