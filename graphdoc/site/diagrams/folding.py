"""How a picture that would be too large becomes a smaller one, and says so."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile, zip_longest

from graphdoc.model.finding import SEVERITIES, Severity
from graphdoc.model.grouping import grouped, plural_of
from graphdoc.site.diagrams.cards import (
    Badge,
    Card,
    Chip,
    Diagram,
    Direction,
    Edge,
    Lane,
    Picture,
    Row,
    first_rows,
)
from graphdoc.site.diagrams.svg import draw
from graphdoc.site.writing.icons import kind_label

__all__ = [
    "draw_best", "draw_within_budget", "fold_lane", "fold_lanes", "fold_siblings", "over_budget",
]  # fmt: skip

_SIBLINGS = 4
_LIST_ROWS = 6
_LANE_CHIPS = 24
_BOXES = 30
_ARROWS = 30
_WIDTH = 1180
# What the column of text can show without scrolling, at the size where all can be read.
_CALM_WIDTH = 1060
_HEIGHT = 1600
_BYTES = 60_000


def over_budget(picture: Picture) -> str:
    """Why a picture is too large to be read, or nothing."""
    measures = (
        (len(picture.diagram.nodes), _BOXES, "boxes"),
        (len(picture.diagram.edges), _ARROWS, "arrows"),
        (picture.width, _WIDTH, "pixels wide"),
        (picture.height, _HEIGHT, "pixels high"),
        (len(picture.svg.encode()), _BYTES, "bytes"),
    )
    over = [f"{count} {what}, of at most {most}" for count, most, what in measures if count > most]
    return "; ".join(over)


def draw_within_budget(
    diagram: Diagram, folds: Sequence[Callable[[Diagram], Diagram]] = ()
) -> Picture | None:
    """The first picture that is not too large, as more and more folds apply; or none.

    One that the page shows without scrolling is taken before others of the same fold.
    """
    for fold in (None, *folds):
        diagram = fold(diagram) if fold is not None else diagram
        fitting = [p for p in _drawings(diagram) if not over_budget(p)]
        if fitting:
            return next((p for p in fitting if p.width <= _CALM_WIDTH), fitting[0])
    return None


def _drawings(diagram: Diagram) -> Iterator[Picture]:
    """The diagram as it comes, then with narrower and flatter lanes, until one fits the page."""
    has_lanes = any(isinstance(node, Lane) for node in diagram.nodes)
    for columns, max_text in _LANES if has_lanes else _LANES[:1]:
        picture = draw_best(_with_lanes(diagram, columns, max_text))
        yield picture
        if picture.width <= _CALM_WIDTH and not over_budget(picture):
            return


def _with_lanes(diagram: Diagram, columns: int, max_text: int) -> Diagram:
    nodes = (
        replace(n, columns=columns or n.columns, max_text=max_text) if isinstance(n, Lane) else n
        for n in diagram.nodes
    )
    return replace(diagram, nodes=tuple(nodes))


def draw_best(diagram: Diagram) -> Picture:
    """The diagram as it is meant, or turned to lead right where that keeps it from being wide."""
    picture = draw(diagram)
    if picture.width <= _CALM_WIDTH or diagram.rankdir is Direction.LEFT_RIGHT:
        return picture
    turned = draw(replace(diagram, rankdir=Direction.LEFT_RIGHT))
    return min(picture, turned, key=lambda drawn: drawn.width)


def fold_siblings(diagram: Diagram) -> Diagram:
    """One list card for any four or more cards of one kind and with the same arrows."""
    for group in _sibling_groups(diagram):
        diagram = _with_list(diagram, _list_card(group, _list_id(diagram, group)), group)
    return diagram


def _list_card(cards: Sequence[Card], name: str) -> Card:
    """The cards as rows of one card with the id ``name``, of which it shows the first six."""
    rows, hidden = first_rows([_sibling_row(card) for card in cards], _LIST_ROWS)
    types = {card.type_line for card in cards}
    return Card(
        id=name,
        kind=cards[0].kind,
        name=f"{len(cards)} {plural_of(kind_label(cards[0].kind))}",
        type_line=types.pop() if len(types) == 1 else "",
        rows=rows,
        badge=_sum_of(card.badge for card in cards),
        ghost=cards[0].ghost,
        folded=hidden,
    )


def fold_lanes(diagram: Diagram) -> Diagram:
    """The diagram with groups instead of chips in each lane that has too many."""
    nodes = (fold_lane(node) if isinstance(node, Lane) else node for node in diagram.nodes)
    return replace(diagram, nodes=tuple(nodes))


def fold_lane(lane: Lane) -> Lane:
    """The lane with its chips grouped by the first of their ``groups`` that leaves few enough.

    Where none does, by where their folders part, by the first word of their names, by its letter.
    """
    if len(lane.chips) <= _LANE_CHIPS:
        return lane
    levels = zip_longest(*(chip.groups for chip in lane.chips), fillvalue="other")
    groupings = [grouped(zip(names, lane.chips, strict=True)) for names in levels]
    names = [chip.text.split("-") for chip in lane.chips]
    groupings.append(_by_words(lane.chips, [chip.folder.split("/") for chip in lane.chips], str))
    groupings += [_by_words(lane.chips, names, called) for called in (str, _letter)]
    chosen = next((found for found in groupings if 1 < len(found) <= _LANE_CHIPS), groupings[-1])
    ordered = sorted(chosen.items(), key=lambda item: (-len(item[1]), item[0]))
    return replace(lane, chips=tuple(_group_chip(name, chips, lane) for name, chips in ordered))


# How many chips stand abreast in a lane (0: as it comes), and how wide their texts may be: first
# names are whole, then lanes get narrower, then flatter.
_LANES = ((0, 260), (0, 170), (2, 170), (1, 170), (3, 170), (4, 170), (6, 170))


def _sibling_groups(diagram: Diagram) -> list[tuple[Card, ...]]:
    relations = _relations(diagram)
    cards = (node for node in diagram.nodes if isinstance(node, Card) and node.id in relations)
    groups = grouped(
        ((card.kind, card.ghost, frozenset(relations[card.id])), card)
        for card in cards
        if not card.rows and not card.focus
    )
    return [group for group in groups.values() if len(group) >= _SIBLINGS]


def _relations(diagram: Diagram) -> dict[str, tuple[tuple[str, str, str], ...]]:
    """By node: which way each of its arrows leads, where, and its line."""
    return grouped(
        pair
        for edge in diagram.edges
        for pair in (
            (edge.source, ("to", edge.target, edge.css)),
            (edge.target, ("from", edge.source, edge.css)),
        )
    )


def _list_id(diagram: Diagram, group: Sequence[Card]) -> str:
    """An id that stays when another sibling comes."""
    others = sorted(other for _, other, _ in _relations(diagram)[group[0].id])
    return f"list:{group[0].kind}:{'|'.join(others)}"


def _with_list(diagram: Diagram, card: Card, group: Sequence[Card]) -> Diagram:
    renamed = dict.fromkeys((sibling.id for sibling in group), card.id)
    nodes = {card.id if node.id in renamed else node.id: node for node in diagram.nodes}
    nodes[card.id] = card
    return replace(
        diagram,
        nodes=tuple(nodes.values()),
        edges=_joined(diagram.edges, renamed),
        columns=tuple(_renamed(column, renamed) for column in diagram.columns),
        frames=tuple(
            replace(frame, members=_renamed(frame.members, renamed)) for frame in diagram.frames
        ),
    )


def _renamed(names: Iterable[str], renamed: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(renamed.get(name, name) for name in names))


def _joined(edges: Iterable[Edge], renamed: Mapping[str, str]) -> tuple[Edge, ...]:
    """The arrows of the siblings as one, with the verb of the first that has one."""
    joined: dict[tuple[str, ...], Edge] = {}
    for edge in edges:
        source = renamed.get(edge.source, edge.source)
        target = renamed.get(edge.target, edge.target)
        is_moved = (source, target) != (edge.source, edge.target)
        key = (source, target, edge.css, "" if is_moved else edge.label)
        label = (joined[key].label if key in joined else "") or edge.label
        joined[key] = replace(edge, source=source, target=target, label=label)
    return tuple(joined.values())


def _sibling_row(card: Card) -> Row:
    return Row(card.name, card.lines[0] if card.lines else "", card.href)


def _sum_of(badges: Iterable[Badge | None]) -> Badge | None:
    present = [badge for badge in badges if badge]
    if not present:
        return None
    return Badge(_worst(badge.severity for badge in present), sum(b.count for b in present))


def _worst(severities: Iterable[Severity]) -> Severity:
    return min(severities, key=SEVERITIES.index)


def _by_words(
    chips: Sequence[Chip], words: Sequence[list[str]], called: Callable[[str], str]
) -> dict[str, tuple[Chip, ...]]:
    """By what the first word in which they differ is ``called``: all may begin alike."""
    columns = zip(*words, strict=False)
    alike = sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))
    first = ((parts[alike:] or parts[-1:])[0] for parts in words)
    return grouped((called(word) or "other", c) for c, word in zip(chips, first, strict=True))


def _letter(word: str) -> str:
    return word[:1].upper()


def _group_chip(name: str, chips: Sequence[Chip], lane: Lane) -> Chip:
    if len(chips) == 1:
        return chips[0]
    kinds = {chip.kind for chip in chips}
    severities = [chip.severity for chip in chips if chip.severity]
    return Chip(
        kind=kinds.pop() if len(kinds) == 1 else "group",
        text=name,
        href=lane.href,
        severity=_worst(severities) if severities else None,
        tip=f"{name}, {len(chips)}: {', '.join(chip.text for chip in chips)}",
        count=sum(chip.count for chip in chips),
    )
