"""Revisions that move: branches, ``HEAD`` and constraints on versions."""

from collections.abc import Mapping

from graphdoc.model.location import Span
from graphdoc.parse.semver import is_constraint
from graphdoc.resolve.resolved import ResolvedSource

__all__ = ["floating_revision_of", "revision_span"]

_BRANCHES = frozenset({"develop", "development", "main", "master", "trunk"})
_HEADS = "refs/heads/"


def floating_revision_of(source: ResolvedSource, branches: Mapping[str, str | None]) -> str | None:
    """What a source follows; ``None`` where it stays at one commit or version, or may.

    Args:
        source: the source of an Application.
        branches: the branch that each clone has checked out, by the clone's name.
    """
    revision = source.source.target_revision
    if source.source.chart is None and revision in {"", "HEAD"}:
        return "HEAD"
    if is_constraint(revision or "*"):
        return revision or "*"
    checked_out = branches.get(source.clone.name) if source.clone is not None else None
    is_branch = revision in {*_BRANCHES, checked_out} or revision.startswith(_HEADS)
    return revision if source.source.chart is None and is_branch else None


def revision_span(source: ResolvedSource) -> Span:
    """Where one would write the revision."""
    return source.source.node.span_at("targetRevision")
