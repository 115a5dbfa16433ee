"""Rule ``dangling-reference``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location
from graphdoc.resolve.names.alike import closest, the_nearest
from graphdoc.resolve.references.dangling import Dangling, find_dangling
from graphdoc.resolve.references.ports import Lacking, find_lacking_parts
from graphdoc.resolve.references.selectors import IdleSelector, find_idle_selectors
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["dangling_reference"]

_SHOWN = 3


@rule("dangling-reference", severity=Severity.ERROR)
def dangling_reference(estate: Estate) -> Iterator[Problem]:
    """A resource names another that nothing makes, beside one that was likely meant.

    Services of Ingresses and routes, their gateways and middlewares, the workload of an autoscaler,
    the roles and accounts of a binding, issuers, secret stores, storage classes, the ConfigMaps,
    claims and accounts of Pods, and the namespace that a resource says. Many of these are made by
    operators or by hand: so nothing is said unless one of the kind, in the namespace, is spelled
    nearly so, or named like it and by nothing else, or is the only ClusterIssuer or
    ClusterSecretStore. Of middlewares, issuers and secret stores, one of that name in another
    namespace counts, too, or one for the whole cluster where the kind is not said. Where something
    that was not analysed goes there, only what stands in one file counts. What several name is told
    where the one that they mean is written.
    Ports are judged where both ends are known: those that an Ingress or a route names of a Service,
    a Service of the Pods that it selects, a monitor of what it scrapes, a probe of its container;
    and so are the volumes that a container mounts.
    Labels that a Service, a PodDisruptionBudget or a NetworkPolicy selects are judged likewise, and
    those of a workload by its own Pods.

    ## Why is this bad?

    One of the two was renamed and the other was not. Kubernetes accepts both: the Pod waits for its
    volume, the route answers with an error, the certificate is never issued.

    ## Example

    ```yaml
    -- launchpad/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/launchpad, path: web}
    -- launchpad/web/service.yaml --
    apiVersion: v1
    kind: Service
    metadata: {name: web-server}
    spec: {ports: [{port: 80}]}
    -- launchpad/web/ingress.yaml --
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: web}
    spec:
      rules:
        - http:
            paths:
              - path: /
                pathType: Prefix
                backend:
                  service:
                    name: web-sever  # expect: dangling-reference
                    port: {number: 80}
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/web/ingress.yaml --
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: web}
    spec:
      rules:
        - http:
            paths:
              - path: /
                pathType: Prefix
                backend:
                  service:
                    name: web-server
                    port: {number: 80}
    ```

    ## References

    - [Kubernetes: labels, names and references](https://kubernetes.io/docs/concepts/overview/working-with-objects/names/)
    """
    for dangling in find_dangling(estate):
        places = [Location(name.span, "named here") for name in dangling.names]
        meant = Location(dangling.meant.manifest.span_at("metadata", "name"), "perhaps meant")
        several = len(places) > 1
        more = f" and {len(places) - 1} more" if several else ""
        where = "" if dangling.name != dangling.meant.name else " there"
        yield Problem(
            f"{dangling.resource.id}{more} {'name' if several else 'names'}"
            f" {dangling.kind} {dangling.name}, which nothing makes{where}",
            meant if several else places[0],
            tuple(places) if several else (meant,),
            dangling.owner,
            hint=_hint(dangling),
            identity=f"{places[0].span.file} {dangling.kind} {dangling.name}",
        )
    yield from map(_of_selector, find_idle_selectors(estate))
    yield from map(_of_part, find_lacking_parts(estate))


def _hint(dangling: Dangling) -> str:
    meant = dangling.meant
    if meant.kind != dangling.kind:
        return f"a {meant.kind} has that name"
    is_elsewhere = meant.name == dangling.name
    return "another namespace has one" if is_elsewhere else f"the nearest is {meant.name}"


def _of_part(lacking: Lacking) -> Problem:
    first, *others = lacking.names
    name, holder = str(first.value), lacking.holder
    near = "" if name.isdigit() else closest(name, holder.there)
    has = sorted({*holder.there} - {""})[:_SHOWN]
    hint = the_nearest(near) or (f"it has {' and '.join(has)}" if has else "")
    return Problem(
        f"{lacking.resource.id} names {lacking.what} {name}, which {holder.name} does not have",
        Location(first.span, "named here"),
        (
            *(Location(other.span, "also") for other in others),
            Location(holder.span, "not there"),
        ),
        lacking.owner,
        hint=hint,
        identity=f"{first.span.file} {lacking.resource.id} {lacking.what} {name}",
    )


def _of_selector(idle: IdleSelector) -> Problem:
    is_own = idle.meant is idle.resource
    pods = "its own Pods do not have" if is_own else "no Pod there has"
    hint = f"they have {idle.has}" if is_own else f"{idle.meant.id} has {idle.has}"
    return Problem(
        f"{idle.resource.id} selects {idle.label}={idle.value.value}, which {pods}",
        Location(idle.value.span, "selects nothing"),
        ()
        if is_own
        else (Location(idle.meant.manifest.span_at("metadata", "name"), "perhaps meant"),),
        idle.owner,
        hint=hint if idle.has else "",
    )
