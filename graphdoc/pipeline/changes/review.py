"""Two states of an estate side by side: what a reviewer of the change between them must know."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from graphdoc.clone import DiskClone
from graphdoc.graph.changes.compare import Change, Changes, FieldChange, NodeChange, compare
from graphdoc.graph.changes.facts import take_snapshot
from graphdoc.graph.changes.places import add_places
from graphdoc.graph.changes.removals import find_removals, is_refused
from graphdoc.graph.changes.resources import find_resource_changes
from graphdoc.graph.changes.unknown import find_unknown, without_unknown
from graphdoc.graph.changes.values import ValueChange, find_value_changes
from graphdoc.graph.repo_graph import GraphNode
from graphdoc.model.clone import Clone, UnreadableError
from graphdoc.model.dataclass import dataclass
from graphdoc.model.file_kinds import MANIFESTS
from graphdoc.model.finding import Finding
from graphdoc.model.grouping import grouped
from graphdoc.model.location import SourceFile
from graphdoc.model.node import escape_pointer, to_plain
from graphdoc.pipeline.analysis import Analysis
from graphdoc.pipeline.changes.revisions import RevisionError, choose_clone, clone_at, follow
from graphdoc.report.changes.review import VALUES_POINTER, Review

__all__ = ["FoundChanges", "Revisions", "pair_findings", "pin_clones", "review"]


@dataclass(frozen=True, slots=True)
class FoundChanges:
    """Findings of one state alone; ``altered`` are those that say something else of one thing."""

    appeared: tuple[Finding, ...] = ()
    gone: tuple[Finding, ...] = ()
    altered: tuple[tuple[Finding, Finding], ...] = ()


@dataclass(frozen=True, slots=True)
class Revisions:
    """All clones at two revisions; ``base`` and ``head`` are what reports call them.

    ``unmoved`` are clones with Git data that lack the revisions.
    """

    base: str
    head: str
    before: tuple[Clone, ...]
    after: tuple[Clone, ...]
    unmoved: tuple[str, ...] = ()


def pin_clones(
    clones: Sequence[DiskClone], name: str | None, base: str, head: str | None
) -> Revisions:
    """The clones before and after; those without the revisions stay as they stand.

    Without a name it is the clone around the working directory, else every one that knows both.

    Raises:
        RevisionError: no clone has the revisions.
    """
    chosen = [clone.name for clone in _choose(clones, name, base, head)]
    clones = [follow(clone, base) if clone.name in chosen else clone for clone in clones]

    def pinned(clone: DiskClone, revision: str | None) -> Clone:
        return clone_at(clone, revision) if clone.name in chosen else clone

    versioned = (clone for clone in clones if clone.commit is not None)
    return Revisions(
        ", ".join(f"{name}@{base}" for name in chosen),
        ", ".join(f"{name}@{head}" if head else name for name in chosen),
        before=tuple(pinned(clone, base) for clone in clones),
        after=tuple(pinned(clone, head) for clone in clones),
        unmoved=tuple(clone.name for clone in versioned if not _knows(clone, (base, head))),
    )


def review(revisions: Revisions, old: Analysis, new: Analysis) -> Review:
    """Everything that differs between two analyses."""
    was = take_snapshot(old.graph, with_tags=True)
    found = compare(was, take_snapshot(new.graph, with_tags=True), new.graph)
    known = find_unknown(old.estate)
    causes = {id_: c for id_, c in find_unknown(new.estate).items() if id_ not in known}
    found = without_unknown(found, was, causes)
    values = find_value_changes(old.estate, new.estate)
    # The manifest's own lines last: they are the cause where both differ.
    changes = add_places(_with_values(found, values, old, new), new.estate)
    resources = find_resource_changes(old.estate, new.estate, _rendered_otherwise(found))
    places = {v.place.file for v in values} | {r.place.file for r in resources}
    is_same = not (changes or values or resources) and _is_reworded(old, new)
    findings = FoundChanges() if is_same else _compare_findings(old, new)
    return Review(
        changes=Changes(revisions.base, revisions.head, changes, new.coverage),
        appeared=findings.appeared,
        gone=findings.gone,
        altered=findings.altered,
        values=values,
        removals=find_removals(old.estate, new.estate),
        resources=resources,
        files=frozenset(f for f in places if _content(old, f) != _content(new, f)),
    )


def _content(analysis: Analysis, file: SourceFile) -> bytes | None:
    clone = analysis.estate.clone(file.repository)
    try:
        return clone.read(file.path) if clone is not None else None
    except UnreadableError:
        return None


def _rendered_otherwise(entries: tuple[NodeChange, ...]) -> frozenset[str]:
    """The Applications whose resources are others than before."""
    fields = ((entry.subject, field) for entry in entries for field in entry.fields)
    return frozenset(id_ for id_, field in fields if field.pointer.startswith("/rendered/"))


def _choose(
    clones: Sequence[DiskClone], name: str | None, base: str, head: str | None
) -> tuple[DiskClone, ...]:
    here = Path.cwd().resolve()
    around = any(here.is_relative_to(clone.root.resolve()) for clone in clones)
    versioned = [clone for clone in clones if clone.commit is not None]
    if name is not None or around or len(versioned) < 2:  # noqa: PLR2004 -- nothing to choose from
        return (choose_clone(clones, name, here.as_posix()),)
    chosen = tuple(clone for clone in versioned if _knows(clone, (base, head)))
    if not chosen:
        both = f"'{base}'" if head is None else f"'{base}' and '{head}'"
        raise RevisionError(f"no repository has {both}")
    return chosen


def _knows(clone: DiskClone, revisions: tuple[str | None, ...]) -> bool:
    try:
        for revision in revisions:
            clone_at(clone, revision)
    except RevisionError:
        return False
    return True


def _with_values(
    entries: tuple[NodeChange, ...],
    values: tuple[ValueChange, ...],
    old: Analysis,
    new: Analysis,
) -> tuple[NodeChange, ...]:
    """The lines that set other values now, and the values themselves where no digest shows them.

    Nothing is rendered of a chart that is not at hand.
    """
    known = {entry.subject: entry for entry in entries}
    for change in values:
        for id_ in change.applications:
            node = new.graph.node(id_)
            if node is None:
                continue
            entry = known.get(id_) or _unchanged(node)
            if _digest(old.graph.node(id_)) == _digest(node):
                entry = _with_value(entry, change)
            places = dict.fromkeys((*entry.locations, change.place))
            known[id_] = replace(entry, locations=tuple(places))
    return tuple(known[id_] for id_ in sorted(known))


def _with_value(entry: NodeChange, change: ValueChange) -> NodeChange:
    route = "/".join(map(escape_pointer, change.route))
    field = FieldChange(f"{VALUES_POINTER}{route}", change.before, change.after)
    fields = sorted((*entry.fields, field), key=lambda known: known.pointer)
    return replace(entry, fields=tuple(fields))


def _unchanged(node: GraphNode) -> NodeChange:
    kind = str(node.kind)
    return NodeChange(
        Change.CHANGED, node.id, kind, node.name, node.cluster, (), (), node.locations
    )


def _digest(node: GraphNode | None) -> object:
    rendered = node.attributes.get("rendered") if node is not None else None
    return rendered.get("digest") if isinstance(rendered, dict) else None


def _compare_findings(old: Analysis, new: Analysis) -> FoundChanges:
    """What one state finds and the other does not, or in other words."""
    return pair_findings(_only_in(new.findings, old.findings), tuple(_mended(old, new)))


def pair_findings(come: tuple[Finding, ...], went: tuple[Finding, ...]) -> FoundChanges:
    """Take one that came and one that went, each the only one about a thing, for one."""
    now, was = (grouped((_thing(one), one) for one in side) for side in (come, went))
    same = {thing for thing in now.keys() & was.keys() if len(now[thing]) == len(was[thing]) == 1}
    return FoundChanges(
        tuple(one for one in come if _thing(one) not in same),
        tuple(one for one in went if _thing(one) not in same),
        tuple((was[_thing(one)][0], one) for one in come if _thing(one) in same),
    )


def _thing(finding: Finding) -> tuple[object, ...]:
    """What is found amiss about what, and where; only the words may differ."""
    problem = finding.problem
    return (finding.rule, finding.severity, problem.primary.span.file, problem.subject)


def _only_in(findings: Iterable[Finding], others: Iterable[Finding]) -> tuple[Finding, ...]:
    known = Counter(finding.fingerprint for finding in others)
    only = []
    for finding in findings:
        known[finding.fingerprint] -= 1
        if known[finding.fingerprint] < 0:
            only.append(finding)
    return tuple(only)


def _mended(old: Analysis, new: Analysis) -> Iterator[Finding]:
    """The findings that are gone, but for those of what cannot be rendered any more."""
    for finding in _only_in(old.findings, new.findings):
        subject = finding.problem.subject
        was, now = old.estate.by_id.get(subject), new.estate.by_id.get(subject)
        if was is None or now is None or is_refused(was) or not is_refused(now):
            yield finding


def _is_reworded(old: Analysis, new: Analysis) -> bool:
    """Whether all files say the same in other words: anchors for copies, flow style."""
    clones = new.estate.clones_by_name
    pairs = [(clone, clones[clone.name]) for clone in old.estate.clones if clone.name in clones]
    if any(before.files != after.files for before, after in pairs):
        return False
    return all(_says_the_same(old, new, *pair, path) for pair in pairs for path in _touched(*pair))


def _touched(before: Clone, after: Clone) -> Iterator[str]:
    return (path for path in after.files if _read(before, path) != _read(after, path))


def _read(clone: Clone, path: str) -> bytes | None:
    try:
        return clone.read(path)
    except UnreadableError:
        return None


def _says_the_same(old: Analysis, new: Analysis, before: Clone, after: Clone, path: str) -> bool:
    """Comments count here, for they hold what is allowed and what is switched off."""
    if not path.endswith(MANIFESTS) or _comments(before, path) != _comments(after, path):
        return False
    data = _data(old, before, path)
    return data is not None and data == _data(new, after, path)


def _comments(clone: Clone, path: str) -> list[bytes]:
    lines = (_read(clone, path) or b"").splitlines()
    return [line.partition(b"#")[2].strip() for line in lines if b"#" in line]


def _data(analysis: Analysis, clone: Clone, path: str) -> str | None:
    parsed = analysis.estate.files.parse(clone, path)
    if parsed.problem is not None:
        return None
    return json.dumps([to_plain(root) for root in parsed.roots], sort_keys=True, default=str)
