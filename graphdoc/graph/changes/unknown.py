"""What is not known any more, as what brought it cannot be rendered now: it need not be gone."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from graphdoc.graph.changes.compare import Change, EdgeChange, FieldChange, NodeChange
from graphdoc.graph.changes.facts import Facts, Snapshot
from graphdoc.resolve.resolved import Estate, ResolvedApplication, ResolvedApplicationSet

__all__ = ["find_unknown", "without_unknown"]

_OF_RENDERING = ("/rendered/", "/tools", "/namespaces")
_RENDERED = frozenset({"manages", "runs", "serves", "uses"})
_NAMESPACED = frozenset({"namespace", "sealedsecret", "secret"})
_KINDS = "/rendered/kinds/"
_MADE_AS = {
    "policy": (f"{_KINDS}ClusterPolicy", f"{_KINDS}Policy"),
    "project": (f"{_KINDS}AppProject",),
}
# Files are there or not, whatever becomes of what they make; and a manifest names its project.
_OF_FILES = ("chart:", "file:", "kustomization:", "repository:", "values:")
_PROJECT = "project:"
_TAG = "/tags/"


def find_unknown(estate: Estate) -> Mapping[str, str]:
    """The Applications and ApplicationSets of which nothing is rendered, each with the cause."""
    causes = {id_: _cause(entry) for id_, entry in estate.by_id.items()}
    causes |= {id_: _cause_of_set(made) for id_, made in estate.sets_by_id.items()}
    return {id_: cause for id_, cause in causes.items() if cause}


def _cause(entry: ResolvedApplication) -> str:
    for source in entry.sources:
        for broken in source.lacks:
            return f"'{broken.wanted}' {broken.fate}"
        for problem in source.problems:
            return problem.message
    notes = (note for source in entry.sources for note in source.not_understood)
    return "" if entry.resources else next((note.reason for note in notes), "")


def _cause_of_set(made: ResolvedApplicationSet) -> str:
    reasons = [problem.message for problem in made.problems]
    reasons += [] if made.applications else [note.reason for note in made.not_understood]
    return reasons[0] if reasons else ""


def without_unknown(
    entries: tuple[NodeChange, ...], before: Snapshot, causes: Mapping[str, str]
) -> tuple[NodeChange, ...]:
    """The changes without what is only not known any more; each cause is told once, at its node."""
    gone = {entry.subject: entry for entry in entries if entry.change is Change.REMOVED}
    known = [id_ for id_ in causes if id_ in before]
    if not known:
        return entries
    lost = _lost(before, gone, known)
    told = (_told(one, causes) for one in entries if one.subject not in lost)
    return tuple(one for one in told if one.change is not Change.CHANGED or one.fields or one.edges)


def _lost(before: Snapshot, gone: Collection[str], causes: Iterable[str]) -> set[str]:
    """What the causes brought, what that brought, and what they may have made."""
    makers, lost = list(causes), set[str]()
    for maker in makers:  # which grows
        brought = {edge.target for edge in before[maker].edges} - lost
        found = {one for one in brought if one in gone and not one.startswith(_OF_FILES)}
        lost |= found
        makers += sorted(found)
    return lost | set(_made(before, gone, [before[id_] for id_ in makers]))


def _made(before: Snapshot, gone: Iterable[str], makers: Iterable[Facts]) -> Iterator[str]:
    """What lies where they deploy to, or is of a kind that they rendered."""
    traces = {
        (cluster, trace) for one in makers for cluster in _clusters(one) for trace in _traces(one)
    }
    for id_ in gone:
        node = before[id_]
        _, space, *_rest = f"{id_}/".split("/")
        expected = _MADE_AS.get(node.kind, (space,) if node.kind in _NAMESPACED else ())
        if any((node.cluster, trace) in traces for trace in expected):
            yield id_


def _clusters(maker: Facts) -> Iterator[str | None]:
    yield maker.cluster
    yield from (e.target.partition(":")[2] for e in maker.edges if e.kind == "targets")


def _traces(maker: Facts) -> Iterator[str]:
    """The namespaces that it deploys to, and the kinds that it rendered."""
    spaces = maker.fields.get("/namespaces")
    yield from map(str, spaces if isinstance(spaces, list) else ())
    yield from (pointer for pointer in maker.fields if pointer.startswith(_KINDS))


def _told(entry: NodeChange, causes: Mapping[str, str]) -> NodeChange:
    """One entry without what is not known; that of a cause says so."""
    ids = {*causes}
    fields = tuple(field for field in entry.fields if not _is_tag_of(field, ids))
    if entry.subject not in causes:
        return replace(entry, fields=fields)
    fields = tuple(f for f in fields if not f.pointer.startswith(_OF_RENDERING))
    edges = tuple(edge for edge in entry.edges if not _is_lost(edge))
    if (fields, edges) == (entry.fields, entry.edges):
        return entry
    now = FieldChange("/resolved", before=True, after=False)
    return replace(entry, fields=(*fields, now), edges=edges, unknown=causes[entry.subject])


def _is_lost(edge: EdgeChange) -> bool:
    """Whether a relation that is gone came from what was rendered."""
    is_gone = edge.change is Change.REMOVED and edge.kind in _RENDERED
    return is_gone and not edge.target.startswith(_PROJECT)


def _is_tag_of(field: FieldChange, ids: set[str]) -> bool:
    """Whether all that no longer runs a tag is not known."""
    if not (field.pointer.startswith(_TAG) and isinstance(field.before, list)):
        return False
    left = field.after if isinstance(field.after, list) else []
    come = [one for one in left if one not in field.before]
    return not come and ids.issuperset(map(str, (o for o in field.before if o not in left)))
