"""What Kubernetes refuses of its own kinds although every field is known and of its type.

As :mod:`graphdoc.resolve.resources.pod_checks`, for all that is no Pod.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from functools import partial

from graphdoc.model.grouping import listed
from graphdoc.model.location import Span
from graphdoc.model.node import NOTHING, Mapping, Scalar, Sequence, is_null
from graphdoc.model.resource import Resource
from graphdoc.resolve.resources.fields import Slip, begin, is_open
from graphdoc.resolve.resources.network_checks import check_ingress, check_policy, check_service
from graphdoc.resolve.resources.pod_checks import check_pod, plain_text

__all__ = ["find_refusals"]

_LABEL = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?")
_LABEL_KEY = re.compile(
    r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
)
_LONGEST_LABEL = 63
_LONGEST_CRON_JOB = 52
_KEY = re.compile(r"[-._a-zA-Z0-9]+")
_NAMED = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_BOUNDS = ((0, 59, ()), (0, 23, ()), (1, 31, ()), (1, 12, _MONTHS), (0, 6, _NAMED))
_RANGE = re.compile(r"(?:[*?]|(\w{1,3})(?:-(\w{1,3}))?)(?:/0*[1-9]\d{0,4})?")
_SHORT = re.compile(r"@(?:every [\w.]+|yearly|annually|monthly|weekly|daily|midnight|hourly)")
_NOTHING = frozenset({0, "0%"})
_OF_KINDS = ("apiGroups", "resources", "resourceNames")
_RULE = frozenset({"apiGroups", "nonResourceURLs", "resourceNames", "resources", "verbs"})

_BASIC = "kubernetes.io/basic-auth"
_NEEDED = {
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
}


def find_refusals(resource: Resource) -> Iterator[Slip]:
    """All that the API server would refuse, besides fields that it does not know."""
    check = _CHECKS.get((resource.group, resource.kind))
    routes = ("metadata", "labels"), ("spec", "template", "metadata", "labels")
    for route in routes[: 2 if resource.group in {"apps", "batch"} else 1]:
        yield from _labels(resource.manifest.at(*route))
    yield from check_pod(resource)
    yield from check(resource.manifest) if check is not None else ()


def _labels(labels: Mapping) -> Iterator[Slip]:
    for key, node in labels.entries.items():
        text = plain_text(node)
        if not is_open(key) and not _LABEL_KEY.fullmatch(key):
            yield Slip(f"'{key}' cannot be a label", labels.keys[key])
        if len(text) > _LONGEST_LABEL or not _LABEL.fullmatch(text):
            yield Slip(f"'{text}' cannot be the value of label {key}", node.span)


def _keys(manifest: Mapping) -> Iterator[Slip]:
    for field in ("data", "binaryData", "stringData"):
        for key, span in manifest.at(field).keys.items():
            if not is_open(key) and not _KEY.fullmatch(key):
                yield Slip(f"'{key}' cannot be a key of {field}", span)
    texts, others = manifest.at("data").keys, manifest.at("binaryData").keys
    for key in sorted(texts.keys() & others.keys()):
        yield Slip(f"'{key}' is a key of both data and binaryData", others[key])


def _secret(manifest: Mapping) -> Iterator[Slip]:
    yield from _keys(manifest)
    yield from _typed(manifest)
    entries = manifest.at("data").entries.items()
    plain = {key: node.span for key, node in entries if not _is_base64(plain_text(node))}
    if plain:
        first, *more = plain
        what = f"{listed(plain)} of data are" if more else f"data.{first} is"
        yield Slip(f"{what} no base64", plain[first], "stringData takes plain text")


def _typed(manifest: Mapping) -> Iterator[Slip]:
    """The keys that a Secret's type asks for; without any it may only label somebody else's."""
    data, texts = manifest.at("data"), manifest.at("stringData")
    keys = {*data.entries, *texts.entries}
    needed = _NEEDED.get(manifest.text("type"), ())
    if manifest.text("type") == _BASIC:
        needed = () if keys & {"password", "username"} else ("password or username",)
    lacking = [key for key in needed if key not in keys]
    if lacking and not (data is NOTHING and texts is NOTHING):
        what = f"a Secret of type {manifest.text('type')} has no {listed(lacking)}"
        yield Slip(what, manifest.span_at("type"))


def _is_base64(written: str) -> bool:
    """Whether it is, or SOPS has yet to decrypt it."""
    text = "".join(written.splitlines())
    if text.startswith("ENC["):
        return True
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _autoscaler(manifest: Mapping) -> Iterator[Slip]:
    for metric in manifest.mappings_at("spec", "metrics"):
        yield from _metric(metric)
    least, most = (manifest.scalar("spec", key) for key in ("minReplicas", "maxReplicas"))
    if most is not None and most.value == 0:
        yield Slip("maxReplicas is not above 0", most.span)
    if least is None or most is None or not isinstance(least.value, int):
        return
    if isinstance(most.value, int) and least.value > most.value:
        yield Slip(f"minReplicas {least.text} is above maxReplicas {most.text}", least.span)


def _metric(metric: Mapping) -> Iterator[Slip]:
    for source in metric.entries.values():
        target = source.mapping("target") if isinstance(source, Mapping) else None
        if target is not None and target.entries.keys() <= {"type"}:
            yield Slip("the target of a metric has no amount", begin(target))


def _budget(manifest: Mapping) -> Iterator[Slip]:
    spec = manifest.at("spec")
    said = [k for k in ("minAvailable", "maxUnavailable") if not is_null(spec.find(k))]
    if len(said) > 1:
        yield Slip("has both minAvailable and maxUnavailable", spec.keys["maxUnavailable"])


def _claim(manifest: Mapping) -> Iterator[Slip]:
    spec = manifest.mapping("spec")
    if spec is None:
        return
    # Of what an operator makes, and somebody enlarges, nothing else is said.
    if not spec.items_at("accessModes") and spec.entries.keys() != {"resources"}:
        yield Slip("spec has no accessModes", begin(spec))
    if is_null(spec.find("resources", "requests", "storage")):
        yield Slip("spec.resources.requests has no storage", begin(spec))


def _deployment(manifest: Mapping) -> Iterator[Slip]:
    strategy = manifest.at("spec", "strategy")
    rolling = strategy.mapping("rollingUpdate")
    if rolling is None:
        return
    if strategy.text("type") == "Recreate":
        yield Slip("strategy Recreate has rollingUpdate", strategy.keys["rollingUpdate"])
    amounts = [rolling.scalar(key) for key in ("maxSurge", "maxUnavailable")]
    values = [node.value for node in amounts if node is not None]
    if len(values) > 1 and _NOTHING.issuperset(values):
        yield Slip("maxSurge and maxUnavailable are both 0", begin(rolling))


def _cron_job(manifest: Mapping) -> Iterator[Slip]:
    schedule = manifest.scalar("spec", "schedule")
    text = plain_text(schedule).strip()
    if schedule is not None and text and "TZ=" not in text and not _is_schedule(text):
        yield Slip(f"'{text}' cannot be a schedule", schedule.span)
    name = manifest.scalar("metadata", "name")
    if name is not None and len(plain_text(name)) > _LONGEST_CRON_JOB:
        reason = f"metadata.name '{name.value}' is longer than {_LONGEST_CRON_JOB} characters"
        yield Slip(reason, name.span, "its Jobs add 11 to it")


def _is_schedule(text: str) -> bool:
    fields = text.split()
    if text.startswith("@"):
        return _SHORT.fullmatch(text) is not None
    return len(fields) == len(_BOUNDS) and all(
        _fits(part, *bounds)
        for field, bounds in zip(fields, _BOUNDS, strict=True)
        for part in filter(None, field.split(","))
    )


def _fits(part: str, least: int, most: int, names: tuple[str, ...]) -> bool:
    match = _RANGE.fullmatch(part)
    if match is None:
        return False
    ends = [_number(end, least, names) for end in match.groups() if end is not None]
    known = [end for end in ends if end is not None and least <= end <= most]
    return known == ends and known == sorted(known)


def _number(text: str, least: int, names: tuple[str, ...]) -> int | None:
    if text.isascii() and text.isdigit():
        return int(text)
    return names.index(text.lower()) + least if text.lower() in names else None


def _role(manifest: Mapping) -> Iterator[Slip]:
    for rule in manifest.mappings_at("rules"):
        if rule.items_at("nonResourceURLs") and manifest.text("kind") == "Role":
            yield Slip("a rule of a Role has nonResourceURLs", begin(rule))
        yield from _concerned(rule)
        verbs = rule.entries.get("verbs")
        if isinstance(verbs, Sequence) and not verbs.items:
            yield Slip("a rule has no verbs", rule.keys["verbs"])


def _concerned(rule: Mapping) -> Iterator[Slip]:
    """What a rule is about: either paths, or kinds of groups."""
    of_paths = bool(rule.items_at("nonResourceURLs"))
    of_kinds = [key for key in _OF_KINDS if rule.items_at(key)]
    if of_paths and of_kinds:
        yield Slip(f"a rule has both {of_kinds[0]} and nonResourceURLs", begin(rule))
    if not of_paths and rule.entries.keys() <= _RULE:
        lacking = [key for key in ("apiGroups", "resources") if key not in of_kinds]
        yield from (Slip(f"a rule has no {key}", begin(rule)) for key in lacking[:1])


def _binding(manifest: Mapping, *, needs_namespace: bool) -> Iterator[Slip]:
    roles = ("ClusterRole",) if needs_namespace else ("ClusterRole", "Role")
    yield from _not_among(manifest.scalar("roleRef", "kind"), roles)
    for subject in manifest.mappings_at("subjects"):
        yield from _not_among(subject.scalar("kind"), ("Group", "ServiceAccount", "User"))
        group = subject.scalar("apiGroup")
        if subject.text("kind") != "ServiceAccount":
            continue
        if group is not None and plain_text(group):
            reason = f"ServiceAccount {subject.text('name')} is named in apiGroup {group.value}"
            yield Slip(reason, group.span, "it takes none")
        if needs_namespace and not subject.text("namespace"):
            reason = f"ServiceAccount {subject.text('name')} is named without a namespace"
            yield Slip(reason, _end(subject))


def _not_among(kind: Scalar | None, kinds: tuple[str, ...]) -> Iterator[Slip]:
    text = plain_text(kind)
    if kind is not None and text and text not in kinds:
        yield Slip(f"kind {text} cannot be bound", kind.span, f"{listed(kinds)} can")


def _end(subject: Mapping) -> Span:
    name = subject.scalar("name")
    return name.span if isinstance(name, Scalar) else begin(subject)


_RBAC = "rbac.authorization.k8s.io"
_CHECKS: dict[tuple[str, str], Callable[[Mapping], Iterator[Slip]]] = {
    ("", "ConfigMap"): _keys,
    ("", "PersistentVolumeClaim"): _claim,
    ("", "Secret"): _secret,
    ("", "Service"): check_service,
    ("apps", "Deployment"): _deployment,
    ("autoscaling", "HorizontalPodAutoscaler"): _autoscaler,
    ("batch", "CronJob"): _cron_job,
    ("networking.k8s.io", "Ingress"): check_ingress,
    ("networking.k8s.io", "NetworkPolicy"): check_policy,
    ("policy", "PodDisruptionBudget"): _budget,
    (_RBAC, "ClusterRole"): _role,
    (_RBAC, "ClusterRoleBinding"): partial(_binding, needs_namespace=True),
    (_RBAC, "Role"): _role,
    (_RBAC, "RoleBinding"): partial(_binding, needs_namespace=False),
}
