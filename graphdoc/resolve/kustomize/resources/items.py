"""The resources of one build, found by id or name without looking at all of them."""

import re
from collections.abc import Iterable, Iterator

from graphdoc.model.kustomize import Selector
from graphdoc.model.limits import DEFAULT_LIMITS, Limits
from graphdoc.model.location import Location
from graphdoc.resolve.kustomize.resources.allowance import Allowance
from graphdoc.resolve.kustomize.resources.expressions import Expression, compile_anchored
from graphdoc.resolve.kustomize.resources.ids import Gvk, Id, Item, Settle
from graphdoc.resolve.kustomize.resources.mergekeys import FindShape, shape_of_type
from graphdoc.resolve.kustomize.resources.selectors import parse_labels
from graphdoc.resolve.kustomize.resources.trees import KustomizeError, text_of

__all__ = ["TAKEN", "Expressions", "Items"]

TAKEN = "may not add resource with an already registered id"

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_:-]+")


class Items:
    """An ordered collection; a removed resource leaves a hole, so that indices stay valid.

    ``allowance`` is what may be copied within it, ``find_shape`` what a schema says of its types,
    ``settle`` what Kustomize makes of a resource when it writes it.
    """

    def __init__(self, items: Iterable[Item] = (), limits: Limits = DEFAULT_LIMITS) -> None:
        self.allowance = Allowance(limits)
        self.find_shape: FindShape = shape_of_type
        self.settle: Settle = lambda manifest: manifest
        self._items: list[Item | None] = list(items)
        self._by_id: dict[Id, list[int]] = {}
        self._by_name: dict[str, dict[int, None]] = {}
        self._renamed = set(range(len(self._items)))
        self._is_indexed = not self._items  # at first only where somebody looks for something

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Item]:
        return (item for item in self._items if item is not None)

    def indexed(self) -> list[tuple[int, Item]]:
        """Every resource with its index, as they are now."""
        return [(index, item) for index, item in enumerate(self._items) if item is not None]

    def append(self, item: Item) -> None:
        """Add a resource."""
        self._index()
        present = item.id
        if present in self._by_id:
            self._refuse_taken(item, self.current(present))
        self._items.append(item)
        self._enter(len(self._items) - 1, item, present)

    def refuse_taken(self) -> None:
        """Refuse what has got the present id of another, as Kustomize when it hands it on."""
        renamed = sorted(self._renamed)
        if self._is_indexed:
            self._renamed = set()
        if not self._share_ids():
            return
        for index in renamed:
            if item := self._items[index]:
                self._refuse_taken(item, [i for i in self.current(item.id) if i != index])

    def _share_ids(self) -> bool:
        """Whether several have one id; of those that are looked for, whether they ever had it."""
        if self._is_indexed:
            return max(map(len, self._by_id.values()), default=0) > 1
        present = [item.id for item in self]
        return len(set(present)) < len(present)

    def _refuse_taken(self, item: Item, others: list[int]) -> None:
        for index in others:
            taken = self._items[index]
            reason = f"{TAKEN}: {item.id}"
            related = (Location(taken.manifest.span, "registered here"),) if taken else ()
            # What is read twice is in order where it stands: the entry that reads it again is not.
            is_read_twice = taken is not None and taken.manifest.span == item.manifest.span
            raise KustomizeError(reason, None if is_read_twice else item.manifest.span, related)

    def replace(self, index: int, item: Item | None) -> None:
        """Put a changed resource where the old one was, or remove it."""
        old = self._items[index]
        self._items[index] = item
        is_same = item is not None and old is not None and item.has_ids_of(old)
        if is_same or not self._is_indexed:
            return
        old_ids = frozenset(old.ids if old else ())
        new_ids = frozenset(item.ids if item else ())
        if old_ids == new_ids:
            return
        self._renamed.add(index)
        for gone in sorted(old_ids - new_ids):
            self._by_id[gone].remove(index)
        for name in sorted(_names(old_ids) - _names(new_ids)):
            del self._by_name[name][index]
        self._register(index, new_ids - old_ids)

    def current(self, wanted: Id) -> list[int]:
        """The resources whose present id it is."""
        self._index()
        found = self._by_id.get(wanted, ())
        return [index for index in found if (item := self._items[index]) and item.id == wanted]

    def any_id(self, wanted: Id) -> list[tuple[int, Item]]:
        """The resources that have or had the id with their indices, in order."""
        self._index()
        return self._at(self._by_id.get(wanted, ()))

    def named(self, name: str) -> list[tuple[int, Item]]:
        """The resources that have or had the name with their indices, in order."""
        self._index()
        return self._at(self._by_name.get(name, ()))

    def _at(self, indices: Iterable[int]) -> list[tuple[int, Item]]:
        return [(index, item) for index in sorted(indices) if (item := self._items[index])]

    def select(self, selector: Selector) -> list[tuple[int, Item]]:
        """The resources that a target means with their indices, as they are now."""
        matcher = Expressions(selector)
        if not _PLAIN_NAME.fullmatch(selector.name):
            self.allowance.try_on(len(self._items))
        return [found for found in self.may_fit(selector.name) if matcher.fits(found[1])]

    def may_fit(self, name: str) -> list[tuple[int, Item]]:
        """Every resource that an expression for a name may mean with its index, as they are now."""
        return self.named(name) if _PLAIN_NAME.fullmatch(name) else self.indexed()

    def _index(self) -> None:
        if not self._is_indexed:
            self._is_indexed = True
            for index, item in self.indexed():
                self._enter(index, item, item.id)

    def _enter(self, index: int, item: Item, present: Id) -> None:
        if item.previous:
            self._register(index, frozenset((*item.previous_ids, present)))
            return
        self._by_id.setdefault(present, []).append(index)
        self._by_name.setdefault(present.name, {})[index] = None

    def _register(self, index: int, ids: frozenset[Id]) -> None:
        for new in ids:
            self._by_id.setdefault(new, []).append(index)
            self._by_name.setdefault(new.name, {})[index] = None


class Expressions:
    """A target's expressions, compiled; Kustomize anchors each at both ends."""

    def __init__(self, selector: Selector) -> None:
        type_, self._name = selector[:3], _compile(selector.name)
        self._namespace = _compile(selector.namespace)
        self._type = [(part, compile_anchored(said)) for part, said in enumerate(type_) if said]
        self._labels, self._annotations = selector.labels, selector.annotations

    def fits(self, item: Item) -> bool:
        """Whether a patch with this target means the resource, by its first id or its present."""
        if not self._fits_type(item.gvk):
            return False
        present = item.id
        original = item.original_id if item.previous else present
        return (
            any(_fits(self._namespace, found.namespace) for found in (original, present))
            and any(_fits(self._name, found.name) for found in (original, present))
            and self.fits_labels(item)
        )

    def fits_id(self, gvk: Gvk, name: str, namespace: str) -> bool:
        """Whether type, name and namespace are meant."""
        return (
            self._fits_type(gvk) and _fits(self._name, name) and _fits(self._namespace, namespace)
        )

    def fits_labels(self, item: Item) -> bool:
        """Whether labels and annotations are meant: what nothing reaches need not make sense."""
        fields = (("labels", self._labels), ("annotations", self._annotations))
        return all(not said or parse_labels(said)(_texts(item, field)) for field, said in fields)

    def _fits_type(self, gvk: Gvk) -> bool:
        return all(pattern.search(gvk[part]) is not None for part, pattern in self._type)


def _compile(expression: str) -> Expression | None:
    return compile_anchored(expression) if expression else None


def _fits(pattern: Expression | None, text: str) -> bool:
    return pattern is None or pattern.search(text) is not None


def _texts(item: Item, field: str) -> dict[str, str]:
    mapping = item.manifest.mapping("metadata", field)
    return {k: text_of(v) for k, v in mapping.entries.items()} if mapping else {}


def _names(ids: frozenset[Id]) -> frozenset[str]:
    return frozenset(found.name for found in ids)
