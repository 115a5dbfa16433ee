"""Who may make Secrets or ConfigMaps that no manifest names: holders of a role that lets them."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from graphdoc.model.grouping import grouped
from graphdoc.model.node import Mapping, scalars_within
from graphdoc.model.resource import NamespacedName, Resource
from graphdoc.resolve.names.spelling import heads_of
from graphdoc.resolve.resources.workloads import pod_spec_of

__all__ = ["Makers"]

_RUN_ONCE = frozenset({"CronJob", "Job"})
_MAKING = re.compile(
    r"secret|credential|cert|token|password|operator|controller|generat|bootstrap|provision|setup"
)


class Makers:
    """The accounts of a cluster that may make ``things``, by the namespaces in which they may."""

    def __init__(self, placed: Iterable[tuple[Resource, str]], things: str = "secrets") -> None:
        known = tuple(placed)
        permitting = {_role(r, space) for r, space in known if _permits_making(r, things)}
        self._holders: dict[str, set[NamespacedName]] = {}
        for binding, namespace in known:
            if _bound_role(binding, namespace) in permitting:
                reached = namespace if binding.kind == "RoleBinding" else ""
                self._holders.setdefault(reached, set()).update(_subjects(binding, namespace))
        self._workloads = grouped(_workloads(known))
        self._names: dict[str, tuple[bool, set[str]]] = {}

    def explain(self, namespace: str, name: str) -> bool:
        """Whether a holder is named like the thing, or what runs as one makes such things."""
        if namespace not in self._names:
            here = self._holders.get(namespace, set())
            is_made = any(r.kind in _RUN_ONCE or _MAKING.search(r.name) for r in self._run_as(here))
            self._names[namespace] = is_made, self._names_of(here)
        is_made, names = self._names[namespace]
        return is_made or any(head in names or head in self._everywhere for head in heads_of(name))

    @cached_property
    def _everywhere(self) -> set[str]:
        return self._names_of(self._holders.get("", set()))

    def _names_of(self, accounts: set[NamespacedName]) -> set[str]:
        """What they, and what runs as they do, are called."""
        return {account.name for account in accounts} | {r.name for r in self._run_as(accounts)}

    def _run_as(self, accounts: set[NamespacedName]) -> Iterator[Resource]:
        return (r for account in accounts for r in self._workloads.get(account, ()))


def _role(role: Resource, namespace: str) -> tuple[str, str, str]:
    return (role.kind, namespace if role.kind == "Role" else "", role.name)


def _bound_role(binding: Resource, namespace: str) -> tuple[str, str, str]:
    kind = binding.manifest.text("roleRef", "kind")
    home = namespace if kind == "Role" else ""
    return (kind, home, binding.manifest.text("roleRef", "name"))


def _subjects(binding: Resource, namespace: str) -> Iterator[NamespacedName]:
    for subject in binding.manifest.mappings_at("subjects"):
        if subject.text("kind") == "ServiceAccount":
            yield NamespacedName(subject.text("namespace") or namespace, subject.text("name"))


def _workloads(placed: Iterable[tuple[Resource, str]]) -> Iterator[tuple[NamespacedName, Resource]]:
    for resource, namespace in placed:
        pod = pod_spec_of(resource)
        if pod is not None:
            account = pod.text("serviceAccountName") or pod.text("serviceAccount")
            yield NamespacedName(namespace, account or "default"), resource


def _permits_making(role: Resource, things: str) -> bool:
    rules = role.manifest.mappings_at("rules")
    return any(
        {things, "*"} & _words(rule, "resources") and {"create", "*"} & _words(rule, "verbs")
        for rule in rules
        if not rule.items_at("resourceNames")
    )


def _words(rule: Mapping, key: str) -> set[str]:
    return {str(scalar.value) for scalar in scalars_within(rule.find(key))}
