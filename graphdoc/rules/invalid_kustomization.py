"""Rule ``invalid-kustomization``."""

from collections.abc import Iterator
from itertools import chain

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import gather
from graphdoc.model.location import Location, locations
from graphdoc.resolve.broken.kustomizations import Refusal, find_refusals
from graphdoc.resolve.kustomize import OUTSIDE, TAKEN, BuildProblemKind
from graphdoc.resolve.orphans.doubled import find_doubled_kustomizations
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["invalid_kustomization"]


@rule("invalid-kustomization", severity=Severity.ERROR)
def invalid_kustomization(estate: Estate) -> Iterator[Problem]:
    """Kustomize would refuse to build a kustomization.

    Because it is empty or has an unknown field, two resources have one identity, a patch does not
    fit what it patches, a resource has no name, and so on: the finding gives Kustomize's reason.
    What a kustomization takes from elsewhere (a remote base, a plugin) is not at hand, so nothing
    is said about patches to it. Or a key stands twice: Kustomize builds it without a word, and
    without what the first says.

    ## Why is this bad?

    Argo CD cannot render any Application that uses it: nothing of them is deployed or updated.

    ## Example

    ```yaml
    -- launchpad/web/kustomization.yaml --
    resources:
      - account.yaml
      - again.yaml
    -- launchpad/web/account.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web}
    -- launchpad/web/again.yaml --
    apiVersion: v1  # expect: invalid-kustomization
    kind: ServiceAccount
    metadata: {name: web}
    ```

    ## Use instead

    ```yaml
    -- launchpad/web/kustomization.yaml --
    resources:
      - account.yaml
    -- launchpad/web/account.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web}
    ```

    ## References

    - [Kustomize: the kustomization file](https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/)
    """
    refusals = find_refusals(estate, BuildProblemKind.INVALID)
    for groups in gather(gather(refusals, _place, few=1), lambda group: _cause(group[0])):
        found, *others = chain.from_iterable(groups)
        more = f", and {len(others)} more" if others else ""
        places = {other.problem.span: None for other in others}
        places.pop(found.problem.span, None)
        yield Problem(
            f"Kustomize refuses to build {found.name}: {found.problem.message}{more}",
            Location(found.problem.span, "refused here"),
            (*locations(places, "so is this"), *found.related),
            f"kustomization:{found.name}",
            identity=" ".join(map(str, _cause(found))) if others else "",
        )
    for doubled in find_doubled_kustomizations(estate):
        yield doubled.problem("Kustomize", f"kustomization:{doubled.owner}")


def _place(found: Refusal) -> tuple[object, str]:
    """An entry that brings things twice is one cause, however few."""
    return found.problem.span, TAKEN if TAKEN in found.problem.message else found.problem.message


def _cause(found: Refusal) -> tuple[object, str]:
    """One loads files from elsewhere for want of a base, or brings a folder twice.

    Else each stands alone.
    """
    told = found.problem.message
    common = next((cause for cause in (OUTSIDE, TAKEN) if cause in told), "")
    return (found.name, common) if common else (found.problem.span, told)
