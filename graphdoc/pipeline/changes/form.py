"""Whether two states of an estate say the same in other words: anchors for copies, flow style."""

import json
from collections.abc import Iterator

from graphdoc.model.clone import Clone, UnreadableError
from graphdoc.model.file_kinds import MANIFESTS
from graphdoc.model.node import to_plain
from graphdoc.pipeline.analysis import Analysis

__all__ = ["is_reworded"]


def is_reworded(old: Analysis, new: Analysis) -> bool:
    """Whether every file that differs holds the same data, and the same comments."""
    clones = new.estate.clones_by_name
    pairs = [(clone, clones[clone.name]) for clone in old.estate.clones if clone.name in clones]
    if any(before.files != after.files for before, after in pairs):
        return False
    return all(_says_the_same(old, new, *pair, path) for pair in pairs for path in _touched(*pair))


def _touched(before: Clone, after: Clone) -> Iterator[str]:
    return (path for path in after.files if _read(before, path) != _read(after, path))


def _read(clone: Clone, path: str) -> bytes | None:
    try:
        return clone.read(path)
    except UnreadableError:
        return None


def _says_the_same(old: Analysis, new: Analysis, before: Clone, after: Clone, path: str) -> bool:
    """Comments count here, for they hold what is allowed and what is switched off."""
    if not path.endswith(MANIFESTS) or _comments(before, path) != _comments(after, path):
        return False
    data = _data(old, before, path)
    return data is not None and data == _data(new, after, path)


def _comments(clone: Clone, path: str) -> list[bytes]:
    lines = (_read(clone, path) or b"").splitlines()
    return [line.partition(b"#")[2].strip() for line in lines if b"#" in line]


def _data(analysis: Analysis, clone: Clone, path: str) -> str | None:
    parsed = analysis.estate.files.parse(clone, path)
    if parsed.problem is not None:
        return None
    return json.dumps([to_plain(root) for root in parsed.roots], sort_keys=True, default=str)
