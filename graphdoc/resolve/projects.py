"""AppProjects: which ones the repositories define."""

import re
from collections.abc import Iterator

from graphdoc.model.argocd import is_argocd
from graphdoc.model.clone import Clone
from graphdoc.model.node import Mapping, Node, walk
from graphdoc.resolve.contents import read_bytes
from graphdoc.resolve.files import Files
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.told_to_charts import told_to_charts

__all__ = ["find_project_names"]

_MARK = re.compile(rb"kind[\"']?:\s*[\"']?AppProject\b")
_IN_VALUES = re.compile(rb"\bsourceRepos[\"']?:")
_FILES = (".yaml", ".yml", ".json", ".tpl")
_DEFAULT = "default"
_FEW = 3


def find_project_names(estate: Estate) -> frozenset[str]:
    """Every AppProject that is written or rendered anywhere, and the one that is always there.

    Returns:
        What a chart that could not be rendered is told of counts, and what any values describe.
        Nothing where no AppProject is in the repositories, a template makes some whose names are
        not known, or many more are missing than are in Git: somebody makes them elsewhere.
    """
    names = {
        resource.name
        for cluster in estate.clusters
        for _, resource in estate.cluster_resources(cluster)
        if is_argocd(resource, "AppProject")
    }
    files = Files(estate.files.limits)
    for clone, path in _find(estate, _MARK):
        written = files.parse(clone, path)
        names |= {r.name for r in written.resources if is_argocd(r, "AppProject")}
        if written.problem is not None or any("{{" in name for name in names):
            return frozenset()
    named = {entry.application.project for entry in estate.applications} - {"", _DEFAULT}
    told = tuple(told_to_charts(estate)) if names else ()
    if names and named - names:
        roots = (root for place in _find(estate, _IN_VALUES) for root in files.parse(*place).roots)
        names |= {name for root in roots for name in _described(root)}
    missing = {name for name in named - names if not any(_has_word(t, name) for t in told)}
    is_whole = names and len(missing) <= max(len(names), _FEW)
    return frozenset({*names, *(named - missing), _DEFAULT}) if is_whole else frozenset()


def _find(estate: Estate, mark: re.Pattern[bytes]) -> Iterator[tuple[Clone, str]]:
    for clone in estate.clones:
        for path in clone.files:
            if path.endswith(_FILES) and mark.search(read_bytes(clone, path)):
                yield clone, path


def _described(root: Node) -> Iterator[str]:
    """The names of projects in values: such a mapping's own, or the key under which it stands."""
    for pointer, node in walk(root):
        is_manifest = pointer.endswith("/spec")
        if isinstance(node, Mapping) and "sourceRepos" in node.entries and not is_manifest:
            yield node.text("name") or pointer.rpartition("/")[2]


def _has_word(text: str, word: str) -> bool:
    return re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w-])", text) is not None
