"""Applications with one parent, and what most of them have in common."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from graphdoc.model.argocd import SUBSCRIPTION
from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import gather, in_order
from graphdoc.model.node import Mapping, Scalar, Sequence
from graphdoc.model.resource import Resource
from graphdoc.parse.yaml import YamlError, parse_documents
from graphdoc.resolve.broken.unpatched import find_patched
from graphdoc.resolve.resolved import Estate, ResolvedApplication

__all__ = ["Odd", "find_subscriptions", "find_without"]

_LIST = "notifications.argoproj.io/subscriptions"


@dataclass(frozen=True, slots=True)
class Odd:
    """One manifest that lacks what its siblings have; ``having`` of ``family`` have all of it."""

    application: ResolvedApplication
    lacking: tuple[str, ...]
    having: int
    family: int

    def kind(self) -> tuple[tuple[str, ...], int, int]:
        """What it has in common with others that lack as much."""
        return (self.lacking, self.having, self.family)

    def others(self, number: int) -> str:
        """Whoever has what this one lacks, or so many like it, for a message."""
        siblings, their = self.family - 1, "its" if number == 1 else "their"
        if self.having == siblings:
            return f"all {their} {siblings} siblings do"
        return f"{self.having} of {their} {siblings} siblings do"


def find_without(
    estate: Estate, traits_of: Callable[[ResolvedApplication], frozenset[str]]
) -> Iterator[tuple[Odd, ...]]:
    """Manifests without what more than half of their siblings have, each once; many as one."""
    odd = in_order(_find_odd(estate, traits_of), lambda one: (one.application.written, one.lacking))
    return gather(odd, Odd.kind)


def _find_odd(
    estate: Estate, traits_of: Callable[[ResolvedApplication], frozenset[str]]
) -> Iterator[Odd]:
    """Every Application without what more than half of its siblings have, three or more of them."""
    for family in _families(estate):
        traits = {id_: traits_of(entry) for id_, entry in family.items()}
        counts = Counter(trait for mine in traits.values() for trait in mine)
        usual = {trait for trait, count in counts.items() if count * 2 > len(family)}
        having = sum(usual <= mine for mine in traits.values())
        for id_, entry in family.items():
            if usual - traits[id_]:
                yield Odd(entry, tuple(sorted(usual - traits[id_])), having, len(family))


def find_subscriptions(
    projects: Iterable[Resource],
) -> Callable[[ResolvedApplication], frozenset[str]]:
    """What says which notifications an Application gets, by itself or by its AppProject."""
    shared: dict[str, frozenset[str]] = {}
    for project in projects:
        earlier = shared.get(project.name, frozenset())
        shared[project.name] = earlier | _subscriptions(project.manifest)
    return lambda entry: (
        _subscriptions(entry.manifest) | shared.get(entry.application.project, frozenset())
    )


def _subscriptions(manifest: Mapping) -> frozenset[str]:
    annotations = manifest.at("metadata", "annotations")
    keys = annotations.entries
    single = {key.removeprefix(SUBSCRIPTION) for key in keys if key.startswith(SUBSCRIPTION)}
    listed = annotations.scalar(_LIST)
    return frozenset(single) | (_listed(listed) if listed is not None else frozenset())


def _listed(annotation: Scalar) -> frozenset[str]:
    """What a list of triggers, each with its services, subscribes to."""
    try:
        documents = parse_documents(annotation.text.encode(), annotation.span.file)
    except YamlError:
        return frozenset()
    lists = (document.root for document in documents if isinstance(document.root, Sequence))
    entries = (entry for items in lists for entry in items.items if isinstance(entry, Mapping))
    return frozenset(
        f"{trigger}.{service.text('service')}"
        for entry in entries
        for trigger in entry.texts_at("trigger")
        for service in entry.mappings_at("destinations")
    )


def _families(estate: Estate) -> Iterator[dict[str, ResolvedApplication]]:
    families: dict[str, dict[str, ResolvedApplication]] = {}
    for entry in find_patched(estate):
        families.setdefault(f"{entry.cluster} {entry.parent}", {})[entry.id] = entry
    yield from (families[key] for key in sorted(families))
