"""Rule ``default-namespace``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import first_of, grouped
from graphdoc.model.location import Location, Span, locations
from graphdoc.resolve.broken.references import say
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.resources.placement import Place, find_places
from graphdoc.resolve.resources.workloads import pod_spec_of
from graphdoc.rules.rule import rule

__all__ = ["default_namespace"]

_DEFAULT = "default"


@rule("default-namespace", severity=Severity.WARNING)
def default_namespace(estate: Estate) -> Iterator[Problem]:
    """A workload runs in the namespace `default`.

    The finding is where the namespace is written: in the workload, or in the destination of its
    Application.

    ## Why is this bad?

    Everything that forgets its namespace ends up there too, and roles, quotas and network policies
    are made for a namespace: in `default` they fit nobody.

    ## Example

    ```yaml
    -- launchpad/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination:
        server: https://kubernetes.default.svc
        namespace: default  # expect: default-namespace
      source: {repoURL: https://git.example.com/launchpad, path: web}
    -- launchpad/web/deployment.yaml --
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
            - name: web
              image: registry.example.com/web:1.0.0
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination:
        server: https://kubernetes.default.svc
        namespace: web
      source: {repoURL: https://git.example.com/launchpad, path: web}
    ```

    ## References

    - [Kubernetes: initial namespaces](https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces)
    """
    found = grouped(
        (_written(place), place)
        for place in find_places(estate)
        if place.namespace == _DEFAULT and pod_spec_of(place.resource) is not None
    )
    for span, places in sorted(found.items()):
        kinds = sorted({f"{p.resource.kind}/{p.resource.name}" for p in places})
        others = sorted({p.resource.span for p in places} - {span})
        names = {place.owner.name for place in places}
        yield Problem(
            f"{say(names, 'runs')} {first_of(kinds)} in the namespace {_DEFAULT}",
            Location(span, "said here"),
            locations(others, "runs there"),
            places[0].owner.id,
            identity=f"{span.file} {_sayer(places[0], span)}",
            also=tuple(place.owner.id for place in places),
        )


def _sayer(place: Place, span: Span) -> str:
    said_by_itself = span.file == place.resource.span.file
    return str(place.resource.id) if said_by_itself else place.owner.name


def _written(place: Place) -> Span:
    """Where the namespace is said: by the resource itself, else by the destination."""
    own = place.resource.manifest.scalar("metadata", "namespace")
    if own is not None and own.value:
        return own.span
    return place.owner.manifest.span_at("spec", "destination", "namespace")
