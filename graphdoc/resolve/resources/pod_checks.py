"""What Kubernetes refuses in Pods although every field is known and of its type.

These are checks of the API server that depend on the manifest alone: two things with one name, two
of what excludes each other, a request above its limit, a word that this kind of workload does not
take. What defaults or admission may put there is not missing.
"""

import math
import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain

from graphdoc.model.grouping import listed
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Node, Scalar, is_null
from graphdoc.model.resource import Resource
from graphdoc.resolve.resources.fields import QUANTITY, Slip, begin, is_open, known_fields
from graphdoc.resolve.resources.workloads import pod_spec_of

__all__ = ["cannot_be_label", "cannot_be_port", "check_pod", "find_repeated", "plain_text"]

_OWN = frozenset({"", "apps", "batch"})
_FOR_EVER = frozenset(
    {"DaemonSet", "Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"}
)
_FOR_ONCE = frozenset({"CronJob", "Job"})
_KINDS_OF_CONTAINERS = ("initContainers", "containers")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HANDLERS = frozenset({"exec", "grpc", "httpGet", "tcpSocket"})
# Fields beside those that say of which type something is.
_BESIDE = frozenset({"name", "prefix"})
_PORT_NAME = re.compile(r"(?=[a-z0-9-]{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*")
_LABEL = re.compile(r"(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?")
# How forms to fill in begin (CLUSTER_NAME-web).
_FORM = re.compile(r"[A-Z]{2,}[-_]")
_PLAIN_RESOURCES = frozenset({"cpu", "ephemeral-storage", "memory"})
_MOST_PORTS = 65535
# What a variable may take of its Pod; "spec.host" is the old name of the node's.
_FIELD = re.compile(
    r"metadata\.(?:name|namespace|uid|(?:labels|annotations)\['.*'\])"
    r"|spec\.(?:nodeName|host|serviceAccountName)|status\.(?:host|pod)IPs?"
)
# No real quantity is longer; numbers of any length take time.
_LONGEST = 32
_SCALES: dict[str, Fraction | int] = {
    "n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000), "": Fraction(1),
    "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15, "E": 10**18,
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60,
}  # fmt: skip


def check_pod(resource: Resource) -> Iterator[Slip]:
    """All that is wrong with the Pod of a workload of Kubernetes' own kinds."""
    pod = pod_spec_of(resource) if resource.group in _OWN else None
    if pod is None:
        return
    yield from _restart_policy(resource.kind, pod)
    containers = [one for key in _KINDS_OF_CONTAINERS for one in pod.mappings_at(key)]
    yield from find_repeated("container", containers, "name")
    yield from find_repeated("volume", pod.mappings_at("volumes"), "name")
    for volume in pod.mappings_at("volumes"):
        yield from _one_of(f"volume {volume.text('name')}", volume, _types("Volume"), at_least=0)
    for toleration in pod.mappings_at("tolerations"):
        yield from _toleration(toleration)
    for container in containers:
        yield from _container(container)
    for container in pod.mappings_at("initContainers"):
        yield from _before(container)
    yield from _of_host(pod)
    for named in (*containers, *pod.mappings_at("volumes")):
        yield from cannot_be_label("container or volume", named.entries.get("name"))


def cannot_be_label(what: str, node: Node | None) -> Iterator[Slip]:
    """Why the name of a part of a resource is none."""
    text = plain_text(node)
    if node is not None and text and not (_LABEL.fullmatch(text) or _FORM.match(text)):
        yield Slip(f"'{text}' cannot be the name of a {what}", node.span)


def cannot_be_port(node: Node | None) -> Iterator[Slip]:
    """Why a port's number or name is none."""
    value = node.value if isinstance(node, Scalar) else None
    if not isinstance(node, Scalar) or isinstance(value, bool):
        return
    if isinstance(value, int) and not 1 <= value <= _MOST_PORTS:
        yield Slip(f"port {value} is not between 1 and {_MOST_PORTS}", node.span)
    if isinstance(value, str) and value and not is_open(value) and not _PORT_NAME.fullmatch(value):
        yield Slip(f"'{value}' cannot be the name of a port", node.span, _name_hint(value))


def find_repeated(what: str, among: Iterable[Mapping], key: str) -> Iterator[Slip]:
    """What has the same value under a key as one before it."""
    seen: set[str] = set()
    for one in among:
        text = one.text(key)
        if text and text in seen:
            yield Slip(f"{what} {text} is there twice", _at(one, key))
        seen.add(text)


def plain_text(node: Node | None) -> str:
    """A text that nothing has to fill in; else nothing."""
    value = node.value if isinstance(node, Scalar) else None
    return value if isinstance(value, str) and not is_open(value) else ""


def _restart_policy(kind: str, pod: Mapping) -> Iterator[Slip]:
    said = pod.scalar("restartPolicy")
    text = str(said.value) if said is not None and not is_null(said) else "Always"
    span = said.span if said is not None else begin(pod)
    if is_open(text):
        return
    if kind in _FOR_ONCE and text == "Always":
        what = "is Always" if said is not None else "is not said"
        yield Slip(f"restartPolicy {what}", span, f"a {kind} takes OnFailure and Never")
    if kind in _FOR_EVER and text in {"OnFailure", "Never"}:
        yield Slip(f"restartPolicy is {text}", span, f"a {kind} takes Always alone")


def _toleration(toleration: Mapping) -> Iterator[Slip]:
    operator, span = toleration.text("operator"), begin(toleration)
    if operator == "Exists" and toleration.text("value"):
        yield Slip("a toleration with operator Exists has a value", _at(toleration, "value"))
    if not toleration.text("key") and operator in {"", "Equal"}:
        yield Slip("a toleration has neither a key nor operator Exists", span)
    seconds = toleration.entries.get("tolerationSeconds")
    if not is_null(seconds) and toleration.text("effect") != "NoExecute":
        yield Slip(
            "a toleration has tolerationSeconds without effect NoExecute",
            _at(toleration, "tolerationSeconds"),
        )


def _container(container: Mapping) -> Iterator[Slip]:
    name = f"container {container.text('name')}"
    # An empty one is often for an image updater or for who installs the chart to fill in.
    is_spelt = container.entries.keys() <= known_fields("Container")
    if is_spelt and container.text("name") and "image" not in container.entries:
        yield Slip(f"{name} has no image", begin(container))
    yield from _resources(name, container)
    ports = container.mappings_at("ports")
    yield from find_repeated(f"{name}: port", ports, "name")
    for port in ports:
        yield from cannot_be_port(port.entries.get("name"))
        number = port.scalar("containerPort")
        if number is not None and isinstance(number.value, int):
            yield from cannot_be_port(number)
    mounts = container.mappings_at("volumeMounts")
    yield from find_repeated(f"{name}: mountPath", mounts, "mountPath")
    yield from _handlers(name, container)
    for variable in container.mappings_at("env"):
        source = variable.mapping("valueFrom")
        if source is not None:
            what = f"{name}: variable {variable.text('name')}"
            yield from _one_of(
                what, source, _types("EnvVarSource"), span=variable.keys["valueFrom"]
            )
            path = source.scalar("fieldRef", "fieldPath")
            if path is not None and not is_open(path.text) and not _FIELD.fullmatch(path.text):
                yield Slip(f"{what} takes {path.text}, which no Pod offers", path.span)
    for source in container.mappings_at("envFrom"):
        yield from _one_of(f"{name}: envFrom", source, _types("EnvFromSource"))


def _handlers(name: str, container: Mapping) -> Iterator[Slip]:
    for key in ("postStart", "preStop"):
        hook = container.mapping("lifecycle", key)
        if hook is not None:
            yield from _one_of(f"{name}: {key}", hook, _types("LifecycleHandler"), span=hook.span)
    for key in _PROBES:
        probe = container.mapping(key)
        if probe is not None:
            yield from _one_of(f"{name}: {key}", probe, _HANDLERS, span=container.keys[key])
            yield from _probe(f"{name}: {key}", key, probe)


def _of_host(pod: Mapping) -> Iterator[Slip]:
    containers = pod.mappings_at("containers") if pod.is_true("hostNetwork") else ()
    for port in (port for container in containers for port in container.mappings_at("ports")):
        own, outer = port.scalar("containerPort"), port.scalar("hostPort")
        numbers = [node.value for node in (own, outer) if node is not None]
        if outer is not None and outer.value and len(set(numbers)) > 1:
            yield Slip(f"hostPort {outer.text} is not the containerPort of hostNetwork", outer.span)


def _before(container: Mapping) -> Iterator[Slip]:
    """What ends before the others begin is not probed."""
    policy = container.text("restartPolicy")
    for key in ("lifecycle", *_PROBES):
        if policy != "Always" and not is_open(policy) and not is_null(container.find(key)):
            reason = f"init container {container.text('name')} has a {key}"
            yield Slip(reason, container.keys[key], "with restartPolicy Always it may")


def _probe(what: str, key: str, probe: Mapping) -> Iterator[Slip]:
    for handler in ("httpGet", "tcpSocket"):
        yield from cannot_be_port(probe.find(handler, "port"))
    times = probe.scalar("successThreshold")
    if key != "readinessProbe" and times is not None and times.value not in {None, 0, 1, ""}:
        yield Slip(f"{what} has successThreshold {times.text}, not 1", times.span)


def _one_of(
    what: str, node: Mapping, all_: frozenset[str], *, at_least: int = 1, span: Span | None = None
) -> Iterator[Slip]:
    """What has to be of one type, and of one only; a volume of none is an ``emptyDir``."""
    types = [key for key, child in node.entries.items() if key in all_ and not is_null(child)]
    if len(types) > 1:
        yield Slip(f"{what} is of {len(types)} types: {listed(types)}", node.keys[types[1]])
    if len(types) < at_least:
        yield Slip(f"{what} is of no type", span or begin(node))


def _types(name: str) -> frozenset[str]:
    return known_fields(name) - _BESIDE


def _resources(name: str, container: Mapping) -> Iterator[Slip]:
    requests, limits = (container.at("resources", key) for key in ("requests", "limits"))
    for key, span in chain(requests.keys.items(), limits.keys.items()):
        if not (_is_device(key) or key in _PLAIN_RESOURCES or "/" in key or is_open(key)):
            yield Slip(f"{name} knows no resource {key}", span)
    for key, node in requests.entries.items():
        limit = limits.scalar(key)
        if isinstance(node, Scalar) and not is_null(node):
            yield from _request(f"{name} requests {node.text} of {key}", key, node, limit)


def _request(what: str, key: str, node: Scalar, limit: Scalar | None) -> Iterator[Slip]:
    """Of what is no part of a node's own, one gets what one has as a limit."""
    asked, most = _amount(node), _amount(limit)
    if _is_device(key) and is_null(limit):
        yield Slip(f"{what}, without a limit", node.span)
    if limit is None or asked is None or most is None:
        return
    if asked > most:
        yield Slip(f"{what}, above its limit of {limit.text}", node.span)
    elif asked < most and _is_device(key):
        yield Slip(f"{what}, not its limit of {limit.text}", node.span)


def _is_device(key: str) -> bool:
    of_others = "/" in key and "kubernetes.io/" not in key and not is_open(key)
    return of_others or key.startswith("hugepages-")


def _amount(node: Node | None) -> Fraction | None:
    """A quantity as a number; ``None`` where it is none."""
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return Fraction(str(value)) if math.isfinite(value) and len(str(value)) < _LONGEST else None
    match = QUANTITY.fullmatch(value) if len(value) < _LONGEST else None
    suffix = match[3] or "" if match is not None else "e"
    if match is None or (suffix[:1] in {"e", "E"} and suffix not in _SCALES):
        return None  # an exponent is rare
    return Fraction(value.removesuffix(suffix)) * _SCALES[suffix]


def _name_hint(text: str) -> str:
    if len(text) > 15:  # noqa: PLR2004 -- what RFC 6335 allows
        return "it has more than 15 characters"
    return "small letters, digits and single hyphens between them can, with one letter at least"


def _at(node: Mapping, key: str) -> Span:
    child = node.entries.get(key)
    return child.span if isinstance(child, Scalar) else begin(node)
