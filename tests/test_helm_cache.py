import io
import re
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from graphdoc.clone import open_clone
from graphdoc.model.clone import UnreadableError
from graphdoc.model.helm import Release
from graphdoc.resolve.files import Files
from graphdoc.resolve.helm import ChartCache, find_engine, render_chart
from graphdoc.resolve.helm.archive import open_archive
from graphdoc.resolve.values import EMPTY_VALUES

pytest.importorskip("helm_python")

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


def cache_of(root: Path, *names: str) -> ChartCache:
    for name in names:
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        parts = re.fullmatch(r"(\D+)-(\d.*)\.tgz", place.name)
        assert parts is not None
        place.write_bytes(chart(parts[1], parts[2]))
    return ChartCache(open_clone("cache", root, "cache"))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("1.2.0", "1.2.0"), ("v1.2.0", "1.2.0"), ("1.2.3", None), ("*", "2.0.0"), ("", "2.0.0"),
        ("1.x", "1.10.1"), ("1", "1.10.1"), ("~1.2.0", "1.2.9"), ("~1.2", "1.2.9"),
        ("1.2.x", "1.2.9"),
        ("^1.2.0", "1.10.1"), ("^0.3.0", "0.3.5"), ("^0.0.3", None), (">=1.2.0 <1.3.0", "1.2.9"),
        (">=1.2.0, <=1.2.9", "1.2.9"), (">1.10.1", "2.0.0"), (">1.x", "2.0.0"), ("<1.2.9", "1.2.0"),
        ("<=1.2", "1.2.9"), ("!=2.0.0", "1.10.1"), ("=1.2.0", "1.2.0"),
        ("0.3.x || ~1.2.0", "1.2.9"),
        ("3.0.0-rc.1", "3.0.0-rc.1"), ("latest", None),
    ],
)  # fmt: skip
def test_the_newest_version_in_the_range_is_found(
    tmp_path: Path, wanted: str, expected: str | None
) -> None:
    versions = ("0.3.5", "1.2.0", "1.2.9", "1.10.1", "2.0.0", "3.0.0-rc.1")
    cache = cache_of(tmp_path, *(f"web-{v}.tgz" for v in versions), "web-admin-9.0.0.tgz")
    found = cache.find("oci/charts/web", wanted)
    assert (found and found[1]) == (f"web-{expected}.tgz/web" if expected else None)


def test_a_chart_of_the_cache_renders_and_says_where_it_is_written(tmp_path: Path) -> None:
    engine = find_engine()
    cache = cache_of(tmp_path, "deep/web-1.0.0.tgz")
    found = cache.find("web", "1.0.0")
    assert engine is not None
    assert found is not None
    result = render_chart(engine, Files(), *found, Release("a", "b"), EMPTY_VALUES)
    assert [str(resource.span) for resource in result.resources] == [
        "cache/deep/web-1.0.0.tgz/web/templates/cm.yaml:1:1"
    ]
    assert cache.find("web", "1.0.0") == found


@pytest.mark.parametrize("packed_with_chart", [True, False])
def test_a_required_chart_may_be_packed_beside_or_in_the_cache(
    tmp_path: Path, *, packed_with_chart: bool
) -> None:
    engine = find_engine()
    assert engine is not None
    own = tmp_path / "clone" / "own"
    (own / "charts").mkdir(parents=True)
    requires = (
        "dependencies: [{name: web, version: ^1.0.0, repository: https://charts.example.org}]"
    )
    (own / "Chart.yaml").write_text(f"apiVersion: v2\nname: own\nversion: 1.0.0\n{requires}\n")
    lock = "dependencies:\n- {name: web, version: 1.0.0, repository: https://charts.example.org}\n"
    (own / "Chart.lock").write_text(lock)
    cache = cache_of(tmp_path / "cache", "web-1.0.0.tgz", "web-1.1.0.tgz")
    if packed_with_chart:
        (own / "charts" / "web-1.0.0.tgz").write_bytes(chart("web", "1.0.0"))
    clone = open_clone("own", tmp_path / "clone", "own")
    given = None if packed_with_chart else cache
    result = render_chart(
        engine, Files(), clone, "own", Release("a", "b"), EMPTY_VALUES, cache=given
    )
    where = "own/own/charts" if packed_with_chart else "cache"
    assert [str(resource.span) for resource in result.resources] == [
        f"{where}/web-1.0.0.tgz/web/templates/cm.yaml:1:1"
    ]
    assert (result.error, result.not_understood) == (None, ())


def test_a_packed_chart_holds_only_what_lies_in_it() -> None:
    data = pack(
        {"web/Chart.yaml": "name: web\n", "../../evil": "x", "/etc/evil": "x", "web/./a": "x"}
    )
    clone, path = open_archive("r", "a.tgz", data)
    assert (clone.files, path) == (("a.tgz/web/Chart.yaml",), "a.tgz/web")
    assert (clone.is_directory("a.tgz/web"), clone.is_directory("a.tgz/we")) == (True, False)
    assert (clone.at("main"), clone.at("HEAD"), clone.knows_all_revisions) == (None, clone, True)
    with pytest.raises(UnreadableError, match="no such file"):
        clone.read("a.tgz/evil")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "not an archive"),
        (b"text", "not an archive"),
        (pack({"README.md": "x"}), "not an archive"),
        (pack({"web/Chart.yaml": b"0" * (101 * 1024**2)}), "larger than 100 MiB unpacked"),
    ],
    ids=["empty", "text", "no chart", "bomb"],
)
def test_what_is_no_packed_chart_is_refused(data: bytes, problem: str) -> None:
    with pytest.raises(UnreadableError, match=problem):
        open_archive("r", "a.tgz", data)


def test_a_broken_archive_in_the_cache_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "web-1.0.0.tgz").write_bytes(b"text")
    assert ChartCache(open_clone("cache", tmp_path, "cache")).find("web", "1.0.0") is None
