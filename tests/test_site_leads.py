"""The first sentence of every page: each number in it is one of the graph, of the findings or of
the files. A sentence with a number that nothing here reads fails.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from graphdoc.config import load_config
from graphdoc.pipeline.analysis import analyse
from tests.html_pages import read_page
from tests.site_rows.facts import Facts
from tests.test_site_tables import HANDWRITTEN

pytestmark = pytest.mark.slow

NUMBER = re.compile(r"\b\d+ |\btwo ")
WORDS = {"no": 0, "two": 2}
Expected = Callable[[Facts, str], Iterable[int]]


def on(nodes: Iterable[dict[str, object]]) -> tuple[int, int]:
    """How many names the nodes have, and on how many clusters they are."""
    known = list(nodes)
    return len({node["name"] for node in known}), len({node["cluster"] for node in known})


def sources(facts: Facts, kind: str, target: str) -> list[dict[str, object]]:
    return [facts.nodes[edge["source"]] for edge in facts.edges(kind, target=target)]


def chart(facts: Facts, name: str) -> tuple[int, int]:
    [node] = facts.of("chart", name)
    return on(sources(facts, "renders", node["id"]))


def application(facts: Facts, name: str) -> Iterable[int]:
    nodes = facts.of("application", name)
    return nodes[0]["attributes"]["wave"], len(nodes), len(facts.of("cluster"))


def secret(facts: Facts, name: str) -> Iterable[int]:
    nodes = facts.of("secret", name)
    users = [user for node in nodes for user in sources(facts, "uses", node["id"])]
    return len({n["attributes"]["namespace"] for n in nodes}), on(nodes)[1], on(users)[0]


def files(facts: Facts, name: str) -> Iterable[int]:
    held = sum(path.is_file() for path in (facts.sample / name).rglob("*"))
    return held, on(sources(facts, "reads", f"repository:{name}"))[0]


def sealed(facts: Facts, name: str) -> Iterable[int]:
    return [len(facts.of("sealedsecret", name))]


def below(facts: Facts, page: str) -> Iterable[int]:
    """What stands in waves below the root of a cluster, and what it has to seal again."""
    cluster = page.removeprefix("rebuild-")
    children = [n for n in facts.of("application", cluster=cluster) if n["attributes"]["parent"]]
    waves = {node["attributes"]["wave"] for node in children}
    return len(children), len(waves), len(facts.of("sealedsecret", cluster=cluster))


def names(kind: str) -> Expected:
    return lambda facts, _: [on(facts.of(kind))[0]]


def whole(*kinds: str) -> Expected:
    return lambda facts, _: [len(facts.of(kind)) for kind in kinds]


def found(facts: Facts, rule: str) -> Iterable[int]:
    return [Counter(finding.rule for finding in facts.analysis.findings)[rule]]


def lines_of(facts: Facts, name: str) -> Iterable[int]:
    apps = chart(facts, name)[0]
    return (1 if facts.of("chart", name)[0]["attributes"].get("repository") else apps), apps


LEADS: dict[str, Expected] = {
    r"All pages are made from one graph of (\d+) nodes and (\d+) edges\.":
        lambda facts, _: (len(facts.nodes), len(facts.graph["edges"])),
    r"(\d+) Applications by name; rendered for each cluster they are (\d+)\. .*":
        lambda facts, _: (on(facts.of("application"))[0], len(facts.of("application"))),
    r"\S+ is an? .*in sync wave (-?\d+)\. It runs on (\d+) of (\d+) clusters, .*": application,
    r"\S+ is a(?: production)? cluster .*with (\d+) Applications, all below one root\.":
        lambda facts, name: [len(facts.of("application", cluster=name))],
    r"(\d+) Helm charts, local and remote\.": names("chart"),
    r"\S+ is a Helm chart .*, rendered by (\d+) Applications? on (\d+) clusters?\.": chart,
    r"Of (\d+) rendered Applications, (\d+) are fully resolved; (\d+) things .*":
        lambda facts, _: (
            facts.graph["coverage"]["applications"], facts.graph["coverage"]["resolved"],
            len(facts.graph["coverage"]["not_understood"]),
        ),
    r"(\d+) names under which Applications answer\.": names("host"),
    r"(\d+) container images that rendered workloads run\.": names("image"),
    r"Three Git repositories describe (\w+) Kubernetes clusters\. .*": whole("cluster"),
    r"(\d+) namespaces that Applications apply into\.": names("namespace"),
    r"(\d+) Kyverno policies\.": names("policy"),
    r"\S+ is a Kyverno \w+ on (\d+) clusters\. .*":
        lambda facts, name: [len(facts.of("policy", name))],
    r"(\d+) AppProject that Applications belong to\.": names("project"),
    r"\S+ is a repository with (\d+) files, read by (\d+) Applications\.": files,
    r"What this platform is described in: (\d+) Git repositories\.": whole("repository"),
    r"How to bring \S+ back from Git: (\d+) Applications in (\d+) waves, (\d+) Secrets? .*": below,
    r"How to give \S+ a new value: (\d+) SealedSecrets? to seal again\.": sealed,
    r"How to give \S+ a new value: (\d+) Secrets that something else makes\.":
        lambda facts, name: [len(facts.of("secret", name))],
    r"How to give a Secret a new value: (\d+) SealedSecrets in Git, .*": whole("sealedsecret"),
    r"Where the version of \S+ stands: (\d+) line of Git that (\d+) Applications? follows?\.":
        lines_of,
    r"Where the version of each chart stands: (\d+) charts in \d+ lines of Git, .*":
        names("chart"),
    r"\S+ is a Secret made by .*, in (\d+) namespaces? on (\d+) clusters?, used by (no|\d+) .*":
        secret,
    r"(\d+) Secrets that Git makes or Applications use; nothing makes (\d+) of them\.":
        lambda facts, _: (
            len(facts.of("secret")),
            sum(bool(node["attributes"].get("missing")) for node in facts.of("secret")),
        ),
    r"(\d+) values files, and who layers each\.": whole("values"),
    r".* (\d+) findings? in this estate\.": found,
}  # fmt: skip
# Read by other tests, or no fact: versions, a choice among Applications, minutes.
ELSEWHERE = re.compile(
    r"Made by graphdoc|Copy \S+: of the App|A path of 60 minutes|The whole graph behind this site"
    r"|What a cluster is made of here|\S+ is a values file that"
)


def leads(site: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(site.rglob("*.html")):
        page = file.relative_to(site).as_posix()
        lead = read_page(file).lead
        if page != "404.html" and not page.startswith(HANDWRITTEN) and NUMBER.search(lead):
            yield page, lead


def test_every_number_of_a_first_sentence_is_true(
    built_site: Path, project: Path, sample: Path
) -> None:
    facts = Facts(analyse(load_config(project / "graphdoc.yaml", {})), sample)
    read: set[str] = set()
    for page, lead in leads(built_site):
        fit = [(p, m) for p in LEADS if (m := re.fullmatch(p, lead)) is not None]
        if not fit and ELSEWHERE.match(lead):
            continue
        assert fit, f"{page} says what nothing checks: {lead}"
        pattern, match = fit[0]
        said = [WORDS[number] if number in WORDS else int(number) for number in match.groups()]
        assert said == list(LEADS[pattern](facts, Path(page).stem)), f"{page}: {lead}"
        read.add(pattern)
    assert read == set(LEADS)


def test_the_explorer_counts_what_it_draws(built_site: Path) -> None:
    text = (built_site / "explorer-data.js").read_text("utf-8")
    data = json.loads(text.removeprefix("window.graphdocData = ").rstrip(";\n"))
    nodes, arrows = len(data["nodes"]), len(data["edges"])
    lead = read_page(built_site / "explorer.html").lead
    assert lead.startswith(f"The whole graph behind this site: {nodes} nodes and {arrows} arrows.")
