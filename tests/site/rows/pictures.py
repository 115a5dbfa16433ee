"""Checks of what a picture shows, by the table below it that has the same data."""

import re

from tests.site.rows.facts import Facts, Node, Row, names

# Cards of an Application's picture that stand for the targets of its edges.
_EDGES = frozenset({"serves", "uses", "runs", "manages"})


def same_data(facts: Facts, rows: list[Row]) -> None:
    """Every card of a picture against the graph, by the kind of page that it stands on."""
    folder = rows[0].page.partition("/")[0]
    if folder == "apps":
        neighbourhood(facts, rows)
    elif folder == "secrets":
        chain(facts, rows)
    elif folder == "index.html":
        context(facts, rows)
    elif rows[0]["What it is"].text.startswith("step"):
        bring_up(facts, rows)
    else:
        tree(facts, rows)


def neighbourhood(facts: Facts, rows: list[Row]) -> None:
    """The Application in the middle; around it what its edges lead to."""
    [middle] = [row for row in rows if row["Holds"].text.startswith("cluster ")]
    on = middle["Holds"].text.split(",")[0].removeprefix("cluster ")
    app = facts.app(rows[0].subject, on)
    assert f"wave {app['attributes']['wave']}" in middle["Holds"].text
    for row in rows:
        linked(facts, app, row)
        made_of(facts, app, row)


def linked(facts: Facts, app: Node, row: Row) -> None:
    """What stands on the right: targets of edges, policies, the same on other clusters."""
    what = row["What it is"].text
    shown = {re.sub(r" ns \S+$", "", name) for name in names(row["Holds"].text)}
    shown = {name for name in shown if not name.startswith(("ns ", "+"))}
    if what in _EDGES:
        found = {facts.nodes[e["target"]]["name"] for e in facts.edges(what, app["id"])}
        assert (shown or {row["Name"].text}) <= found
    if what == "Kyverno":
        assert all(facts.of("policy", n, app["cluster"]) for n in shown or {row["Name"].text})
    if what == "same Application":
        assert all(facts.app(app["name"], other) for other in shown)


def made_of(facts: Facts, app: Node, row: Row) -> None:
    """What stands on the left: the lines that define it, its layers of values, its chart."""
    what, held = row["What it is"].text, row["Holds"].text
    if what == "app-of-apps chain":
        for path, line in re.findall(r"(\S+) (?:patch )?:(\d+)", held):
            assert facts.text(("launchpad", path, int(line)))
    if what == "Helm values":
        files = re.findall(r"(\S+\.yaml) \d+ keys?", held)
        assert files == [facts.nodes[id_]["name"] for id_ in app["attributes"]["values"]]
    if what == "Helm chart":
        chart = app["attributes"]["chart"]
        assert row["Name"].text == f"{chart['name']} {chart['version']}"


def chain(facts: Facts, rows: list[Row]) -> None:
    """Secrets with their keys; a missing one is missing in the graph."""
    for row in rows:
        found = re.fullmatch(r"(missing )?Secret · ns (\S+)", row["What it is"].text)
        if found is None:
            continue
        nodes = [
            node
            for node in facts.of("secret", row["Name"].text)
            if node["attributes"]["namespace"] == found[2]
            and node["attributes"]["missing"] == bool(found[1])
        ]
        assert nodes
        keys = set(names(row["Holds"].text.removeprefix("keys ")))
        expected = {key for node in nodes for key in node["attributes"]["keys"]}
        assert found[1] or keys == expected or "more" in row["Holds"].text


def context(facts: Facts, rows: list[Row]) -> None:
    for row in rows:
        if row["What it is"].text == "repository":
            readers = facts.sources("reads", f"repository:{row['Name'].text}")
            assert f"read by Argo CD for {len(readers)} " in row["Leads to"].text
        for name, count in re.findall(r"(\S+) (\d+) Applications", row["Holds"].text):
            if f"cluster:{name}" in facts.nodes:
                assert count == str(facts.nodes[f"cluster:{name}"]["attributes"]["applications"])


def tree(facts: Facts, rows: list[Row]) -> None:
    """A lane holds the Applications of one wave; all lanes and parents together hold all."""
    shown: set[str] = set()
    for row in rows:
        wave = re.fullmatch(r"wave (-?\d+)", row["Name"].text)
        held = names(row["Holds"].text) if wave else [row["Name"].text]
        for name in held:
            node = facts.app(name, rows[0].subject)
            assert not wave or node["attributes"]["wave"] == int(wave[1])
        assert not wave or row["What it is"].text.split()[0] == str(len(held))
        shown |= set(held)
    assert shown == {node["name"] for node in facts.of("application", cluster=rows[0].subject)}


def bring_up(facts: Facts, rows: list[Row]) -> None:
    """The steps in order: each Application that is named has the wave of its step."""
    on = rows[0].subject.removeprefix("rebuild-")
    for row in rows:
        wave = re.match(r"wave (-?\d+)$", row["What it is"].text) or {1: ""}
        held = [name for name in names(row["Holds"].text) if not name.startswith("+")]
        for name in held if wave[1] else ():
            assert facts.app(name.split()[0], on)["attributes"]["wave"] == int(wave[1])
        for path, line in re.findall(r"(\S+):(\d+)$", row["Holds"].text):
            assert facts.text(("launchpad", path, int(line)))
