"""Whom an Application belongs to: as its manifest says, or else as CODEOWNERS say of its files."""

import re
from collections.abc import Iterable, Iterator
from posixpath import dirname

from graphdoc.model.argocd import Application
from graphdoc.model.clone import Clone
from graphdoc.model.location import SourceFile
from graphdoc.resolve.repositories.contents import skim_text
from graphdoc.resolve.repositories.paths import matches_segments, normalise
from graphdoc.resolve.resolved import ResolvedApplication

__all__ = ["Owners"]

# Where teams write it down, in annotations, labels or the `info` of an Application.
_KEYS = ("backstage.io/owner", "app.kubernetes.io/owner", "team", "owner")
_SECTION = re.compile(r"\s*\^?\[[^\]]*\](?:\[\d+\])?(?P<owners>[^#]*)")
# Where GitHub and GitLab look, the first that is there.
_FILES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")


class Owners:
    """Asked about one Application after the other; each file is read once."""

    def __init__(self, clones: Iterable[Clone]) -> None:
        self._rules = {clone.name: tuple(reversed(list(_rules(clone)))) for clone in clones}

    def of(self, entry: ResolvedApplication) -> tuple[str, ...]:
        """The owners of an Application, as they are written.

        What only it has speaks for it before what it shares: its values files, the folders that it
        renders, the manifest.
        """
        said = tuple(_said(entry.application))
        if said:
            return said[:1]
        owned = (self._of_file(file) for file in _files(entry))
        return next((owners for owners in owned if owners), ())

    def _of_file(self, file: SourceFile) -> tuple[str, ...]:
        rules = self._rules.get(file.repository, ())
        return next((owners for pattern, owners in rules if _fits(file.path, pattern)), ())


def _said(application: Application) -> Iterator[str]:
    manifest = application.resource.manifest
    for part in ("annotations", "labels"):
        texts = (manifest.text("metadata", part, key) for key in _KEYS)
        yield from filter(None, texts)
    for item in manifest.mappings_at("spec", "info"):
        if item.text("name").lower() in _KEYS:
            yield from filter(None, [item.text("value")])


def _files(entry: ResolvedApplication) -> Iterator[SourceFile]:
    """The files of an Application; a folder stands for what lies in it."""
    for source in reversed(entry.sources):
        yield from reversed(source.layered_files)
    for source in entry.sources:
        path = normalise(source.source.path or "") if source.clone is not None else None
        if source.clone is not None and path:
            yield SourceFile(source.clone.name, path)
    yield entry.written.file


def _rules(clone: Clone) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each line of the CODEOWNERS, as a pattern with its owners, of which there may be none.

    A section of GitLab's may have owners for those of its lines that name none.
    """
    found = next((path for path in _FILES if clone.is_file(path)), None)
    usual: tuple[str, ...] = ()
    for line in skim_text(clone, found).splitlines() if found is not None else ():
        section = _SECTION.match(line)
        if section is not None:
            usual = tuple(section["owners"].split())
            continue
        pattern, *owners = line.partition("#")[0].split() or [""]
        if pattern:
            yield pattern, tuple(owners) or usual


def _fits(path: str, pattern: str) -> bool:
    """Whether a file is, or lies below, what a line names; ``docs/*`` is about its files alone."""
    if pattern.endswith("/*"):
        folder = pattern[:-2].lstrip("/")
        return matches_segments(dirname(path), folder) if folder else "/" not in path
    bare = pattern.rstrip("/")
    return matches_segments(path, f"{bare.lstrip('/') if '/' in bare else f'**/{bare}'}/**")
