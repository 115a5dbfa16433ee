"""Checks of what pages say of charts, values, hosts, policies and repositories."""

import re
from pathlib import Path
from typing import Any

import yaml

from tests.site.rows.facts import Facts, Row, at, begin, names, pairs, place, word


def chart_user(facts: Facts, row: Row) -> None:
    for name, on in pairs(row):
        node = facts.app(name, on)
        assert node["attributes"]["chart"]["version"] == row["Version"].text
        [edge] = [e for e in facts.edges("renders", node["id"]) if e["target"].startswith("chart:")]
        assert place(row["Named at"]) in at(edge)
    assert facts.text(place(row["Named at"])).startswith(("chart:", "path:"))


def chart(facts: Facts, row: Row) -> None:
    [node] = facts.of("chart", row["Chart"].text)
    facts_ = node["attributes"]
    kept = node["id"].removeprefix("chart:") if facts_["local"] else facts_["repository"]
    assert (row["Version"].text, row["Repository"].text) == (facts_["version"], kept)
    assert (row["Kept"].text == "in Git") == facts_["local"]
    used = row["Used by"].text.partition("chart ")
    assert set(names(used[0])) == (facts.sources("renders", node["id"]) or {"nobody"})


def chart_key(facts: Facts, row: Row) -> None:
    where = place(row["In values.yaml"])
    value: Any = yaml.safe_load((facts.sample / where[0] / where[1]).read_text("utf-8"))
    for part in row["Key"].text.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    shown, last = begin(row["Default"].text), row["Key"].text.rpartition(".")[2].lower()
    assert "<redacted>" in shown or str(value).lower().startswith(shown)
    assert f"{last}:" in facts.text(where) or (last.isdecimal() and shown in facts.text(where))


def template(facts: Facts, row: Row) -> None:
    repository, path, _ = place(row["Template"])
    text = (facts.sample / repository / path).read_text("utf-8")
    for kind, count in re.findall(r"(\w+) \((\d+) Application", row["Makes"].text):
        assert f"kind: {kind}" in text
        makers = {
            node["name"]
            for node in facts.of("application")
            if kind in node["attributes"]["rendered"]["kinds"]
            and node["attributes"].get("chart", {}).get("name") == row.subject
        }
        assert int(count) <= len(makers)


def reader(facts: Facts, row: Row) -> None:
    for name, on in pairs(row):
        target = f"values:{values_path(facts, row)}"
        [edge] = facts.edges("layers", f"application:{on}/{name}", target)
        assert place(row["Named at"]) in at(edge)
        assert Path(target).name in facts.text(place(row["Named at"]))


def values_path(facts: Facts, row: Row) -> str:
    """The values file that a page is about, by the address made of its path."""
    found: list[str] = [n["id"].partition(":")[2] for n in facts.of("values")]
    [path] = [p for p in found if p.replace("/", "-") == row.subject]
    return path


def values_key(facts: Facts, row: Row) -> None:
    key, said = row["Key"].text.rpartition(".")[2].lower(), facts.text(place(row["Line"]), more=3)
    assert f"{key}:" in said or begin(row["Value"].text) in said
    for other in row["In force"].places:
        assert facts.text(other)


def values_file(facts: Facts, row: Row) -> None:
    node = facts.nodes[f"values:{row['Values file'].text}"]
    users = [e["source"] for e in facts.edges("layers", target=node["id"])]
    assert set(names(row["Read by"].text)) == {facts.nodes[id_]["name"] for id_ in users}
    on = {facts.nodes[id_]["cluster"] for id_ in users}
    assert set(names(row["Clusters"].text)) == on
    assert set(row["Where"].places) == at(node)


def host(facts: Facts, row: Row) -> None:
    id_ = f"host:{row['Host'].text}"
    assert set(names(row["Application"].text)) == facts.sources("serves", id_)
    assert names(row["Clusters"].text) == facts.nodes[id_]["attributes"]["clusters"]
    for where in row["Where"].places:
        assert "host" in facts.text(where)


def image(facts: Facts, row: Row) -> None:
    node = facts.nodes[f"image:{row['Image'].text}"]
    assert word(row["Tags"].text).split() == sorted(filter(None, node["attributes"]["tags"]))
    assert set(names(row["Run by"].text)) == facts.sources("runs", node["id"])


def namespace(facts: Facts, row: Row) -> None:
    for on in names(row["Clusters"].text):
        assert facts.nodes[f"namespace:{on}/{row['Namespace'].text}"]
        applied = {
            node["name"]
            for node in facts.of("application", cluster=on)
            if row["Namespace"].text in node["attributes"]["namespaces"]
        }
        shown, _, hidden = row["Applications"].text.partition(" and ")
        assert set(names(shown)) <= applied
        assert len(names(shown)) + int(hidden.partition(" ")[0] or 0) == len(applied)


def policy(facts: Facts, row: Row) -> None:
    for on in names(row["Clusters"].text):
        node = facts.nodes[f"policy:{on}/{row['Policy'].text}"]
        assert row["Kind"].text == node["attributes"]["kind"]
        assert all(rule["name"] in row["Rules"].text for rule in node["attributes"]["rules"])
        assert place(row["Where"]) in at(node)
    written = facts.document(place(row["Where"]))
    assert (written["kind"], written["metadata"]["name"]) == (
        row["Kind"].text,
        row["Policy"].text,
    )


def policy_rule(facts: Facts, row: Row) -> None:
    """The rule begins at its line and has this type there."""
    written = facts.document(place(row["Where"]))
    rules = {rule["name"]: rule for rule in written["spec"].get("rules", ())}
    if row["Rule"].text in rules:
        assert row["Rule"].text in facts.text(place(row["Where"]))
        assert row["Type"].text in rules[row["Rule"].text]
    for on in names(row["Clusters"].text):
        assert facts.nodes[f"policy:{on}/{row.subject}"]


def policy_hit(facts: Facts, row: Row) -> None:
    """What the Application renders has this kind; a Pod comes of what makes Pods."""
    makers = {"Pod", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"}
    for name, on in pairs(row):
        kinds = set(facts.app(name, on)["attributes"]["rendered"]["kinds"])
        wanted = set(names(row["What it renders"].text))
        assert wanted <= kinds or ("Pod" in wanted and kinds & makers)


def project(facts: Facts, row: Row) -> None:
    for on in names(row["Clusters"].text):
        node = facts.nodes[f"project:{on}/{row['AppProject'].text}"]
        assert (row["Defined"].text == "in Git") == node["attributes"]["defined"]
        shown = names(row["Used by"].text.partition(" and ")[0])
        hidden = re.search(r"and (\d+) more", row["Used by"].text)
        users = facts.sources("uses", node["id"])
        assert set(shown) <= users
        assert len(users) == len(shown) + int(hidden[1] if hidden else 0)


def repository(facts: Facts, row: Row) -> None:
    root = facts.sample / row["Repository"].text
    assert row["Files"].text == str(sum(path.is_file() for path in root.rglob("*")))
    readers = facts.sources("reads", f"repository:{row['Repository'].text}")
    assert row["Read by"].text.split()[0] == str(len(readers))


def clone(facts: Facts, row: Row) -> None:
    assert facts.nodes[f"repository:{row['Repository'].text}"]["attributes"]["commit"] is None
    assert row["State analysed"].text == "working tree, not in Git"


def reads(facts: Facts, row: Row) -> None:
    for name, on in pairs(row):
        assert facts.edges("reads", f"application:{on}/{name}", f"repository:{row.subject}")


def known(facts: Facts, row: Row) -> None:
    path = facts.sample / row.subject / row["Path"].text
    assert path.exists()
    kind = "kustomization" if path.is_dir() else "file"
    ids = (
        f"{kind}:{row.subject}/{row['Path'].text}",
        f"values:{row.subject}/{row['Path'].text}",
    )
    node = next((facts.nodes[id_] for id_ in ids if id_ in facts.nodes), None)
    if node and node["kind"] == "kustomization":
        assert row["What"].text == node["attributes"]["role"]


def folders(facts: Facts, rows: list[Row]) -> None:
    """The folders in the order of a tree: each is found below the last one that is above it."""
    root, above = facts.sample / rows[0].subject, [""]
    for row in rows:
        name = row["Folder"].text.rstrip("/")
        while not (root / above[-1] / name).is_dir():
            above.pop()
        folder = root / above[-1] / name
        above.append(folder.relative_to(root).as_posix())
        assert row["Files"].text == str(sum(path.is_file() for path in folder.rglob("*")))
        for count, kind in re.findall(r"(\d+) (\w+)", row["Holds"].text):
            here = [path for path in folder.rglob("*") if path.is_file()]
            assert int(count) <= sum(path.read_bytes().count(b"kind:") + 1 for path in here), kind
