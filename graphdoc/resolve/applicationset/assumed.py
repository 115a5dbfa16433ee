"""Clusters that no clone registers, as far as the ApplicationSets themselves tell of them.

Most teams keep cluster Secrets out of Git. A selector then says which labels such a cluster has,
and a merge says by name which clusters it knows more about.
"""

from collections.abc import Iterable, Sequence

from graphdoc.model.argocd import SECRET_TYPE
from graphdoc.model.node import Mapping, Scalar
from graphdoc.resolve.applicationset.clusters import IN_CLUSTER, Registered
from graphdoc.resolve.applicationset.parameters import normalise_name
from graphdoc.resolve.applicationset.selector import asked_labels, is_empty, is_known

__all__ = ["assume_clusters", "assume_decision", "find_names", "is_made_up", "is_stand_in"]

_NAME_KEYS = ("name", "nameNormalized")
_ANY = "any-cluster"
_NOWHERE = ".invalid"


def assume_clusters(
    selector: Mapping | None, known: Sequence[Registered], named: Iterable[str]
) -> list[Registered]:
    """The clusters that a generator must mean, for want of registered ones.

    ``named`` are the names that a merge has more to say about: without any, one cluster stands for
    all that the selector asks for, which is Argo CD's own where it asks for nothing.
    """
    names = list(dict.fromkeys(named))
    familiar = {text for one in known for text in (one.name, normalise_name(one.name))}
    if familiar & {*names}:
        return []
    if names:
        return [_assumed(name, selector) for name in names]
    if is_empty(selector):
        return [] if known else [IN_CLUSTER]
    return [] if is_known(selector, [one.labels for one in known]) else [_stand_in(selector)]


def assume_decision(body: Mapping) -> Registered:
    """The cluster that stands for all that another resource decides on, by its selector's words."""
    return _stand_in(body.mapping("labelSelector"))


def find_names(keys: Iterable[str], made: Iterable[Mapping]) -> list[str]:
    """The names of clusters in parameter sets that are merged by name."""
    wanted = [key for key in _NAME_KEYS if key in keys]
    found = (one.entries.get(key) for one in made for key in wanted)
    return [node.text for node in found if isinstance(node, Scalar) and node.text]


def is_stand_in(path: str) -> bool:
    """Whether a path names a cluster that stands for others: no real one is called so."""
    return any(segment.find("=") > 0 or segment.startswith(_ANY) for segment in path.split("/"))


def is_made_up(server: str) -> bool:
    """Whether an address is that of an assumed cluster."""
    return server.endswith(_NOWHERE)


def _stand_in(selector: Mapping | None) -> Registered:
    labels = {key: text for key, text in asked_labels(selector).items() if key != SECRET_TYPE}
    words = [f"{key.rpartition('/')[2]}={text}" for key, text in labels.items()]
    return _assumed(",".join(words) or _ANY, selector)


def _assumed(name: str, selector: Mapping | None) -> Registered:
    """A cluster whose address cannot exist, lest it is taken for one that does."""
    server = f"https://{normalise_name(name)}{_NOWHERE}"
    return Registered(name, server, "", asked_labels(selector), {}, None)
