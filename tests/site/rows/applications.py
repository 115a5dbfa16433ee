"""Checks of what pages say of Applications and clusters."""

import re
from pathlib import Path

import yaml

from tests.site.rows.facts import Facts, Row, at, begin, names, place


def change(facts: Facts, row: Row) -> None:
    """The value stands in the line, or in the mapping that begins there; the clusters have it."""
    name = row["Application"].text if "Application" in row else row.subject
    found = facts.text(row["Change it here"].places[0], more=4)
    value = begin(row["Value now"].text)
    assert value in found or "automated" in value
    if row.page != "runbooks/add-app.html":
        for cluster in names(row["Cluster"].text):
            assert facts.app(name, cluster)
    for other in row["Change it here"].places[1:]:
        assert facts.text(other)


def listed(facts: Facts, row: Row) -> None:
    on = facts.of("application", row["Application"].text)
    assert names(row["Clusters"].text) == sorted(node["cluster"] for node in on)
    spaces = {node["attributes"]["destination"]["namespace"] for node in on}
    charts = {node["attributes"].get("chart", {}).get("name", "") for node in on}
    shown = row["Namespace"].text
    assert spaces & set(names(shown)) or "and" in shown or shown in spaces
    assert row["Chart"].text.split(" ")[0] in charts
    assert ("app of apps" in row["What it is"].text) == on[0]["attributes"]["app_of_apps"] or on[0][
        "attributes"
    ]["root"]


def on(facts: Facts, row: Row) -> None:
    node = facts.app(row.subject, row["Cluster"].text)
    assert row["Images"].titles == node["attributes"]["images"]
    patches = {p for e in facts.edges("patches", target=node["id"]) for p in at(e)}
    assert set(row["Overlay patch"].places) <= patches
    assert bool(row["Overlay patch"].places) == bool(patches)
    layers = node["attributes"]["values"]
    last = at(facts.nodes[layers[-1]]) if layers else set()
    assert set(row["Last values file"].places) == last


def fate(facts: Facts, row: Row) -> None:
    """What manages it prunes, and it has the finalizer that takes along what it deployed."""
    for on in names(row["Cluster"].text):
        node = facts.app(row.subject, on)["attributes"]
        said = row["What Argo CD does"].text
        parent = facts.nodes.get(node["parent"])
        assert ("no Application manages it" in said) == (parent is None)
        if parent is not None:
            assert f"deleted by Application {parent['name']}, which prunes, and with it" in said
            assert parent["attributes"]["sync"]["prune"]
            assert node["finalizers"]


def layer(facts: Facts, row: Row) -> None:
    file = place(row["File"])
    kind = row["Layer"].text
    if kind in {"values file", "chart defaults"}:
        written = yaml.safe_load((facts.sample / file[0] / file[1]).read_text("utf-8")) or {}
        assert row["Keys"].text == str(len(written))
    if kind == "values file":
        for on in names(row["Cluster"].text):
            source, target = f"application:{on}/{row.subject}", f"values:{file[0]}/{file[1]}"
            [edge] = facts.edges("layers", source, target)
            assert place(row["Named at"]) in at(edge)
        assert Path(file[1]).name in facts.text(place(row["Named at"]))


def relation(facts: Facts, row: Row) -> None:
    """Each cluster's edge stands in one of the lines; in it is the name, or what makes it."""
    name, kinds = row["Name"].text, {"uses", "serves", "runs", "renders", "reads", "manages"}
    for on in names(row["Cluster"].text):
        found = [
            edge
            for edge in facts.graph["edges"]
            if edge["kind"] in kinds
            and edge["source"] == f"application:{on}/{row.subject}"
            and facts.nodes.get(edge["target"], {"name": edge["target"]})["name"] == name
        ]
        assert any(set(row["Where"].places) & at(edge) for edge in found)
    keys = ("path:", "repourl:", "apiversion:", "chart:", "kind:", "{{", name.lower())
    for where in row["Where"].places:
        assert any(key in facts.text(where, more=2) for key in keys)


def parent(facts: Facts, row: Row) -> None:
    for cluster in names(row["Cluster"].text):
        source = facts.app(row["Who"].text, cluster)
        assert facts.edges("manages", source["id"], f"application:{cluster}/{row.subject}")
        assert place(row["Where"]) in at(source)
    assert facts.document(place(row["Where"]))["metadata"]["name"] == row["Who"].text


def effective(facts: Facts, row: Row) -> None:
    key, value = row["Key"].text.rpartition(".")[2].lower(), row["Value"].text
    said = facts.text(place(row["Set at"]), more=3)
    assert value == "<redacted>" or begin(value) in said or f"{key}:" in said


def unknown(facts: Facts, row: Row) -> None:
    """Such an Application is not resolved, and coverage or a missing file says why."""
    why = next(cell.text for head, cell in row.cells.items() if head.startswith("Why"))
    name = row["Application"].text if "Application" in row else row.subject
    for cluster in names(row["Cluster"].text):
        assert facts.app(name, cluster)["attributes"]["resolved"] is False
    reasons = {entry["reason"] for entry in facts.graph["coverage"]["not_understood"]}
    missing = re.fullmatch(r"(\S+) is not there", why)
    assert why in reasons or (missing and not (facts.sample / missing[1]).exists())
    if "Where" in row and why in reasons:
        told = facts.graph["coverage"]["not_understood"]
        spots = {"locations": [entry["location"] for entry in told if entry["reason"] == why]}
        assert place(row["Where"]) in at(spots)


def cluster(facts: Facts, row: Row) -> None:
    node = facts.nodes[f"cluster:{row['Cluster'].text}"]
    assert row["Applications"].text == str(node["attributes"]["applications"])
    assert row["Provider"].text == node["attributes"]["provider"]
    assert place(row["Root"]) in at(node)
    assert facts.document(place(row["Root"]))["kind"] == "Application"


def alias(facts: Facts, row: Row) -> None:
    known = {spec.name: spec.aliases for spec in facts.analysis.config.clusters}
    cluster, other = row["Cluster"].text, row["Also called"].text
    assert (other,) == known[cluster]
    assert f"/{cluster}/" in place(row["Seen in"])[1]
    assert f"/{other}/" in facts.text(place(row["Seen in"]))


def overlay(facts: Facts, row: Row) -> None:
    cell = row["Where"] if "Where" in row else row["File"]
    repository, path, _ = place(cell)
    assert path == f"{row['Overlay'].text}/kustomization.yaml"
    node = facts.nodes[f"kustomization:{repository}/{row['Overlay'].text}"]
    renderers = facts.edges("renders", target=node["id"]) + facts.edges(
        "includes", target=node["id"]
    )
    assert renderers == []
    if "Includes" in row:
        counted = [node["attributes"]["resources"], node["attributes"]["patches"]]
        assert [int(n) for n in re.findall(r"\d+", row["Includes"].text)] == counted


def runs_on(facts: Facts, row: Row) -> None:
    node = facts.app(row["Application"].text, row.subject)
    is_ordered = str(node["attributes"]["parent"]).startswith("application:")
    assert row["Wave"].text == (str(node["attributes"]["wave"]) if is_ordered else "\N{EN DASH}")
    assert place(row["Defined by"]) in at(node)
    assert facts.document(place(row["Defined by"]))["metadata"]["name"] == node["name"]
    count = sum(node["attributes"]["rendered"]["kinds"].values())
    resolved = node["attributes"]["resolved"]
    shown = row["Renders"].text
    assert shown == (re.sub(r"^\d+", str(count), shown) if resolved else "not fully analysed")


def differs(facts: Facts, row: Row) -> None:
    """The line that a patch writes has the value; what it replaces was another."""
    field = row["Field"].text.rpartition("/")[2].lower()
    said, value = facts.text(place(row["Set at"]), more=3), begin(row["Value here"].text)
    assert value in said or value.startswith(("several", "a list"))
    assert "overlays/" in place(row["Set at"])[1] or "components/" in place(row["Set at"])[1]
    for other in row["Instead of"].places:
        assert field in facts.text(other) or field.isdecimal() or value.startswith("several")
        assert value not in facts.text(other)


def host_here(facts: Facts, row: Row) -> None:
    source = f"application:{row.subject}/{row['Application'].text}"
    [edge] = facts.edges("serves", source, f"host:{row['Host'].text}")
    assert place(row["Where"]) in at(edge)
    assert "host" in facts.text(place(row["Where"]))
