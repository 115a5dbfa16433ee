"""Edges that ``graphdoc.yaml`` forbids or requires."""

import re
from pathlib import Path

import pytest

from graphdoc.config import config_for_clones, load_config
from graphdoc.graph.contracts import find_breaches
from graphdoc.graph.repo_graph import Edge, EdgeKind, GraphNode, NodeKind, RepoGraph
from graphdoc.graph.select import select
from graphdoc.model.contract import Contract, ContractKind, Reach, Selector
from graphdoc.model.finding import Finding, Severity
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.mistake import ConfigError
from graphdoc.model.node import Plain
from graphdoc.pipeline.analysis import analyse
from graphdoc.pipeline.rulebook import ALL_RULES
from tests.rules.test_pages import fenced
from tests.txtar import expectations
from tests.written import ESTATE, write_files

RULE = next(rule for rule in ALL_RULES if rule.id == "contract")
CONTRACT = """\
contracts:
- name: c
  reason: because
  kind: forbidden
  from: application:*/web
  to: values:platform/values/*
"""


def place(line: int) -> Span:
    return Span(SourceFile("r", "f"), line, 1, line, 2)


def node(name: str, **attributes: Plain) -> GraphNode:
    kind, _, rest = name.partition(":")
    return GraphNode(name, NodeKind(kind), rest, None, (place(90), place(91)), attributes)


def edge(source: str, kind: str, target: str, *lines: int) -> Edge:
    return Edge(source, target, EdgeKind(kind), tuple(map(place, lines)))


A, B, C = "application:a", "application:b", "application:c"
V, W, P = "values:v", "values:w", "project:p"
GRAPH = RepoGraph(
    (node(A), node(B), node(C), node(V), node(W), node(P), node("project:q")),
    (
        edge(A, "manages", B, 1),
        edge(B, "manages", C, 2),
        edge(B, "layers", V, 3, 4),
        edge(C, "layers", V, 5),
        edge(C, "runs", W, 6),
        edge(B, "uses", P, 7, 8),
        edge(C, "uses", "project:q", 9, 10),
    ),
)


def breaches(
    origin: str,
    target: str,
    *edges: str,
    kind: str = "forbidden",
    reach: str = "direct",
    graph: RepoGraph = GRAPH,
) -> list[tuple[str, list[str], int]]:
    contract = Contract(
        "c", "r", Severity.ERROR, ContractKind(kind), Selector(origin, place(1)),
        Selector(target, place(1)), frozenset(map(EdgeKind, edges)), Reach(reach), place(1),
    )  # fmt: skip
    found = find_breaches(graph, contract)
    return [(b.node, [e.target for e in b.chain], b.span.line) for b in found]


def test_a_forbidden_edge_is_told_where_one_would_change_it() -> None:
    assert breaches("application:*", "values:v") == [(B, [V], 4), (C, [V], 5)]


def test_only_the_kinds_that_are_named_count() -> None:
    assert breaches("application:*", "values:*", "runs") == [(C, [W], 6)]
    assert breaches("application:c", "values:*", "runs", "layers") == [(C, [V], 5), (C, [W], 6)]


def test_a_direct_contract_follows_no_chain() -> None:
    assert breaches(A, V) == []


def test_a_transitive_contract_tells_the_shortest_chain_to_each_target() -> None:
    assert breaches(A, "values:*", reach="transitive") == [(A, [B, V], 1), (A, [B, C, W], 1)]


def test_a_chain_keeps_to_the_kinds_that_are_named() -> None:
    assert breaches(A, "values:*", "layers", reach="transitive") == []


def test_a_forbidden_chain_ends_at_another_node_of_the_contract() -> None:
    found = breaches("application:*", V, reach="transitive")
    assert found == [(A, [B, V], 1), (B, [V], 4), (C, [V], 5)][1:]


def test_a_required_edge_is_missed_at_the_edge_in_its_stead() -> None:
    assert breaches("application:*", P, "uses", kind="required") == [(A, [], 91), (C, [], 10)]


def test_the_edge_in_its_stead_is_known_where_nothing_like_it_exists() -> None:
    assert breaches(C, "project:none*", "uses", kind="required") == [(C, [], 10)]


def test_edges_of_other_kinds_do_not_stand_in_its_stead() -> None:
    assert breaches(C, P, "reads", kind="required") == [(C, [], 91)]


def test_a_required_chain_may_pass_other_nodes_of_the_contract() -> None:
    assert breaches("application:*", P, kind="required", reach="transitive") == [(C, [], 10)]


def test_loops_end_and_edges_side_by_side_are_each_told() -> None:
    graph = RepoGraph(
        (node(A), node(B), node(V)),
        (
            edge(A, "manages", B, 1),
            edge(B, "manages", A, 2),
            edge(A, "layers", V, 3),
            edge(A, "runs", V, 4),
        ),
    )
    assert breaches(A, V, reach="transitive", graph=graph) == [(A, [V], 3), (A, [V], 4)]
    required = breaches("application:*", P, kind="required", reach="transitive", graph=graph)
    assert required == [(A, [], 91), (B, [], 91)]


def test_of_several_edges_in_its_stead_none_is_blamed() -> None:
    several = (edge(A, "layers", V, 1), edge(A, "layers", W, 2))
    graph = RepoGraph((node(A), node(V), node(W)), several)
    assert breaches(A, "values:x*", kind="required", graph=graph) == [(A, [], 91)]


def test_what_does_not_exist_is_reached_by_nothing() -> None:
    assert breaches(C, "values:missing") == []
    assert breaches("application:missing", V) == []


def test_a_filter_keeps_nodes_by_an_attribute() -> None:
    graph = RepoGraph(
        (
            node(A, parent=B, root=True, tools=["helm", "kustomize"], sync={"automated": False}),
            node(B, parent="application:x/y", wave=3),
            node("values:application", parent=B),
        ),
        (edge(A, "manages", B, 1),),
    )
    expected = {
        f"application[parent={B}]": {A},
        "application[parent=application:*/*]": {B},
        "application:b[parent=**]": {B},
        "**[wave=3]": {B},
        "application[root=true]": {A},
        "application[tools=helm]": {A},
        "application[sync.automated=false]": {A},
        "application[sync.automated.more=false]": set(),
        "application[absent=*]": set(),
        "+application[root=true]": {A, B},
    }
    assert {text: select(graph, text) for text in expected} == expected


def findings(folder: Path, text: str, *only: str) -> list[Finding]:
    write_files(folder, text)
    config = load_config(folder / "graphdoc.yaml", {})
    if only:
        config = config_for_clones([folder / name for name in only], config)
    return [found for found in analyse(config).findings if found.rule == "contract"]


def with_contract(text: str) -> str:
    roots = 'roots: ["platform/root-{cluster}.yaml"]\n'
    assert roots in ESTATE
    return ESTATE.replace(roots, roots + text)


def told(found: list[Finding]) -> list[tuple[str, str, int]]:
    return [
        (str(finding.severity), finding.problem.message, finding.problem.primary.span.line)
        for finding in found
    ]


def test_a_finding_names_contract_edge_and_reason(tmp_path: Path) -> None:
    first, second = findings(tmp_path, with_contract(CONTRACT))
    assert told([first, second]) == [
        (
            "error",
            "contract 'c': application:prod/web layers values:platform/values/base.yaml",
            12,
        ),
        (
            "error",
            "contract 'c': application:prod/web layers values:platform/values/prod.yaml",
            7,
        ),
    ]
    assert first.problem.subject == "application:prod/web"
    notes = [(str(related.span), related.note) for related in second.problem.related]
    assert notes == [
        ("platform/base/web.yaml:13:9", "also set here"),
        (f"{second.problem.related[-1].span}", "because"),
    ]
    assert second.problem.related[-1].span.file.path.endswith("graphdoc.yaml")


def test_one_line_to_change_is_one_finding(tmp_path: Path) -> None:
    other = ESTATE[ESTATE.index("-- platform/root-prod") : ESTATE.index("-- platform/base/kust")]
    text = with_contract(CONTRACT) + other.replace("root-prod", "root-dev").replace(
        "name: root,", "name: root-dev,"
    )
    found = findings(tmp_path, text)
    assert [finding.problem.message for finding in found] == [
        "contract 'c': application:dev/web layers values:platform/values/base.yaml"
        " (and 1 more alike)",
        "contract 'c': application:dev/web layers values:platform/values/prod.yaml"
        " (and 1 more alike)",
    ]


def test_a_required_edge_that_is_not_there_is_reported(tmp_path: Path) -> None:
    text = CONTRACT.replace("forbidden", "required").replace(
        "values:platform/values/*", "project:*/production\n  edge: uses\n  severity: warning"
    )
    assert told(findings(tmp_path, with_contract(text))) == [
        ("warning", "contract 'c': application:prod/web uses nothing among project:*/production", 5)
    ]


def test_a_contract_that_speaks_of_nothing_is_reported(tmp_path: Path) -> None:
    text = CONTRACT.replace("application:*/web", "application:*/wbe")
    message = "contract 'c': from selects nothing"
    assert told(findings(tmp_path, with_contract(text))) == [("warning", message, 8)]


@pytest.mark.parametrize("key", ["from", "to"])
def test_a_name_that_does_not_exist_is_reported_with_the_nearest(tmp_path: Path, key: str) -> None:
    text = re.sub(rf"(?m)^  {key}: .*$", f"  {key}: application:prod/wbe", CONTRACT)
    (found,) = findings(tmp_path, with_contract(text))
    assert found.problem.message == (
        f"contract 'c': {key} selects nothing: no node 'application:prod/wbe';"
        " did you mean 'application:prod/web'?"
    )


def test_a_target_that_must_not_be_may_well_not_be(tmp_path: Path) -> None:
    text = CONTRACT.replace("values:platform/values/*", "values:platform/legacy/*")
    assert findings(tmp_path, with_contract(text)) == []


def test_of_clones_that_are_left_out_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "teams").mkdir()
    more = with_contract(
        CONTRACT
        + CONTRACT.partition("\n")[2].replace("name: c", "name: d").replace("*/web", "*/team")
        + CONTRACT.partition("\n")[2]
        .replace("name: c", "name: e")
        .replace("forbidden", "required")
        .replace("values:platform/values/*", "values:teams/*")
    ).replace("\nroots:", "\n  - {name: teams, path: teams}\nroots:")
    subjects = {f.problem.message.partition(":")[0] for f in findings(tmp_path, more)}
    assert subjects == {"contract 'c'", "contract 'd'", "contract 'e'"}
    partly = {f.problem.message.partition(":")[0] for f in findings(tmp_path, more, "platform")}
    assert partly == {"contract 'c'"}


def test_contracts_obey_the_settings_of_rules(tmp_path: Path) -> None:
    off = "rules: {contract: {severity: off, reason: later}}\n"
    assert findings(tmp_path, with_contract(CONTRACT + off)) == []


def fail(folder: Path, text: str) -> str:
    file = folder / "graphdoc.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(file, {})
    return str(caught.value).partition("graphdoc.yaml:")[2]


def test_everything_a_contract_may_say_is_read(tmp_path: Path) -> None:
    file = tmp_path / "graphdoc.yaml"
    more = "  severity: info\n  edge: [layers, uses]\n  reach: transitive\n"
    file.write_text(CONTRACT + more, "utf-8")
    (contract,) = load_config(file, {}).contracts
    assert (contract.name, contract.reason, contract.severity, contract.kind) == (
        "c", "because", Severity.INFO, ContractKind.FORBIDDEN,
    )  # fmt: skip
    assert (contract.origin.text, contract.target.text) == (
        "application:*/web", "values:platform/values/*",
    )  # fmt: skip
    assert contract.edges == {EdgeKind.LAYERS, EdgeKind.USES}
    assert contract.reach is Reach.TRANSITIVE


def test_a_contract_is_strict_and_direct_unless_it_says_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "graphdoc.yaml"
    file.write_text(CONTRACT + "  edge: layers\n", "utf-8")
    (contract,) = load_config(file, {}).contracts
    assert (contract.severity, contract.edges, contract.reach) == (
        Severity.ERROR, frozenset({EdgeKind.LAYERS}), Reach.DIRECT,
    )  # fmt: skip


@pytest.mark.parametrize("key", ["name", "reason", "kind", "from", "to"])
def test_a_contract_without_one_of_its_keys_is_refused(tmp_path: Path, key: str) -> None:
    gone = re.sub(rf"(?m)^([- ] ){key}: .*$", r"\1severity: error", CONTRACT)
    assert fail(tmp_path, gone) == f"2:3: contracts[0]: the key '{key}' is missing"
    empty = re.sub(rf"(?m)^([- ] ){key}: .*$", rf"\1{key}: ' '", CONTRACT)
    assert fail(tmp_path, empty) == f"2:3: contracts[0]: the key '{key}' is missing"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("form: x", "7:3: unknown key 'form' in contracts[0]; did you mean 'from'?"),
        ("edge: layer", "'layer' is none of .*; did you mean 'layers'\\?"),
        ("edge: [uses, layer]", "'layer' is none of .*; did you mean 'layers'\\?"),
        ("reach: indirect", "'indirect' is none of direct, transitive"),
        ("severity: off", "'off' is none of error, warning, info"),
    ],
)
def test_a_mistake_in_a_contract_names_the_nearest_word(
    tmp_path: Path, text: str, message: str
) -> None:
    assert re.search(
        message if "\\" in message else re.escape(message), fail(tmp_path, f"{CONTRACT}  {text}\n")
    )


def test_a_second_contract_of_the_same_name_is_refused(tmp_path: Path) -> None:
    twice = CONTRACT + CONTRACT.partition("\n")[2]
    assert fail(tmp_path, twice) == "7:3: a second contract is named 'c'"


def test_the_page_example_is_reported(tmp_path: Path) -> None:
    example = fenced(RULE.docs, "Example")
    spans = [found.problem.primary.span for found in findings(tmp_path, example)]
    assert {(str(s.file), s.line) for s in spans} == {
        (wanted.file, wanted.line) for wanted in expectations(example)
    }


def test_the_page_alternative_is_clean(tmp_path: Path) -> None:
    assert findings(tmp_path, fenced(RULE.docs, "Use instead")) == []
