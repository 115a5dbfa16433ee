"""Applications that no root leads to, and for which something outside of the clones may stand in.

Evidence that leaves it open is no finding; coverage says what it is.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from posixpath import basename, dirname

from graphdoc.model.dataclass import dataclass
from graphdoc.model.file_kinds import MANIFESTS
from graphdoc.model.location import SourceFile
from graphdoc.model.node import Mapping, Scalar, mappings_within
from graphdoc.model.resource import Resource
from graphdoc.parse.gotemplate import ACTION
from graphdoc.parse.placeholders import has_placeholder, is_unfilled
from graphdoc.resolve.evidence.by_hand import is_applied_by_hand
from graphdoc.resolve.evidence.mentions import find_mentions
from graphdoc.resolve.repositories.addresses import Repositories
from graphdoc.resolve.repositories.fixtures import is_example, is_pattern, is_template
from graphdoc.resolve.repositories.paths import folders_above, normalise
from graphdoc.resolve.resolved import Estate, Orphan, RootKind, Tool

__all__ = ["AppliedOutside"]

_FORM = re.compile(r"(?:^|[-_.])template(?:[-_.]|$)", re.IGNORECASE)
_ADDRESS = ("repoURL", "path", "chart", "server", "name")


@dataclass(eq=False)
class AppliedOutside:
    """Why each orphan of an estate may be none."""

    estate: Estate

    def reason(self, orphan: Orphan, resource: Resource | None) -> str | None:
        """What speaks for somebody who applies an orphan; ``None`` where nothing does."""
        file = orphan.span.file
        hole = _hole(resource)
        if hole is not None:
            return f"'{hole}' is filled in before somebody applies it"
        if is_template(file.path):
            return "a template engine makes another file of it"
        if is_pattern(file.path) or is_example(file.path) or _FORM.search(basename(file.path)):
            return "it is there to be copied, or put away"
        if is_applied_by_hand(self.estate.clones, file):
            return "a document tells people to apply it"
        return (
            self._named_by(file)
            or self._rendered_by(file)
            or self._started_like(file, resource)
            or self._made_by()
        )

    def _named_by(self, file: SourceFile) -> str | None:
        namers = sorted(find_mentions(self.estate.clones).of(file))
        program = next((f for f in namers if not f.path.endswith(MANIFESTS)), None)
        return f"{program} names its file and may apply it" if program is not None else None

    def _rendered_by(self, file: SourceFile) -> str | None:
        above = filter(None, folders_above(file.path))
        folder = next((f for f in above if (file.repository, f) in self._open), "")
        where = f"{file.repository}/{folder}"
        return f"it lies below {where}, which a plugin renders" if folder else None

    def _started_like(self, file: SourceFile, resource: Resource | None) -> str | None:
        """A root beside it tells that the folder's are applied; this one may start others, too."""
        nodes = () if resource is None else mappings_within(resource.manifest)
        urls = [n.text("repoURL") for n in nodes if "path" in n.entries and n.text("repoURL")]
        if not urls or any(self._repositories.find(url) for url in urls):
            return None
        folder = (file.repository, dirname(file.path))
        starts = (r for r in self.estate.roots if r.kind is RootKind.APPLICATION)
        beside = next((r for r in starts if (r.clone, dirname(r.path)) == folder), None)
        return (
            f"it lies beside {beside.span.file}, and what it reads is not here" if beside else None
        )

    def _made_by(self) -> str | None:
        if self._open_set is not None:
            return f"ApplicationSet {self._open_set} may render it: clusters tell what that reads"
        return None

    @cached_property
    def _repositories(self) -> Repositories:
        return Repositories(self.estate.clones)

    @cached_property
    def _open(self) -> frozenset[tuple[str, str]]:
        """The folders of which only a plugin knows what comes of them."""
        return frozenset(
            (source.clone.name, normalise(source.source.path) or "")
            for source in self.estate.sources
            if source.tool is Tool.PLUGIN and source.clone is not None and source.source.path
        )

    @cached_property
    def _open_set(self) -> str | None:
        """An ApplicationSet that says of neither repository nor folder what it renders."""
        for made in self.estate.application_sets:
            template = made.resource.manifest.mapping("spec", "template")
            if template is None or not (made.assumes_clusters or made.not_understood):
                continue
            if any(map(_is_open, mappings_within(template))):
                return made.resource.name
        return None


def _is_open(node: Mapping) -> bool:
    texts = [node.text("repoURL"), node.text("path")]
    return all("{{" in text and not ACTION.sub("", text).strip("/.") for text in texts)


def _hole(resource: Resource | None) -> str | None:
    """A part of the address that is to be filled in, as by ``envsubst`` or a templating tool."""
    if resource is None:
        return None
    if is_unfilled(resource.name):
        return resource.name
    found = (n.text for n in _address_texts(resource.manifest) if has_placeholder(n.text))
    return next(found, None)


def _address_texts(manifest: Mapping) -> Iterator[Scalar]:
    for node in mappings_within(manifest):
        if "repoURL" in node.entries or "namespace" in node.entries:
            yield from (
                child
                for key in _ADDRESS
                if isinstance(child := node.entries.get(key), Scalar)
                and isinstance(child.value, str)
            )
