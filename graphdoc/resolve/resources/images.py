"""Images that say no version, or that nothing can pull."""

import re
from collections.abc import Callable, Iterator

from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.model.node import (
    NOTHING,
    Mapping,
    Scalar,
    mappings_within,
    scalars_within,
)
from graphdoc.resolve.resolved import Estate, ResolvedSource, Tool
from graphdoc.resolve.resources.workloads import images_of

__all__ = ["RunImage", "find_floating_images", "find_invalid_images", "is_image"]

_TRIGGERS = "image.openshift.io/triggers"
_REFERENCE = re.compile(r"[a-z0-9][\w./:-]*", re.IGNORECASE)
_LATEST = "latest"
# What github.com/distribution/reference takes for one; kubelet refuses anything else.
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_HOST = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::\d+)?"
_VALID = re.compile(
    rf"(?:{_HOST}/)?{_PART}(?:/{_PART})*(?::\w[\w.-]{{0,127}})?"
    r"(?:@[A-Za-z][A-Za-z0-9]*(?:[+._-][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?"
)
# SOPS has yet to decrypt what begins with ENC.
_TO_FILL_IN = re.compile(r"[<>{}$%*]|^[^a-z]*$|^ENC\[")
_HOLLOW = re.compile(r"^[/:-]|[/:][/:-]|[/:-]$")
_INJECTED = "auto"  # Istio puts its proxy's image there


@dataclass(frozen=True, slots=True)
class RunImage:
    """An image that something runs; ``origin`` is where one would write it."""

    owner: str
    reference: str
    span: Span
    origin: Span


def find_floating_images(estate: Estate) -> Iterator[RunImage]:
    """Every image that a rendered workload runs by ``latest`` or without a tag."""
    return _find(estate, _is_floating)


def find_invalid_images(estate: Estate) -> Iterator[RunImage]:
    """Every image of a rendered workload whose name no registry can have.

    A chart of no Application gets its values elsewhere: without them a part may be empty.
    """
    found = _find(estate, _is_invalid)
    alone = {entry.id for entry in estate.bare}
    return (use for use in found if use.owner not in alone or not _HOLLOW.search(use.reference))


def _find(estate: Estate, choose: Callable[[str], bool]) -> Iterator[RunImage]:
    """The images chosen by their references.

    Nothing is rendered without a values file or with a broken one: it may say the version.
    """
    sources = ((e.id, source) for e in estate.rendered for source in filter(_is_whole, e.sources))
    for owner, source in sources:
        for reference, span in _images(source):
            if choose(reference):
                yield RunImage(owner, reference, span, _origin(source, reference) or span)


def _is_whole(source: ResolvedSource) -> bool:
    return not source.lacks and not (source.tool is Tool.HELM and source.problems)


def _images(source: ResolvedSource) -> Iterator[tuple[str, Span]]:
    problems = source.built.problems
    for resource in source.resources:
        is_open = problems and any(problem.may_change(resource) for problem in problems)
        if resource.annotation(_TRIGGERS) is None and not is_open:
            yield from ((str(image.value or ""), image.span) for image in images_of(resource))


def _is_floating(reference: str) -> bool:
    # Nor what holds a digest or a placeholder.
    if not _REFERENCE.fullmatch(reference) or not is_image(reference):
        return False
    if reference == _INJECTED:
        return False
    _, colon, tag = reference.rpartition("/")[2].partition(":")
    return not colon or tag == _LATEST


def _is_invalid(reference: str) -> bool:
    return not is_image(reference) and not _TO_FILL_IN.search(reference)


def is_image(reference: str) -> bool:
    """Whether kubelet would take it for an image's name."""
    return _VALID.fullmatch(reference) is not None


def _origin(source: ResolvedSource, reference: str) -> Span | None:
    """The one value that says the image, or its tag, where a chart's template passes it on."""
    values, name = source.values or NOTHING, reference.removesuffix(f":{_LATEST}")
    said = grouped((scalar.value, scalar.span) for scalar in scalars_within(values))
    tags = [span for node in mappings_within(values) for span in _tags(node, reference)]
    whole, named = (said.get(text, ()) for text in (reference, name))
    return next((spans[0] for spans in (whole, tags, named) if len(spans) == 1), None)


def _tags(node: Mapping, reference: str) -> Iterator[Span]:
    """The tag, or the empty place of one, beside the end of an image's name."""
    folder, slash, rest = reference.rpartition("/")
    name, _, said = rest.partition(":")
    tag = node.scalar("tag")
    if tag is not None and str(tag.value or "") in {said, ""}:
        values = {str(v.value) for v in node.entries.values() if isinstance(v, Scalar) and v.value}
        if any(f"{folder}{slash}{name}".endswith(value) for value in values):
            yield tag.span
