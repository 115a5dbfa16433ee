"""An earlier state of the estate, and what has changed since, as the site tells it."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from graphdoc.clone import DiskClone
from graphdoc.clone.history import commit_before
from graphdoc.graph.changes.compare import NodeChange
from graphdoc.pipeline.analysis import Analysis, analyse
from graphdoc.pipeline.changes.review import Revisions, review
from graphdoc.pipeline.changes.revisions import RevisionError, clone_at
from graphdoc.pipeline.clones import open_clones
from graphdoc.report.changes.words import describe, rank
from graphdoc.site.atlas.input import Changed, Comparison

__all__ = ["compare_since", "to_changed"]

_PERIOD = re.compile(r"(?P<number>[1-9][0-9]{0,3}) ?(?P<unit>[dwmy])(ays?|eeks?|onths?|ears?)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_DAY = 86_400


def compare_since(analysis: Analysis, when: str) -> Comparison:
    """What has changed since a revision, a date, or a period before the newest commit.

    Raises:
        RevisionError: no repository goes back so far.
    """
    clones = open_clones(analysis.config)
    commits = _commits(clones, when)
    before = tuple(clone_at(clone, commits.get(clone.name)) for clone in clones)
    old = analyse(analysis.config, clones=before)
    found_ = review(Revisions(when, "now", before, tuple(clones)), old, analysis)
    return Comparison(
        base=_said(when),
        changes=to_changed(found_.changes.changes),
        commits=tuple(
            (c.name, commits[c.name], c.commit or "") for c in clones if c.name in commits
        ),
        appeared=found_.appeared,
        gone=found_.gone,
        altered=tuple(now for _, now in found_.altered),
        unmoved=tuple(c.name for c in clones if c.name not in commits),
    )


def to_changed(entries: Iterable[NodeChange]) -> tuple[Changed, ...]:
    """The changes in words, the worst first; single files, which others tell of, at the end."""
    ordered = sorted(entries, key=lambda entry: (entry.kind == "file", *rank(entry), entry.subject))
    return tuple(
        Changed(
            str(entry.change), entry.subject, entry.kind, entry.name, entry.cluster,
            tuple(describe(entry)), entry.locations,
        )
        for entry in ordered
    )  # fmt: skip


def _commits(clones: Sequence[DiskClone], when: str) -> dict[str, str]:
    """The commit of each repository then; those whose history does not go back are left out."""
    newest = max((clone.facts.committed_at for clone in clones), default=0)
    time = _time(when, newest)
    found = {clone.name: _commit(clone, when, time) for clone in clones if clone.commit}
    known = {name: commit for name, commit in found.items() if commit}
    if not known:
        raise RevisionError(f"no repository goes back to '{when}'")
    return known


def _commit(clone: DiskClone, when: str, time: int | None) -> str:
    if time is not None:
        return commit_before(clone.git, time) if clone.git else ""
    try:
        return clone_at(clone, when).commit or ""
    except RevisionError:
        return ""


def _time(when: str, newest: int) -> int | None:
    """A period counts back from the newest commit, so that the same clones give the same site."""
    period = _PERIOD.fullmatch(when.strip())
    if period:
        return newest - int(period["number"]) * _DAYS[period["unit"]] * _DAY
    if _DATE.fullmatch(when.strip()):
        try:
            return int(datetime.fromisoformat(when.strip()).replace(tzinfo=UTC).timestamp())
        except ValueError as error:
            raise RevisionError(f"no day '{when}'") from error
    return None


def _said(when: str) -> str:
    period = _PERIOD.fullmatch(when.strip())
    words = {"d": "day", "w": "week", "m": "month", "y": "year"}
    if not period:
        return when
    number, word = int(period["number"]), words[period["unit"]]
    return f"{number} {word}{'s' if number > 1 else ''} before the newest commit"
