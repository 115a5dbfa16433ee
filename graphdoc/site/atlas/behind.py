"""What answers behind a route: the Services that it names, and the workloads that these select."""

import re
from collections.abc import Iterable, Iterator

from graphdoc.model.grouping import grouped
from graphdoc.model.node import Atom, Mapping, Scalar, walk
from graphdoc.model.resource import Resource
from graphdoc.resolve.resources.workloads import pod_metadata_of, pod_spec_of

__all__ = ["Near"]

_BACKEND = re.compile(
    r"/(services?(/\d+)?|backendRefs/\d+|backend)/(name|serviceName)$|^/spec/to/name$"
)


class Near:
    """The Services and the workloads of one namespace, found by name and by label."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        near = tuple(resources)
        services = (r for r in near if (r.group, r.kind) == ("", "Service"))
        self._selectors = grouped(
            (r.name, _texts(r.manifest, "spec", "selector")) for r in services
        )
        self._workloads = tuple(r for r in near if pod_spec_of(r) is not None)
        self._labels = tuple(map(_labels, self._workloads))
        self._labelled = grouped(
            (item, place) for place, labels in enumerate(self._labels) for item in labels.items()
        )

    def behind(self, route: Resource) -> Iterator[Resource]:
        """The workloads that the Services behind a route select, in their order."""
        names = {
            str(node.value)
            for pointer, node in walk(route.manifest)
            if isinstance(node, Scalar) and _BACKEND.search(pointer)
        }
        chosen = (wanted for name in names for wanted in self._selectors.get(name, ()))
        places = {place for wanted in chosen for place in self._selected(wanted)}
        return (self._workloads[place] for place in sorted(places))

    def _selected(self, wanted: dict[str, Atom]) -> Iterator[int]:
        few = min((self._labelled.get(item, ()) for item in wanted.items()), key=len, default=())
        return (place for place in few if wanted.items() <= self._labels[place].items())


def _labels(workload: Resource) -> dict[str, Atom]:
    return _texts(pod_metadata_of(workload), "labels")


def _texts(root: Mapping, *route: str) -> dict[str, Atom]:
    entries = root.at(*route).entries.items()
    return {key: node.value for key, node in entries if isinstance(node, Scalar)}
