"""What the values files of clusters set otherwise from one cloud to the next."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from graphdoc.model import node as tree
from graphdoc.model.clone import Clone
from graphdoc.model.file_kinds import YAML
from graphdoc.model.kustomize import KUSTOMIZATION_NAMES
from graphdoc.model.node import Node, Scalar
from graphdoc.resolve.clusters.called import find_overlay_names
from graphdoc.resolve.clusters.storage_classes import provider_of
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import text
from graphdoc.site.atlas.other_names import aliases_of
from graphdoc.site.writing.shown_values import leaf_pointers

__all__ = ["CloudSetting", "Said", "cloud_settings"]


class Said(NamedTuple):
    """What the file of one cluster says of a key; ``node`` is ``None`` where it is silent."""

    cluster: str
    node: Node | None


class CloudSetting(NamedTuple):
    """One key that depends on the cloud; ``file`` has a star where the cluster's name stands."""

    file: str
    pointer: str
    clouds: Mapping[str, tuple[Said, ...]]


class _Cluster(NamedTuple):
    name: str
    cloud: str
    called: tuple[str, ...]


_Leaves = Mapping[str, Node]
# Kustomizations and charts, which may lack kind and apiVersion, and are no values for sure.
_NO_VALUES = frozenset({*KUSTOMIZATION_NAMES, "Chart.yaml", "Chart.lock"})


def cloud_settings(atlas: Atlas) -> Iterator[CloudSetting]:
    """Every key that the clusters of one cloud set alike, and those of another otherwise."""
    clusters = tuple(_clusters(atlas))
    if len({cluster.cloud for cluster in clusters}) > 1:
        for clone in atlas.site.estate.clones:
            for file, found in sorted(_families(clone, clusters).items()):
                yield from _compared(atlas, clone, file, found)


def _clusters(atlas: Atlas) -> Iterator[_Cluster]:
    """Those whose cloud is told or evident from the name, whether a root leads there or not."""
    settings = atlas.site.settings
    said = {node.name: text(node.attributes, "provider") for node in atlas.clusters}
    aliases, overlays = aliases_of(atlas), find_overlay_names(atlas.site.estate)
    for name in sorted({*said, *aliases, *settings.providers, *overlays}):
        cloud = settings.providers.get(name) or said.get(name) or provider_of(name)
        if cloud:
            yield _Cluster(name, cloud, (name, *aliases.get(name, ())))


def _families(clone: Clone, clusters: tuple[_Cluster, ...]) -> Mapping[str, dict[_Cluster, str]]:
    """The files that clusters of several clouds have each their own of, by their common path."""
    named = [(name, cluster) for cluster in clusters for name in cluster.called]
    named.sort(key=lambda pair: (-len(pair[0]), pair[0]))
    found: dict[str, dict[_Cluster, str]] = {}
    for path in clone.files:
        for name, cluster in named if _may_hold_values(path) else ():
            common = _without(path, name)
            if common:
                found.setdefault(common, {}).setdefault(cluster, path)
                break
    return {common: own for common, own in found.items() if len({c.cloud for c in own}) > 1}


def _may_hold_values(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.endswith(YAML) and name not in _NO_VALUES


def _without(path: str, name: str) -> str:
    """The path with a star for a cluster's name; empty where no part is the name."""
    *folders, file = path.split("/")
    stem, dot, ending = file.rpartition(".")
    if name in folders:
        place = folders.index(name)
        return "/".join([*folders[:place], "*", *folders[place + 1 :], file])
    if stem == name or stem.endswith((f"-{name}", f".{name}")):
        return "/".join([*folders, f"{stem.removesuffix(name)}*{dot}{ending}"])
    return ""


def _compared(
    atlas: Atlas, clone: Clone, file: str, found: Mapping[_Cluster, str]
) -> Iterator[CloudSetting]:
    read = {cluster: _leaves(atlas, clone, path) for cluster, path in found.items()}
    values = {cluster: leaves for cluster, leaves in read.items() if leaves is not None}
    for pointer in sorted({pointer for leaves in values.values() for pointer in leaves}):
        clouds: dict[str, list[Said]] = {}
        alike: dict[str, set[str]] = {}
        for cluster, leaves in values.items():
            node = leaves.get(pointer)
            clouds.setdefault(cluster.cloud, []).append(Said(cluster.name, node))
            alike.setdefault(cluster.cloud, set()).add(_raw(cluster, node))
        if _depends(list(alike.values())):
            said = {cloud: tuple(clouds[cloud]) for cloud in sorted(clouds)}
            yield CloudSetting(f"{clone.name} {file}", pointer, said)


def _leaves(atlas: Atlas, clone: Clone, path: str) -> _Leaves | None:
    """The values of a file; ``None`` for what is no values file, or cannot be read."""
    parsed = atlas.site.estate.files.parse(clone, path)
    root = parsed.documents[0].root if len(parsed.documents) == 1 else None
    if not isinstance(root, tree.Mapping) or {"apiVersion", "kind"} & set(root.entries):
        return None
    return dict(leaf_pointers(root))


def _raw(cluster: _Cluster, node: Node | None) -> str:
    """A value to compare, with a star for the cluster's own name; empty where none is set."""
    said = "" if node is None else f"={node.value if isinstance(node, Scalar) else type(node)}"
    for name in sorted(cluster.called, key=len, reverse=True):
        said = said.replace(name, "*")
    return said


def _depends(values: list[set[str]]) -> bool:
    """Whether a cloud speaks with one voice, and another cloud with another one."""
    if any("" in said and len(said) > 1 for said in values):
        return False
    if len({"" in said for said in values}) > 1:
        return True
    return all(len(said) == 1 for said in values) and len(set(map(frozenset, values))) > 1
