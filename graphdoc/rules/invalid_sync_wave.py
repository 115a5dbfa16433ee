"""Rule ``invalid-sync-wave``."""

from collections.abc import Iterator
from itertools import chain
from typing import TypeAlias

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import gather, in_order, listed
from graphdoc.model.location import Location, locations
from graphdoc.model.node import Scalar
from graphdoc.model.resource import INTEGER, SYNC_WAVE, Resource
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

# What it belongs to, what carries it, and the annotation.
_Found: TypeAlias = tuple[str, Resource, Scalar]

__all__ = ["invalid_sync_wave"]


@rule("invalid-sync-wave", severity=Severity.ERROR)
def invalid_sync_wave(estate: Estate) -> Iterator[Problem]:
    """A sync wave is not an integer.

    Or it is one without quotes, where no Kustomize puts them: annotations are texts. A parameter or
    a value that is empty says that there is none.

    ## Why is this bad?

    Argo CD reads it as if it were not there: the resource is applied in wave 0, without a word.
    A number is refused by the cluster: `cannot unmarshal number`.

    ## Example

    ```yaml
    -- launchpad/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/launchpad, path: web}
    -- launchpad/web/account.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: web
      annotations:
        argocd.argoproj.io/sync-wave: "one"  # expect: invalid-sync-wave
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/web/account.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: web
      annotations:
        argocd.argoproj.io/sync-wave: "1"
    ```

    ## References

    - [Argo CD: sync phases and waves](https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/)
    """
    ordered = in_order(_wrong(estate), lambda one: one[2].span)
    for group in gather(ordered, lambda one: (one[2].span.file.repository, _text(one[2]))):
        yield _problem(*group[0]) if len(group) == 1 else _several(group)


def _wrong(estate: Estate) -> Iterator[_Found]:
    """Of what is applied, and of the Applications that ApplicationSets make."""
    applied = ((owner, resource) for _, owner, resource in estate.applied)
    made = ((entry.id, entry.application.resource) for entry in estate.applications)
    for owner, resource in chain(applied, made):
        wave = resource.annotation(SYNC_WAVE)
        if wave is not None and _fault(wave) and not _says_none(resource, wave):
            yield owner, resource, wave


def _problem(owner: str, resource: Resource, wave: Scalar) -> Problem:
    return Problem(
        f"{resource.id} has sync wave '{_text(wave)}', which {_fault(wave)}",
        Location(wave.span, _note(wave)),
        locations(wave.earlier, "replaced by a patch"),
        owner,
    )


def _several(group: tuple[_Found, ...]) -> Problem:
    owner, _, wave = group[0]
    ids = sorted({str(resource.id) for _, resource, _ in group})
    places = [Location(one.span, _note(one)) for _, _, one in group]
    return Problem(
        f"{listed(ids)} have sync wave '{_text(wave)}', which {_fault(wave)}",
        places[0],
        tuple(places[1:]),
        owner,
        identity=f"{wave.span.file.repository} {_text(wave)}",
    )


def _says_none(resource: Resource, wave: Scalar) -> bool:
    """Whether a parameter or value beside the resource holds nothing: wave 0 is meant."""
    whole, at = resource.span, wave.span
    is_beside = at.file != whole.file or not whole.line <= at.line <= whole.end_line
    return wave.value == "" and is_beside


def _fault(wave: Scalar) -> str:
    """What is wrong with it. Kustomize makes texts of all annotations; else they need quotes."""
    if not INTEGER.fullmatch(_text(wave)):
        return "is not an integer"
    return "" if isinstance(wave.value, str) else "needs quotes: annotations are texts"


def _note(wave: Scalar) -> str:
    return "read as wave 0" if isinstance(wave.value, str) else "refused by the cluster"


def _text(wave: Scalar) -> str:
    return "" if wave.value is None else str(wave.value)
