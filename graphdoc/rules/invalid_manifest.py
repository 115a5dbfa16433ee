"""Rule ``invalid-manifest``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location, locations
from graphdoc.resolve.broken.manifests import find_refused_manifests
from graphdoc.resolve.orphans.doubled import find_doubled_manifests
from graphdoc.resolve.projects.defined import find_written_projects
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["invalid_manifest"]


@rule("invalid-manifest", severity=Severity.ERROR)
def invalid_manifest(estate: Estate) -> Iterator[Problem]:
    """Kubernetes would refuse a resource of its own kinds, an AppProject or an ApplicationSet.

    A field is misspelt or at the wrong level, has a value of another type (`value: 8080`) or a word
    that it does not take (`imagePullPolicy: always`), or lacks what has to be there; a quantity, a
    name or a kind is none. The rendered resource is held against the definitions of Kubernetes
    1.25 to 1.37 at once: what any of them takes is right. So are the checks of the API server that
    ask for nothing but the manifest: requests above limits, two containers, ports or mounts of one
    name, a probe or volume of two types, a container without an image, a Job that restarts forever,
    a schedule, host, port name, block of addresses, label or key that is none, a block that excepts
    what is not in it, a Secret without the keys of its type, a field that does not go with the
    Service's type, a ServiceAccount in a ClusterRoleBinding without its namespace. So is a node
    port that another Service of the cluster has. Or there is no `apiVersion`, or one that no
    cluster has where the kind shows what is meant (`app/v1`), of some well-known controllers, too.
    Or a label or annotation is no text, whatever the kind; or a key of a file that Argo CD reads
    from a directory stands in it twice and says two things: only the last is applied.
    Nothing else is said of custom resources, of older versions (`extensions/v1beta1`), of what is
    yet to be filled in, nor where the sync option `Validate=false` lets such fields be dropped; nor
    does a manifest that only labels or annotates what an operator makes, or the pods of that, lack
    anything.

    ## Why is this bad?

    Argo CD applies with strict validation: the sync fails at this resource, and what comes after it
    waits. Where validation is off, the field is dropped in silence.

    ## Example

    ```yaml
    -- launchpad/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/launchpad, path: web}
    -- launchpad/web/deployment.yaml --
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
            - name: web
              image: registry.example.com/web:1.0.0
              tolerations: [{operator: Exists}]  # expect: invalid-manifest
              env:
                - name: PORT
                  value: 8080  # expect: invalid-manifest
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/web/deployment.yaml --
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          tolerations: [{operator: Exists}]
          containers:
            - name: web
              image: registry.example.com/web:1.0.0
              env:
                - name: PORT
                  value: "8080"
    ```

    ## References

    - [Kubernetes: server-side field validation](https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation)
    - [Argo CD: disable kubectl validation](https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#disable-kubectl-validation)
    """
    for refused in find_refused_manifests(estate, find_written_projects(estate)):
        first, *others = refused.spans
        more = f" ({len(refused.spans)} times)" if others else ""
        yield Problem(
            f"Kubernetes refuses {refused.resource.id}: {refused.slip.reason}{more}",
            Location(first, "refused here"),
            locations(others, "also"),
            refused.owner or str(first.file),
            hint=refused.slip.hint,
            identity=f"{first.file} {refused.slip.reason}",
        )
    for doubled in find_doubled_manifests(estate):
        yield doubled.problem("Argo CD", str(doubled.file))
