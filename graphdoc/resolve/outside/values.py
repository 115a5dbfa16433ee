"""Names that depend on values outside of Git.

Somebody applies a root's chart by hand, with values of their own: with the chart's defaults alone
its templates may name what nobody means, such as ``values-.yaml`` for ``values-{{ .env }}.yaml``.
"""

from collections.abc import Callable
from dataclasses import replace

from graphdoc.model.finding import NotUnderstood
from graphdoc.model.location import SourceFile
from graphdoc.model.node import texts_within
from graphdoc.parse.gotemplate import NO_VALUE
from graphdoc.resolve.applicationset import is_stand_in
from graphdoc.resolve.resolved import BrokenReference, ReferenceFault, ResolvedSource

__all__ = ["leave_open", "leave_unfilled"]

_OPEN = (
    ReferenceFault.MISSING_VALUES_FILE,
    ReferenceFault.MISSING_PATH,
    ReferenceFault.UNKNOWN_REVISION,
)

_MENDED = "does not exist; the chart is applied with values that are not here"
_STANDS = "is called after a cluster that stands for those which nothing here registers"


def leave_open(source: ResolvedSource, read: Callable[[SourceFile], str]) -> ResolvedSource:
    """The source without the faults that values from elsewhere may mend; they are counted."""
    undecided = [broken for broken in source.broken if _is_computed(broken, read)]
    return _leave_open(source, undecided, _MENDED)


def leave_unfilled(source: ResolvedSource) -> ResolvedSource:
    """The source of an assumed Application: what a parameter would fill in is counted.

    Values files that may be missing are no fault: which of them there are, the cluster decides.
    Nor is it one that a chart refuses what it gets without those that are called after it.
    """
    broken = tuple(one for one in source.broken if not one.ignored)
    problems = () if _asks_cluster(source) else source.problems
    source = replace(source, broken=broken, problems=problems)
    source = _leave_open(source, [one for one in broken if _is_of_stand_in(one)], _STANDS)
    place = next((p for text, p in texts_within(source.source.node) if "{{" in text), None)
    if place is None:
        return source
    note = NotUnderstood(place, "keeps placeholders that only its generator fills in")
    return replace(
        source,
        broken=tuple(broken for broken in source.broken if "{{" not in broken.wanted),
        problems=(),
        not_understood=(*source.not_understood, note),
    )


def _leave_open(source: ResolvedSource, faults: list[BrokenReference], why: str) -> ResolvedSource:
    """The source without some of its faults, which are counted as not understood."""
    notes = (NotUnderstood(fault.scalar.span, f"'{fault.wanted}' {why}") for fault in faults)
    kept = tuple(fault for fault in source.broken if fault not in faults)
    return replace(source, broken=kept, not_understood=(*source.not_understood, *notes))


def _asks_cluster(source: ResolvedSource) -> bool:
    """Whether values files are called after a cluster that stands for others."""
    return any(_names_stand_in(str(f.value)) for f in source.source.helm_options.value_files)


def _is_of_stand_in(broken: BrokenReference) -> bool:
    """Whether a file, path or revision is called after a cluster that stands for others."""
    return broken.fault in _OPEN and _names_stand_in(broken.wanted)


def _names_stand_in(name: str) -> bool:
    return is_stand_in(name) or NO_VALUE in name


def _is_computed(broken: BrokenReference, read: Callable[[SourceFile], str]) -> bool:
    """Whether the name does not stand in the template as it is."""
    scalar = broken.scalar
    return broken.fault in _OPEN and str(scalar.value) not in read(scalar.span.file)
