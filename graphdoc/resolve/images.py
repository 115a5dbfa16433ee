"""Images that say no version."""

import re
from collections.abc import Iterator

from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import Span
from graphdoc.model.node import Scalar, nodes_within
from graphdoc.resolve.resolved import Estate, ResolvedSource, Tool
from graphdoc.resolve.workloads import images_of

__all__ = ["FloatingImage", "find_floating_images"]

_TRIGGERS = "image.openshift.io/triggers"
_REFERENCE = re.compile(r"[a-z0-9][\w./:-]*", re.IGNORECASE)
_LATEST = "latest"
_INJECTED = "auto"  # Istio puts its proxy's image there


@dataclass(frozen=True, slots=True)
class FloatingImage:
    """An image without a version; ``origin`` is where one would write it."""

    owner: str
    reference: str
    span: Span
    origin: Span


def find_floating_images(estate: Estate) -> Iterator[FloatingImage]:
    """Every image that a rendered workload runs by ``latest`` or without a tag.

    Nothing is rendered without a values file or with a broken one: it may say the version.
    """
    for entry in estate.rendered:
        for source in filter(_is_whole, entry.sources):
            for image in _floating(source):
                reference = str(image.value)
                origin = _origin(source, reference) or image.span
                yield FloatingImage(entry.id, reference, image.span, origin)


def _is_whole(source: ResolvedSource) -> bool:
    return not source.lacks and not (source.tool is Tool.HELM and source.problems)


def _floating(source: ResolvedSource) -> Iterator[Scalar]:
    for resource in source.resources:
        if resource.annotation(_TRIGGERS) is None:
            yield from (image for image in images_of(resource) if _is_floating(image))


def _is_floating(image: Scalar) -> bool:
    reference = str(image.value or "")
    if not _REFERENCE.fullmatch(reference):  # also what holds a digest or a placeholder
        return False
    if reference == _INJECTED:
        return False
    _, colon, tag = reference.rpartition("/")[2].partition(":")
    return not colon or tag == _LATEST


def _origin(source: ResolvedSource, reference: str) -> Span | None:
    """The one value that says the image, where a chart's template passes it on."""
    wanted = {reference, reference.removesuffix(f":{_LATEST}")}
    nodes = () if source.values is None else nodes_within(source.values)
    spans = [node.span for node in nodes if isinstance(node, Scalar) and node.value in wanted]
    return spans[0] if len(spans) == 1 else None
