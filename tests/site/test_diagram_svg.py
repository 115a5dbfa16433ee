import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from graphdoc.model.finding import Severity
from graphdoc.site.diagrams.arrows import label_width
from graphdoc.site.diagrams.cards import (
    Badge,
    Card,
    Chip,
    Diagram,
    Direction,
    Edge,
    Frame,
    Lane,
    Row,
)
from graphdoc.site.diagrams.layout import LayoutError, Placement, Plan, lay_out
from graphdoc.site.diagrams.metrics import text_width
from graphdoc.site.diagrams.standalone import standalone_svg
from graphdoc.site.diagrams.svg import draw
from tests.site.diagram_examples import context, neighbourhood, tree

Example = Callable[[], Diagram]

EXAMPLES = (context, tree, neighbourhood)
GOLDEN = Path(__file__).parents[1] / "golden" / "diagram.svg"
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "\"><script>alert('1')</script>&amp;\u202egnp.exe\0"


def hostile() -> Diagram:
    """Every text and link as a repository would write it to break the page."""
    row = Row(HOSTILE, HOSTILE, "javascript:alert(1)")
    card = Card(
        HOSTILE,
        "application",
        HOSTILE,
        HOSTILE,
        (HOSTILE,),
        (row,),
        href=f"x.html?{HOSTILE}",
        tip=HOSTILE,
        badge=Badge(Severity.ERROR, 3),
    )
    chip = Chip(f"{HOSTILE}", HOSTILE, "data:text/html,x", Severity.INFO, HOSTILE)
    lane = Lane("lane two", HOSTILE, HOSTILE, (chip,))
    edge = Edge(HOSTILE, "lane two", HOSTILE, HOSTILE, HOSTILE)
    frame = Frame(HOSTILE, (HOSTILE,))
    return Diagram(HOSTILE, HOSTILE, HOSTILE, (card, lane), (edge,), frames=(frame,))


def child(parent: ET.Element, name: str) -> ET.Element:
    """The first child of that name."""
    found = parent.find(SVG + name)
    assert found is not None
    return found


def number(element: ET.Element, name: str) -> float:
    """An attribute as a number."""
    return float(element.get(name, "nan"))


def elements(svg: str, name: str, css: str) -> list[ET.Element]:
    """The elements of that name and class, in the order of the document."""
    return [
        found
        for found in ET.fromstring(svg).iter(SVG + name)
        if css in found.get("class", "").split()
    ]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_node_and_every_arrow_is_in_the_picture(example: Example) -> None:
    diagram = example()
    svg = draw(diagram).svg
    assert sorted(box.get("data-n", "") for box in elements(svg, "g", "gd-n")) == sorted(
        node.id for node in diagram.nodes
    )
    assert sorted(
        (a.get("data-a", ""), a.get("data-b", "")) for a in elements(svg, "g", "gd-e")
    ) == sorted((edge.source, edge.target) for edge in diagram.edges)


def test_the_picture_counts_chips_but_not_lanes() -> None:
    picture = draw(tree())
    assert (picture.elements, picture.folded) == (2 + 12, 0)
    assert picture.kinds == ("root", "parent", "infrastructure", "application")
    assert picture.lines == ("then",)


def test_what_is_folded_is_counted() -> None:
    lane = Lane("l", "wave 1", chips=(Chip("application", "billing", count=17),))
    card = Card("c", "host", "9 hosts", folded=3)
    picture = draw(Diagram("d", "D", "", (lane, card)))
    assert (picture.elements, picture.folded) == (2, 20)


def test_boxes_come_in_reading_order() -> None:
    boxes = [box.get("data-n") for box in elements(draw(neighbourhood()).svg, "g", "gd-n")]
    assert boxes == ["values", "chart", "shop", "host", "secret"]


def test_cards_of_a_column_are_equally_wide() -> None:
    boxes = elements(draw(neighbourhood()).svg, "rect", "b")
    widths = [box.get("width") for box in boxes]
    assert widths[0] == widths[1]
    assert widths[3] == widths[4]
    assert widths[0] != widths[3]


@pytest.mark.parametrize("example", EXAMPLES)
def test_nothing_leaves_the_picture(example: Example) -> None:
    picture = draw(example())
    for box in elements(picture.svg, "g", "gd-n"):
        x, y = map(float, re.findall(r"[\d.]+", box.get("transform", "")))
        rect = next(found for found in box.iter(SVG + "rect") if found.get("class") == "b")
        assert x >= 10
        assert x + number(rect, "width") <= picture.width - 9
        assert y >= 10
        assert y + number(rect, "height") <= picture.height - 9


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_picture_is_described_and_its_arrows_are_not_read_out(example: Example) -> None:
    diagram = example()
    root = ET.fromstring(draw(diagram).svg)
    title, description = child(root, "title"), child(root, "desc")
    counts = f"{len(diagram.nodes)} boxes, {len(diagram.edges)} arrows."
    assert title.text == diagram.title
    assert (description.text or "").startswith(f"{diagram.description} {counts}")
    assert root.get("role") == "group"
    assert root.get("aria-labelledby") == title.get("id")
    assert root.get("aria-describedby") == description.get("id")
    assert all(link.findtext(SVG + "title") for link in root.iter(SVG + "a"))
    [edges] = elements(draw(diagram).svg, "g", "edges")
    assert edges.get("aria-hidden") == "true"


def test_ids_are_unique_over_two_diagrams_with_the_same_nodes() -> None:
    both = draw(tree()).svg + draw(replace(tree(), id="tree-prod")).svg
    ids = re.findall(r' id="([^"]+)"', both)
    assert len(set(ids)) == len(ids) == 2 * (6 + 2)
    assert "tree-dev--wave:-1" in ids


@pytest.mark.parametrize("example", EXAMPLES)
def test_bytes_do_not_depend_on_the_order_given(example: Example) -> None:
    diagram = example()
    turned = replace(diagram, nodes=diagram.nodes[::-1], edges=diagram.edges[::-1])
    assert draw(turned).svg == draw(diagram).svg


def test_hostile_texts_stay_text() -> None:
    svg = draw(hostile()).svg
    root = ET.fromstring(svg)
    assert {element.tag for element in root.iter()} == {
        SVG + name
        for name in ("svg", "g", "title", "desc", "rect", "path", "polygon", "text", "use")
    }
    assert not re.search("[\0\u202e]", svg)
    assert child(root, "title").text == HOSTILE.replace("\u202e", "�").replace("\0", "�")


def test_only_links_that_are_safe_to_follow_stay_links() -> None:
    rows = (
        Row("script", href="javascript:alert(1)"),
        Row("hidden", href=" java\tscript:x"),
        Row("data", href="data:text/html,x"),
        Row("host", href="//example.org/x"),
        Row("page", href="../apps/x.html#y"),
        Row("web", href="https://example.org/x?a=1&b=2"),
    )
    svg = draw(Diagram("d", "D", "", (Card("c", "file", "c", rows=rows),))).svg
    links = [found.get("href") for found in ET.fromstring(svg).iter(SVG + "a")]
    assert links == ["../apps/x.html#y", "https://example.org/x?a=1&b=2"]


def test_an_arrow_to_nowhere_is_refused() -> None:
    diagram = Diagram("d", "D", "", (Card("a", "file", "a"),), (Edge("a", "b"),))
    with pytest.raises(ValueError, match="diagram d has no node b"):
        draw(diagram)


def test_two_nodes_of_one_id_are_refused() -> None:
    twice = (Card("a", "file", "a"), Card("a", "file", "b"))
    with pytest.raises(ValueError, match="diagram d has a node twice"):
        draw(Diagram("d", "D", "", twice))


def test_labels_are_drawn_without_room_where_graphviz_loses_arrows() -> None:
    def forgetful(plan: Plan) -> Placement:
        if any(wire.label for wire in plan.wires):
            raise LayoutError("lost 1")
        return lay_out(plan)

    svg = draw(neighbourhood(), forgetful).svg
    labels = [child(edge, "text").text or "" for edge in elements(svg, "g", "gd-e")]
    assert sorted(labels) == ["reads", "renders", "routes", "valueFiles"]


def test_labels_do_not_lie_on_boxes() -> None:
    diagram = neighbourhood()
    svg = draw(diagram).svg
    edges = {edge.label: label_width(edge) for edge in diagram.edges}
    boxes = [_box(found) for found in elements(svg, "g", "gd-n")]
    for arrow in elements(svg, "g", "gd-e"):
        text = child(arrow, "text")
        half, x, y = edges[text.text or ""] / 2, number(text, "x"), number(text, "y")
        for left, top, right, bottom in boxes:
            assert x + half <= left or right <= x - half or y <= top or bottom <= y - 11


def _box(found: ET.Element) -> tuple[float, float, float, float]:
    x, y = map(float, re.findall(r"[\d.]+", found.get("transform", "")))
    rect = next(rect for rect in found.iter(SVG + "rect") if rect.get("class") == "b")
    return x, y, x + number(rect, "width"), y + number(rect, "height")


def test_a_narrow_frame_makes_room_for_its_title_beside_an_arrow() -> None:
    cards = (Card("a", "host", "a"), Card("b", "host", "b"))
    frames = (Frame("a title wider than the one card", ("b",)),)
    diagram = Diagram(
        "d", "D", "", cards, (Edge("a", "b"),), frames=frames, rankdir=Direction.TOP_DOWN
    )
    svg = draw(diagram).svg
    [title], [line] = elements(svg, "text", "ft"), elements(svg, "path", "line")
    end = number(title, "x") + text_width(title.text or "", 11, 600)
    assert end < float(re.findall(r"[\d.]+", line.get("d", ""))[0])


def test_a_frame_that_a_stranger_is_in_is_not_drawn() -> None:
    cards = tuple(Card(name, "file", name) for name in ("a", "b", "c"))
    frames = (Frame("ends", ("a", "c")), Frame("pair", ("a", "b")))
    diagram = Diagram("d", "D", "", cards, columns=(("a", "b", "c"),), frames=frames)
    titles = [text.text for text in elements(draw(diagram).svg, "text", "ft")]
    assert titles == ["pair"]


def test_a_standalone_picture_needs_nothing_from_elsewhere() -> None:
    text = standalone_svg(draw(neighbourhood()))
    root = ET.fromstring(text)
    assert "var(" not in text
    assert not [found for found in root.iter(SVG + "a") if found.get("href")]
    used = {use.get("href") for use in root.iter(SVG + "use")}
    assert used == {f"#{symbol.get('id')}" for symbol in root.iter(SVG + "symbol")}
    assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]


def test_a_standalone_picture_has_the_colours_of_the_style_sheet() -> None:
    style = standalone_svg(draw(tree()))
    assert ".gd-svg .gd-n .chip.k-application > .b { fill: #e6f7ec; stroke: #15803d; }" in style
    assert '<rect width="' in style
    assert 'fill="#ffffff"' in style


def test_the_golden_picture() -> None:
    assert standalone_svg(draw(neighbourhood())) == GOLDEN.read_text(encoding="utf-8")


def test_boxes_below_each_other_are_equally_wide_where_a_picture_leads_right() -> None:
    sets = tuple(Card(f"s{n}", "applicationset", "a" * 9 * n) for n in (1, 2))
    lanes = tuple(
        Lane(f"l{n}", "wave 0", chips=(Chip("application", "b" * 9 * n),)) for n in (1, 2)
    )
    edges = tuple(Edge(f"s{n}", f"l{n}") for n in (1, 2))
    picture = draw(Diagram("d", "D", "", (*sets, *lanes), edges))
    found = re.findall(r'<rect class="b" width="(\d+)"', picture.svg)
    assert len(found) == 4
    assert len(set(found)) == 2
