"""The name of a cluster, read from what its root is called and what it renders."""

import re
from collections.abc import Iterable

__all__ = [
    "cluster_marks", "cluster_name", "has_stage", "holds_clusters", "is_generic",
    "lies_in_cluster", "stage_above", "tells_cluster",
]  # fmt: skip

_GENERIC = frozenset({
    "app", "application", "applications", "applicationset", "applicationsets", "apps", "appset",
    "appsets", "argo", "argocd", "base", "bases", "bootstrap", "chart", "charts", "cluster",
    "clusters", "common", "config", "configs", "controllers", "core", "default", "deploy",
    "deployment", "deployments", "env", "environment", "environments", "envs", "example",
    "examples", "git", "gitops", "global", "helm", "in", "infra", "infrastructure", "init",
    "initial", "install", "k8s", "kubernetes", "kustomize", "main", "management", "manifests",
    "module", "modules", "of", "overlay", "overlays", "platform", "project", "projects",
    "resources", "root", "roots", "sample", "samples", "seed", "set", "sets", "shared", "src",
    "stack", "system", "templates", "top", "values",
})  # fmt: skip
# Generic words by which a cluster may go, where its folder lies in one of clusters.
_PLACES = frozenset({
    "core", "example", "infra", "infrastructure", "k8s", "kubernetes", "main", "management",
    "platform", "sample",
})  # fmt: skip
_PARENTS = frozenset({
    "cluster", "clusters", "env", "environment", "environments", "envs", "overlay", "overlays",
    "site", "sites", "stage", "stages",
})  # fmt: skip
_STAGES = frozenset({
    "dev", "development", "int", "integration", "lab", "live", "local", "preprod", "prd", "prod",
    "production", "qa", "sandbox", "stage", "staging", "stg", "test", "tst", "uat",
})  # fmt: skip
# What provides a node's own disks, or the like, is called so on any cluster.
_PRODUCT = re.compile(r"local[-_](?=(?:ca|nfs|path|static|storage|volumes?)(?:[-_]|$))")
_SEPARATOR = re.compile(r"[-_.\s]+")
_OPEN = re.compile(r"[*?<>{}$]")  # a pattern, or yet to be filled in
_ORDER = re.compile(r"\A\d+[-_.](?=[^\W\d])")  # "1-apps": what is applied first


def is_generic(word: str) -> bool:
    """Whether a path segment says nothing about a cluster (``apps``, ``app-of-apps``, ``base``)."""
    tokens = _SEPARATOR.split(_ORDER.sub("", word.lower()))
    return all(token in _GENERIC for token in tokens if token)


def holds_clusters(folder: str) -> bool:
    """Whether a folder is one of clusters or environments, by its name."""
    return folder.rpartition("/")[2].lower() in _PARENTS


def tells_cluster(rendered: Iterable[str], own_name: str) -> bool:
    """Whether a cluster or a stage is what a root's paths end in, or else its own name says."""
    paths = [path for path in rendered if _tells(path)]
    return any(map(_ends_in_cluster, paths)) if paths else has_stage(own_name)


def cluster_marks(rendered: Iterable[str], own_name: str) -> tuple[str, str]:
    """The cluster or stage that a root tells, and what is left, which its alternatives share."""
    word = own_name
    for path in filter(_ends_in_cluster, filter(_tells, rendered)):
        above, _, word = path.rpartition("/")
        if holds_clusters(above):
            return word, "" if has_stage(word) else f"{above}/"
    words = _SEPARATOR.split(word.lower())
    stages = _STAGES.intersection(words)
    return min(stages, default=""), "-".join(word for word in words if word not in stages)


def cluster_name(rendered: Iterable[str], own_name: str, own_path: str, repository: str) -> str:
    """The cluster that a root stands for.

    Args:
        rendered: the paths that the root renders, its own directory for a kustomization.
        own_name: the root's name, such as an Application's.
        own_path: the path of its file or directory, whose folders are asked last.
        repository: the name to take where nothing tells.
    """
    for path in rendered:
        if _tells(path):
            return path.rstrip("/").rpartition("/")[2]
    words = [word for word in _SEPARATOR.split(own_name) if word and not is_generic(word)]
    if any(not word.isdecimal() for word in words) or (words and not _ORDER.match(own_name)):
        return "-".join(words)
    folder = own_path.rpartition("/")[0]
    while folder and not _tells(folder):
        folder = folder.rpartition("/")[0]
    return folder.rpartition("/")[2] or repository


def stage_above(rendered: Iterable[str], name: str) -> str:
    """The stage in whose folder the one lies that gives a cluster its name, which says none."""
    for *above, last in (path.split("/") for path in rendered):
        if last == name and not has_stage(name):
            return next((word for word in reversed(above) if has_stage(word)), "")
    return ""


def _tells(path: str) -> bool:
    """Whether the last segment of a path can be the name of a cluster."""
    *above, last = path.rstrip("/").lower().split("/")
    is_word = bool(last) and not _OPEN.search(last)
    return is_word and (not is_generic(last) or (last in _PLACES and above[-1:] == ["clusters"]))


def _ends_in_cluster(path: str) -> bool:
    *above, last = path.split("/")
    return not _PARENTS.isdisjoint(above[-1:]) or has_stage(last)


def lies_in_cluster(folder: str) -> bool:
    """Whether a folder lies in one of clusters or environments, or in one named after a stage."""
    *above, last = folder.lower().split("/")
    return not _PARENTS.isdisjoint(above) or any(map(has_stage, (*above, last)))


def has_stage(name: str) -> bool:
    """Whether a word of a name is one of the usual stages."""
    return not _STAGES.isdisjoint(_SEPARATOR.split(_PRODUCT.sub("", name.lower())))
