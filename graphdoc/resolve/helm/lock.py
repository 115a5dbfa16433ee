"""Whether ``Chart.lock`` was written for what ``Chart.yaml`` requires, by Helm's own digest.

Argo CD lets Helm fetch what ``charts/`` lacks, and Helm goes by no lock of other requirements.
"""

import hashlib
import json
from collections.abc import Iterator
from posixpath import join

from graphdoc.model.clone import Clone
from graphdoc.model.finding import Problem
from graphdoc.model.location import Location
from graphdoc.model.node import Mapping, Plain, Scalar, to_plain, walk
from graphdoc.parse.scalars import as_kubectl
from graphdoc.resolve.repositories.files import Files

__all__ = ["UNFETCHED", "find_stale_lock"]

UNFETCHED = "Helm cannot complete the chart"

# As Helm writes a requirement before it takes the digest: these two always, others if they say so.
_WRITTEN = ("name", "repository")
_FIELDS = (
    "name", "version", "repository", "condition", "tags", "enabled", "import-values", "alias",
)  # fmt: skip
_ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def find_stale_lock(files: Files, clone: Clone, path: str) -> Problem | None:
    """What is wrong with the lock of a chart in a directory of a clone."""
    chart = _read(files, clone, join(path, "Chart.yaml"))
    lock = _read(files, clone, join(path, "Chart.lock"))
    if chart is None or lock is None or chart.text("apiVersion") != "v2":
        return None
    required = chart.mappings_at("dependencies")
    if not _is_plain(required) or not _lacks(clone, join(path, "charts"), required):
        return None
    if lock.text("digest") == _digest(required, lock.mappings_at("dependencies")):
        return None
    fact = f"{UNFETCHED}: Chart.lock is out of sync with the dependencies of Chart.yaml"
    return Problem(fact, Location(lock.span_at("digest")))


def _read(files: Files, clone: Clone, path: str) -> Mapping | None:
    root = files.parse(clone, path).mapping if clone.is_file(path) else None
    return as_kubectl(root) if root is not None else None


def _is_plain(required: tuple[Mapping, ...]) -> bool:
    """Whether all is text, and no repository a name that only the caller's Helm knows."""
    leaves = (node for item in required for _, node in walk(item) if isinstance(node, Scalar))
    named = (item.text("repository").startswith(("@", "alias:")) for item in required)
    return all(isinstance(leaf.value, str) for leaf in leaves) and not any(named)


def _lacks(clone: Clone, charts: str, required: tuple[Mapping, ...]) -> bool:
    """Whether there are surely more charts than lie there."""
    there = [
        name
        for name in clone.children(charts)
        if name.endswith(".tgz") or clone.is_file(join(charts, name, "Chart.yaml"))
    ]
    return len({item.text("name") for item in required}) > len(there)


def _digest(required: tuple[Mapping, ...], locked: tuple[Mapping, ...]) -> str:
    both = [[dict(_fields(item)) for item in items] or None for items in (required, locked)]
    text = json.dumps(both, ensure_ascii=False, separators=(",", ":"))
    for sign, escape in _ESCAPED.items():
        text = text.replace(sign, escape)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _fields(item: Mapping) -> Iterator[tuple[str, Plain]]:
    for name in _FIELDS:
        node = item.entries.get(name)
        value = to_plain(node) if node is not None else None
        if value or name in _WRITTEN:
            yield name, _in_order(value) if value else ""


def _in_order(value: Plain) -> Plain:
    """Maps by key, as Go writes them."""
    if isinstance(value, list):
        return [_in_order(item) for item in value]
    return {k: _in_order(value[k]) for k in sorted(value)} if isinstance(value, dict) else value
