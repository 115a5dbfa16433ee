"""Names in Applications that lead nowhere, gathered by the thing that is missing."""

from collections.abc import Callable, Iterable

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped, listed
from graphdoc.model.location import Location, Span, locations
from graphdoc.resolve.broken.unpatched import find_unpatched
from graphdoc.resolve.resolved import (
    BrokenReference,
    Estate,
    ReferenceFault,
    ResolvedApplication,
    ResolvedSource,
)

__all__ = ["BrokenThing", "Use", "find_broken", "is_undeclared", "name_all", "say", "say_who"]


@dataclass(frozen=True, slots=True)
class Use:
    """One Application's source that names what is not there."""

    application: ResolvedApplication
    source: ResolvedSource
    reference: BrokenReference

    @property
    def is_path(self) -> bool:
        """Whether the name is the source's ``path`` rather than one of its values files."""
        return self.reference.scalar is self.source.source.node.scalar("path")


@dataclass(frozen=True, slots=True)
class BrokenThing:
    """One thing that is not there, and every Application that names it."""

    uses: tuple[Use, ...]

    @property
    def reference(self) -> BrokenReference:
        """The first of the names, in reading order; those that stop nothing come last."""
        return self.uses[0].reference

    @property
    def subject(self) -> str:
        """The node id of the first Application that names it."""
        return self.uses[0].application.id

    @property
    def users(self) -> tuple[str, ...]:
        """The node ids of all Applications that name it."""
        return tuple(use.application.id for use in self.uses)

    def said(self, verb: str) -> str:
        """The Applications and what they do, for a message."""
        return say((use.application.name for use in self.uses), verb)

    @property
    def primary(self) -> Span:
        """Where one would change the name."""
        return self.reference.scalar.span

    @property
    def related(self) -> tuple[Location, ...]:
        """Every other place that names it, what a patch replaced included."""
        named = {use.reference.scalar.span for use in self.uses} - {self.primary}
        replaced = {span for use in self.uses for span in use.reference.scalar.earlier}
        replaced -= {self.primary, *named}
        return (
            *locations(sorted(named), "also named here"),
            *locations(sorted(replaced), "replaced by a patch"),
        )

    def clone(self, estate: Estate) -> Clone | None:
        """The repository in which it is missing, at the revision that the first name means."""
        use, name = self.uses[0], self.reference.repository
        read = (source.clone for source in use.application.sources)
        clones = (*(clone for clone in read if clone is not None), *estate.clones)
        return next((clone for clone in clones if clone.name == name), None)

    @property
    def ignored(self) -> bool:
        """Whether every Application that names it carries on without it."""
        return all(use.reference.ignored for use in self.uses)


def is_undeclared(use: Use) -> bool:
    """Whether the name starts with a ``$ref`` that no source has."""
    return use.reference.fault is ReferenceFault.UNDECLARED_REF


def find_broken(
    estate: Estate, choose: Callable[[Use], bool], key: Callable[[Use], object]
) -> list[BrokenThing]:
    """The broken things that ``choose`` takes; ``key`` says which uses mean the same thing."""
    groups = grouped((key(use), use) for use in _uses(estate) if choose(use))
    things = (BrokenThing(tuple(sorted(uses, key=_place))) for uses in groups.values())
    return sorted(things, key=lambda thing: (thing.primary, thing.reference.wanted))


def say(names: Iterable[str], verb: str) -> str:
    """What some Applications do: all of them are named, or three and how many more.

    Args:
        names: the names of the Applications.
        verb: what one of them does, such as ``uses``.
    """
    known = set(names)
    return f"{name_all(known)} {verb if len(known) == 1 else verb.removesuffix('s')}"


def say_who(owners: Iterable[str], verb: str) -> str:
    """What the Applications of these ids do, or else the one kustomization, chart or file."""
    known = sorted(set(owners))
    kind, _, place = known[0].partition(":")
    if kind != "application":
        return f"{kind} {place} {verb}"
    return say((id_.rpartition("/")[2].rpartition(":")[2] for id_ in known), verb)


def name_all(names: Iterable[str]) -> str:
    """The Applications by name, or three and how many more."""
    known = sorted(set(names))
    if len(known) == 1:
        return f"Application {known[0]}"
    return f"Applications {listed(known)}"


def _uses(estate: Estate) -> Iterable[Use]:
    """Every one, but for what a failing patch perhaps replaces."""
    unpatched = find_unpatched(estate)
    return (
        Use(application, source, reference)
        for application, source in estate.application_sources
        for reference in (source.broken if application.id not in unpatched else ())
    )


def _place(use: Use) -> tuple[bool, Span, str]:
    """Those that carry on without it come last: nothing is to be changed there."""
    return (use.reference.ignored, use.reference.scalar.span, use.application.id)
