"""Rule ``stale-document-review``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location
from graphdoc.resolve.documents.reviews import StaleReview, find_stale_reviews
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["stale_document_review"]

_NAMED = 3


@rule("stale-document-review", severity=Severity.INFO)
def stale_document_review(estate: Estate) -> Iterator[Problem]:
    """What a page covers changed after the page was last reviewed.

    A page says in its front matter what it is about and at which commit somebody last read it
    against that: `covers` is a list of `repository/path`, each a file, a folder or a pattern with
    `*` and `**`; `reviewed` is a commit, or one for each repository (`reviewed: {launchpad:
    4f0c2a9, forte-helm: 91be33d}`). A repository that does not have the commit is counted in the
    coverage.

    ## Why is this bad?

    The page may still be right. Until somebody has read it again nobody knows, and readers trust
    it all the same.

    ## Example

    ```yaml
    -- launchpad/docs/web.md --
    ---
    covers:
      - launchpad/apps/web.yaml
    reviewed: v1  # expect: stale-document-review
    ---
    The account of the web is called web.
    -- launchpad/apps/web.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: shop}
    -- launchpad@v1/apps/web.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web}
    ```

    ## Use instead

    ```yaml
    -- launchpad/docs/web.md --
    ---
    covers:
      - launchpad/apps/web.yaml
    reviewed: v2
    ---
    The account of the web is called shop.
    -- launchpad/apps/web.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: shop}
    -- launchpad@v2/apps/web.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: shop}
    ```

    ## References

    - [MkDocs: meta-data](https://www.mkdocs.org/user-guide/writing-your-docs/#meta-data)
    """
    for review in find_stale_reviews(estate):
        yield Problem(
            f"{review.page.path}, reviewed at {review.commit}, covers {_names(review)}",
            Location(review.span, "reviewed then"),
            tuple(Location(c.span, f"{c.file} {c.fate}") for c in review.changed),
            str(review.page),
            identity=str(review.page),
        )


def _names(review: StaleReview) -> str:
    shown = [f"{c.file}, which {c.fate}" for c in review.changed[:_NAMED]]
    hidden = len(review.changed) - len(shown)
    return ", and ".join([*shown, *([f"{hidden} more"] if hidden else [])])
