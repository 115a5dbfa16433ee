"""The order of the output: Kustomize's own, unless ``sortOptions`` asks for another."""

from collections.abc import Iterable

from graphdoc.model.kustomize import Kustomization
from graphdoc.model.node import Mapping
from graphdoc.resolve.kustomize.resources.ids import Gvk, Item
from graphdoc.resolve.kustomize.resources.trees import KustomizeError, text_of

__all__ = ["sort_items", "sort_options", "type_rank"]

_FIRST = (
    "Namespace", "ResourceQuota", "StorageClass", "CustomResourceDefinition", "ServiceAccount",
    "PodSecurityPolicy", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ConfigMap",
    "Secret", "Endpoints", "Service", "LimitRange", "PriorityClass", "PersistentVolume",
    "PersistentVolumeClaim", "Deployment", "StatefulSet", "CronJob", "PodDisruptionBudget",
)  # fmt: skip
_LAST = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")

# Each kind's rank; ``None`` keeps the order of the files.
_SortOptions = dict[str, int] | None


def _ranks(first: Iterable[str], last: Iterable[str]) -> dict[str, int]:
    first = tuple(first)
    ranks = {kind: rank - len(first) for rank, kind in enumerate(first)}
    return ranks | {kind: rank for rank, kind in enumerate(last, start=1)}


_RANKS = _ranks(_FIRST, _LAST)


def type_rank(gvk: Gvk) -> tuple[int, str]:
    """Where a type stands in Kustomize's own order."""
    return (_RANKS.get(gvk.kind, 0), _type_text(gvk))


def sort_options(kustomization: Kustomization | None) -> _SortOptions:
    """How the kustomization at the top wants its output."""
    options = kustomization.root.mapping("sortOptions") if kustomization else None
    if options is None:
        return _RANKS
    order, legacy = options.text("order"), options.mapping("legacySortOptions")
    if order not in {"fifo", "legacy"}:
        raise KustomizeError("the field 'sortOptions.order' must be fifo or legacy", options.span)
    if order == "fifo":
        if legacy is not None:
            raise KustomizeError("legacySortOptions do not go with the order fifo", legacy.span)
        return None
    if legacy is None:
        return _RANKS
    return _ranks(_kinds(legacy, "orderFirst"), _kinds(legacy, "orderLast"))


def _kinds(legacy: Mapping, field: str) -> list[str]:
    return [text_of(item) for item in legacy.items_at(field)]


def sort_items(items: Iterable[Item], options: _SortOptions) -> list[Item]:
    """The resources in the order that the options ask for."""
    if options is None:
        return list(items)
    return sorted(items, key=lambda item: _key(item, options))


def _key(item: Item, ranks: dict[str, int]) -> tuple[int, str, str]:
    gvk = item.gvk
    where = f"{item.namespace or '~X'}|{item.name or '~N'}"
    return (ranks.get(gvk.kind, 0), _type_text(gvk), where)


def _type_text(gvk: Gvk) -> str:
    return f"{gvk.group or '~G'}_{gvk.version or '~V'}_{gvk.kind or '~K'}"
