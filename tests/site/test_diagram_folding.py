from collections.abc import Callable
from dataclasses import replace

from graphdoc.model.finding import Severity
from graphdoc.model.grouping import plural_of
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
from graphdoc.site.diagrams.folding import (
    draw_best,
    draw_within_budget,
    fold_lane,
    fold_lanes,
    fold_siblings,
    over_budget,
)
from graphdoc.site.diagrams.svg import draw
from tests.site.diagram_examples import neighbourhood, tree


def hub(count: int, kind: str = "host") -> Diagram:
    """One chart and the siblings that it serves."""
    cards = tuple(
        Card(f"{kind}{index}", kind, f"{kind}-{index}", "served", href=f"{index}.html")
        for index in range(count)
    )
    edges = tuple(
        Edge("chart", card.id, "serves" if not index else "", "network")
        for index, card in enumerate(cards)
    )
    return Diagram("hub", "Hub", "", (Card("chart", "chart", "shop"), *cards), edges)


def siblings(diagram: Diagram) -> list[Card]:
    """The cards beside the chart."""
    return [node for node in diagram.nodes[1:] if isinstance(node, Card)]


def lane(count: int, *groups: Callable[[int], str]) -> Lane:
    """Chips that name their groups."""
    chips = tuple(
        Chip("application", f"app-{index:02}", groups=tuple(group(index) for group in groups))
        for index in range(count)
    )
    return Lane("w", "wave 1", chips=chips, href="apps.html")


def test_three_siblings_stay_cards() -> None:
    assert fold_siblings(hub(3)) == hub(3)


def test_four_siblings_become_one_list_card() -> None:
    folded = fold_siblings(hub(4))
    rows = tuple(Row(f"host-{index}", href=f"{index}.html") for index in range(4))
    assert folded.nodes[1:] == (Card("list:host:chart", "host", "4 hosts", "served", rows=rows),)
    assert folded.edges == (Edge("chart", "list:host:chart", "serves", "network"),)


def test_a_list_card_shows_six_and_counts_the_rest() -> None:
    [card] = fold_siblings(hub(44)).nodes[1:]
    assert isinstance(card, Card)
    assert [row.text for row in card.rows[:6]] == [f"host-{index}" for index in range(6)]
    assert card.rows[6:] == (Row("+38 more", css="more"),)
    assert card.folded == 38
    assert draw(fold_siblings(hub(44))).folded == 38


def test_siblings_of_another_kind_or_relation_stay_apart() -> None:
    diagram = hub(5)
    other = replace(siblings(diagram)[0], kind="image")
    turned = (Edge("host1", "chart", css="network"), *diagram.edges[2:])
    mixed = replace(diagram, nodes=(diagram.nodes[0], other, *diagram.nodes[2:]))
    assert len(fold_siblings(mixed).nodes) == 3
    assert len(fold_siblings(replace(diagram, edges=(diagram.edges[0], *turned))).nodes) == 3


def test_the_focus_is_never_folded() -> None:
    diagram = hub(4)
    focus = replace(siblings(diagram)[0], focus=True)
    kept = replace(diagram, nodes=(diagram.nodes[0], focus, *diagram.nodes[2:]))
    assert fold_siblings(kept) == kept


def test_columns_and_frames_follow_the_folding() -> None:
    hosts = tuple(card.id for card in hub(4).nodes[1:])
    diagram = replace(hub(4), columns=(hosts,), frames=(Frame("Hosts", hosts),))
    folded = fold_siblings(diagram)
    assert folded.columns == (("list:host:chart",),)
    assert folded.frames == (Frame("Hosts", ("list:host:chart",)),)
    assert over_budget(draw(folded)) == ""


def test_a_list_card_carries_the_worst_finding_and_their_number() -> None:
    diagram = hub(4)
    badges = (Badge(Severity.WARNING, 2), None, Badge(Severity.ERROR, 1), None)
    cards = (replace(c, badge=b) for c, b in zip(siblings(diagram), badges, strict=True))
    [card] = fold_siblings(replace(diagram, nodes=(diagram.nodes[0], *cards))).nodes[1:]
    assert isinstance(card, Card)
    assert card.badge == Badge(Severity.ERROR, 3)


def test_a_lane_of_24_stays_as_it_is() -> None:
    assert fold_lane(lane(24)) == lane(24)


def test_a_larger_lane_is_grouped_by_the_first_key_that_helps() -> None:
    by_namespace = fold_lane(lane(30, lambda index: f"ns{index}", lambda index: f"dir{index % 3}"))
    assert [(chip.text, chip.count) for chip in by_namespace.chips] == [
        ("dir0", 10),
        ("dir1", 10),
        ("dir2", 10),
    ]


def named(*names: str) -> list[tuple[str, int]]:
    """The groups of a lane whose chips have names and no keys."""
    chips = tuple(Chip("application", name) for name in names)
    return [(chip.text, chip.count) for chip in fold_lane(Lane("w", "wave", chips=chips)).chips]


def test_without_a_key_the_first_word_in_which_names_differ_groups() -> None:
    names = [f"my-apps-{part}-{index}" for part in ("ai", "media") for index in range(13)]
    assert named(*names) == [("ai", 13), ("media", 13)]


def test_before_names_come_the_folders_where_they_part() -> None:
    chips = [
        Chip("application", f"app-{place}-{index}", folder=f"apps/{place}/app{index}/prod")
        for place in ("home", "media")
        for index in range(13)
    ]
    chips.append(Chip("application", "chart"))
    folded = fold_lane(Lane("w", "wave", chips=tuple(chips[:-1])))
    assert [(chip.text, chip.count) for chip in folded.chips] == [("home", 13), ("media", 13)]
    folded = fold_lane(Lane("w", "wave", chips=tuple(chips)))
    assert [(chip.text, chip.count) for chip in folded.chips] == [("apps", 26), ("chart", 1)]


def test_where_all_words_differ_their_first_letters_group() -> None:
    names = [f"my-apps-{letter}{index}" for letter in "ab" for index in range(13)]
    assert named(*names) == [("A", 13), ("B", 13)]


def test_lanes_become_flatter_where_the_picture_is_too_high() -> None:
    lanes = tuple(replace(lane(8), id=f"w{index}") for index in range(14))
    edges = tuple(Edge("root", node.id) for node in lanes)
    high = Diagram("d", "D", "", (Card("root", "root", "root"), *lanes), edges)
    assert over_budget(draw(high)) == "2415 pixels high, of at most 1600"
    picture = draw_within_budget(high)
    assert picture is not None
    assert (over_budget(picture), picture.folded) == ("", 0)
    assert {node.columns for node in picture.diagram.nodes if isinstance(node, Lane)} == {4}


def test_a_group_has_the_worst_finding_inside_and_names_its_members() -> None:
    chips = (
        *(Chip("application", f"a{index}", groups=("ns",)) for index in range(24)),
        Chip("infrastructure", "b", severity=Severity.ERROR, groups=("ns",)),
        Chip("application", "lonely", "x.html", groups=("other",)),
    )
    group, lonely = fold_lane(Lane("w", "wave", chips=chips)).chips
    assert (group.kind, group.text, group.count, group.severity) == (
        "group",
        "ns",
        25,
        Severity.ERROR,
    )
    assert group.tip.startswith("ns, 25: a0, a1, ")
    assert lonely == chips[-1]


def test_no_element_gets_lost_when_lanes_fold() -> None:
    diagram = Diagram("d", "D", "", (lane(100, lambda index: f"ns{index % 7}"),))
    picture = draw(fold_lanes(diagram))
    assert (picture.elements, picture.folded) == (7, 100)


def test_the_budget_names_what_is_over_it() -> None:
    assert over_budget(draw(neighbourhood())) == ""
    assert over_budget(draw(hub(35))) == (
        "36 boxes, of at most 30; 35 arrows, of at most 30; 2072 pixels high, of at most 1600"
    )


def test_the_first_fold_that_fits_is_drawn() -> None:
    picture = draw_within_budget(hub(35), [fold_siblings])
    assert picture is not None
    assert len(picture.diagram.nodes) == 2
    assert draw_within_budget(hub(3), [fold_siblings]) == draw(hub(3))


def test_where_no_fold_helps_there_is_no_picture() -> None:
    assert draw_within_budget(hub(35)) is None


def test_a_wide_picture_is_turned() -> None:
    many = tuple(lane(12, lambda _: "x") for _ in range(9))
    lanes = tuple(replace(node, id=f"w{index}") for index, node in enumerate(many))
    edges = tuple(Edge("root", node.id) for node in lanes)
    wide = Diagram(
        "d", "D", "", (Card("root", "root", "root"), *lanes), edges, rankdir=Direction.TOP_DOWN
    )
    assert draw_best(wide).diagram.rankdir is Direction.LEFT_RIGHT
    assert draw_best(tree()).diagram.rankdir is Direction.TOP_DOWN


def test_plurals() -> None:
    words = ("host", "policy", "AppProject", "Ingress", "Endpoints")
    assert " ".join(map(plural_of, words)) == "hosts policies AppProjects Ingresses Endpoints"
