"""Rule ``stale-document-path``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import gather, listed
from graphdoc.model.location import Location, locations
from graphdoc.resolve.documents.stale_paths import ABSENT, StalePath, find_stale_paths
from graphdoc.resolve.names.alike import the_nearest
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["stale_document_path"]

_FEW = 8


@rule("stale-document-path", severity=Severity.WARNING)
def stale_document_path(estate: Estate) -> Iterator[Problem]:
    """A handwritten document names a path, repository, cluster or Application that does not exist.

    Read are the Markdown files of the repositories: inline code, relative links, drawn directory
    trees and the commands of examples. A path counts where its first folder, or the repository
    that it starts with, is there, so that it surely means one of the analysed repositories; in a
    folder that all projects have (`docs/`, `scripts/`) where it fits in beside other files and the
    document speaks of no other repository.
    Of a pattern with examples, `apps-{cluster}.yaml (e.g. dev, prod)`, each must be there where
    one is. An address of a file counts where its repository and revision are at hand; one of a
    repository where only another owner has it. Names count in columns headed Application or
    Cluster and in trees of Applications, where most of them are known and no file is called so.
    Examples to fill in, files that Git ignores, and sentences and documents that speak of other
    times (what was, what shall be, what one creates) do not count, nor do steps of scenarios
    (**GIVEN**, **WHEN**), nor trees of which the line above says that they might look so.

    ## Why is this bad?

    Whoever follows the document looks for what is not there, or puts a file where nothing reads it.

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

    The account of the shop is in `apps/shop.yaml`.  # expect: stale-document-path
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/README.md --
    # Launchpad

    The account of the web is in `apps/web.yaml`.
    ```

    ## References

    - [CommonMark: code spans, fences and links](https://spec.commonmark.org/current/)
    """
    for group in gather(find_stale_paths(estate), _kin, _FEW):
        first, *others = sorted(span for stale in group for span in stale.spans)
        also = "also named here" if len(group) == 1 else "this does not exist, either"
        yield Problem(
            f"{first.file.path.rpartition('/')[2]} names {_said(group)}",
            Location(first, "named here"),
            locations(others, also),
            str(first.file),
            hint=the_nearest(group[0].nearest),
            identity=str(first.file) if len(group) > 1 else "",
        )


def _kin(stale: StalePath) -> object:
    """What many of one document share: no remedy is near, so the document as a whole is old."""
    is_plain = stale.fault == ABSENT and not stale.nearest
    return stale.spans[0].file if is_plain else stale


def _said(group: tuple[StalePath, ...]) -> str:
    paths = listed(stale.path for stale in group)
    if len(group) == 1:
        return f"{paths}, {group[0].fault}"
    return f"{len(group)} things that do not exist: {paths}"
