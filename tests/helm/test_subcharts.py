import io
import tarfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

from graphdoc.clone import DiskClone, open_clone
from graphdoc.model.clone import Clone
from graphdoc.model.helm import Release
from graphdoc.model.node import NOTHING
from graphdoc.resolve.helm import ChartRenderer, Place, find_engine
from graphdoc.resolve.helm.bundle import FindChart
from graphdoc.resolve.helm.chart_cache import ChartTree, read_archive
from graphdoc.resolve.helm.render import ChartRender
from graphdoc.resolve.repositories.files import Files

# Its runtime must not start in a process that tests fork from.
if find_spec("helm_python") is None:
    pytest.skip("the SDK of Helm is not installed", allow_module_level=True)

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Chart.Name }}\n"


def pack(files: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def chart(name: str, version: str) -> bytes:
    return pack(
        {
            f"{name}/Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: {version}\n",
            f"{name}/templates/cm.yaml": CONFIG_MAP,
        }
    )


REQUIRES = "dependencies: [{name: web, version: ^1.0.0, repository: https://charts.example.org}]\n"


def own_chart(root: Path) -> DiskClone:
    (root / "own" / "charts").mkdir(parents=True)
    (root / "own" / "Chart.yaml").write_text(
        f"apiVersion: v2\nname: own\nversion: 1.0.0\n{REQUIRES}"
    )
    return open_clone("repo", root, "repo")


def render(clone: DiskClone, find_chart: FindChart | None = None) -> ChartRender:
    engine = find_engine()
    assert engine is not None
    release = Release("a", "b")
    return ChartRenderer(engine, Files(), find_chart).render(Place(clone, "own"), release, NOTHING)


def test_a_packed_subchart_says_where_it_is_written(tmp_path: Path) -> None:
    clone = own_chart(tmp_path)
    (tmp_path / "own" / "charts" / "web-1.0.0.tgz").write_bytes(chart("web", "1.0.0"))
    (tmp_path / "own" / "charts" / ".gitkeep").write_text("no archive")
    (tmp_path / "own" / "other.tgz").write_text("nor this")
    result = render(clone)
    assert [str(resource.span) for resource in result.resources] == [
        "repo/own/charts/web-1.0.0.tgz/templates/cm.yaml:1:1"
    ]
    assert (result.error, result.not_understood) == (None, ())


def test_a_packed_subchart_that_is_broken_is_an_error(tmp_path: Path) -> None:
    clone = own_chart(tmp_path)
    (tmp_path / "own" / "charts" / "web-1.0.0.tgz").write_bytes(b"text")
    result = render(clone)
    assert str(result.not_understood[0].location) == "repo/own/charts/web-1.0.0.tgz:1:1"
    assert result.resources == ()


@pytest.mark.parametrize("locked", [True, False])
def test_a_required_chart_that_is_at_hand_renders(tmp_path: Path, *, locked: bool) -> None:
    asked = []

    def find_chart(repository: str, name: str, version: str) -> tuple[Clone, str]:
        asked.append((repository, name, version))
        contents = read_archive(chart("web", "1.0.0"))
        return ChartTree("cache/web-1.0.0.tgz", contents), ""

    clone = own_chart(tmp_path)
    if locked:
        lock = REQUIRES.replace("^1.0.0", "1.0.0")
        (tmp_path / "own" / "Chart.lock").write_text(lock)
    result = render(clone, find_chart)
    assert [str(resource.span) for resource in result.resources] == [
        "cache/web-1.0.0.tgz/templates/cm.yaml:1:1"
    ]
    version = "1.0.0" if locked else "^1.0.0"
    assert asked == [("https://charts.example.org", "web", version)]
    assert (result.error, result.not_understood) == (None, ())


@pytest.mark.parametrize("own", ["", "{global: {a: own, b: {d: 2}}}", "{global: 1}"])
def test_global_values_lie_below_the_key_of_a_chart_that_is_not_at_hand(
    tmp_path: Path, own: str
) -> None:
    clone = own_chart(tmp_path)
    folder = tmp_path / "own"
    (folder / "values.yaml").write_text(f"global: {{a: all, b: {{c: 1}}}}\nweb: {own or '{}'}\n")
    (folder / "templates").mkdir()
    (folder / "templates" / "cm.yaml").write_text(
        f"{CONFIG_MAP}data: {{a: {{{{ toJson .Values.web.global | quote }}}}}}\n"
    )
    without = render(clone)
    (folder / "charts" / "web-1.0.0.tgz").write_bytes(chart("web", "1.0.0"))
    named = {r.name: r for r in render(open_clone("repo", tmp_path, "repo")).resources}
    expected = named["own"].manifest.text("data", "a")
    assert [r.manifest.text("data", "a") for r in without.resources] == [expected]
