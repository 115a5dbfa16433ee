"""Checks of what pages say of findings and coverage, and of what runbooks ask for."""

import re
from collections import Counter

from tests.site.rows.facts import Facts, Row, at, begin, names, place


def finding(facts: Facts, row: Row) -> None:
    rule = row["Rule"].text if "Rule" in row else row.subject
    found = [
        f
        for f in facts.analysis.findings
        if (f.rule, f.severity.value) == (rule, row["Severity"].text.split()[-1])
        and " ".join(f.problem.message.split()) in row["What"].text
        and f.problem.primary.span.line == place(row["Where"])[2]
    ]
    assert found
    if "See also" in row:
        lines = {related.span.line for related in found[0].problem.related}
        assert {line for _, _, line in row["See also"].places} == lines


def rule(facts: Facts, row: Row) -> None:
    count = Counter(f.rule for f in facts.analysis.findings)[row["Rule"].text]
    head = "Findings" if "Findings" in row else "Findings now"
    assert row[head].text.replace("none", "0") == str(count)


def seen(facts: Facts, row: Row) -> None:
    coverage = facts.graph["coverage"]
    expected = {
        "YAML documents": ("documents", "parsed"),
        "Kustomizations": ("kustomizations", "rendered"),
        "Applications": ("applications", "resolved"),
        "Charts": ("charts", "charts_rendered"),
    }[row["What"].text]
    assert row["Seen"].text == str(coverage[expected[0]])
    assert row["Understood"].text.split()[0] == str(coverage[expected[1]])


def reason(facts: Facts, row: Row) -> None:
    repository, path, line = place(row["Where"])
    entry = {"location": {"repository": repository, "path": path, "line": line}}
    assert {**entry, "reason": row["Reason"].text} in facts.graph["coverage"]["not_understood"]
    chart = re.match(r"chart '(\S+) (\S+)'", row["Reason"].text)
    assert chart
    assert chart[1] in facts.text((repository, path, line), more=1)


def difference(facts: Facts, row: Row) -> None:
    """Each line that is named has the value that is said before it."""
    shown = re.findall(
        r"(\S+(?: \S+)*?) on upc-(?:dev|prod)(?:, upc-prod)? \S+ \S+:\d+", row["Values"].text
    )
    assert len(row["Values"].places) == len(shown)
    for value, where in zip(shown, row["Values"].places, strict=True):
        said = re.sub(r"^not set on upc-(dev|prod) ", "", value)
        assert begin(said) in facts.text(where, more=6)


def copy(facts: Facts, row: Row) -> None:
    """Each file that is to be copied or changed speaks of the Application that one copies."""
    said = facts.text(place(row["File"]), more=40)
    assert "mcp10x" in said or "values" in row["What to do"].text


def field(facts: Facts, row: Row) -> None:
    said, value = facts.text(place(row["Line"])), row["Value now"].text.lower()
    assert value in said


def root(facts: Facts, row: Row) -> None:
    assert facts.document(place(row["Defined at"]))["metadata"]["name"] == row["Root"].text


def folder(facts: Facts, row: Row) -> None:
    repository, path, _ = place(row["Such as"])
    assert f"{repository} {path}".startswith(row["Folder"].text)
    for count, what in re.findall(r"(\d+) (kustomization|values file|chart)", row["Holds"].text):
        name = {
            "kustomization": "kustomization.yaml",
            "values file": "*values*.yaml",
            "chart": "Chart.yaml",
        }
        here = (facts.sample / repository / path).parent.glob(name[what])
        assert int(count) == len(list(here))


def order(facts: Facts, row: Row) -> None:
    node = facts.app(row["Application"].text, row.subject.removeprefix("rebuild-"))
    assert place(row["Defined by"]) in at(node)
    assert set(names(row["Namespace"].text)) <= set(node["attributes"]["namespaces"])


def volume(facts: Facts, row: Row) -> None:
    said = facts.text(place(row["Asked for at"]))
    assert row["Size"].text.lower() in said or said.startswith("storage: {{")
    assert (
        row["Volume"].text.rpartition(".")[2].lower() in said
        or "value:" in said
        or "storage:" in said
    )


def chart_line(facts: Facts, row: Row) -> None:
    assert row["Version"].text in facts.text(place(row["Change this line"]))
    [node] = facts.of("chart", row["Chart"].text)
    assert set(names(row["Applications"].text)) == facts.sources("renders", node["id"])


def kinds(facts: Facts, row: Row) -> None:
    listed = "nodes" if "Kind" in row else "edges"
    kind = row["Kind" if "Kind" in row else "Edge"].text
    assert row["Count"].text == str(sum(item["kind"] == kind for item in facts.graph[listed]))


def about(facts: Facts, row: Row) -> None:
    coverage = facts.graph["coverage"]
    expected = {"Applications resolved": f"{coverage['resolved']} of {coverage['applications']}"}
    assert row["Value"].text == expected.get(row["What"].text, row["Value"].text)


def wave(facts: Facts, row: Row) -> None:
    for on in names(row["Cluster"].text):
        found = [n["attributes"] for n in facts.of("application", cluster=on)]
        waves = sorted({found_["wave"] for found_ in found if not found_["root"]})
        assert row["Waves"].text == ", ".join(map(str, waves))
    assert ("not enforced" in row["Is the order enforced?"].text) == any(
        f.rule == "unenforced-waves" for f in facts.analysis.findings
    )


def reasons(facts: Facts, row: Row) -> None:
    """Reasons that differ only in the names they quote are counted together."""
    known = facts.graph["coverage"]["not_understood"]
    kinds = [re.sub(r"'[^']*'", "'…'", entry["reason"]) for entry in known]
    kind = re.sub(r"'[^']*'", "'…'", row["Reason"].text.rpartition(": ")[0])
    assert row["Times"].text == str(kinds.count(kind))
