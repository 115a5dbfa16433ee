"""Who may make Secrets or ConfigMaps that no manifest names: holders of a role that lets them."""

import re
from collections.abc import Iterable, Iterator

from graphdoc.model.node import Mapping, scalars_within
from graphdoc.model.resource import NamespacedName, Resource
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
        self._workloads = tuple(_workloads(known))

    def explain(self, namespace: str, name: str) -> bool:
        """Whether a holder is named like the thing, or what runs as one makes such things."""
        here = self._holders.get(namespace, set())
        running = [r for account, r in self._workloads if account in here]
        if any(r.kind in _RUN_ONCE or _MAKING.search(r.name) for r in running):
            return True
        everywhere = self._holders.get("", set())
        running += [r for account, r in self._workloads if account in everywhere]
        names = {account.name for account in here | everywhere} | {r.name for r in running}
        return any(name == known or name.startswith(f"{known}-") for known in names)


def _role(role: Resource, namespace: str) -> tuple[str, str, str]:
    return (role.kind, namespace if role.kind == "Role" else "", role.name)


def _bound_role(binding: Resource, namespace: str) -> tuple[str, str, str] | None:
    if binding.kind not in {"ClusterRoleBinding", "RoleBinding"}:
        return None
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
