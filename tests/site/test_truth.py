"""Every fact on a page of the sample against the graph as ``graphdoc graph`` prints it.

The pages are read as HTML, as a browser gets them; nothing of the site's own code is used.
"""

import json
import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from graphdoc.graph.export.formats import EXPORTERS, GraphFormat
from graphdoc.pipeline.analysis import Analysis
from tests.site.html_pages import Cell, PageText, Place, read_page

pytestmark = pytest.mark.slow

Node = dict[str, Any]
DASH = "\N{EN DASH}"


@pytest.fixture(scope="module")
def graph(analysis: Analysis) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        EXPORTERS[GraphFormat.JSON](analysis.graph, analysis.coverage)
    )
    return document


@pytest.fixture(scope="module")
def nodes(graph: dict[str, Any]) -> dict[str, Node]:
    return {node["id"]: node for node in graph["nodes"]}


@pytest.fixture(scope="module")
def apps(nodes: dict[str, Node]) -> dict[str, dict[str, Node]]:
    """The Applications by name and cluster."""
    found: dict[str, dict[str, Node]] = defaultdict(dict)
    for node in nodes.values():
        if node["kind"] == "application":
            found[node["name"]][node["cluster"]] = node
    return found


def edges(graph: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [edge for edge in graph["edges"] if edge["kind"] == kind]


def page(site: Path, path: str) -> PageText:
    return read_page(site / f"{path}.html")


def pages(site: Path) -> dict[str, PageText]:
    found = (file for file in sorted(site.rglob("*.html")) if file.name != "404.html")
    return {file.relative_to(site).as_posix(): read_page(file) for file in found}


def spans(node: dict[str, Any]) -> set[Place]:
    return {(at["repository"], at["path"], at["line"]) for at in node["locations"]}


def said_at(text: list[str], line: int) -> str:
    """A line, with those that a block or a flow which begins in it goes on in."""
    first = text[line - 1]
    goes_on = re.search(r"([|>][+-]?|[{\[,])$", first.rstrip())
    return " ".join(" ".join(text[line - 1 : line + (12 if goes_on else 0)]).split()).lower()


@cache
def lines(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines()


def names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip() not in {"", DASH}]


def test_every_line_that_a_page_names_exists(built_site: Path, sample: Path) -> None:
    wrong = []
    count = 0
    for path, found in pages(built_site).items():
        for repository, name, line in found.places:
            count += 1
            file = sample / repository / name
            if name and (not file.is_file() or not 1 <= line <= max(len(lines(file)), 1)):
                wrong.append((path, repository, name, line))
    assert wrong == []
    assert count > 2_000


def test_the_tag_of_musicman_in_production_is_one_row(built_site: Path) -> None:
    rows = [
        " ".join(cell.text for cell in row.values()).lower()
        for row in page(built_site, "where").rows("What", "Application", "Cluster")
    ]
    found = [row for row in rows if all(word in row for word in ("musicman", "prod", "tag"))]
    assert 1 <= len(found) <= 2


def test_every_changed_place_is_one_of_the_analysis(
    built_site: Path, analysis: Analysis, graph: dict[str, Any]
) -> None:
    """Pages name only lines that the graph, a finding, a value or a rule of a policy stands in."""
    known = {place for node in graph["nodes"] for place in spans(node)}
    known |= {place for edge in graph["edges"] for place in spans(edge)}
    for finding in analysis.findings:
        for at in (finding.problem.primary, *finding.problem.related):
            known.add((at.span.file.repository, at.span.file.path, at.span.line))
    unknown = Counter(
        path
        for path, found in pages(built_site).items()
        for place in found.places
        if place not in known and not path.startswith(_BY_VALUE)
    )
    assert unknown == Counter()


# Pages that name the lines of single values; what stands there is checked by other tests.
_BY_VALUE = ("where", "apps/", "values/", "charts/", "drift", "clusters/", "policies/", "day-1",
             "runbooks/", "hosts/", "index", "waves/", "secrets/")  # fmt: skip


def test_the_list_of_applications_is_that_of_the_graph(
    built_site: Path, apps: dict[str, dict[str, Node]], nodes: dict[str, Node]
) -> None:
    rows = {
        r["Application"].text: r for r in page(built_site, "apps/index").rows("Application", "Wave")
    }
    assert set(rows) == set(apps)
    clusters = sorted(node["name"] for node in nodes.values() if node["kind"] == "cluster")
    for name, row in rows.items():
        on = apps[name]
        assert names(row["Clusters"].text) == sorted(on), name
        assert set(on) <= set(clusters)
        attributes = [node["attributes"] for node in on.values()]
        waves = {
            str(a["wave"]) if str(a["parent"]).startswith("application:") else "\N{EN DASH}"
            for a in attributes
        }
        assert row["Wave"].text == ", ".join(sorted(waves)), name


def test_an_application_page_has_the_facts_of_its_nodes(
    built_site: Path, apps: dict[str, dict[str, Node]]
) -> None:
    for name, on in apps.items():
        found = page(built_site, f"apps/{name}")
        first = on[min(on)]["attributes"]
        assert f"wave {first['wave']}" in found.chips, name
        assert f"project {first['project']}" in found.chips, name
        assert first["destination"]["namespace"] in found.lead, name
        assert f"on {len(on)} of 2 clusters" in found.lead, name
        chart = first.get("chart") or {}
        if chart.get("name"):
            assert f"chart {chart['name']} {chart['version']}".strip() in found.chips, name
        for row in found.rows("Cluster", "Version", "Images", "Sync"):
            _check_cluster_row(row, on[row["Cluster"].text]["attributes"])


def _check_cluster_row(row: dict[str, Cell], facts: Node) -> None:
    sync = facts["sync"]
    said = ["automated", *(w for w in ("prune", "selfHeal") if sync.get(w))]
    assert row["Sync"].text == (", ".join(said) if sync["automated"] else "by hand")


def test_what_an_application_uses_are_its_edges(
    built_site: Path,
    graph: dict[str, Any],
    apps: dict[str, dict[str, Node]],
    nodes: dict[str, Node],
) -> None:
    verbs = ("uses", "serves", "runs", "renders", "reads", "manages")
    for name, on in apps.items():
        ids = {node["id"]: cluster for cluster, node in on.items()}
        expected = {
            (
                nodes[edge["target"]]["name"] if edge["target"] in nodes else edge["target"],
                ids[edge["source"]],
            )
            for edge in graph["edges"]
            if edge["source"] in ids and edge["kind"] in verbs
        }
        found = {
            (row["Name"].text, cluster)
            for row in page(built_site, f"apps/{name}").rows("What", "Name", "How", "Where")
            for cluster in names(row["Cluster"].text)
        }
        assert found == expected, name


def test_the_matrix_has_the_version_of_each_cluster(
    built_site: Path, apps: dict[str, dict[str, Node]]
) -> None:
    rows = {
        r["Application"].text: r
        for r in page(built_site, "clusters/index").rows("Application", "upc-dev")
    }
    assert set(rows) == set(apps)
    for name, row in rows.items():
        for cluster in ("upc-dev", "upc-prod"):
            node = apps[name].get(cluster)
            said = row[cluster].text.split()[-1]
            assert (said == DASH) == (node is None), (name, cluster)
            chart = (node or {}).get("attributes", {}).get("chart") or {}
            if node and chart.get("version") and chart.get("repository") != "forte-helm":
                assert said == chart["version"], (name, cluster)


def test_what_differs_between_clouds_stands_in_the_lines(built_site: Path, sample: Path) -> None:
    clouds = {"AWS": "aws-", "Azure": "aks-", "Google Cloud": "gcp-", "UpCloud": "upc-"}
    rows = list(page(built_site, "clusters/index").rows("What", *clouds))
    for row in rows:
        *_, pointer, file = row["What"].text.split()
        key = pointer.rpartition(".")[2].lower()
        assert any(row[cloud].places for cloud in clouds), row
        for cloud, folder in clouds.items():
            said = row[cloud].text
            assert bool(row[cloud].places) == (said != DASH), row
            for repository, path, line in row[cloud].places:
                assert re.fullmatch(rf"infra/values/{folder}\w+/{file}", path)
                text = said_at(lines(sample / repository / path), line)
                assert key in text or said.split()[0].strip('"').lower() in text, row
    classes = [row for row in rows if row["What"].text.startswith("Storage class")]
    assert {cloud: {row[cloud].text.split()[0] for row in classes} for cloud in clouds} == {
        "AWS": {"gp3"}, "Azure": {"managed-csi-premium"}, "Google Cloud": {"premium-rwo"},
        "UpCloud": {"upcloud-block-storage-maxiops"},
    }  # fmt: skip
    written = {
        file.name
        for file in (sample / "launchpad" / "infra" / "values").glob("aws-*/*.yaml")
        if any("storageClass" in line for line in lines(file))
    }
    assert {row["AWS"].places[0][1].rpartition("/")[2] for row in classes} == written
    balancers = [row for row in rows if row["What"].text.startswith("Load balancer")]
    assert {cloud for row in balancers for cloud in clouds if row[cloud].places} == set(clouds)
    provider = "opencost.customPricing.provider opencost-values.yaml"
    assert any(row["What"].text == provider for row in rows)


def test_clusters_count_their_applications(built_site: Path, nodes: dict[str, Node]) -> None:
    for node in (n for n in nodes.values() if n["kind"] == "cluster"):
        count = sum(
            n["kind"] == "application" and n["cluster"] == node["name"] for n in nodes.values()
        )
        found = page(built_site, f"clusters/{node['name']}")
        assert f"{count} Applications" in found.lead
        assert f"{count} Applications" in found.chips
        rows = list(found.rows("Application", "Wave", "Namespace", "Defined by"))
        assert len(rows) == count


@pytest.mark.parametrize(
    ("path", "kind", "head"),
    [
        ("hosts", "host", "Host"), ("images", "image", "Image"), ("charts", "chart", "Chart"),
        ("namespaces", "namespace", "Namespace"), ("policies", "policy", "Policy"),
        ("projects", "project", "AppProject"),
    ],
)  # fmt: skip
def test_a_list_holds_every_node_of_its_kind(
    built_site: Path, nodes: dict[str, Node], path: str, kind: str, head: str
) -> None:
    rows = list(page(built_site, f"{path}/index").rows(head))
    expected = {node["name"] for node in nodes.values() if node["kind"] == kind}
    assert {row[head].text for row in rows} == expected
    said = re.match(r"(\d+) ", page(built_site, f"{path}/index").lead)
    assert said is not None
    assert int(said[1]) == len(expected)


def test_guards_of_hosts_stand_in_their_lines(built_site: Path, sample: Path) -> None:
    rows = list(page(built_site, "hosts/index").rows("Host", "Certificate", "Authentication"))
    assert {row["Host"].text: "policies" in row["Authentication"].text for row in rows} == {
        "mcp10x.dev.forteapps.net": True, "mcp10x.forteapps.net": True,
        "musicman.dev.forteapps.net": False, "musicman.forteapps.net": False,
    }  # fmt: skip
    for row in rows:
        name = row["Host"].text.partition(".")[0]
        assert row["Certificate"].text.startswith(f"Secret {name}-tls by letsencrypt-prod")
        [(repository, path, line)] = row["Certificate"].places
        assert "issuername" in said_at(lines(sample / repository / path), line)
        for repository, path, line in row["Authentication"].places:
            block = lines(sample / repository / path)[line - 1 : line + 8]
            assert block[0].strip() == "annotations:"
            assert "forteapp.authAnnotations" in "".join(block)


def test_secrets_name_their_makers_keys_and_users(
    built_site: Path, graph: dict[str, Any], nodes: dict[str, Node]
) -> None:
    users: dict[str, set[str]] = defaultdict(set)
    for edge in edges(graph, "uses"):
        users[edge["target"]].add(nodes[edge["source"]]["name"])
    secrets = [node for node in nodes.values() if node["kind"] == "secret"]
    for node in secrets:
        found = page(built_site, f"secrets/{node['name']}")
        places = list(found.rows("Cluster", "Namespace", "Made by", "Keys"))
        where = (node["cluster"], node["attributes"]["namespace"])
        row = next(
            r for r in places
            if (r["Cluster"].text, r["Namespace"].text) == where
        )  # fmt: skip
        assert ("nothing" in row["Made by"].text) == node["attributes"]["missing"], node["id"]
        keys = row["Keys"].text.replace(DASH, "").split()
        assert sorted(keys) == sorted(node["attributes"]["keys"]), node["id"]
        who = {
            r["Application"].text
            for r in found.rows("Application", "Cluster", "Namespace", "How")
            if (r["Cluster"].text, r["Namespace"].text) == where
            and not r["How"].text.startswith("perhaps: ")
        }  # fmt: skip
        assert who == users[node["id"]], node["id"]


def test_findings_are_those_of_the_check(built_site: Path, analysis: Analysis) -> None:
    expected = Counter(
        (f.severity.value, f.rule, " ".join(f.problem.message.split()), f.problem.primary.span.line)
        for f in analysis.findings
    )
    found = Counter(
        (r["Severity"].text.split()[-1], r["Rule"].text, r["What"].text, r["Where"].places[0][2])
        for r in page(built_site, "findings/index").rows("Severity", "Rule", "What", "Where")
    )
    assert found == expected


def test_rule_pages_have_all_their_hits(built_site: Path, analysis: Analysis) -> None:
    for rule, count in Counter(finding.rule for finding in analysis.findings).items():
        rows = list(
            page(built_site, f"findings/{rule}").rows("Severity", "What", "Where", "See also")
        )
        assert len(rows) == count, rule


def test_values_files_name_their_readers(
    built_site: Path, graph: dict[str, Any], nodes: dict[str, Node]
) -> None:
    readers: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for edge in edges(graph, "layers"):
        source = nodes[edge["source"]]
        readers[edge["target"].partition(":")[2]].add((source["name"], source["cluster"]))
    listed = {
        r["Values file"].text: r for r in page(built_site, "values/index").rows("Values file")
    }
    assert set(listed) == set(readers)
    for name, row in listed.items():
        address = unquote(row["Values file"].links[0]).removesuffix(".html")
        found = page(built_site, f"values/{address}")
        said = {
            (r["Application"].text, cluster)
            for r in found.rows("Application", "Clusters", "Position", "Named at")
            for cluster in names(r["Clusters"].text)
        }
        assert said == readers[name], name


def test_an_application_without_a_values_file_says_so(
    built_site: Path, apps: dict[str, dict[str, Node]]
) -> None:
    said = (
        "No values file beside the chart's own: what else is set stands in the Application itself."
    )
    assert [n for n in apps if said in page(built_site, f"apps/{n}").prose] == ["dot-ai-stack"]
    assert "dot-ai-stack." in page(built_site, "values/index").prose


def test_charts_name_who_renders_them(
    built_site: Path, graph: dict[str, Any], nodes: dict[str, Node]
) -> None:
    users: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for edge in edges(graph, "renders"):
        if edge["target"].startswith("chart:"):
            source = nodes[edge["source"]]
            users[nodes[edge["target"]]["name"]].add((source["name"], source["cluster"]))
    for name, expected in users.items():
        rows = page(built_site, f"charts/{name}").rows("Application", "Version", "Named at")
        said = {(r["Application"].text, c) for r in rows for c in names(r["Clusters"].text)}
        assert said == expected, name


def test_the_start_counts_what_the_graph_holds(
    built_site: Path, nodes: dict[str, Node], apps: dict[str, dict[str, Node]]
) -> None:
    counted = Counter(node["kind"] for node in nodes.values())
    chips = page(built_site, "index").chips
    assert f"{len(apps)} Applications" in chips
    assert f"{counted['values']} values files" in chips
    assert f"{counted['secret']} Secrets" in chips
    policies = {node["name"] for node in nodes.values() if node["kind"] == "policy"}
    assert f"{len(policies)} policies" in chips
