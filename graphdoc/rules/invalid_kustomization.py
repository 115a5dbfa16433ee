"""Rule ``invalid-kustomization``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import gather
from graphdoc.model.location import Location
from graphdoc.resolve.broken.kustomizations import Refusal, find_refusals
from graphdoc.resolve.kustomize import OUTSIDE, BuildProblemKind
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["invalid_kustomization"]


@rule("invalid-kustomization", severity=Severity.ERROR)
def invalid_kustomization(estate: Estate) -> Iterator[Problem]:
    """Kustomize would refuse to build a kustomization.

    Because it is empty or has an unknown field, two resources have one identity, a patch does not
    fit what it patches, a resource has no name, and so on: the finding gives Kustomize's reason.
    What a kustomization takes from elsewhere (a remote base, a plugin) is not at hand, so nothing
    is said about patches to it.

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
    for group in gather(find_refusals(estate, BuildProblemKind.INVALID), _cause):
        found, *others = group
        more = f", and {len(others)} more" if others else ""
        yield Problem(
            f"Kustomize refuses to build {found.name}: {found.problem.message}{more}",
            Location(found.problem.span, "refused here"),
            (*(Location(other.problem.span, "nor is this") for other in others), *found.related),
            f"kustomization:{found.name}",
            identity=f"{found.name} {OUTSIDE}" if others else "",
        )


def _cause(found: Refusal) -> object:
    """One that loads files from elsewhere does so for want of a base; else each stands alone."""
    told = found.problem.message
    return found.name if told.endswith(OUTSIDE) else (found.problem.span, told)
