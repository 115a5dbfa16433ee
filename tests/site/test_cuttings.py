"""Tables leave the Markdown and come back as they were."""

from graphdoc.site.mkdocs.cuttings import cut_tables
from graphdoc.site.writing.markup import html
from graphdoc.site.writing.tables import row, table

SEARCHED = table(("A",), [row("one")])
QUIET = table(("A",), [row(f"{number}") for number in range(100)])
PAGE = f"# x\n\n{SEARCHED}\n\ntext\n\n<details>{QUIET}</details>\n"


def test_every_table_comes_back_where_it_was() -> None:
    cut = cut_tables(PAGE)
    assert "<table" not in cut.markdown
    assert cut.with_all(cut.markdown) == PAGE
    assert cut.with_all(cut.with_searched(cut.markdown)) == PAGE


def test_only_what_the_search_reads_comes_back_before_it() -> None:
    early = cut_tables(PAGE).with_searched(cut_tables(PAGE).markdown)
    assert SEARCHED in early
    assert QUIET not in early


def test_a_page_without_tables_stays() -> None:
    assert cut_tables("# x\n") == cut_tables("# x\n")
    assert cut_tables("# x\n").markdown == "# x\n"


def test_text_that_looks_like_a_gap_is_left_empty() -> None:
    forged = '<div class="gd-gap" data-gd="7"></div>'
    assert cut_tables(PAGE).with_all(forged) == ""
    assert html("{}", forged) != forged
