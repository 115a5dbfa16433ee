"""The sentences of every page: each number in them is one of the graph, of the findings, of the
files or of what the page shows. A sentence with a number that nothing here reads fails.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from graphdoc.pipeline.analysis import Analysis
from tests.site.html_pages import PageText, read_page
from tests.site.rows.facts import Facts
from tests.site.test_tables import HANDWRITTEN

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
    waves = {node["attributes"]["wave"] for node in nodes if not node["attributes"]["root"]}
    return *waves, len(nodes), len(facts.of("cluster"))


def secret(facts: Facts, name: str) -> Iterable[int]:
    nodes = facts.of("secret", name)
    users = [user for node in nodes for user in sources(facts, "uses", node["id"])]
    return len({n["attributes"]["namespace"] for n in nodes}), on(nodes)[1], on(users)[0]


def named_secret(facts: Facts, name: str) -> Iterable[int]:
    """One that nobody is known to use, and the Applications whose own values name it."""
    *where, users = secret(facts, name)
    assert users == 0
    apps = facts.of("application")
    return *where, len({a["name"] for a in apps if name in str(a["attributes"]["manifest"])})


def files(facts: Facts, name: str) -> Iterable[int]:
    held = sum(path.is_file() for path in (facts.sample / name).rglob("*"))
    return held, on(sources(facts, "reads", f"repository:{name}"))[0]


def sealed(facts: Facts, name: str) -> Iterable[int]:
    return [len(facts.of("sealedsecret", name))]


def below(facts: Facts, page: str) -> Iterable[int]:
    """What stands in steps below the root of a cluster, and what it has to seal again."""
    cluster = page.removeprefix("rebuild-")
    children = [n for n in facts.of("application", cluster=cluster) if n["attributes"]["parent"]]
    steps = {(node["attributes"]["parent"], node["attributes"]["wave"]) for node in children}
    return len(children), len(steps), len(facts.of("sealedsecret", cluster=cluster))


def rebuilt(facts: Facts, page: str) -> tuple[int, int, int]:
    """The same, by the waves of each parent."""
    children, _, sealed = below(facts, page)
    cluster = page.removeprefix("rebuild-")
    nodes = (n["attributes"] for n in facts.of("application", cluster=cluster))
    steps = {(n["parent"], n["wave"]) for n in nodes if not n["root"]}
    return children, len(steps), sealed


def names(kind: str) -> Expected:
    return lambda facts, _: [on(facts.of(kind))[0]]


def namespaces(facts: Facts, _: str) -> tuple[int, int]:
    """How many names, and how many of them with the same Applications."""
    nodes = facts.of("namespace")
    users = {
        n["id"]: tuple(
            sorted(
                app["name"]
                for app in facts.of("application", cluster=n["cluster"])
                if n["name"] in app["attributes"]["namespaces"]
            )
        )
        for n in nodes
    }
    return on(nodes)[0], len({(n["name"], users[n["id"]]) for n in nodes})


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
    r"\S+ is an? [^.]* in sync wave (-?\d+)\. It runs on (\d+) of (\d+) clusters, .*": application,
    r"\S+ is a root Application\. It runs on (\d+) of (\d+) clusters, .*": application,
    r"\S+ is a(?: production)? cluster .*with (\d+) Applications, all below one root\.":
        lambda facts, name: [len(facts.of("application", cluster=name))],
    r"(\d+) Helm charts, local and remote\.": names("chart"),
    r"\S+ is a Helm chart .*, rendered by (\d+) Applications? on (\d+) clusters?\.": chart,
    r"Of (\d+) rendered Applications, (\d+) are fully resolved; (\d+) things .*":
        lambda facts, _: (
            facts.graph["coverage"]["applications"], facts.graph["coverage"]["resolved"],
            len(facts.graph["coverage"]["not_understood"]),
        ),
    r"(\d+) hostnames under which Applications answer\.": names("host"),
    r"(\d+) container images that rendered workloads run\.": names("image"),
    r"Three Git repositories describe (\w+) Kubernetes clusters\. .*": whole("cluster"),
    r"(\d+) namespaces that Applications apply into, in (\d+) rows: .*": namespaces,
    r"(\d+) Kyverno policies\.": names("policy"),
    r"\S+ is a Kyverno \w+ on (\d+) clusters\. .*":
        lambda facts, name: [len(facts.of("policy", name))],
    r"(\d+) AppProject that Applications belong to, in (\d+) rows: .*":
        lambda f, _: [on(f.of("project"))[0], len(f.of("project"))],
    r"\S+ is a repository with (\d+) files, read by (\d+) Applications\.": files,
    r"What this platform is described in: (\d+) Git repositories\.": whole("repository"),
    r"How to bring \S+ back from Git: (\d+) Applications in (\d+) steps, (\d+) Secrets? .*":
        rebuilt,
    r"How to undo a change: .* Then (\d+) Applications sync without anybody's help\.":
        lambda facts, _: [
            sum(node["attributes"]["sync"]["automated"] for node in facts.of("application"))
        ],
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
    r"\S+ is a Secret .*, in (\d+) namespaces? on (\d+) clusters?, perhaps used by (\d+) .*":
        named_secret,
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


@dataclass(frozen=True)
class At:
    """A sentence within its page, and how many like it stand before it."""

    page: str
    text: PageText
    html: str
    place: int

    @property
    def cluster(self) -> str:
        return Path(self.page).stem.removeprefix("rebuild-")

    def rows(self, *heads: str) -> int:
        return sum(1 for _ in self.text.rows(*heads))


def severities(_: Facts, at: At) -> Iterable[int]:
    """What the strip says, of which the items and the sentence after them are the parts."""
    said = [int(chip.split()[1]) for chip in at.text.chips if chip.startswith(("✕", "▲", "●"))]
    shown = sum(item.text.startswith(("✕", "▲", "●")) for item in at.text.items)
    more = [re.match(r"(\d+) more, see all findings", text) for text in at.text.prose]
    assert shown + sum(int(found[1]) for found in more if found) == sum(said)
    return said


def in_picture(_: Facts, at: At) -> Iterable[int]:
    """The boxes that have no chips, and all chips."""
    drawn = re.findall(r'<svg class="gd-svg".*?</svg>', at.html, re.DOTALL)[at.place]
    lanes = len(re.findall(r'class="gd-n lane', drawn))
    boxes = len(re.findall(r'class="gd-n', drawn)) - lanes
    return [boxes + len(re.findall(r'class="(?:chip|[^"]* chip)[ "]', drawn))]


def table_rows(_: Facts, at: At) -> Iterable[int]:
    shown = [t for t in at.text.tables if t and "What it is" in t[0]]
    return [len(shown[at.place])]


def on_cluster(kind: str) -> Callable[[Facts, At], Iterable[int]]:
    return lambda facts, at: [len(facts.of(kind, cluster=at.cluster))]


def lacking(facts: Facts, at: At) -> Iterable[int]:
    return [sum(n["attributes"]["missing"] for n in facts.of("secret", cluster=at.cluster))]


def answering(facts: Facts, at: At) -> Iterable[int]:
    return [sum(at.cluster in host["attributes"]["clusters"] for host in facts.of("host"))]


def unresolved(facts: Facts, at: At) -> Iterable[int]:
    apps = facts.of("application", cluster=at.cluster)
    return [sum(not app["attributes"]["resolved"] for app in apps)]


LATER: dict[str, Callable[[Facts, At], Iterable[int]]] = {
    r"(\d+) Applications in (\d+) steps on upc-dev\.": lambda f, _: [*below(f, "upc-dev")][:2],
    r"(\d+) Applications in (\d+) steps on upc-prod\.": lambda f, _: [*below(f, "upc-prod")][:2],
    r"(\d+) findings?¶": lambda facts, at: found(facts, Path(at.page).stem),
    r"(?:(\d+) errors?)?(?:, )?(?:(\d+) warnings?)?(?:, )?(?:(\d+) info)?": severities,
    r"(\d+) hosts? to answer, see Hosts\.": answering,
    r"(\d+) overlays that no root leads to: .*":
        lambda _, at: [at.rows("Overlay", "Where", "Includes")],
    r"(\d+) values?, without what only the chart says":
        lambda _, at: [at.rows("Key", "Cluster", "Value", "Set at")],
    r"Open upc-dev: (\d+) Applications by sync wave\.":
        lambda facts, _: [len(facts.of("application", cluster="upc-dev"))],
    r"Findings has (\d+) findings now, .*": lambda facts, _: [len(facts.analysis.findings)],
    r"Perhaps more: (\d+) Applications are not fully analysed\.": unresolved,
    r"Same data as a table \((\d+) rows?\)": table_rows,
    r".* (\d+) elements?(?:, all shown| shown, \d+ folded, see list)\. Click .*": in_picture,
    r"The data in (\d+) volumes?, of .*":
        lambda _, at: [at.rows("Application", "Volume", "Size", "Asked for at")],
    r"The private key that opens the (\d+) SealedSecrets\.": on_cluster("sealedsecret"),
    r"What nothing in Git makes: (\d+) Secrets? .*": lacking,
    r"upc-dev has (\d+) SealedSecrets\. .*":
        lambda facts, _: [len(facts.of("sealedsecret", cluster="upc-dev"))],
    r"\S+ starts at (\d+) file, of (\d+) that start clusters here\. .*":
        lambda facts, _: [1, len(facts.of("cluster"))],
}  # fmt: skip
# The minutes of a step, how many are left out, the words of rules; waves have tables of their own.
NO_FACT = re.compile(
    r"\d\. .* \d+ minutes¶|\d+ more, see all findings\.|[✕▲●] .*"
    r"|wave -?\d+( below \S+)? \d+ Applications?"
    r"|A field is misspelt or at the wrong level, .* definitions of Kubernetes .*"
    r"|Kustomize renamed or moved it, .* texts of less than 600 signs, which no key makes, .*"
    r"|Argo CD reads it as if it were not there: the resource is applied in wave 0, .*"
)
LOOSE = re.compile(r"(?<![\w./:-])\d+(?![\w./:-])")


def later(site: Path) -> Iterator[tuple[At, str, re.Match[str]]]:
    """Every sentence after the first one that has a number, with the pattern that reads it."""
    for file in sorted(site.rglob("*.html")):
        page, text = file.relative_to(site).as_posix(), read_page(file)
        if page == "404.html" or page.startswith(HANDWRITTEN):
            continue
        before: Counter[str] = Counter()
        for said in text.prose:
            if said == text.lead or not LOOSE.search(said) or NO_FACT.fullmatch(said):
                continue
            fit = [(p, m) for p in LATER if (m := re.fullmatch(p, said)) is not None]
            assert fit, f"{page} says what nothing checks: {said}"
            yield At(page, text, file.read_text("utf-8"), before[fit[0][0]]), *fit[0]
            before[fit[0][0]] += 1


def test_every_number_of_a_later_sentence_is_true(
    built_site: Path, analysis: Analysis, sample: Path
) -> None:
    facts = Facts(analysis, sample)
    read = set()
    for at, pattern, match in later(built_site):
        said = [int(number) for number in match.groups() if number]
        assert said == list(LATER[pattern](facts, at)), f"{at.page}: {match[0]}"
        read.add(pattern)
    assert read == set(LATER)


def leads(site: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(site.rglob("*.html")):
        page = file.relative_to(site).as_posix()
        lead = read_page(file).lead
        if page != "404.html" and not page.startswith(HANDWRITTEN) and NUMBER.search(lead):
            yield page, lead


def test_every_number_of_a_first_sentence_is_true(
    built_site: Path, analysis: Analysis, sample: Path
) -> None:
    facts = Facts(analysis, sample)
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
