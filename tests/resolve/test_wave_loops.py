"""Loops of needs: which there are, and which need to drop."""

from dataclasses import replace

from graphdoc.model.location import SourceFile, Span
from graphdoc.resolve.order.loops import WaveLoop, find_wave_loops
from graphdoc.resolve.order.needs import Need
from graphdoc.resolve.order.steps import Phase, Step

WAVES = {"a": 1, "b": 2, "c": 3, "d": 4}


def need(text: str, cluster: str = "prod", owner: str = "root", what: str = "x") -> Need:
    """``a>b``: a needs b; the later the letter, the later its wave."""
    before, _, after = text.partition(">")
    span = Span(SourceFile("launchpad", f"{before}.yaml"), 1, 1, 1, 2)
    first, second = (Step(owner, i, Phase.SYNC, WAVES[i], span) for i in (before, after))
    return Need(cluster, what, first, second, span)


def loops(*texts: str) -> tuple[WaveLoop, ...]:
    return find_wave_loops([need(text) for text in texts])


def said(found: tuple[WaveLoop, ...]) -> list[tuple[str, str]]:
    """Each loop with its cut."""

    def name(one: Need) -> str:
        return f"{one.before.item}>{one.after.item}"

    return [(" ".join(map(name, loop.needs)), name(loop.cut)) for loop in found]


def test_a_loop_begins_with_what_is_inverted() -> None:
    assert said(loops("b>a", "a>b")) == [("a>b b>a", "a>b")]


def test_what_leads_nowhere_back_is_no_loop() -> None:
    assert loops("a>b", "b>c", "d>a") == ()


def test_what_only_leads_to_a_loop_is_no_part_of_it() -> None:
    (loop,) = loops("a>b", "b>a", "c>a", "b>d")
    assert loop.items == frozenset("ab")


def test_the_cut_breaks_most_loops() -> None:
    assert said(loops("a>c", "c>b", "b>a", "c>a")) == [("a>c c>a", "a>c")]
    assert said(loops("a>b", "b>a", "a>c", "c>b")) == [("a>b b>a", "b>a")]


def test_two_groups_are_two_loops() -> None:
    assert said(loops("a>b", "b>a", "c>d", "d>c")) == [("a>b b>a", "a>b"), ("c>d d>c", "c>d")]


def test_other_clusters_and_owners_make_no_loop_together() -> None:
    assert find_wave_loops([need("a>b"), need("b>a", cluster="dev")]) == ()
    assert find_wave_loops([need("a>b"), need("b>a", owner="shop")]) == ()


def test_an_inverted_need_stands_for_the_others_between_two_things() -> None:
    inverted = need("a>b", what="inverted")
    late = replace(need("a>b", what="sound"), before=inverted.before._replace(wave=9))
    for order in ([late, inverted], [inverted, late]):
        (loop,) = find_wave_loops([*order, need("b>a")])
        assert loop.needs[0].what == "inverted"


def test_a_loop_holds_the_needs_among_its_things() -> None:
    (loop,) = loops("a>b", "b>a", "b>c")
    assert loop.holds(need("b>a"))
    assert not loop.holds(need("b>c"))
    assert not loop.holds(need("b>a", cluster="dev"))
    assert not loop.holds(need("b>a", owner="shop"))
