"""Rule ``duplicate-application``."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from posixpath import basename, dirname
from typing import TypeAlias

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Location, SourceFile, Span, locations
from graphdoc.resolve.applications.sameness import application_facts, are_alternatives
from graphdoc.resolve.broken.references import name_all
from graphdoc.resolve.resolved import Estate, ResolvedApplication, Root
from graphdoc.resolve.resources.placement import find_homes, is_own_cluster
from graphdoc.resolve.roots.cluster_names import holds_clusters
from graphdoc.rules.rule import rule

__all__ = ["duplicate_application"]

_MANY = 3
_Places: TypeAlias = dict[SourceFile, dict[str | None, set[Span]]]


@rule("duplicate-application", severity=Severity.ERROR)
def duplicate_application(estate: Estate) -> Iterator[Problem]:
    """Two manifests render one Application: the same name and namespace in one Argo CD.

    What parents place on different clusters belongs to the Argo CD of each. What an ApplicationSet
    makes, and what renders an Application of its own name, is written by both in turn.

    Where nothing manages any of them and they stand in more than three folders, or in folders that
    hold mostly the same files, they are there to choose from, and nothing is said.

    ## Why is this bad?

    Each sync of one parent overwrites what the other wrote, and with pruning the Application, and
    all that it deployed, is deleted when either manifest goes.

    ## Example

    ```yaml
    -- launchpad/root.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: root, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: argocd}
      source: {repoURL: https://git.example.com/launchpad, path: apps}
    -- launchpad/apps/a.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://charts.example.com, chart: web, targetRevision: 1.0.0}
    -- launchpad/apps/b.yaml --
    apiVersion: argoproj.io/v1alpha1  # expect: duplicate-application
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: shop}
      source: {repoURL: https://charts.example.com, chart: shop, targetRevision: 1.0.0}
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/apps/b.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: shop, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: shop}
      source: {repoURL: https://charts.example.com, chart: shop, targetRevision: 1.0.0}
    ```

    ## References

    - [Argo CD: shared resources](https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#fail-the-sync-if-a-shared-resource-is-found)
    """
    twice: dict[tuple[Span, ...], str] = {}
    for (application, _), spans in sorted(_places(estate).items()):
        if len(spans) > 1:
            twice.setdefault(spans, application)
    uses = Counter(span for spans in twice for span in spans)
    causes = grouped(
        (next((span for span in spans if uses[span] > 1), spans[-1]), (application, spans))
        for spans, application in twice.items()
    )
    for place, found in causes.items():
        yield _problem(estate, place, dict(found))


def _problem(estate: Estate, place: Span, found: Mapping[str, tuple[Span, ...]]) -> Problem:
    names = [_name(estate, application) for application in found]
    others = tuple(sorted({span for spans in found.values() for span in spans} - {place}))
    if len(set(names)) == 1:
        first, *more = (f"{span.file}:{span.line}" for span in sorted((place, *others)))
        fact = f"{name_all(names)} is written {len(more) + 1} times: {first} and {', '.join(more)}"
    else:
        fact = f"{name_all(names)} are each written again at {place.file}:{place.line}"
    return Problem(
        fact,
        Location(place, "written again"),
        locations(others, "also written here"),
        next(iter(found)),
        identity=next(iter(found)) if len(found) == 1 else str(place.file),
        also=tuple(found),
    )


def _places(estate: Estate) -> dict[tuple[str, str], tuple[Span, ...]]:
    """Where each Application of an Argo CD is written: by its id, and where a parent places it."""
    places: dict[tuple[str, str], _Places] = {}
    managed: set[tuple[str, str]] = set()
    homes: dict[str, set[str]] = {}
    again = grouped((one.child, one.span) for one in estate.manages if one.parent == one.child)
    for entry, home in find_homes(estate):
        if entry.parent != entry.id:
            homes.setdefault(entry.id, set()).add(home)
            found = places.setdefault((entry.id, home), {})
            _add(found, entry)
            for span in _made_again(entry, again):
                found.setdefault(span.file, {}).setdefault(entry.id, set()).add(span)
            managed |= {(entry.id, home)} if entry.parent else set()
    for entry, copy in _copies(estate):
        for home in homes.get(entry.id, ()):
            _add(places[entry.id, home], copy)
    told = {id_: _at_one_revision(found) for id_, found in places.items()}
    kept = {i: spans for i, spans in told.items() if i in managed or not _is_choice(estate, spans)}
    return {id_: tuple(sorted(spans)) for id_, spans in kept.items()}


def _made_again(
    entry: ResolvedApplication, again: Mapping[str, tuple[Span, ...]]
) -> tuple[Span, ...]:
    """Where what an ApplicationSet makes renders itself, which the set writes over each time."""
    place = entry.application.destination
    is_made = (entry.parent or "").startswith("applicationset:")
    stays = is_own_cluster(place.server or place.name)
    return again.get(entry.id, ()) if is_made and stays else ()


def _add(places: _Places, entry: ResolvedApplication) -> None:
    span = entry.written
    places.setdefault(span.file, {}).setdefault(entry.parent, set()).add(span)


def _at_one_revision(places: _Places) -> set[Span]:
    """Two parents may read one file at two revisions, and find one manifest on two lines."""
    return {span for by_parent in places.values() for span in max(by_parent.values(), key=len)}


def _is_choice(estate: Estate, spans: set[Span]) -> bool:
    """Whether what nothing manages stands in folders of which each team takes one."""
    folders = {(span.file.repository, dirname(span.file.path)) for span in spans}
    files = {span.file for span in spans}
    return len(folders) > _MANY or are_alternatives(estate.clones_by_name, files)


def _copies(estate: Estate) -> Iterator[tuple[ResolvedApplication, ResolvedApplication]]:
    """An Application, and the same one below a root that names no cluster: they meet somewhere.

    Not where the other root is called after that one, as ``west-apps`` after ``apps``, nor where
    both stand in a folder of clusters, as ``env/base.yaml`` beside ``env/west.yaml``.
    """
    roots = {root.cluster: root for root in estate.roots}
    nameless = {root.cluster for root in estate.roots if root.cluster == root.clone}
    shared = {
        application_facts(e.application): e for e in estate.applications if e.cluster in nameless
    }
    for entry in estate.applications:
        copy = (
            shared.get(application_facts(entry.application))
            if entry.cluster not in nameless
            else None
        )
        if copy is None or copy.written == entry.written:
            continue
        own = roots.get(entry.cluster)
        if own is None or not _stand_apart(own, roots[copy.cluster]):
            yield entry, copy


def _stand_apart(own: Root, nameless: Root) -> bool:
    folder, name = dirname(own.path), basename(nameless.path)
    if holds_clusters(folder) and (nameless.clone, dirname(nameless.path)) == (own.clone, folder):
        return True
    called = re.escape(name)
    return bool(name) and re.search(rf"^{called}-|-{called}$", basename(own.path)) is not None


def _name(estate: Estate, id_: str) -> str:
    return next(entry.name for entry in estate.applications if entry.id == id_)
