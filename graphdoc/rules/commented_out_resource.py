"""Rule ``commented-out-resource``."""

from collections.abc import Iterator
from posixpath import dirname, relpath
from typing import NamedTuple

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import gather, listed
from graphdoc.model.location import Location, SourceFile, Span, file_start
from graphdoc.resolve.evidence.comments import find_commented_entry
from graphdoc.resolve.orphans.applications import find_commented_applications
from graphdoc.resolve.orphans.reach import find_unreached_manifests
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["commented_out_resource"]


@rule("commented-out-resource", severity=Severity.INFO)
def commented_out_resource(estate: Estate) -> Iterator[Problem]:
    """A kustomization names a manifest or an Application in a comment, and nothing else does.

    It is a commented-out entry, or a comment gives the reason why there is none. More than three
    in one kustomization are one finding, at the first.

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
    for group in gather(_commented_out(estate), lambda found: found.comment.file):
        first = group[0]
        names = listed(
            relpath(found.file.path, dirname(found.comment.file.path) or ".") for found in group
        )
        several = f"{first.comment.file} names {len(group)} files in comments only: {names}"
        yield Problem(
            several if len(group) > 1 else f"{first.file} is named in a comment only",
            Location(first.comment, "commented out"),
            tuple(Location(file_start(found.file), "named by nothing") for found in group),
            f"file:{first.file}",
            identity=str(first.comment.file if len(group) > 1 else first.file),
        )


class _CommentedOut(NamedTuple):
    comment: Span
    file: SourceFile


def _commented_out(estate: Estate) -> list[_CommentedOut]:
    applications = {orphan.span.file for orphan in find_commented_applications(estate)}
    manifests = {found.file for found in find_unreached_manifests(estate)}
    entries = ((find_commented_entry(estate.clones, f), f) for f in applications | manifests)
    return sorted(_CommentedOut(span, file) for span, file in entries if span is not None)
