"""Ports of a cluster's nodes, each of which one Service has."""

from collections.abc import Iterator

from graphdoc.model.grouping import grouped
from graphdoc.model.node import Scalar
from graphdoc.parse.placeholders import is_unfilled
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.resources.fields import Slip
from graphdoc.resolve.resources.placement import Place, find_places

__all__ = ["find_taken_ports"]

_Claim = tuple[str, Place, Scalar]
_TYPES = frozenset({"LoadBalancer", "NodePort"})


def find_taken_ports(estate: Estate) -> Iterator[tuple[Place, Slip]]:
    """Every Service that asks for a port which another one of its cluster asks for, too."""
    claims = grouped(claim for place in find_places(estate) for claim in _claims(place))
    for found in claims.values():
        by_name = {name: (place, port) for name, place, port in found}
        first, *others = sorted(by_name)
        for place, port in (by_name[name] for name in others):
            yield place, Slip(f"node port {port.value} is that of Service/{first}", port.span)


def _claims(place: Place) -> Iterator[tuple[tuple[str, str, object], _Claim]]:
    resource, namespace = place.resource, place.namespace
    if resource.kind != "Service" or not namespace or is_unfilled(namespace):
        return
    is_outer = resource.manifest.text("spec", "type") in _TYPES
    for port in resource.manifest.mappings_at("spec", "ports") if is_outer else ():
        number = port.scalar("nodePort")
        if number is not None and isinstance(number.value, int) and number.value:
            key = (place.destination, port.text("protocol") or "TCP", number.value)
            yield key, (f"{namespace}/{resource.name}", place, number)
