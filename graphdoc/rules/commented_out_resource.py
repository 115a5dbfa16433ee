"""Rule ``commented-out-resource``."""

from collections.abc import Iterator

from graphdoc.graph.repo_graph import RepoGraph
from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location, SourceFile, Span, file_start
from graphdoc.resolve.comments import find_commented_entry
from graphdoc.resolve.orphans import find_commented_applications
from graphdoc.resolve.reach import find_unreached_manifests
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["commented_out_resource"]

_MANY = 5


@rule("commented-out-resource", severity=Severity.INFO, since="0.1.0")
def commented_out_resource(estate: Estate, _graph: RepoGraph) -> Iterator[Problem]:
    """A kustomization names a manifest or an Application in a comment, and nothing else does.

    It is a commented-out entry, or a comment gives the reason why there is none. Where one
    kustomization comments out more than five, they are one finding, as in a list to choose from.

    ## Why is this bad?

    Somebody switched it off, for a while or for good: the repository does not say which, and the
    file ages beside those that are deployed.

    ## Example

    ```yaml
    -- launchpad/web/kustomization.yaml --
    resources:
      - deployment.yaml
      # - networkpolicy.yaml  # expect: commented-out-resource
    -- launchpad/web/deployment.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web}
    -- launchpad/web/networkpolicy.yaml --
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: web}
    spec: {podSelector: {}}
    ```

    ## Use instead

    ```yaml
    -- launchpad/web/kustomization.yaml --
    resources:
      - deployment.yaml
    -- launchpad/web/deployment.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web}
    ```

    ## References

    - [Kustomize: resources](https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/resource/)
    """
    entries: dict[SourceFile, list[tuple[Span, SourceFile]]] = {}
    for file in _commented_out(estate):
        comment = find_commented_entry(estate.clones, file)
        if comment is not None:
            entries.setdefault(comment.file, []).append((comment, file))
    for kustomization, found in sorted(entries.items()):
        if len(found) > _MANY:
            yield _many(kustomization, sorted(found))
        else:
            yield from (_one(comment, file) for comment, file in found)


def _one(comment: Span, file: SourceFile) -> Problem:
    return Problem(
        f"{file} is named in a comment only",
        Location(comment, "commented out"),
        (Location(file_start(file), "named by nothing"),),
        f"file:{file}",
    )


def _many(kustomization: SourceFile, found: list[tuple[Span, SourceFile]]) -> Problem:
    first, *others = found
    return Problem(
        f"{first[1]} and {len(others)} more are named in comments only",
        Location(first[0], "commented out"),
        tuple(Location(comment, "commented out") for comment, _ in others),
        f"file:{kustomization}",
        identity=f"{kustomization}",
    )


def _commented_out(estate: Estate) -> Iterator[SourceFile]:
    applications = {orphan.span.file for orphan in find_commented_applications(estate)}
    manifests = {found.file for found in find_unreached_manifests(estate)}
    return iter(sorted(applications | manifests))
