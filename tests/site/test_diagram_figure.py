import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest

from graphdoc.model.finding import Severity
from graphdoc.site.diagrams.cards import Card, Chip, Diagram, Lane
from graphdoc.site.diagrams.figure import (
    Link,
    Place,
    Table,
    board,
    diagram_table,
    figure,
    table_html,
)
from graphdoc.site.diagrams.svg import draw
from graphdoc.site.writing.icons import KINDS, icon, sprite
from graphdoc.site.writing.text import safe_href, visible
from tests.site.diagram_examples import context, neighbourhood, tree
from tests.site.test_diagram_svg import hostile


def parsed(html: str) -> ET.Element:
    """The figure as XML, so far as HTML's bare attributes allow."""
    for bare in ("hidden", "download", "data-search-exclude"):
        html = html.replace(f" {bare}>", f' {bare}="">')
    return ET.fromstring(f"<div>{html}</div>")


def texts(html: str, tag: str, css: str) -> list[str]:
    """The texts of the elements of that tag and class."""
    found = [e for e in parsed(html).iter(tag) if css in (e.get("class") or "").split()]
    return ["".join(element.itertext()).strip() for element in found]


def test_the_key_explains_the_kinds_and_lines_that_are_shown() -> None:
    assert texts(figure(draw(neighbourhood())), "span", "gd-key") == [
        "values file",
        "Helm chart",
        "Application",
        "host",
        "Secret",
        "traffic",
        "Secret",
        "values",
    ]


def test_the_caption_says_that_all_is_shown() -> None:
    said = texts(figure(draw(tree())), "span", "gd-said")
    assert said == ["14 elements, all shown. Click a box to open its page."]


def test_the_caption_says_what_is_folded_and_where_it_is_listed() -> None:
    card = Card("c", "host", "9 hosts", folded=3)
    picture = draw(Diagram("d", "D", "", (card,)))
    html = figure(picture, Place(list_href="hosts.html"))
    assert texts(html, "span", "gd-said") == ["1 element shown, 3 folded, see list."]
    assert '<a href="hosts.html">see list</a>' in html


def test_the_svg_button_is_a_plain_link() -> None:
    html = figure(draw(tree()), Place(svg_href="tree-dev.svg"))
    assert '<a class="gd-file" href="tree-dev.svg" download>SVG</a>' in html
    assert "gd-file" not in figure(draw(tree()))


@pytest.mark.parametrize("example", [context, tree, neighbourhood])
def test_the_table_has_a_row_for_each_node(example: Callable[[], Diagram]) -> None:
    diagram = example()
    html = figure(draw(diagram))
    assert f"Same data as a table ({len(diagram.nodes)} rows)" in html
    assert len(list(parsed(html).iter("tr"))) == len(diagram.nodes) + 1


def test_a_row_of_the_table_says_what_the_picture_says() -> None:
    table = diagram_table(neighbourhood())
    assert table.head == ("Name", "What it is", "Holds", "Leads to")
    assert table.rows[2] == (
        Link("shop", "shop.html"),
        "Application",
        (Link("cluster dev"), Link("wave 2"), Link("2 warnings")),
        "reads shop-tls, routes shop.example.org",
    )


def test_every_cell_names_its_column_for_a_phone() -> None:
    html = table_html(Table(("App", "Tag"), (("shop", Link("1.2", "x.html")),)))
    assert html == (
        '<table class="gd cards"><thead><tr><th scope="col">App</th>'
        '<th scope="col">Tag</th></tr></thead><tbody>'
        '<tr><td data-l="App">shop</td> <td data-l="Tag"><a href="x.html">1.2</a></td></tr>'
        "</tbody></table>"
    )


def test_a_figure_is_one_line_of_wellformed_markup() -> None:
    html = figure(draw(context()), Place("context.svg", "list.html"))
    assert "\n" not in html
    parsed(html)


def test_hostile_texts_stay_text_in_the_figure_and_on_the_board() -> None:
    diagram = hostile()
    lanes = [node for node in diagram.nodes if isinstance(node, Lane)]
    html = figure(draw(diagram)) + board(lanes)
    assert not list(parsed(html).iter("script"))
    assert "javascript:" not in html
    assert "\u202e" not in html


def test_the_board_has_the_chips_of_the_lanes() -> None:
    lane = Lane(
        "l", "wave 1", "2 apps", (Chip("application", "a", "a.html"), Chip("group", "b", count=4))
    )
    assert board([lane]) == (
        '<div class="gd-waves"><section><h3>wave 1 <small>2 apps</small></h3><ul>'
        '<li class="k-application"><a href="a.html">a</a></li> '
        '<li class="k-group"><span>b (4)</span></li></ul></section></div>'
    )


def test_a_chip_on_the_board_says_its_severity_in_words_too() -> None:
    html = board([Lane("l", "wave 1", chips=(Chip("application", "a", severity=Severity.ERROR),))])
    assert (
        '<li class="k-application error">'
        '<span>a <i class="sev error" role="img" aria-label="error">✕</i></span></li>'
    ) in html


def test_the_sprite_has_each_known_kind_once() -> None:
    root = ET.fromstring(sprite(["host", "secret", "host", "no-such-kind"]))
    assert [symbol.get("id") for symbol in root] == ["gi-host", "gi-secret"]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_an_icon_of_material(kind: str) -> None:
    [symbol] = ET.fromstring(sprite([kind]))
    assert symbol.get("viewBox")
    assert 'fill-opacity=".35"' not in sprite([kind])
    assert f"#gi-{kind}" in icon(kind)


@pytest.mark.parametrize(
    "href", ["javascript:x", "JavaScript:x", "vbscript:x", "//h/x", " x", "a\nb"]
)
def test_unsafe_links_are_dropped(href: str) -> None:
    assert safe_href(href) == ""


def test_invisible_characters_become_visible() -> None:
    assert visible("a\u202eb\u200bc\td\n\ne\ufeff\ud800") == "a�b�c d e��"
