"""Rule ``stale-document-block``."""

from collections.abc import Iterator

from graphdoc.graph.blocks.documents import find_stale_blocks
from graphdoc.graph.repo_graph import RepoGraph
from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import graph_rule

__all__ = ["stale_document_block"]


@graph_rule("stale-document-block", severity=Severity.WARNING)
def stale_document_block(estate: Estate, graph: RepoGraph) -> Iterator[Problem]:
    """A managed block of a document differs from what the repositories say.

    Between the comments `<!-- graphdoc: table applications cluster=dev -->` and
    `<!-- /graphdoc -->` stands what `graphdoc docs --write` puts there: a `table`, a `list` or a
    `tree`. Blank lines and the widths of columns do not count, so a formatter of Markdown may
    have its way. A block that nothing ends, or whose order names what does not exist, is reported
    as well; blocks inside fences are examples.

    ## Why is this bad?

    Readers trust a table that a program keeps. Once it lags behind, it is a handwritten table that
    nobody maintains.

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
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web}
    -- launchpad/README.md --
    # Launchpad

    <!-- graphdoc: list applications -->  # expect: stale-document-block
    - `shop`
    <!-- /graphdoc -->
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/README.md --
    # Launchpad

    <!-- graphdoc: list applications -->
    - `root`
    <!-- /graphdoc -->
    ```

    ## References

    - [terraform-docs: output between two comments](https://terraform-docs.io/user-guide/configuration/output/)
    """
    for stale in find_stale_blocks(estate.document_clones, graph):
        yield Problem(
            f"block '{stale.order}' is stale: {stale.reason}",
            Location(stale.span, "starts here"),
            (),
            str(stale.span.file),
        )
