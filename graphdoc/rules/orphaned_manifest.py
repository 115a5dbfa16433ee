"""Rule ``orphaned-manifest``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import first_of
from graphdoc.model.location import Location, file_start
from graphdoc.resolve.evidence.comments import find_commented_entry
from graphdoc.resolve.orphans.consumers import find_beside, find_misnamed
from graphdoc.resolve.orphans.reach import Unreached, find_unreached_manifests
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["orphaned_manifest"]


@rule("orphaned-manifest", severity=Severity.WARNING)
def orphaned_manifest(estate: Estate) -> Iterator[Problem]:
    """A Kubernetes manifest or patch lies beside a kustomization that does not name it.

    Or beside files that a kustomization names. Nothing else names it either: no other
    kustomization, no Application's directory source, no script or pipeline of the repositories, no
    command in a document or in its own remarks. A file that the kustomization names in a comment is
    [`commented-out-resource`](commented-out-resource.md), an Application is
    [`orphaned-application`](orphaned-application.md). Files whose name says `example` or `sample`,
    and folders of tests, examples and fixtures, are not judged. Nor is the one that a misspelt name
    of a kustomization is nearest to: [`missing-kustomize-entry`](missing-kustomize-entry.md) tells
    of both. The message ends with the likeliest consumer, the kustomization beside or above it.

    ## Why is this bad?

    It looks deployed and is not. Either the entry was forgotten, and something is missing in the
    cluster, or the file is left over and misleads the next reader.

    ## Example

    ```yaml
    -- launchpad/web/kustomization.yaml --
    resources:
      - deployment.yaml
    -- launchpad/web/deployment.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web}
    -- launchpad/web/networkpolicy.yaml --
    apiVersion: networking.k8s.io/v1  # expect: orphaned-manifest
    kind: NetworkPolicy
    metadata: {name: web}
    spec: {podSelector: {}}
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/web/kustomization.yaml --
    resources:
      - deployment.yaml
      - networkpolicy.yaml
    ```

    ## References

    - [Kustomize: resources](https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/resource/)
    """
    for found in find_unreached_manifests(estate):
        file = found.file
        is_told = (file.repository, file.path) in find_misnamed(estate)
        if not is_told and find_commented_entry(estate.clones, file) is None:
            meant = find_beside(estate, file)
            yield Problem(
                f"no kustomization and no Application names {file}{_contents(found)}",
                Location(file_start(file), "named by nothing"),
                meant.related if meant else (),
                f"file:{file}",
                hint=meant.fact if meant else "",
                identity=str(file),
            )


def _contents(found: Unreached) -> str:
    resources = found.parsed.resources
    if not resources:
        return " (a patch)"
    return f" ({first_of([resource.id for resource in resources])})"
