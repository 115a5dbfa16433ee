"""What Argo CD refuses in an Application's sources before it reads any file."""

import re
from collections.abc import Iterator

from graphdoc.model.argocd import Application, Source
from graphdoc.model.finding import Problem
from graphdoc.model.location import Location
from graphdoc.resolve.repositories.addresses import url_identity
from graphdoc.resolve.source.value_files import FindClone

__all__ = ["find_conflict", "find_refusal"]

_REFERENCE = re.compile(r"[a-zA-Z0-9_-]+")


def find_refusal(application: Application, source: Source) -> Problem | None:
    """Why a source is invalid as it is written."""
    if not source.repo_url:
        return _problem(source, "repoURL", "the source names no repository")
    has_reference = application.multi_source and source.ref is not None
    if source.path is None and source.chart is None and not has_reference and not source.is_oci:
        return _problem(source, "repoURL", "the source has neither path nor chart")
    if source.chart is not None and not source.target_revision:
        return _problem(source, "chart", f"chart '{source.chart}' has no targetRevision")
    return _refused_reference(application, source) if has_reference else None


def _refused_reference(application: Application, source: Source) -> Problem | None:
    if source.ref is None:
        return None
    if not _REFERENCE.fullmatch(source.ref):
        return _problem(source, "ref", f"'{source.ref}' cannot be the name of a source")
    if any(s.ref == source.ref for s in application.sources[: source.index]):
        return _problem(source, "ref", f"two sources are named '{source.ref}'")
    return None


def find_conflict(
    application: Application, source: Source, find_clone: FindClone
) -> Problem | None:
    """Two revisions of one repository that Argo CD would need at once for one source."""
    if not application.multi_source:
        return None
    revisions: dict[str, Source] = {}
    for other in _referenced(application, source):
        known = revisions.setdefault(url_identity(other.repo_url), other)
        if known.target_revision != other.target_revision:
            message = f"${known.ref} and ${other.ref} are two revisions of one repository"
            return _problem(other, "targetRevision", message)
        own, found = find_clone(source), find_clone(other)
        same = url_identity(source.repo_url) == url_identity(other.repo_url)
        if same and own and found and own.clone.commit != found.clone.commit:
            message = f"${other.ref} is another revision of the repository that uses it"
            return _problem(other, "targetRevision", message)
    return None


def _referenced(application: Application, source: Source) -> Iterator[Source]:
    """The sources that a source's values files and file parameters lie in."""
    helm = source.helm_options
    names = [str(entry.value) for entry in helm.value_files]
    names += [parameter.value for parameter in helm.file_parameters]
    wanted = {name.partition("/")[0] for name in names if name.startswith("$")}
    if wanted:
        yield from (s for s in application.sources if s.ref is not None and f"${s.ref}" in wanted)


def _problem(source: Source, key: str, message: str) -> Problem:
    return Problem(message, Location(source.node.span_at(key)))
