"""Every table of every generated page of the sample, row by row, against the graph and the clones.

Each row's facts are looked up in what ``graphdoc graph`` and ``check`` say, and the line that it
names must hold what the row claims. A table that no check here knows fails the census.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graphdoc.pipeline.analysis import Analysis
from tests.site.html_pages import Cell, read_page
from tests.site.rows import applications as apps
from tests.site.rows import back, pictures, platform, secrets, steps
from tests.site.rows.facts import Facts, Row

pytestmark = pytest.mark.slow

Check = Callable[[Facts, Row], None]

CHECKS: dict[str, Check] = {
    "What | Cluster | Value now | Change it here": apps.change,
    "What | Application | Cluster | Value now | Change it here": apps.change,
    "Application | What it is | Clusters | Wave | Namespace | Chart | Findings": apps.listed,
    "Cluster | Version | Images | Sync | Overlay patch | Last values file | Findings": apps.on,
    "Cluster | Position | Layer | Keys | File | Named at": apps.layer,
    "What | Name | Cluster | How | Where": apps.relation,
    "Who | How | Cluster | Where": apps.parent,
    "Key | Cluster | Value | Set at": apps.effective,
    "Cluster | Why its resources are not all known | Where": apps.unknown,
    "Application | Cluster | Why": apps.unknown,
    "Cluster | Applications | Provider | Root | Findings": apps.cluster,
    "Cluster | Also called | Seen in": apps.alias,
    "Overlay | Where | Includes": apps.overlay,
    "Overlay | File": apps.overlay,
    "Application | Wave | Namespace | Defined by | Renders": apps.runs_on,
    "Application | Field | Value here | Set at | Instead of": apps.differs,
    "Host | Application | Where": apps.host_here,
    "Secret | Namespace | Made by | Used by": secrets.secret,
    "Cluster | Namespace | Made by | Keys | Written at": secrets.secret,
    "Secret | Cluster | Namespace | Made by | Written at": secrets.secret,
    "Secret | Cluster | Namespace | Made by | Written at | Used by": secrets.secret,
    "Secret | Namespace | Made by | Keys | Used by": secrets.secret_listed,
    "SealedSecret | Cluster | Namespace | Scope | Keys | Where": secrets.sealed,
    "Secret | Namespace | Scope | Keys | File | Used by": secrets.sealed,
    "Secret | Cluster | Namespace | Scope | Keys | Change this file | Then restart": secrets.sealed,
    "Application | Cluster | Namespace | How | Where": secrets.consumer,
    "Secret | Cluster | Into namespace": secrets.copied,
    "Application | Clusters | Version | Named at": platform.chart_user,
    "Chart | Version | Repository | Kept | Used by": platform.chart,
    "Cluster | What Argo CD does": apps.fate,
    "Key | Default | Set by | In values.yaml": platform.chart_key,
    "Template | Makes": platform.template,
    "Application | Clusters | Position | Named at": platform.reader,
    "Key | Value | Line | In force": platform.values_key,
    "Values file | Read by | Clusters | Where": platform.values_file,
    "Host | Application | Clusters | Where | Certificate | Authentication": platform.host,
    "Image | Tags | Run by | Clusters": platform.image,
    "Namespace | Clusters | Applications": platform.namespace,
    "Policy | Clusters | Kind | Rules | Where": platform.policy,
    "Rule | Type | Matches | But not | Effect | Clusters | Where": platform.policy_rule,
    "Application | Clusters | Rule | What it renders | Matches": platform.policy_hit,
    "AppProject | Clusters | Defined | Used by": platform.project,
    "Repository | Role | Files | Read by | State analysed | Address": platform.repository,
    "Repository | State analysed | Branch | Lines are linked": platform.clone,
    "Application | Clusters": platform.reads,
    "Path | What | Reached": platform.known,
    "Severity | Rule | What | Where": steps.finding,
    "Severity | What | Where | See also": steps.finding,
    "Rule | What it finds | Severity | Findings": steps.rule,
    "Rule | Notices | Findings now": steps.rule,
    "What | Seen | Understood": steps.seen,
    "Reason | Where": steps.reason,
    "Reason | Times": steps.reasons,
    "Application | Key | Values": steps.difference,
    "Step | File | What to do": steps.copy,
    "Field | Value now | Line": steps.field,
    "Root | Defined at": steps.root,
    "Folder | Holds | Such as": steps.folder,
    "Application | Namespace | Defined by": steps.order,
    "Application | Volume | Size | Asked for at": steps.volume,
    "Chart | Version | Change this line | Clusters | Applications": steps.chart_line,
    "From | Revision | To go back | Line | Applications": back.followed,
    "Sync | After the revert | What it had added | Edits by hand | Applications": back.synced,
    "What | Why | Here": back.lasting,
    "Kind | Count": steps.kinds,
    "Edge | Says that | Count": steps.kinds,
    "What | Value": steps.about,
    "Cluster | Is the order enforced? | Waves": steps.wave,
}
# The annotated tree, which is checked as a whole.
TREE = "Folder | Files | Holds | Read by"
# What a picture shows, and so is checked as a whole, too.
PICTURE = "Name | What it is | Holds | Leads to"
# Checked by tests/site/test_truth.py: the matrix and the clouds.
ELSEWHERE = {
    "Application | upc-dev | upc-prod",
    "What | AWS | Azure | Google Cloud | UpCloud",
}
# Fixed words: the way on, and the key of the findings.
WORDS = {"Task | Go to | You change", "When | Follow", "Sign | Word | Meaning", "Sign | Word"}
# Handwritten pages of graphdoc itself.
HANDWRITTEN = (
    "applicationsets", "ci", "configuration", "decisions/", "documents", "handwritten", "kustomize",
    "mutants", "performance", "portability", "proven", "quick-start",
)  # fmt: skip


def tables(site: Path) -> Iterator[tuple[str, str, list[dict[str, Cell]]]]:
    """Each table of the generated pages: page, columns, rows."""
    for file in sorted(site.rglob("*.html")):
        page = file.relative_to(site).as_posix()
        if page != "404.html" and not page.startswith(HANDWRITTEN):
            yield from (
                (page, " | ".join(rows[0]), rows) for rows in read_page(file).tables if rows
            )


def test_every_table_is_checked(built_site: Path) -> None:
    shown = {columns for _, columns, _ in tables(built_site)}
    assert shown == {*CHECKS, TREE, PICTURE, *ELSEWHERE, *WORDS}


@pytest.fixture(scope="module")
def facts(analysis: Analysis, sample: Path) -> Facts:
    return Facts(analysis, sample)


@pytest.mark.parametrize("columns", CHECKS)
def test_every_row_is_true(built_site: Path, facts: Facts, columns: str) -> None:
    for page, found, rows in tables(built_site):
        for row in rows if found == columns else ():
            try:
                CHECKS[columns](facts, Row(page, row))
            except (AssertionError, KeyError, ValueError) as wrong:
                said = {head: (cell.text, cell.places) for head, cell in row.items()}
                pytest.fail(f"{page}: {said}\n{type(wrong).__name__}: {wrong}")


def test_the_tree_of_a_repository_counts_its_files(built_site: Path, facts: Facts) -> None:
    for page, columns, rows in tables(built_site):
        if columns == TREE:
            platform.folders(facts, [Row(page, row) for row in rows])


def test_a_picture_shows_what_the_graph_holds(built_site: Path, facts: Facts) -> None:
    checked = 0
    for page, columns, rows in tables(built_site):
        if columns == PICTURE:
            pictures.same_data(facts, [Row(page, row) for row in rows])
            checked += 1
    assert checked == len(list((built_site / "assets" / "diagrams").glob("*.svg")))


# What stands in a line of which a sentence speaks.
CLAIMS = {
    "The tag": "tag:", "Application is defined": "kind: application", "image": "image:",
    "answers it": "host", "bootstrap.sh": "kubectl apply", "applies": "kind: application",
    "Add a comment": "",
}  # fmt: skip


def test_what_a_sentence_says_of_a_line_stands_in_it(built_site: Path, facts: Facts) -> None:
    """The steps of Day 1 and of the runbooks."""
    said = [
        item
        for page in ("day-1", "runbooks/rebuild-upc-dev", "runbooks/add-cluster")
        for item in read_page(built_site / f"{page}.html").items
        if item.places
    ]
    assert len(said) > 6
    for item in said:
        claim = next(claim for words, claim in CLAIMS.items() if words in item.text)
        assert claim in facts.text(item.places[-1], more=3), item
