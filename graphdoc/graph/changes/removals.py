"""What Argo CD would delete, or leave behind, if one state of an estate followed another."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from graphdoc.model.argocd import FINALIZER, SYNC_OPTIONS, is_argocd
from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import counted, first_of, grouped
from graphdoc.model.resource import Resource, ResourceId, lasting_id
from graphdoc.resolve.resolved import Estate, ResolvedApplication, ResolvedApplicationSet

__all__ = [
    "Removal",
    "find_fates",
    "find_removals",
    "is_of_argocd",
    "is_refused",
    "unpruned",
]

_POLICY = "helm.sh/resource-policy"
_KEEPING_POLICIES = frozenset({"create-only", "create-update"})
# The sync options that keep a resource, with how long they do.
_UNPRUNED = {"Prune=false": "", "Prune=confirm": " until somebody confirms"}
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Removal:
    """One Application that vanishes, or that renders less; ``fate`` says what becomes of it."""

    subject: str
    cluster: str
    fate: str


def find_removals(before: Estate, after: Estate) -> tuple[Removal, ...]:
    """What is not there any more and what becomes of it, sorted by Application."""
    search = _Search(before, after)
    return tuple(sorted(search.find(), key=lambda found: (found.cluster, found.subject)))


def find_fates(estate: Estate) -> Mapping[str, str]:
    """By Application what would become of it, if it alone went."""
    search = _Search(estate, estate)
    return {entry.id: search.vanished(entry).fate for entry in estate.applications}


class _Search:
    def __init__(self, before: Estate, after: Estate) -> None:
        self._old = before.by_id
        self._new = after.by_id
        self._old_sets = before.sets_by_id
        self._new_sets = after.sets_by_id
        self._own = {one.child for one in before.manages if one.parent == one.child}

    def find(self) -> Iterator[Removal]:
        for id_, entry in self._old.items():
            if id_ not in self._new:
                yield self.vanished(entry)
            else:
                yield from _lost_resources(entry, self._new[id_])

    def vanished(self, entry: ResolvedApplication) -> Removal:
        """What becomes of an Application that is not there any more."""
        deleted, fate = self._object_fate(entry)
        if deleted:
            fate = f"{fate}, {_resources_fate(entry)}"
        return Removal(entry.id, entry.cluster, fate)

    def _object_fate(self, entry: ResolvedApplication) -> tuple[bool, str]:
        """What becomes of the Application itself, which another one applied, itself or nobody."""
        parent = entry.parent
        if option := unpruned(entry.application.resource, ()):
            return False, f"stays{_UNPRUNED[option]}, because it says {option}"
        if parent in self._old_sets:
            return _set_fate(self._old_sets[parent], self._new_sets.get(parent))
        if parent not in self._old and entry.id in self._own:
            parent = entry.id
        if parent not in self._old:
            return False, "stays until somebody deletes it: no Application manages it"
        new = self._new.get(parent, entry if parent == entry.id else None)
        if new is None:
            return _joint_fate(self._old[parent])
        hurdle = _hurdle(new, entry)
        if new.is_resolved or entry.id in self._new:
            fate = f"is deleted by {parent}, which prunes"
        else:
            fate = f"may be deleted by {parent}, of which not all is understood"
        return not hurdle, hurdle or fate


def _joint_fate(parent: ResolvedApplication) -> tuple[bool, str]:
    """What becomes of an Application with the one that brought it."""
    cascades = _has_finalizer(parent)
    fate = f"is deleted if {parent.id} is" if cascades else f"outlives {parent.id}"
    return cascades, f"{fate}, which vanishes as well"


def _hurdle(parent: ResolvedApplication, entry: ResolvedApplication) -> str:
    """What keeps an Application from pruning another one; empty where nothing does."""
    if option := unpruned(entry.application.resource, _sync_options(parent)):
        return f"stays{_UNPRUNED[option]}, because {parent.id} says {option}"
    if "prune" not in parent.automation:
        return f"stays until somebody prunes it: {parent.id} does not prune by itself"
    if is_refused(parent):
        return f"stays while {parent.id} cannot be rendered"
    if _is_emptied(parent, {entry.application.resource.id}):
        return f"stays: {parent.id} would render nothing, and does not say allowEmpty"
    return ""


def _set_fate(old: ResolvedApplicationSet, new: ResolvedApplicationSet | None) -> tuple[bool, str]:
    if new is None:
        return True, f"is deleted with {old.id}, if that is"
    policy = new.resource.manifest.text("spec", "syncPolicy", "applicationsSync")
    if policy in _KEEPING_POLICIES:
        return False, f"stays, because {new.id} says {policy}"
    if new.problems:
        return False, f"stays while {new.id} is refused"
    if new.not_understood and old is not new:
        return True, f"may be deleted by {new.id}, of which not all is understood"
    return True, f"is deleted by {new.id}"


def _is_emptied(entry: ResolvedApplication, gone: set[ResourceId]) -> bool:
    """Whether nothing is left of what it renders, which Argo CD does not sync by itself."""
    automated = entry.manifest.mapping("spec", "syncPolicy", "automated")
    is_allowed = automated is not None and automated.is_true("allowEmpty")
    return not is_allowed and gone.issuperset(resource.id for resource in entry.resources)


def _resources_fate(entry: ResolvedApplication) -> str:
    deployed = entry.resources if entry.is_resolved else ()
    what = _count(deployed) if entry.is_resolved else "all that it deployed"
    if not _has_finalizer(entry):
        return f"and {what} {_stay(deployed)} behind, for it has no finalizer"
    kept = [r for r in entry.resources if _is_kept(r, _sync_options(entry))]
    but = f", but {_count(kept)} {_stay(kept)} behind" if kept else ""
    return f"and with it {what}{but}"


def _lost_resources(old: ResolvedApplication, new: ResolvedApplication) -> Iterator[Removal]:
    """What an Application that is still there does not render any more, other Applications aside.

    One that is not rendered whole is not synced, and so deletes nothing.
    """
    if not (old.is_resolved and new.is_resolved):
        return
    left = {lasting_id(resource) for resource in new.resources}
    lost = [r for r in old.resources if lasting_id(r) not in left and not is_of_argocd(r)]
    prunes = "prune" in new.automation and not _is_emptied(new, set())
    by_option = grouped((unpruned(r, _sync_options(new)), r) for r in lost)
    for option, found in sorted(by_option.items()):
        leaves = f"leaves {_name(found)}"
        if option:
            fate = f"{leaves}{_UNPRUNED[option]}, because it says {option}"
        else:
            fate = f"deletes {_name(found)}" if prunes else f"{leaves} until somebody prunes it"
        yield Removal(old.id, old.cluster, fate)


def unpruned(resource: Resource, options: Sequence[str]) -> str:
    """What keeps Argo CD from pruning a resource: its own option, else that of its Application."""
    option = _option("Prune=", resource, options)
    return option if option in _UNPRUNED else ""


def _sync_options(entry: ResolvedApplication) -> tuple[str, ...]:
    return entry.manifest.texts_at("spec", "syncPolicy", "syncOptions")


def is_refused(entry: ResolvedApplication) -> bool:
    """Whether Argo CD cannot render an Application, and so changes nothing of what it deployed."""
    return any(source.lacks or source.problems for source in entry.sources)


def _has_finalizer(entry: ResolvedApplication) -> bool:
    names = entry.manifest.texts_at("metadata", "finalizers")
    return any(name.startswith(FINALIZER) for name in names)


def _option(begin: str, resource: Resource, options: Sequence[str]) -> str:
    annotation = resource.annotation(SYNC_OPTIONS)
    words = str(annotation.value).split(",") if annotation is not None else []
    every = (*(word.strip() for word in words), *options)
    return next((option for option in every if option.startswith(begin)), "")


def _is_kept(resource: Resource, options: Sequence[str]) -> bool:
    """Whether Argo CD leaves a resource behind that it deletes the Application of."""
    policy = resource.annotation(_POLICY)
    keeps = policy is not None and policy.value == "keep"
    is_definition = resource.kind == "CustomResourceDefinition"
    return keeps or is_definition or _option("Delete=", resource, options) == "Delete=false"


def is_of_argocd(resource: Resource) -> bool:
    """Whether a resource is an Application or an ApplicationSet, which have their own entries."""
    return is_argocd(resource, "Application", "ApplicationSet")


def _stay(resources: Sequence[Resource]) -> str:
    return "stay" if len(resources) > 1 else "stays"


def _count(resources: tuple[Resource, ...] | list[Resource]) -> str:
    """How many of each kind, the kinds sorted."""
    if not resources:
        return "nothing"
    kinds = Counter(resource.kind for resource in resources)
    return ", ".join(counted(number, kind) for kind, number in sorted(kinds.items()))


def _name(resources: Sequence[Resource]) -> str:
    return first_of(sorted(resource.id for resource in resources), _NAMED)
