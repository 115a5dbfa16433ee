"""Words in ``apiVersion`` and ``kind`` that no cluster knows, where it shows what was meant.

Versions that are no more (``extensions/v1beta1``) are no slips: an older cluster has them.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from graphdoc.resolve.names.alike import closest

__all__ = ["WrongWord", "find_wrong_word"]

_VERSION = re.compile(r"v[1-9][0-9]*(?:(?:alpha|beta)[1-9][0-9]*)?")
_FINAL = re.compile(r"v[0-9]+")  # never taken back
_ALIKE = 0.85
# Kubernetes' own groups that have no domain; nobody else may have one without.
_SHORT = frozenset({"", "apps", "autoscaling", "batch", "extensions", "policy"})
# Of well-known controllers the version of each group and its kinds.
_OTHERS = {
    "bitnami.com/v1alpha1": "SealedSecret",
    "cert-manager.io/v1": "Certificate CertificateRequest ClusterIssuer Issuer",
    "external-secrets.io/v1": (
        "ClusterExternalSecret ClusterPushSecret ClusterSecretStore ExternalSecret PushSecret"
        " SecretStore"
    ),
    "gateway.networking.k8s.io/v1": "GRPCRoute Gateway GatewayClass HTTPRoute ReferenceGrant",
    "monitoring.coreos.com/v1": "PodMonitor Probe PrometheusRule ServiceMonitor",
}
_KINDS = {version.partition("/")[0]: kinds.split() for version, kinds in _OTHERS.items()}
# Alike on purpose: Azure's own copy.
_REAL = frozenset({"azmonitoring.coreos.com"})


class WrongWord(NamedTuple):
    """What is wrong, under which key, and what has the kind."""

    reason: str
    key: str
    hint: str


def find_wrong_word(version: str, kind: str, homes: Iterable[str]) -> WrongWord | None:
    """The one of the two that nothing knows; ``homes`` of Kubernetes' own have the kind."""
    own = tuple(homes)
    known = (*own, *(home for home, kinds in _OTHERS.items() if kind in kinds.split()))
    if not version:
        return WrongWord("it has no apiVersion", "kind", _has(known[0]) if known else "")
    group, _, number = version.rpartition("/")
    if kind not in (kinds := _KINDS.get(group, [kind])):
        return _wrong_kind(version, kind, kinds)
    same = next((home for home in known if _group(home) == group), "")
    if not same:
        return _wrong_group(version, known)
    is_known = _VERSION.fullmatch(number) and not (own and _FINAL.fullmatch(number))
    return None if is_known or version in known else _wrong(version, "version", same)


def _wrong_kind(version: str, kind: str, kinds: list[str]) -> WrongWord | None:
    near = closest(kind, kinds, _ALIKE)
    reason, hint = f"{version} has no kind {kind}", f"the nearest is {near}"
    return WrongWord(reason, "kind", hint) if near else None


def _wrong_group(version: str, known: tuple[str, ...]) -> WrongWord | None:
    group, groups = _group(version), {_group(home): home for home in reversed(known)}
    near = closest(group, groups, _ALIKE)
    if group in _REAL or (not near and ("." in group or group in _SHORT)):
        return None
    return _wrong(version, "group", groups[near] if near else next(iter(known), ""))


def _group(version: str) -> str:
    return version.rpartition("/")[0]


def _wrong(version: str, part: str, home: str) -> WrongWord:
    return WrongWord(f"no cluster has the {part} of {version}", "apiVersion", _has(home))


def _has(home: str) -> str:
    return f"{home} has it" if home else ""
