"""Every runbook that this estate has the facts for, and the page that lists them."""

from collections.abc import Iterator

from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.pages.runbooks.add_app import APPLICATION_RUNBOOK, application_runbook
from graphdoc.site.pages.runbooks.add_cluster import CLUSTER_RUNBOOK, cluster_runbook
from graphdoc.site.pages.runbooks.chart import CHART_RUNBOOK, chart_runbook, upgrade_pages
from graphdoc.site.pages.runbooks.rebuild import rebuild_page
from graphdoc.site.pages.runbooks.roll_back import ROLL_BACK_RUNBOOK, roll_back_runbook
from graphdoc.site.pages.runbooks.rotate import rotate_pages
from graphdoc.site.pages.runbooks.secret import SECRET_RUNBOOK, secret_runbook
from graphdoc.site.writing.page import Block, Page, SearchRank
from graphdoc.site.writing.tables import row, table

__all__ = ["RUNBOOKS", "runbook_pages"]

_PATH = "runbooks/index.md"
_TITLE = "Runbooks"
RUNBOOKS = {
    APPLICATION_RUNBOOK: "A new Application is to run here",
    CLUSTER_RUNBOOK: "A new cluster joins",
    SECRET_RUNBOOK: "A Secret gets a new value",
    CHART_RUNBOOK: "A chart has a newer version",
    ROLL_BACK_RUNBOOK: "A change has to be undone",
}
"""The task of each runbook that stands once, by its path."""


def runbook_pages(atlas: Atlas) -> Iterator[Page]:
    """The list of all runbooks and each of them, then those of single Secrets and charts.

    These stay out of the list and the navigation, which every page carries: the page of the Secret
    or the chart leads to them.
    """
    pages = (
        *application_runbook(atlas),
        *cluster_runbook(atlas),
        *secret_runbook(atlas),
        *chart_runbook(atlas),
        *roll_back_runbook(atlas),
        *(rebuild_page(atlas, node) for node in atlas.clusters),
    )
    yield _index(atlas, pages)
    yield from pages
    yield from rotate_pages(atlas)
    yield from upgrade_pages(atlas)


def _index(atlas: Atlas, pages: tuple[Page, ...]) -> Page:
    scope = Scope(atlas, _PATH)
    rows = (
        row(RUNBOOKS.get(page.path, "A cluster is lost"), scope.page(page.title, page.path))
        for page in pages
    )
    sentence = "What to do, step by step, with the files and lines of this estate."
    listed = Block("", "list", table(("When", "Follow"), rows))
    return scope.compose(_TITLE, sentence, (), (listed,), SearchRank.LIST)
