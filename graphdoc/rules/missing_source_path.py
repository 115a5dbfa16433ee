"""Rule ``missing-source-path``."""

from collections.abc import Iterator
from functools import partial

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import gather, listed
from graphdoc.model.location import Location, locations
from graphdoc.parse.placeholders import is_unfilled
from graphdoc.resolve.broken.references import BrokenThing, Use, find_broken, say
from graphdoc.resolve.names.alike import the_nearest
from graphdoc.resolve.names.near_paths import folder_above, nearest_folder
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["missing_source_path"]

_FEW = 3


@rule("missing-source-path", severity=Severity.ERROR)
def missing_source_path(estate: Estate) -> Iterator[Problem]:
    """An Application's `path` is not in the repository at that revision.

    Nothing is said of what a patch that fails was perhaps to replace: that is the one finding.

    ## Why is this bad?

    Argo CD shows `app path does not exist`. What the Application deployed before stays as it is
    and follows Git no more. Where one line of a template leads more than three Applications astray,
    or they name folders below one that is not there, they are one finding.

    ## Example

    ```yaml
    -- launchpad/apps/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source:
        repoURL: https://git.example.com/launchpad
        path: manifests/wbe  # expect: missing-source-path
    -- launchpad/manifests/web/namespace.yaml --
    apiVersion: v1
    kind: Namespace
    metadata: {name: web}
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/apps/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/launchpad, path: manifests/web}
    ```

    ## References

    - [Argo CD: Application specification](https://argo-cd.readthedocs.io/en/stable/user-guide/application-specification/)
    """
    things = find_broken(estate, _is_meant, _place)
    alone: list[BrokenThing] = []
    for group in gather(things, lambda thing: thing.primary, _FEW):
        if len(group) > 1:
            yield _several(group)
        else:
            alone += group
    for group in gather(alone, partial(_lost_folder, estate), _FEW):
        yield _one(estate, group[0]) if len(group) == 1 else _below(estate, group)


def _one(estate: Estate, thing: BrokenThing) -> Problem:
    return Problem(
        f"{thing.said('renders')} {_place_name(thing.uses[0])}, which {_fate(estate, thing)}",
        Location(thing.primary, "named here"),
        thing.related,
        thing.subject,
        hint=_hint(estate, thing),
        identity=" ".join(_place(thing.uses[0])),
        also=thing.users,
    )


def _several(things: tuple[BrokenThing, ...]) -> Problem:
    """What one line of a template makes of many parameters."""
    first = things[0]
    names = (use.application.name for thing in things for use in thing.uses)
    places = listed(_place_name(thing.uses[0]) for thing in things)
    return Problem(
        f"{say(names, 'renders')} {len(things)} folders that are not there: {places}",
        Location(first.primary, "named here"),
        tuple(dict.fromkeys(place for thing in things for place in thing.related)),
        first.subject,
        identity=" ".join(("several", *_place(first.uses[0])[:2])),
        also=tuple(user for thing in things for user in thing.users),
    )


def _below(estate: Estate, things: tuple[BrokenThing, ...]) -> Problem:
    """Paths below a folder that was moved or renamed."""
    first = things[0]
    repository, revision, folder = _lost_folder(estate, first)
    clone = first.clone(estate)
    near = nearest_folder(clone, folder) if clone is not None else ""
    place = f"{repository}/{folder}{_at(revision)}"
    names = (use.application.name for thing in things for use in thing.uses)
    others = (thing.primary for thing in things[1:])
    return Problem(
        f"{say(names, 'renders')} folders below {place}, which does not exist",
        Location(first.primary, "named here"),
        (*locations(others, "named here, too"), *(at for thing in things for at in thing.related)),
        first.subject,
        hint=the_nearest(near and f"{repository}/{near}"),
        identity=" ".join(("below", repository, revision, folder)),
        also=tuple(user for thing in things for user in thing.users),
    )


def _lost_folder(estate: Estate, thing: BrokenThing) -> tuple[str, str, str]:
    """The place of the topmost folder on the way that is not there; the path itself comes last."""
    repository, revision, path = _place(thing.uses[0])
    clone, wanted = thing.clone(estate), path.strip("/")
    if clone is None:
        return (repository, revision, path)
    above = folder_above(clone, wanted)
    start = f"{above}/" if above else ""
    return (repository, revision, start + wanted.removeprefix(start).partition("/")[0])


def _is_meant(use: Use) -> bool:
    """A hole that a template leaves is told of as such."""
    return use.is_path and not is_unfilled(use.reference.wanted)


def _fate(estate: Estate, thing: BrokenThing) -> str:
    clone, path = thing.clone(estate), thing.reference.wanted.strip("/")
    is_file = clone is not None and clone.is_file(path)
    return "is a file and no directory" if is_file else thing.reference.fate


def _hint(estate: Estate, thing: BrokenThing) -> str:
    clone, wanted = thing.clone(estate), thing.reference.wanted.strip("/")
    if clone is None:
        return ""
    near, above = nearest_folder(clone, wanted), folder_above(clone, wanted)
    if near or clone.is_file(wanted):
        return f"the nearest is {thing.reference.repository}/{near or above}"
    return f"only {thing.reference.repository}/{above} is there" if above else ""


def _place(use: Use) -> tuple[str, str, str]:
    reference = use.reference
    return (reference.repository, use.source.source.target_revision, reference.wanted)


def _place_name(use: Use) -> str:
    repository, revision, path = _place(use)
    return f"{repository}/{path}{_at(revision)}"


def _at(revision: str) -> str:
    return f" at {revision}" if revision not in {"", "HEAD"} else ""
