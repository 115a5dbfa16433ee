import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from graphdoc.site.diagrams import layout
from graphdoc.site.diagrams.cards import Direction
from graphdoc.site.diagrams.engine import EngineError, EngineMissingError, run_graphviz
from graphdoc.site.diagrams.layout import LayoutError, Plan, Wire, lay_out, to_dot

SIZES = (("a", 120, 40), ("b", 120, 40), ("c", 120, 40))
PLAN = Plan(SIZES, (Wire("a", "b"), Wire("a", "c")), columns=(("c", "b"),))


def test_boxes_keep_their_sizes_and_do_not_touch() -> None:
    boxes = lay_out(PLAN).boxes
    assert {name: box[2:] for name, box in boxes.items()} == dict.fromkeys("abc", (120, 40))
    assert boxes["a"].x + 120 < boxes["b"].x
    assert boxes["c"].y + 40 < boxes["b"].y


def test_a_column_keeps_its_order_either_way() -> None:
    turned = lay_out(replace(PLAN, columns=(("b", "c"),))).boxes
    assert turned["b"].y < turned["c"].y
    down = lay_out(replace(PLAN, rankdir=Direction.TOP_DOWN)).boxes
    assert down["c"].x + 120 < down["b"].x
    assert down["a"].y + 40 < down["b"].y


@pytest.mark.parametrize("rankdir", Direction)
def test_a_label_gets_the_room_it_asks_for(rankdir: Direction) -> None:
    ends = (("a", 120, 40), ("b", 120, 40))
    placed = lay_out(Plan(ends, (Wire("a", "b", label=180),), rankdir=rankdir))
    [route] = placed.routes
    for box in placed.boxes.values():
        beside = route.label.x + 90 <= box.x or box.x + box.width <= route.label.x - 90
        above = route.label.y + 7 <= box.y or box.y + box.height <= route.label.y - 7
        assert beside or above


def test_routes_lead_from_source_to_target() -> None:
    placed = lay_out(PLAN)
    for wire, route in zip(PLAN.wires, placed.routes, strict=True):
        start, end = placed.boxes[wire.source], placed.boxes[wire.target]
        assert route.points[0].x == pytest.approx(start.x + start.width, abs=3)
        assert route.points[-1].x == pytest.approx(end.x, abs=3)


def test_the_order_of_boxes_and_wires_does_not_matter() -> None:
    shuffled = Plan(SIZES[::-1], PLAN.wires[::-1], PLAN.columns)
    given, other = lay_out(PLAN), lay_out(shuffled)
    assert (given.boxes, given.routes) == (other.boxes, other.routes[::-1])


def test_names_of_nodes_never_reach_graphviz() -> None:
    hostile = 'x"]; a [image="/etc/passwd'
    plan = Plan(((hostile, 10, 10), ("b", 10, 10)), (Wire(hostile, "b"),))
    assert "passwd" not in to_dot(plan, str).source
    assert set(lay_out(plan).boxes) == {hostile, "b"}


def test_a_new_sibling_leaves_the_order_of_the_others() -> None:
    wider = Plan((*SIZES, ("bb", 90, 30)), (*PLAN.wires, Wire("a", "bb")), (("c", "bb", "b"),))
    boxes = lay_out(wider).boxes
    assert boxes["c"].y < boxes["bb"].y < boxes["b"].y


@pytest.mark.parametrize("part", ["objects", "edges"])
def test_what_graphviz_loses_is_an_error_that_names_it(
    monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    def forgetful(dot: str, output: str) -> bytes:
        answer = json.loads(run_graphviz(dot, output))
        answer[part] = [item for item in answer[part] if item.get("id") != "w1"]
        answer[part] = [item for item in answer[part] if item.get("name") != "n2"]
        return json.dumps(answer).encode()

    monkeypatch.setattr(layout, "run_graphviz", forgetful)
    with pytest.raises(
        LayoutError, match={"objects": "lost 1: c$", "edges": "lost 1: a → c"}[part]
    ):
        lay_out(PLAN)


BREAKS = '{rank=same; a; b; c} b -> a [label="n"]; c -> b; a -> b'


@pytest.mark.parametrize("body", ["a -> [", BREAKS])
def test_a_graph_that_breaks_graphviz_harms_no_later_one(body: str) -> None:
    before = run_graphviz("digraph { a -> b }", "plain")
    with pytest.raises(EngineError):
        run_graphviz(f"digraph {{ {body} }}", "plain")
    run_graphviz.cache_clear()
    assert run_graphviz("digraph { a -> b }", "plain") == before


def test_a_graph_that_breaks_graphviz_is_an_error_of_the_layout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        layout, "run_graphviz", lambda _, output: run_graphviz(f"digraph {{ {BREAKS} }}", output)
    )
    with pytest.raises(LayoutError, match=r"Graphviz failed: .*trap"):
        lay_out(PLAN)


def without_engine(dot: str, output: str) -> bytes:
    """An engine that this machine cannot run."""
    raise EngineMissingError(f"no WebAssembly here for {output} of {dot[:7]}")


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a script")
def test_dot_lays_out_where_the_engine_cannot_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = (
        f"#!{sys.executable}\n"
        "import sys\n"
        "from graphdoc.site.diagrams.engine import run_graphviz\n"
        "dot = sys.stdin.read()\n"
        "assert 'FIXEDSIZE' in dot, dot\n"
        "sys.stdout.buffer.write(run_graphviz(dot, sys.argv[1].removeprefix('-T')))\n"
    )
    (tmp_path / "dot").write_text(program, encoding="utf-8")
    (tmp_path / "dot").chmod(0o755)
    expected = lay_out(PLAN)
    monkeypatch.setattr(layout, "run_graphviz", without_engine)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    labelled = replace(PLAN, wires=(PLAN.wires[0]._replace(label=60), PLAN.wires[1]))
    assert set(lay_out(labelled).boxes) == set(expected.boxes)


def test_without_any_graphviz_the_error_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(layout, "run_graphviz", without_engine)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(LayoutError, match=r"no WebAssembly here for json0 of digraph.*dot"):
        lay_out(PLAN)
