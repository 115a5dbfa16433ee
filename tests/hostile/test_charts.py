"""Charts whose schemas would make Helm open or fetch something."""

import http.server
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from graphdoc.clone import open_clone
from graphdoc.model.helm import Release
from graphdoc.model.node import NOTHING
from graphdoc.resolve.helm import ChartRenderer, HelmEngine, Place
from graphdoc.resolve.helm.engine import CliEngine, SdkEngine
from graphdoc.resolve.helm.render import ChartRender
from graphdoc.resolve.helm.schemas import find_doubt
from graphdoc.resolve.repositories.files import Files
from tests.helm.test_subcharts import pack

pytest.importorskip("helm_python")

CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\n"
LEFT_OUT = "the schema of the values is left out, for it refers to"


@pytest.fixture(params=["sdk", "program"])
def engine(request: pytest.FixtureRequest) -> HelmEngine:
    if request.param == "sdk":
        return SdkEngine()
    program = shutil.which("helm")
    if program is None:
        pytest.skip("no helm on PATH")
    return CliEngine(program)


class _Server(http.server.ThreadingHTTPServer):
    asked: list[str]


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[_Server]:
    """A host that remembers what it was asked for."""
    with _Server(("127.0.0.1", 0), _Handler) as running:
        running.asked = []
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def render(engine: HelmEngine, root: Path, schema: bytes, *, packed: bool = False) -> ChartRender:
    files = {
        "Chart.yaml": CHART.encode(), "values.yaml": b"a: 1\n", "values.schema.json": schema,
        "templates/m.yaml": CONFIG_MAP.encode(),
    }  # fmt: skip
    if packed:
        inner = pack({f"web/{name}": data for name, data in files.items()})
        outer = CHART.replace("web", "outer").encode()
        files = {"Chart.yaml": outer, "charts/web-1.0.0.tgz": inner}
    for name, data in files.items():
        place = root / "web" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    clone = open_clone("charts", root, "charts")
    return ChartRenderer(engine, Files()).render(Place(clone, "web"), Release("a", "b"), NOTHING)


SCHEMAS = {
    "reference": {"properties": {"a": {"$ref": "{url}/x.json"}}},
    "dialect": {"$schema": "{url}/meta.json"},
    "relative": {"$id": "{url}/base/", "properties": {"a": {"$ref": "rel.json"}}},
    "deep": {"allOf": [{"not": {"$dynamicRef": "{url}/x.json#a"}}]},
}


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "archive"])
@pytest.mark.parametrize("name", SCHEMAS)
def test_helm_fetches_no_part_of_a_schema(
    engine: HelmEngine, tmp_path: Path, server: _Server, name: str, *, packed: bool
) -> None:
    text = json.dumps(SCHEMAS[name]).replace("{url}", f"http://127.0.0.1:{server.server_port}")
    result = render(engine, tmp_path, text.encode(), packed=packed)
    assert server.asked == []
    assert [resource.name for resource in result.resources] == ["m"]
    assert [note.reason.startswith(LEFT_OUT) for note in result.not_understood] == [True]


def test_helm_opens_no_file_for_a_schema(engine: HelmEngine, tmp_path: Path) -> None:
    (tmp_path / "outside.json").write_text('{"type": "string"}', "utf-8")
    target = (tmp_path / "outside.json").as_uri()
    result = render(engine, tmp_path / "clone", json.dumps({"$ref": target}).encode())
    assert (result.error, len(result.resources)) == (None, 1)


def test_a_schema_of_its_own_is_checked(engine: HelmEngine, tmp_path: Path) -> None:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "properties": {"a": {"$ref": "#/$defs/text"}, "$ref": {"type": "string"}},
        "$defs": {"text": {"type": "string"}},
    }
    result = render(engine, tmp_path, json.dumps(schema).encode())
    assert result.error is not None
    assert "want string" in result.error.message


@pytest.mark.parametrize(
    "text",
    [
        b'{"a": "\xff", "$ref": "http://localhost/"}',  # Go takes any bytes for text
        b'{"minimum": ' + b"9" * 5000 + b', "$ref": "http://localhost/"}',
        b"[" * 100_000,
        b"\xef\xbb\xbf{}",
    ],
    ids=["bytes", "number", "depth", "mark"],
)
def test_a_schema_that_cannot_be_read_is_not_handed_on(text: bytes) -> None:
    assert find_doubt(text) == "the schema of the values is no JSON and is left out"


@pytest.mark.parametrize("key", ["$ref", "$dynamicRef", "$recursiveRef"])
def test_no_reference_within_a_schema_leads_elsewhere(key: str) -> None:
    schema = {"properties": {"a": [{key: "http://localhost/"}]}}
    assert find_doubt(json.dumps(schema).encode()) == f"{LEFT_OUT} 'http://localhost/'"


@pytest.mark.parametrize("host", ["http://json-schema.org/schema", "http://json-schema.org.evil/"])
def test_only_dialects_that_helm_has_built_in_are_handed_on(host: str) -> None:
    assert find_doubt(json.dumps({"$schema": host}).encode()) == f"{LEFT_OUT} '{host}'"


@pytest.mark.parametrize("name", ["_off-1.0.0.tgz", ".off-1.0.0.tgz"])
def test_packed_charts_that_helm_skips_are_skipped(
    engine: HelmEngine, tmp_path: Path, name: str
) -> None:
    chart = {"off/Chart.yaml": CHART.replace("web", "off"), "off/templates/m.yaml": CONFIG_MAP}
    (tmp_path / "web" / "charts").mkdir(parents=True)
    (tmp_path / "web" / "charts" / name).write_bytes(pack(chart))
    assert len(render(engine, tmp_path, b"{}").resources) == 1
