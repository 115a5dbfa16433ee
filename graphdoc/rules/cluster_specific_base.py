"""Rule ``cluster-specific-base``."""

from collections.abc import Iterator

from graphdoc.graph.repo_graph import NodeKind, RepoGraph
from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import gather, listed
from graphdoc.model.location import Location
from graphdoc.resolve.clusters.bound import Bound, find_bound, find_lead, is_of_its_folder
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import graph_rule

__all__ = ["cluster_specific_base"]


@graph_rule("cluster-specific-base", severity=Severity.WARNING)
def cluster_specific_base(estate: Estate, graph: RepoGraph) -> Iterator[Problem]:
    """A shared manifest or values file names one cluster and is in force on another.

    What counts is what the overlays leave: a base that names a cluster and that every other cluster
    patches is none. A cluster's name counts as a whole word, unless it is a plain word (`prod`) or
    that of an Application, a namespace or a repository; its host, where the other cluster's
    Application of the same name serves a host of its own; a storage class, where the other cluster
    is known to run in another cloud. A file that speaks of the other cluster too is a list. Where
    one root leads to several clusters, the targets of its Applications are compared.

    ## Why is this bad?

    The other cluster runs with the settings, the addresses or the disks of a neighbour. Nothing
    fails where they can be reached, and then the two are one: the logs of production end in the
    store of the test cluster.

    ## Example

    ```yaml
    -- launchpad/east-1.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: east-1, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: argocd}
      source: {repoURL: https://git.example.com/launchpad, path: overlays/east-1}
    -- launchpad/west-1.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: west-1, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: argocd}
      source: {repoURL: https://git.example.com/launchpad, path: overlays/west-1}
    -- launchpad/overlays/east-1/kustomization.yaml --
    resources: [../../base]
    -- launchpad/overlays/west-1/kustomization.yaml --
    resources: [../../base]
    -- launchpad/base/kustomization.yaml --
    resources: [settings.yaml]
    -- launchpad/base/settings.yaml --
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: settings, namespace: logging}
    data:
      store: https://logs.east-1.example.com  # expect: cluster-specific-base
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/overlays/west-1/kustomization.yaml --
    resources: [../../base]
    patches:
      - patch: |
          apiVersion: v1
          kind: ConfigMap
          metadata: {name: settings, namespace: logging}
          data:
            store: https://logs.west-1.example.com
    ```

    ## References

    - [Kustomize: bases and overlays](https://kubernetes.io/docs/tasks/manage-kubernetes-objects/kustomization/#bases-and-overlays)
    """
    providers = {
        node.name: str(node.attributes["provider"])
        for node in graph.nodes(NodeKind.CLUSTER)
        if node.attributes.get("provider")
    }
    for group in gather(find_bound(estate, providers), _cause):
        is_led = len(group) > 1 or is_of_its_folder(group[0])
        yield _of_folder(estate, group) if is_led else _of_file(group[0])


def _cause(bound: Bound) -> object:
    """Whoever is led to another cluster's folder has all that it holds."""
    return (bound.owner, bound.strangers) if is_of_its_folder(bound) else bound.span


def _of_file(bound: Bound) -> Problem:
    thing = bound.what if bound.what == bound.owner else f"{bound.what} of {bound.owner}"
    return Problem(
        f"{bound.span.file.path} names {thing} and is in force on {' and '.join(bound.strangers)}",
        Location(bound.span, f"of {bound.owner}"),
        (),
        bound.subject,
        identity=f"{bound.span.file} {thing}",
    )


def _of_folder(estate: Estate, group: tuple[Bound, ...]) -> Problem:
    first, strangers = group[0], " and ".join(group[0].strangers)
    files = listed(dict.fromkeys(bound.span.file.path for bound in group))
    lead = find_lead(estate, first)
    places = tuple(Location(bound.span, f"of {first.owner}") for bound in group)
    return Problem(
        f"what names {first.owner} in its own folders is in force on {strangers}: {files}",
        Location(lead, "led there") if lead else places[0],
        places if lead else places[1:],
        first.subject,
        identity=f"{first.owner} {strangers}",
    )
