"""What Kubernetes refuses in Services, Ingresses and NetworkPolicies.

As :mod:`graphdoc.resolve.resources.pod_checks`: what depends on the manifest alone.
"""

import ipaddress
import re
from collections.abc import Iterator
from functools import partial
from typing import TypeAlias

from graphdoc.model.node import Mapping, Node, Scalar, Sequence, is_null
from graphdoc.resolve.resources.fields import Slip, begin, known_fields
from graphdoc.resolve.resources.pod_checks import (
    cannot_be_label,
    cannot_be_port,
    find_repeated,
    plain_text,
)

__all__ = ["check_ingress", "check_policy", "check_service"]

_Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_PART = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_HOST = re.compile(rf"(\*\.)?{_PART}(\.{_PART})*")
_ADDRESS = re.compile(r"\d+(\.\d+){3}")
_CLASS = "kubernetes.io/ingress.class"
_OUTSIDE = frozenset({"LoadBalancer", "NodePort"})
_OF_BALANCERS = (
    "allocateLoadBalancerNodePorts", "loadBalancerClass", "loadBalancerSourceRanges",
)  # fmt: skip
_ENTRIES = ("rules", "defaultBackend")
_NO_PART = re.compile(r"//|/\.\.?(?:/|$)|%2[fF]")


def check_service(manifest: Mapping) -> Iterator[Slip]:
    """Ports, and what does not go with the Service's type."""
    ports = manifest.mappings_at("spec", "ports")
    spec = manifest.at("spec")
    yield from find_repeated("port", ports, "name")
    yield from _same_ports(ports)
    for port in ports:
        number, target = port.scalar("port"), port.scalar("targetPort")
        if target is not None and target.value != 0:  # the port itself
            yield from cannot_be_port(target)
        if number is not None and isinstance(number.value, int):
            yield from cannot_be_port(number)
        yield from cannot_be_label("port", port.entries.get("name"))
        if len(ports) > 1 and not port.text("name"):
            yield Slip("one of several ports has no name", begin(port))
    yield from _of_type(spec, ports)


def _same_ports(ports: tuple[Mapping, ...]) -> Iterator[Slip]:
    seen: set[tuple[object, str]] = set()
    for port in ports:
        number = port.scalar("port")
        if number is None or not isinstance(number.value, int):
            continue
        key = (number.value, port.text("protocol") or "TCP")
        if key in seen:
            yield Slip(f"port {number.value} of {key[1]} is there twice", number.span)
        seen.add(key)


def _of_type(spec: Mapping, ports: tuple[Mapping, ...]) -> Iterator[Slip]:
    said = spec.scalar("type")
    type_ = "ClusterIP" if is_null(said) else plain_text(said)
    is_headless = spec.text("clusterIP") == "None"
    if type_ in _OUTSIDE and is_headless:
        yield Slip(f"clusterIP is None in a Service of type {type_}", spec.span_at("clusterIP"))
    if type_ == "ClusterIP":
        yield from _of_cluster(spec, ports, is_headless=is_headless)
    if type_ and type_ not in _OUTSIDE and not spec.items_at("externalIPs"):
        yield from _does_not_go(spec, "externalTrafficPolicy", type_)
    for key in _OF_BALANCERS if type_ and type_ != "LoadBalancer" else ():
        yield from _does_not_go(spec, key, type_)


def _of_cluster(spec: Mapping, ports: tuple[Mapping, ...], *, is_headless: bool) -> Iterator[Slip]:
    for number in (port.scalar("nodePort") for port in ports):
        if number is not None and number.value not in {None, 0}:
            yield Slip("a Service of type ClusterIP has a nodePort", number.span)
    # Without a selector it adds to what somebody else makes.
    is_whole = _is_there(spec, "selector") and spec.entries.keys() <= known_fields("ServiceSpec")
    if not is_headless and is_whole and not _is_there(spec, "ports"):
        yield Slip("spec has no ports", begin(spec))


def _does_not_go(spec: Mapping, key: str, type_: str) -> Iterator[Slip]:
    if _is_there(spec, key):
        yield Slip(f"a Service of type {type_} has {key}", spec.keys[key])


def _is_there(spec: Mapping, key: str) -> bool:
    match spec.find(key):
        case Sequence(items=items):
            return bool(items)
        case Scalar(value=value):
            return value not in {None, ""}
        case node:
            return node is not None


def check_ingress(manifest: Mapping) -> Iterator[Slip]:
    """Hosts, paths, backends, and two classes."""
    yield from _classes(manifest)
    for rule in manifest.mappings_at("spec", "rules"):
        host = rule.scalar("host")
        if host is not None and _ADDRESS.fullmatch(plain_text(host)):
            yield Slip(f"'{host.value}' cannot be a host, it is an address", host.span)
        yield from _host(host)
        for entry in rule.mappings_at("http", "paths"):
            yield from _path(entry)
    for entry in manifest.mappings_at("spec", "tls"):
        for node in entry.items_at("hosts"):
            yield from _host(node)
    spec = manifest.mapping("spec")
    is_spelt = spec is not None and spec.entries.keys() <= known_fields("networking.v1.IngressSpec")
    if spec is not None and is_spelt and not any(map(partial(_is_there, spec), _ENTRIES)):
        yield Slip("spec has neither rules nor defaultBackend", begin(spec))
    yield from _backend(manifest.at("spec", "defaultBackend"))


def _classes(manifest: Mapping) -> Iterator[Slip]:
    noted = manifest.scalar("metadata", "annotations", _CLASS)
    text, name = plain_text(noted), plain_text(manifest.scalar("spec", "ingressClassName"))
    if noted is not None and text and name and text != name:
        yield Slip(f"annotation {_CLASS} says {text}, and ingressClassName {name}", noted.span)


def _path(entry: Mapping) -> Iterator[Slip]:
    path = entry.scalar("path")
    text, is_read = plain_text(path), entry.text("pathType") in {"Exact", "Prefix"}
    if path is not None and text and not text.startswith("/"):
        yield Slip(f"path '{text}' does not begin with '/'", path.span)
    elif path is not None and is_read and _NO_PART.search(text):
        yield Slip(f"path '{text}' has '{_NO_PART.findall(text)[0]}' in it", path.span)
    is_spelt = entry.entries.keys() <= known_fields("networking.v1.HTTPIngressPath")
    if is_read and is_spelt and not _is_there(entry, "path"):
        yield Slip(f"pathType {entry.text('pathType')} is without a path", begin(entry))
    yield from _backend(entry.at("backend"))


def _backend(backend: Mapping) -> Iterator[Slip]:
    service = backend.mapping("service")
    if service is None:
        return
    if not is_null(backend.find("resource")):
        yield Slip("a backend has both a service and a resource", begin(backend))
    port = [service.scalar("port", key) for key in ("name", "number")]
    said = [node for node in port if node is not None and node.value not in {None, "", 0}]
    is_spelt = all(
        node is None or node.entries.keys() <= known_fields(f"networking.v1.{name}")
        for node, name in (
            (backend, "IngressBackend"),
            (service, "IngressServiceBackend"),
            (service.mapping("port"), "ServiceBackendPort"),
        )
    )
    if not said and is_spelt:
        yield Slip("the port of a backend has neither a name nor a number", begin(service))
    if len(said) > 1:
        yield Slip("the port of a backend has both a name and a number", begin(service))


def _host(node: Node | None) -> Iterator[Slip]:
    text = plain_text(node)
    if node is not None and text and not _HOST.fullmatch(text):
        yield Slip(f"'{text}' cannot be a host", node.span)


def check_policy(manifest: Mapping) -> Iterator[Slip]:
    """Whom a NetworkPolicy lets in and out."""
    for way, key in (("ingress", "from"), ("egress", "to")):
        for rule in manifest.mappings_at("spec", way):
            for peer in rule.mappings_at(key):
                block = peer.mapping("ipBlock")
                yield from _block(peer, block) if block is not None else ()


def _block(peer: Mapping, block: Mapping) -> Iterator[Slip]:
    for key in ("namespaceSelector", "podSelector"):
        if not is_null(peer.find(key)):
            yield Slip(f"a peer has both ipBlock and {key}", peer.keys[key])
    cidr = block.scalar("cidr")
    whole = _network(plain_text(cidr))
    for node in (cidr, *block.items_at("except")):
        text = plain_text(node)
        part = _network(text)
        if node is None or not text:
            continue
        if part is None:
            yield Slip(f"'{text}' cannot be a block of addresses", node.span)
        elif node is not cidr and whole is not None and not _is_part(part, whole):
            yield Slip(f"except {text} is no part of {plain_text(cidr)}", node.span)


def _is_part(part: _Network, whole: _Network) -> bool:
    return part.network_address in whole and part.prefixlen > whole.prefixlen


def _network(text: str) -> _Network | None:
    """What an address with a length means; leading zeros are forgiven."""
    address, _, length = text.partition("/")
    plain = re.sub(r"\b0+(?=\d)", "", address)
    try:
        return ipaddress.ip_network(f"{plain}/{length}", strict=False) if length.isdigit() else None
    except ValueError:
        return None
