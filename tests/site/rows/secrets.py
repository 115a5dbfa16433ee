"""Checks of what pages say of Secrets."""

from tests.site.rows.facts import Facts, Row, at, names, place, word


def secret(facts: Facts, row: Row) -> None:
    """Whatever a table says of a Secret: maker, keys, users, and the line that makes it."""
    name = row["Secret"].text if "Secret" in row else row.subject
    on = row["Cluster"].text if "Cluster" in row else row.subject
    id_ = f"secret:{on}/{row['Namespace'].text}/{name}"
    node = facts.nodes[id_]
    assert ("nothing" in row["Made by"].text) == node["attributes"]["missing"]
    if "Keys" in row:
        assert sorted(word(row["Keys"].text).split()) == sorted(node["attributes"]["keys"])
    if "Used by" in row:
        assert _users(row["Used by"].text) == facts.sources("uses", id_)
    for where in row["Written at"].places if "Written at" in row else ():
        assert where in at(node)
        said = facts.text(where, more=30)
        assert name in said or "{{" in said or "nothing" in row["Made by"].text


def secret_listed(facts: Facts, row: Row) -> None:
    found = [
        node
        for node in facts.of("secret", row["Secret"].text)
        if node["attributes"]["namespace"] == row["Namespace"].text
        and sorted(node["attributes"]["keys"]) == sorted(word(row["Keys"].text).split())
        and facts.sources("uses", node["id"]) == _users(row["Used by"].text)
        and node["attributes"]["missing"] == ("nothing" in row["Made by"].text)
    ]
    assert found


def sealed(facts: Facts, row: Row) -> None:
    """The manifest in the file has the name, the namespace, the scope and these keys."""
    head = next(h for h in ("Where", "File", "Change this file") if h in row)
    written = facts.document(place(row[head]))
    name = row["SealedSecret" if "SealedSecret" in row else "Secret"].text
    assert (written["kind"], written["metadata"]["name"]) == ("SealedSecret", name)
    assert written["metadata"]["namespace"] == row["Namespace"].text
    assert sorted(written["spec"]["encryptedData"]) == sorted(row["Keys"].text.split())
    annotations = written["metadata"].get("annotations", {})
    is_strict = not any(key.startswith("sealedsecrets.bitnami.com/") for key in annotations)
    assert (row["Scope"].text == "strict") == is_strict
    on = row["Cluster"].text if "Cluster" in row else row.subject.removeprefix("rebuild-")
    ids = [f"secret:{on}/{row['Namespace'].text}/{name}"]
    if row["Namespace"].text == "platform-secrets":  # a policy copies it to where it is used
        ids += [
            edge["target"] for edge in facts.edges("clones") if edge["target"].endswith(f"/{name}")
        ]
    users = {user for id_ in ids for user in facts.sources("uses", id_)}
    for used in ("Used by", "Then restart"):
        assert used not in row or _users(row[used].text) == users


def consumer(facts: Facts, row: Row) -> None:
    on, space = row["Cluster"].text, row["Namespace"].text
    target = f"secret:{on}/{space}/{row.subject}"
    if row["How"].text.startswith("perhaps: "):
        assert not facts.edges("uses", f"application:{on}/{row['Application'].text}", target)
        assert row.subject in facts.text(place(row["Where"]))
        return
    [edge] = facts.edges("uses", f"application:{on}/{row['Application'].text}", target)
    assert _plain(row["How"].text) == _plain(edge["attributes"]["how"])
    assert place(row["Where"]) in at(edge)
    said = facts.text(place(row["Where"]), more=6)
    assert row.subject in said or "{{" in said


def copied(facts: Facts, row: Row) -> None:
    on = row["Cluster"].text
    target = f"secret:{on}/{row['Into namespace'].text}/{row['Secret'].text}"
    assert facts.edges("clones", f"policy:{on}/{row.subject}", target)


def _users(text: str) -> set[str]:
    """Who is known to use a Secret; who perhaps does stands behind."""
    return set(names(text.partition("perhaps ")[0].rstrip(", ")))


def _plain(word: str) -> str:
    return word.lower().replace(" ", "").replace("-", "")
