"""Names, labels and annotations that are markup elsewhere come out as text everywhere."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from graphdoc.cli import run
from graphdoc.model.location import SourceFile
from graphdoc.model.node import Scalar
from graphdoc.parse.yaml import parse_documents
from graphdoc.report.changes.architecture import CHANGE_REPORTERS
from graphdoc.report.findings.reporters import REPORTERS
from tests.site.browser import watched
from tests.written import CONFIG, ROOT, write_files

# Each does something where it is not text: HTML, Markdown, Jinja, DOT, Mermaid, a terminal.
PAYLOADS = {
    "html": '\\"><img src=x onerror=window.pwned=1><script>window.pwned=1</script>',
    "handler": "' autofocus onfocus=window.pwned=1 x='",
    "markdown": "[a](javascript:window.pwned=1) **b** `c` ![d](x) <a href=javascript:x>e</a>",
    "jinja": "{{ 7*191 }}{% for x in (1).__class__.__mro__ %}{{ x }}{% endfor %}",
    "dot": '\\\\\\"]; evil [label=\\"x\\"]; a -> b; //',
    "mermaid": '\\"]\\nend\\n  click web \\"javascript:window.pwned=1\\"\\n%%{init: {}}%% $$$x$$$',
    "terminal": "\\e]0;title\\a\\e[31mred\\e[2J\\r\\b",
    "bidirectional": "\\u202Eevil\\u2066\\u200Bx\\u2069",
    "comment": "--> <!-- ]]> */ }}",
}
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_PAGES_OF_A_KIND = 3
_WORKED = "1337"  # what Jinja makes of 7*191
_MARKUP = ("<img src=x", "<script>window", "<!-- ]]>", "<a href=javascript")  # in the payloads


def _estate() -> str:
    names = "".join(
        f"""\
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: "{name} {payload}"
  namespace: argocd
  labels: {{"{payload}": "{payload}"}}
  annotations: {{"note": "{payload}", argocd.argoproj.io/sync-wave: "1"}}
spec:
  project: "{payload}"
  source:
    repoURL: "https://git.example.com/{name}{payload}"
    path: "{payload}"
    targetRevision: "{payload}"
  destination: {{server: https://kubernetes.default.svc, namespace: "{payload}"}}
"""
        for name, payload in PAYLOADS.items()
    )
    objects = "".join(
        f"""\
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: "{name} {payload}", namespace: "{payload}"}}
spec:
  template:
    spec:
      containers:
      - name: "{payload}"
        image: "{payload}"
        envFrom: [{{secretRef: {{name: "{payload}"}}}}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: "{name}"}}
spec: {{rules: [{{host: "{payload}"}}], tls: [{{secretName: "{name}{payload}"}}]}}
"""
        for name, payload in PAYLOADS.items()
    )
    root = ROOT.partition("--\n")[2]
    own = root.replace("overlays/prod", "own").replace("name: root", "name: own")
    return (
        f"{CONFIG}{ROOT}-- platform/overlays/prod/kustomization.yaml --\n"
        f"resources: [apps.yaml, own.yaml]\n-- platform/overlays/prod/apps.yaml --\n{names}"
        f"-- platform/overlays/prod/own.yaml --\n{own}"
        f"-- platform/own/kustomization.yaml --\nresources: [objects.yaml]\n"
        f"-- platform/own/objects.yaml --\n{objects}"
        "-- platform/README.md --\n# <script>window.pwned=1</script>\n\nSee `apps/<b>/x.yaml`.\n"
    )


def _read(name: str) -> str:
    """The name of an Application as YAML has it."""
    text = f'"{name} {PAYLOADS[name]}"'.encode()
    root = parse_documents(text, SourceFile("", ""))[0].root
    assert isinstance(root, Scalar)
    return str(root.value)


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_files(tmp_path_factory.mktemp("hostile"), _estate())


@pytest.fixture(autouse=True)
def _inside(estate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(estate)


FORMATS = [
    *(["check", "--format", name] for name in REPORTERS),
    *(["graph", "--format", name] for name in ("json", "dot", "mermaid", "graphml", "svg")),
    *(["drift", "--format", name] for name in CHANGE_REPORTERS),
    ["explain", "**"],
    ["render", "platform/overlays/prod", "--origins"],
    ["render", "platform/overlays/prod", "--origins", "--format", "jsonl"],
]


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, str]:
    run(arguments)
    captured = capsys.readouterr()
    return captured.out, captured.err


@pytest.mark.parametrize("arguments", FORMATS, ids=" ".join)
def test_no_format_steers_a_terminal(
    capsys: pytest.CaptureFixture[str], arguments: list[str], estate: Path
) -> None:
    (estate / "architecture.lock.json").unlink(missing_ok=True)
    changed = estate / "platform" / "overlays" / "prod" / "apps.yaml"
    text = changed.read_text("utf-8")
    changed.write_text("", "utf-8")
    run(["drift", "--accept"])
    changed.write_text(text, "utf-8")
    capsys.readouterr()
    out, err = told(capsys, *arguments)
    assert out.count("mermaid") + out.count("html") >= (1 if arguments[0] != "check" else 0)
    assert [found[0] for found in map(_STEERING.search, (out, err)) if found] == []
    assert _WORKED not in out


def test_machines_read_what_was_written(capsys: pytest.CaptureFixture[str]) -> None:
    names = set(map(_read, PAYLOADS))
    graph = json.loads(told(capsys, "graph", "--format", "json")[0])
    shown = {node["name"] for node in graph["nodes"] if node["kind"] == "application"}
    assert names <= shown
    ET.fromstring(told(capsys, "graph", "--format", "graphml")[0])
    ET.fromstring(told(capsys, "check", "--format", "junit")[0])


def test_a_diagram_has_no_more_lines_than_nodes_and_edges(
    capsys: pytest.CaptureFixture[str],
) -> None:
    graph = json.loads(told(capsys, "graph", "--format", "json")[0])
    dot = told(capsys, "graph", "--format", "dot")[0]
    mermaid = told(capsys, "graph", "--format", "mermaid")[0]
    assert dot.count(" -> ") >= len(graph["edges"])
    assert not re.search(r"^\s*evil\b", dot, re.MULTILINE)
    assert not re.search(r"^\s*(click|end|%%)", mermaid, re.MULTILINE)
    assert "#36;#8203;#36;#8203;#36;x" in mermaid
    assert not {chr(int(code)) for code in re.findall(r"#(\d+);", mermaid)} & {"\u202e", "\x1b"}


@pytest.fixture(scope="module")
def site(estate: Path) -> Path:
    config = estate / "graphdoc.yaml"
    assert run(["build", "--config", str(config), "--site", str(estate / "site")]) == 0
    return estate / "site"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context()
    yield opened
    opened.close()


@pytest.mark.browser
@pytest.mark.slow
def test_no_page_runs_what_a_name_says(context: BrowserContext, site: Path) -> None:
    page, heard = watched(context)
    pages = [place for place in site.glob("*.html") if place.name != "404.html"]
    for folder in sorted({place.parent for place in site.glob("*/*.html")}):
        pages += sorted(folder.glob("*.html"))[:_PAGES_OF_A_KIND]
    for place in pages:
        source = place.read_text("utf-8")  # where one payload may put another into a comment
        assert [word for word in _MARKUP if word in source] == [], place.relative_to(site)
        page.goto(place.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        ran = page.evaluate("window.pwned")
        links = page.locator('[href^="javascript:window"], [onerror], [onfocus], img[src="x"]')
        assert (ran, links.count(), heard) == (None, 0, []), place.relative_to(site).as_posix()
        assert _WORKED not in page.content()


@pytest.mark.browser
@pytest.mark.slow
def test_a_picture_of_hostile_names_stands_alone(context: BrowserContext, tmp_path: Path) -> None:
    picture = tmp_path / "graph.svg"
    assert run(["graph", "--format", "svg", "--output", str(picture)]) == 0
    page, heard = watched(context)
    page.goto(picture.as_uri())
    expect(page.locator("svg").first).to_be_visible()
    assert (page.evaluate("window.pwned"), heard) == (None, [])
    assert page.locator("script, foreignObject, image").count() == 0
