"""Checks of what the runbook for undoing a change says of the sample."""

import re
from collections.abc import Iterable

from tests.site.rows.facts import Facts, Row

_MORE = re.compile(r" and (\d+) more$")


def followed(facts: Facts, row: Row) -> None:
    thing, revision = row["From"].text, row["Revision"].text
    found = {
        node["name"]
        for node in facts.of("application")
        for source in node["attributes"]["sources"]
        if ("chart" in source if thing == "charts" else source["repository"] == thing)
        and (thing == "charts" or source["targetRevision"] == revision)
    }
    _are(row["Applications"].text, found)


def synced(facts: Facts, row: Row) -> None:
    found, undone = set(), True
    for node in facts.of("application"):
        sync = node["attributes"]["sync"]
        if row["Sync"].text == ", ".join(w for w in ("automated", "prune", "selfHeal") if sync[w]):
            found.add(node["name"])
            undone = sync["selfHeal"]
    assert row["Edits by hand"].text.startswith("are undone" if undone else "stay")
    _are(row["Applications"].text, found)


def lasting(facts: Facts, row: Row) -> None:
    if row["What"].text == "Applications that nothing in Git manages":
        parents = ((n["name"], n["attributes"]["parent"]) for n in facts.of("application"))
        _are(row["Here"].text, {name for name, parent in parents if not parent})
    elif row["What"].text == "Values that were sealed anew":
        assert row["Here"].text == f"{len(facts.of('sealedsecret'))} SealedSecrets"
    else:
        known = {
            "What a sync option keeps from being pruned": "namespaces",
            "What stands in volumes": "musicman",
        }
        assert row["Here"].text == known[row["What"].text]


def _are(said: str, found: Iterable[str]) -> None:
    """The first names are told, and how many more there are."""
    names, more = sorted(set(found)), _MORE.search(said)
    shown = _MORE.sub("", said).split(", ")
    assert shown == names[: len(shown)]
    assert len(names) - len(shown) == (int(more[1]) if more else 0)
