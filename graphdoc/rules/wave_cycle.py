"""Rule ``wave-cycle``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import once
from graphdoc.model.location import Location
from graphdoc.resolve.order.certificates import CertificateLoop, find_certificate_loops
from graphdoc.resolve.order.loops import find_wave_loops
from graphdoc.resolve.order.needs import Need, find_needs
from graphdoc.resolve.order.steps import Step
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["wave_cycle"]


@rule("wave-cycle", severity=Severity.ERROR)
def wave_cycle(estate: Estate) -> Iterator[Problem]:
    """Resources need each other so that no sync-wave order can satisfy all.

    Whichever of them comes first, it needs what comes later. The single inversions within the loop
    are not reported as [`wave-inversion`](wave-inversion.md). An issuer of cert-manager that signs
    with the Secret of a Certificate which it is itself to issue is such a loop in any waves.

    ## Why is this bad?

    Argo CD waits for each wave to become healthy before it applies the next, so the first sync
    hangs, and no other numbers would help.

    ## Example

    ```yaml
    -- launchpad/root.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: root, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: argocd}
      source: {repoURL: https://git.example.com/launchpad, path: apps}
    -- launchpad/apps/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata:
      name: web
      namespace: argocd
      annotations:
        argocd.argoproj.io/sync-wave: "1"  # expect: wave-cycle
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/launchpad, path: web}
    -- launchpad/apps/operator.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata:
      name: operator
      namespace: argocd
      annotations:
        argocd.argoproj.io/sync-wave: "2"
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/launchpad, path: operator}
    -- launchpad/web/resources.yaml --
    apiVersion: v1
    kind: Namespace
    metadata: {name: web}
    ---
    apiVersion: example.com/v1
    kind: Site
    metadata: {name: web, namespace: web}
    -- launchpad/operator/resources.yaml --
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: sites.example.com}
    spec:
      group: example.com
      names: {kind: Site, plural: sites}
      scope: Namespaced
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: operator, namespace: web}
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/apps/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata:
      name: web
      namespace: argocd
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/launchpad, path: web}
    -- launchpad/apps/operator.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata:
      name: operator
      namespace: argocd
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/launchpad, path: operator}
    -- launchpad/web/resources.yaml --
    apiVersion: example.com/v1
    kind: Site
    metadata: {name: web, namespace: web}
    -- launchpad/operator/resources.yaml --
    apiVersion: v1
    kind: Namespace
    metadata: {name: web}
    ---
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: sites.example.com}
    spec:
      group: example.com
      names: {kind: Site, plural: sites}
      scope: Namespaced
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: operator, namespace: web}
    ```

    ## References

    - [Argo CD: sync phases and waves](https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/)
    """
    signed = tuple(find_certificate_loops(estate))
    told = {span for loop in signed for _, span in loop.needs}
    loops = find_wave_loops(find_needs(estate))
    others = (loop for loop in loops if not told.issuperset(need.span for need in loop.needs))
    for loop in once(others, lambda loop: loop.needs[0].before.span):
        first = loop.needs[0].before
        yield Problem(
            f"no sync-wave order satisfies all: {', '.join(map(_say, loop.needs))} "
            f"(closed by {_name(loop.cut.before)} → {_name(loop.cut.after)})",
            Location(first.span, "applied earlier"),
            tuple(Location(need.span, f"needs {need.what}") for need in loop.needs),
            first.item if first.item.startswith("application:") else first.owner,
        )
    yield from map(_of_certificates, signed)


def _of_certificates(loop: CertificateLoop) -> Problem:
    (_, span), *others = loop.needs
    return Problem(
        f"no sync-wave order satisfies all: {', '.join(said for said, _ in loop.needs)}",
        Location(span, "asked for here"),
        tuple(Location(other, "needed here") for _, other in others),
        loop.owner,
    )


def _say(need: Need) -> str:
    return f"{_name(need.before)} needs {need.what} of {_name(need.after)}"


def _name(step: Step) -> str:
    if step.item.startswith("application:"):
        return f"Application {step.item.rpartition('/')[2]}"
    return step.item.partition("/")[2]
