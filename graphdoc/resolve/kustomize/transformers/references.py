"""Name references: who names a resource that was renamed names it by its new name."""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import starmap
from typing import TypeAlias

from graphdoc.model.grouping import grouped
from graphdoc.model.node import Mapping, Node, Scalar, Sequence, is_null
from graphdoc.resolve.kustomize.fields.defaults import NameReference
from graphdoc.resolve.kustomize.fields.fieldspec import FieldSpec, set_fields
from graphdoc.resolve.kustomize.resources.ids import CLUSTER, Gvk, Id, Item, is_cluster_scoped
from graphdoc.resolve.kustomize.resources.items import Items
from graphdoc.resolve.kustomize.resources.trees import (
    KustomizeError,
    override,
    put,
    rewritten,
    string,
    text_of,
)

__all__ = ["Referrers", "fix_references"]

_Steps: TypeAlias = "dict[str, _Steps]"
# The namespace that a resource is in now, as it counts and as it is written.
_Place: TypeAlias = tuple[str, str]


class Referrers:
    """The fields by which resources of a type refer to others, looked up once a type."""

    def __init__(self, references: tuple[NameReference, ...]) -> None:
        self.references = references
        self._by_type: dict[Gvk, tuple[tuple[Gvk, FieldSpec], ...]] = {}
        self._steps_by_type: dict[Gvk, _Steps] = {}

    def of_type(self, gvk: Gvk) -> tuple[tuple[Gvk, FieldSpec], ...]:
        """The type that each field means, and the field."""
        if gvk not in self._by_type:
            self._by_type[gvk] = tuple(
                (target, field._replace(create=False))
                for target, referrers in self.references
                for field in referrers
                if gvk.is_selected_by(field.gvk)
            )
        return self._by_type[gvk]

    def is_odd(self, item: Item) -> bool:
        """Whether Kustomize may refuse to look up a field, though nothing was renamed."""
        gvk = item.original_gvk
        if gvk not in self._steps_by_type:
            self._steps_by_type[gvk] = _steps([field.path for _, field in self.of_type(gvk)])
        return bool(steps := self._steps_by_type[gvk]) and _is_odd(item.manifest, steps)


def _steps(paths: list[tuple[str, ...]]) -> _Steps:
    """Paths that begin alike, looked up in one go."""
    rest = grouped((path[0].removesuffix("[]"), path[1:]) for path in paths if path)
    return {step: _steps(list(paths)) for step, paths in rest.items()}


def _is_odd(node: Node, steps: _Steps) -> bool:
    match node:
        case Mapping() if steps:
            entries = node.entries
            return any(
                _is_odd(entries[step], rest) for step, rest in steps.items() if step in entries
            )
        case Mapping():
            return "name" not in node.entries
        case Sequence():
            return any(_is_odd(item, steps) or isinstance(item, Sequence) for item in node.items)
        case Scalar():
            return bool(steps) and not is_null(node)


def fix_references(items: Items, referrers: Referrers) -> None:
    """Rewrite every reference to a resource whose name or namespace a transformer changed."""
    _refuse_odd_subjects(items)
    candidates = _by_previous_name(items)
    places = _by_original_namespace(items) if candidates else {}
    for index, item in items.indexed():
        if not candidates and not referrers.is_odd(item):
            continue
        current, present = item, item.id
        for target, field in referrers.of_type(item.original_gvk):
            finder = _Finder(current, present, (target, field), candidates, places)
            manifest = set_fields(current.manifest, field, finder.change)
            if manifest is not current.manifest:
                current = current.with_manifest(manifest)
                present = current.id
        if current is not item:
            items.replace(index, current)


def _refuse_odd_subjects(items: Items) -> None:
    """Kustomize looks for what a role binding may refer to, and trips over such a subject."""
    for item in items:
        if text_of(item.manifest.entries.get("kind")) != "RoleBinding":
            continue
        for subject in item.manifest.items_at("subjects"):
            if not isinstance(subject, Mapping):
                raise KustomizeError(f"a subject of {item.id} is no mapping", subject.span)
        for namespace in _account_namespaces(item.manifest):
            if not (isinstance(namespace, Scalar) and isinstance(namespace.value, str)):
                raise KustomizeError(f"namespace is blank for {item.id}", namespace.span)


def _account_namespaces(binding: Mapping) -> list[Node]:
    return [
        subject.entries["namespace"]
        for subject in binding.mappings_at("subjects")
        if subject.text("kind") == "ServiceAccount" and "namespace" in subject.entries
    ]


def _by_previous_name(items: Items) -> dict[str, tuple[Item, ...]]:
    return grouped((name, i) for i in items for name in dict.fromkeys(p.name for p in i.previous))


def _by_original_namespace(items: Items) -> dict[str, tuple[_Place, ...]]:
    pairs = (
        (_named_namespace(i.original_id.namespace), (i.id.namespace, i.namespace)) for i in items
    )
    return {namespace: tuple(dict.fromkeys(places)) for namespace, places in grouped(pairs).items()}


class _Finder:
    """Finds what one field of one resource refers to."""

    def __init__(
        self,
        referrer: Item,
        present: Id,
        reference: tuple[Gvk, FieldSpec],
        candidates: dict[str, tuple[Item, ...]],
        places: dict[str, tuple[_Place, ...]],
    ) -> None:
        self._referrer = referrer
        self._id = present
        self._target, self._field = reference
        self._candidates = candidates
        self._places = places

    def change(self, node: Node) -> Node:
        if is_null(node):
            return node
        match node:
            case Scalar():
                return self._change_scalar(node)
            case Mapping():
                return self._change_mapping(node)
            case Sequence():
                return node.mapped(self._change_entry)

    def _change_entry(self, node: Node) -> Node:
        if isinstance(node, Sequence):
            raise KustomizeError("node must be a scalar or map", node.span)
        return self.change(node)

    def _change_scalar(self, node: Scalar) -> Node:
        if node.text not in self._candidates:
            return node
        referral = self._select(node, self._candidates[node.text], lambda item: item.name)
        if referral is None or referral.name == node.text:
            return node
        return _renamed(node, referral, "name")

    def _change_mapping(self, node: Mapping) -> Node:
        name = node.entries.get("name")
        if name is None:
            raise KustomizeError("path config error; no 'name' field in node", node.span)
        candidates = self._in_namespace(node, self._candidates.get(text_of(name), ()))
        referral = self._select(name, candidates, lambda item: (item.name, item.namespace))
        if referral is None:
            return node
        if referral.name != text_of(name):
            node = put(node, "name", _renamed(name, referral, "name"), name.span)
        if not referral.namespace or text_of(node.entries.get("namespace")) == referral.namespace:
            return node
        old = node.entries.get("namespace", name)
        new = _renamed(old, referral, "namespace")
        return put(
            node,
            "namespace",
            new if "namespace" in node.entries else new._replace(earlier=()),
            new.span,
        )

    def _in_namespace(self, node: Mapping, candidates: Iterable[Item]) -> Iterable[Item]:
        if "namespace" not in node.entries:
            return candidates
        wanted = text_of(node.entries["namespace"])
        candidates = list(filter(self._is_reachable, candidates))
        original = [i for i in candidates if _named_namespace(i.original_id.namespace) == wanted]
        # Kustomize looks at present namespaces only where no resource at all was in this one.
        if original or any(starmap(self._reaches, self._places.get(wanted, ()))):
            return original
        return [i for i in candidates if _named_namespace(i.id.namespace) == wanted]

    def _select(
        self, node: Node, candidates: Iterable[Item], identity: Callable[[Item], object]
    ) -> Item | None:
        tests = (self._is_reachable, self._is_of_type, self._fits_role, self._is_near)
        found = [item for item in candidates if all(test(item) for test in tests)]
        if len(found) == 1:
            return found[0]
        found = [item for item in found if self._shares_affixes(item, lenient=True)]
        if len(found) > 1:
            found = [item for item in found if self._shares_affixes(item, lenient=False)]
        if len(found) > 1 and len({identity(item) for item in found}) > 1:
            ids = ", ".join(str(item.id) for item in found)
            raise KustomizeError(f"found multiple possible referrals: {ids}", node.span)
        return found[0] if found else None

    def _is_reachable(self, item: Item) -> bool:
        """Across namespaces only a role binding reaches, to the service accounts that it names."""
        return self._reaches(item.id.namespace, item.namespace)

    def _reaches(self, effective: str, written: str) -> bool:
        if CLUSTER in {self._id.namespace, effective}:
            return True
        return effective == self._id.namespace or written in self._subject_namespaces()

    def _subject_namespaces(self) -> frozenset[str]:
        if self._id.gvk.kind != "RoleBinding":
            return frozenset()
        return frozenset(map(text_of, _account_namespaces(self._referrer.manifest)))

    def _is_of_type(self, item: Item) -> bool:
        return any(was.gvk.is_selected_by(self._target) for was in item.previous_ids)

    def _fits_role(self, item: Item) -> bool:
        role = self._referrer.manifest.mapping("roleRef")
        if self._field.path[-2:] != ("roleRef", "name") or role is None:
            return True
        if "apiGroup" not in role.entries or "kind" not in role.entries:
            return True
        wanted = Gvk(text_of(role.entries["apiGroup"]), "", text_of(role.entries["kind"]))
        return any(was.gvk.is_selected_by(wanted) for was in item.previous_ids)

    def _is_near(self, item: Item) -> bool:
        if self._id.namespace == CLUSTER or is_cluster_scoped(item.gvk):
            return True
        return item.gvk.kind == "ServiceAccount" or item.id.namespace == self._id.namespace

    def _shares_affixes(self, item: Item, *, lenient: bool) -> bool:
        same_end = partial(_same_end, lenient=lenient)
        return same_end(item.prefixes, self._referrer.prefixes) and same_end(
            item.suffixes, self._referrer.suffixes
        )


def _same_end(left: tuple[str, ...], right: tuple[str, ...], *, lenient: bool) -> bool:
    if not left or not right:
        return lenient or left == right
    shortest = min(len(left), len(right))
    return left[-shortest:] == right[-shortest:]


def _named_namespace(namespace: str) -> str:
    return "" if namespace == CLUSTER else namespace


def _renamed(old: Node, referral: Item, field: str) -> Node:
    """The new name; one would change it where the referral's own name is set, in all its parts."""
    value = referral.name if field == "name" else referral.namespace
    source = referral.manifest.find("metadata", field) or referral.manifest
    place = old if isinstance(old, Scalar) else string("", old.span)
    return override(rewritten(place, value, source.span, source.earlier), old)
