"""Patches whose target selector matches nothing, and the resource that each probably means."""

from collections.abc import Iterable, Iterator

from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.kustomize import Selector
from graphdoc.model.resource import Resource
from graphdoc.parse.placeholders import is_unfilled
from graphdoc.resolve.broken.kustomizations import builds_of, file_of
from graphdoc.resolve.kustomize import AppliedPatch, Build
from graphdoc.resolve.names.alike import ALIKE, closest, the_nearest
from graphdoc.resolve.resolved import Estate

__all__ = ["IdlePatch", "find_idle_patches", "find_unfilled_patches"]


@dataclass(frozen=True, slots=True)
class IdlePatch:
    """A patch, what it is for in words, and what is there instead."""

    patch: AppliedPatch
    wanted: str
    nearest: str


def find_idle_patches(estate: Estate) -> Iterator[IdlePatch]:
    """The patches that match nothing in any build, all of which are understood."""
    for patch, build in _idle(estate):
        wanted = patch.wanted or Selector()
        # Whoever takes away all of a kind has what they want where there is none.
        told_by = (wanted.name, wanted.labels, wanted.annotations)
        is_sweeping = patch.deletes and not any(told_by)
        if not is_unfilled(wanted.name) and not is_sweeping:
            yield IdlePatch(patch, _said(wanted), _nearest(wanted, build.resources))


def find_unfilled_patches(estate: Estate) -> Iterator[NotUnderstood]:
    """Those whose target is named only when another tool fills in the name."""
    for name, span in (
        (patch.wanted.name, patch.span) for patch, _ in _idle(estate) if patch.wanted
    ):
        if is_unfilled(name):
            yield NotUnderstood(
                span, f"a patch for '{name}', which is filled in before it is built"
            )


def _idle(estate: Estate) -> list[tuple[AppliedPatch, Build]]:
    """What a kustomization patches lies below it: its own build tells all, but for a Component."""
    spoken_for = set()
    silent: dict[object, tuple[AppliedPatch, Build]] = {}
    settled: set[object] = set()
    for build in (build for build in builds_of(estate) if build.resources):
        certain = not build.not_understood and not build.problems
        for patch in build.patches:
            if patch.targets or not certain:
                spoken_for.add((patch.span, bool(patch.targets)))
            else:
                silent[patch.span] = (patch, build)
                settled |= {patch.span} if patch.kustomization == file_of(build) else set()
    open_ = {span for span, is_met in spoken_for if is_met or span not in settled}
    idle = [silent[span] for span in silent.keys() - open_]
    return sorted(idle, key=lambda found: found[0].span)


def _said(wanted: Selector) -> str:
    group = "/".join(filter(None, (wanted.group, wanted.version)))
    thing = f"anything of {group}" if group else "anything"
    named = f"{thing} named {wanted.name}" if wanted.name else thing
    what = "/".join(filter(None, (wanted.kind, wanted.name))) if wanted.kind else named
    labels = ", ".join(filter(None, (wanted.labels, wanted.annotations)))
    return f"{what} with {labels}" if labels else what


def _nearest(wanted: Selector, resources: Iterable[Resource]) -> str:
    alike = {r.name: r for r in resources if r.kind == wanted.kind} if wanted.name else {}
    same = alike.get(wanted.name)
    if same is None:
        name = closest(wanted.name, alike, ALIKE)
        return the_nearest(name and f"{wanted.kind}/{name}")
    if wanted.group != same.group and wanted.group:
        return f"{wanted.kind}/{wanted.name} is of group {same.group or 'core'}"
    version = same.api_version.rpartition("/")[2]
    if wanted.version not in {"", version}:
        return f"{wanted.kind}/{wanted.name} is of version {version}"
    if wanted.namespace not in {"", same.namespace}:
        where = f"in namespace {same.namespace}" if same.namespace else "in no namespace"
        return f"{wanted.kind}/{wanted.name} is {where}"
    return f"{wanted.kind}/{wanted.name} has that name only after the patch"
