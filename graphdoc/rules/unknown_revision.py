"""Rule ``unknown-revision``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location
from graphdoc.resolve.broken.references import Use, find_broken
from graphdoc.resolve.resolved import Estate, ReferenceFault
from graphdoc.rules.rule import rule

__all__ = ["unknown_revision"]


@rule("unknown-revision", severity=Severity.ERROR)
def unknown_revision(estate: Estate) -> Iterator[Problem]:
    """An Application's `targetRevision` is no branch, tag or commit of its repository.

    A clone that holds only a part of the history or of the branches cannot know: there the
    Application is counted as not understood instead.

    ## Why is this bad?

    Argo CD shows `unable to resolve 'v1.5' to a commit SHA` and renders nothing. What the
    Application deployed before stays as it is and follows Git no more. It happens when a branch
    is deleted after its merge, or a tag is named before it is pushed.

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
        path: web
        targetRevision: v1.5  # expect: unknown-revision
    -- launchpad/web/namespace.yaml --
    apiVersion: v1
    kind: Namespace
    metadata: {name: web}
    ```

    ## Use instead

    ```yaml
    -- launchpad/apps/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source:
        repoURL: https://git.example.com/launchpad
        path: web
        targetRevision: v1.4
    -- launchpad@v1.4/web/namespace.yaml --
    apiVersion: v1
    kind: Namespace
    metadata: {name: web}
    ```

    ## References

    - [Argo CD: tracking strategies](https://argo-cd.readthedocs.io/en/stable/user-guide/tracking_strategies/)
    """
    for thing in find_broken(estate, _is_revision, _revision):
        repository, revision = _revision(thing.uses[0])
        yield Problem(
            f"{thing.said('follows')} {repository} at '{revision}', which its clone does not have",
            Location(thing.primary, "named here"),
            thing.related,
            thing.subject,
            hint="if it is there by now, 'git fetch' brings it",
            identity=f"{repository} {revision}",
            also=thing.users,
        )


def _is_revision(use: Use) -> bool:
    """What a generator has left unfilled is told as that."""
    reference = use.reference
    return reference.fault is ReferenceFault.UNKNOWN_REVISION and "{{" not in reference.wanted


def _revision(use: Use) -> tuple[str, str]:
    return (use.reference.repository, use.reference.wanted)
