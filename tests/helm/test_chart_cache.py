"""Charts at hand: which one a source means, and archives that mean harm."""

import gzip
import io
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from graphdoc.clone import DiskClone
from graphdoc.graph.draw.whole import build_graph
from graphdoc.model.clone import UnreadableError
from graphdoc.model.node import to_plain
from graphdoc.resolve.estate.whole import Request, resolve_estate
from graphdoc.resolve.helm import find_engine
from graphdoc.resolve.helm.chart_cache import (
    ArchiveError,
    ChartCache,
    ChartTree,
    not_at_hand,
    pull_command,
    read_archive,
)
from graphdoc.resolve.resolved import Estate, ResolvedSource
from graphdoc.rules.missing_values_file import missing_values_file
from tests.txtar import MemoryClone, read_clones, underlined

TEMPLATE = """apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
data:
  version: "{{ .Chart.Version }}"
  colour: "{{ .Values.colour }}"
"""


def pack(files: Mapping[str, str]) -> bytes:
    members = []
    for name, text in files.items():
        member = tarfile.TarInfo(name)
        member.size = len(text)
        members.append((member, text.encode()))
    return pack_members(members)


def pack_members(members: Iterable[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for member, data in members:
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def chart(name: str, version: str, **more: str) -> dict[str, str]:
    return {
        f"{name}/Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: {version}\n",
        f"{name}/values.yaml": "colour: grey\n",
        f"{name}/templates/map.yaml": TEMPLATE,
        **{f"{name}/{path}": text for path, text in more.items()},
    }


def folder(*paths: str) -> MemoryClone:
    """A folder of archives, each of the chart and version that its name says."""
    contents = {}
    for path in paths:
        name, _, version = path.rpartition("/")[2].removesuffix(".tgz").partition("-")
        contents[path] = pack(chart(name, version.replace("_", "+")))
    return MemoryClone("charts", contents)


@pytest.mark.parametrize(
    ("version", "found"),
    [
        ("1.2.0", "1.2.0"),
        ("v1.2.0", "1.2.0"),
        ("1.2", "1.2.0"),
        ("1.*", "1.10.0"),
        ("^1.2.0", "1.10.0"),
        (">=1.0 <1.5", "1.2.0"),
        ("*", "2.0.0"),
        (">=2.0.0-0", "2.1.0-rc1"),
        ("1.0.0+build", "1.0.0+build"),
        ("3.*", None),
        ("sha256:abc", None),
    ],
)
def test_the_version_is_chosen_as_argo_cd_chooses(version: str, found: str | None) -> None:
    names = ["1.0.0_build", "1.2.0", "1.10.0", "2.0.0", "2.1.0-rc1"]
    cache = ChartCache(
        folder(*(f"web-{name}.tgz" for name in names), "web-extra-9.0.0.tgz", "9.0.0.tgz")
    )
    chosen = cache.find("https://charts.example.com", "web", version)
    assert (chosen.version if chosen else None) == found


def test_the_folder_of_the_repository_comes_first() -> None:
    cache = ChartCache(
        folder(
            "a/web-1.0.0.tgz",
            "web-1.0.0.tgz",
            "charts.example.com/web-1.0.0.tgz",
            "charts.example.com/stable/web-1.0.0.tgz",
            "other.example.com/web-2.0.0.tgz",
        )
    )
    names = {
        url: found.tree.name
        for url in (
            "https://charts.example.com/stable/",
            "https://charts.example.com",
            "oci://a.b/c",
        )
        if (found := cache.find(url, "web", "*")) is not None
    }
    assert names == {
        "https://charts.example.com/stable/": "charts/charts.example.com/stable/web-1.0.0.tgz",
        "https://charts.example.com": "charts/charts.example.com/web-1.0.0.tgz",
        "oci://a.b/c": "charts/a/web-1.0.0.tgz",
    }


def test_an_unpacked_chart_is_known_by_what_its_file_says() -> None:
    files = {
        "web/Chart.yaml": b"name: web\nversion: 1.0.0\n",
        "web/charts/db/Chart.yaml": b"name: db\nversion: 1.0.0\n",
        "web/charts/mq-1.0.0.tgz": pack(chart("mq", "1.0.0")),
        "web-2.0.0/web/Chart.yaml": b"name: web\nversion: 2.0.0\n",
    }
    cache = ChartCache(MemoryClone("charts", files))
    found = cache.find("https://charts.example.com", "web", "1.x")
    assert found is not None
    assert found.tree.files == ("Chart.yaml", "charts/db/Chart.yaml", "charts/mq-1.0.0.tgz")
    newest = cache.find("https://charts.example.com", "web", "*")
    assert newest is not None
    assert newest.version == "2.0.0"
    for name in ("db", "mq"):
        assert cache.find("https://charts.example.com", name, "*") is None


def test_without_a_folder_no_chart_is_at_hand() -> None:
    assert ChartCache().find("https://charts.example.com", "web", "*") is None


def test_a_chart_is_opened_once() -> None:
    cache = ChartCache(folder("web-1.0.0.tgz"))
    first, second = (cache.find("https://charts.example.com", "web", v) for v in ("1.0.0", "*"))
    assert first is not None
    assert second is not None
    assert first.tree is second.tree


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


GOOD = member("web/Chart.yaml")


@pytest.mark.parametrize("name", ["web/../../x", "/etc/x", "web\\x", "C:/x", "../x"])
def test_a_path_that_leaves_the_chart_is_refused(name: str) -> None:
    with pytest.raises(ArchiveError, match="leaves the chart"):
        read_archive(pack_members([(GOOD, b""), (member(name), b"")]))


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_are_no_files(kind: bytes) -> None:
    data = pack_members([(GOOD, b""), (member("web/values.yaml", kind, "/etc/passwd"), b"")])
    assert read_archive(data) == {"Chart.yaml": b""}


def test_an_archive_that_swells_is_refused() -> None:
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=9) as stream:
        info = member("web/x")
        info.size = 300 * 1024 * 1024
        stream.write(info.tobuf())
        for _ in range(300):
            stream.write(bytes(1024 * 1024))
    assert len(buffer.getvalue()) < 1024 * 1024
    with pytest.raises(ArchiveError, match="too large"):
        read_archive(buffer.getvalue())


def test_an_archive_of_too_many_files_is_refused() -> None:
    data = pack_members((member(f"web/{index}"), b"") for index in range(20_001))
    with pytest.raises(ArchiveError, match="too many files"):
        read_archive(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"no archive", id="a text"),
        pytest.param(gzip.compress(b"no archive"), id="a packed text"),
        pytest.param(pack({"web/x": ""}), id="no chart"),
        pytest.param(pack(chart("web", "1.0.0"))[:-40], id="cut off"),
        pytest.param(
            gzip.compress(member("x", tarfile.GNUTYPE_LONGNAME).tobuf() * 50_000), id="nested names"
        ),
    ],
)
def test_what_is_no_chart_archive_is_refused(data: bytes) -> None:
    with pytest.raises(ArchiveError):
        read_archive(data)


ESTATE = """
-- platform/app.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: web}
  sources:
  - repoURL: https://user:hunter2@charts.example.com/stable
    chart: web
    targetRevision: 1.*
    helm:
      valueFiles: [values-red.yaml, $values/web.yaml]
      parameters:
      - {name: tag, value: "$ARGOCD_APP_REVISION"}
  - repoURL: https://git.example.com/platform
    ref: values
-- platform/web.yaml --
size: 3
"""


NONE = MemoryClone("charts", {})


def resolve(text: str, charts: MemoryClone = NONE) -> Estate:
    return resolve_estate(read_clones(text), find_engine(), Request(charts=charts))


def source_of(estate: Estate) -> ResolvedSource:
    return estate.applications[0].sources[0]


def test_a_chart_at_hand_renders_like_a_local_one() -> None:
    files = chart("web", "1.3.0", **{"values-red.yaml": "colour: red\n"})
    estate = resolve(ESTATE, MemoryClone("charts", {"web-1.3.0.tgz": pack(files)}))
    source = source_of(estate)
    (resource,) = source.resources
    assert to_plain(resource.manifest)["data"] == {"version": "1.3.0", "colour": "red"}  # type: ignore[call-overload, index]
    assert source.chart is not None
    assert source.chart.id == "chart:https://charts.example.com/stable/web@1.3.0"
    assert (source.broken, source.problems, source.not_understood) == ((), (), ())
    assert source.values is not None
    assert to_plain(source.values) == {"colour": "red", "size": 3, "tag": "1.3.0"}


def test_what_a_chart_at_hand_brings_stands_where_the_chart_is_named() -> None:
    files = chart("web", "1.3.0", **{"values-red.yaml": "colour: red\n"})
    clones = read_clones(ESTATE)
    charts = MemoryClone("charts", {"web-1.3.0.tgz": pack(files)})
    source = source_of(resolve_estate(clones, find_engine(), Request(charts=charts)))
    (resource,) = source.resources
    assert underlined(clones, resource.manifest.origins[0]) == "web"
    assert {file.repository for file in source.files} == {"platform"}
    assert [layered.file.path for layered in source.value_files] == ["web.yaml"]


def test_a_chart_of_a_chart_repository_has_no_path() -> None:
    files = chart("web", "1.3.0", **{"colours/red.yaml": "colour: red\n"})
    text = ESTATE.replace("    chart: web\n", "    chart: web\n    path: elsewhere\n")
    text = text.replace("values-red.yaml", "colours/red.yaml")
    text += "-- platform/colours/red.yaml --\ncolour: blue\n"
    source = source_of(resolve(text, MemoryClone("charts", {"web-1.3.0.tgz": pack(files)})))
    (resource,) = source.resources
    assert source.broken == ()
    assert resource.manifest.text("data", "colour") == "red"


def test_what_a_chart_at_hand_lacks_may_lie_in_the_source_with_a_name() -> None:
    text = ESTATE.replace("[values-red.yaml, ", "[sizes/web.yaml, colours/web.yaml, ")
    text += "-- platform/sizes/web.yaml --\nsize: 4\n"
    charts = MemoryClone("charts", {"web-1.3.0.tgz": pack(chart("web", "1.3.0"))})
    estate = resolve(text, charts)
    found = missing_values_file.run(estate, build_graph(estate))
    assert [(one.problem.identity, one.problem.hint) for one in found] == [
        ("sizes/web.yaml", "$values/sizes/web.yaml is there"),
        ("charts/web-1.3.0.tgz/colours/web.yaml", ""),
    ]


def test_a_chart_that_is_not_at_hand_is_not_understood() -> None:
    source = source_of(resolve(ESTATE, MemoryClone("charts", {})))
    assert source.resources == ()
    assert [note.reason for note in source.not_understood] == [
        "values file 'values-red.yaml' lies in a chart that is not at hand",
        "parameter 'tag' needs ARGOCD_APP_REVISION, which only the cluster knows",
        "chart 'web 1.*' of 'https://charts.example.com/stable' is not at hand: "
        "'helm pull' it into the chart_cache",
    ]


def test_an_archive_that_cannot_be_read_is_not_understood() -> None:
    source = source_of(resolve(ESTATE, MemoryClone("charts", {"web-1.3.0.tgz": b"nonsense"})))
    assert source.not_understood[-1].reason == (
        "chart 'web' of 'https://charts.example.com/stable' is not usable:"
        " the archive cannot be read"
    )


OCI = """
-- platform/app.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: web}
  source:
    repoURL: oci://registry.example.com/charts/web
    path: .
    targetRevision: 1.3.0
"""


def test_an_oci_address_may_name_the_chart() -> None:
    estate = resolve(OCI, folder("registry.example.com/charts/web-1.3.0.tgz"))
    source = source_of(estate)
    assert [resource.name for resource in source.resources] == ["web"]
    assert source.chart is not None
    assert source.chart.id == "chart:oci://registry.example.com/charts/web@1.3.0"


def test_an_oci_artifact_that_is_not_at_hand_may_be_no_chart() -> None:
    source = source_of(resolve(OCI))
    assert source.chart is None
    assert [note.reason for note in source.not_understood] == [
        "artifact 'oci://registry.example.com/charts/web' of an OCI registry is not at hand: "
        "if it is a chart, 'helm pull' it into the chart_cache"
    ]
    told = source_of(resolve(f"{OCI}    helm: {{releaseName: web}}\n"))
    assert told.chart is not None
    assert told.chart.name == "web"


def test_an_oci_artifact_is_not_the_clone_that_names_it() -> None:
    source = source_of(resolve(OCI.replace("registry.example.com/charts", "<registry>")))
    assert source.clone is None


def test_a_chart_at_hand_that_cannot_be_rendered_is_a_problem_where_it_is_named() -> None:
    files = chart("web", "1.3.0", **{"templates/bad.yaml": '{{ fail "no" }}'})
    estate = resolve(OCI, MemoryClone("charts", {"web-1.3.0.tgz": pack(files)}))
    (problem,) = source_of(estate).problems
    assert problem.primary.span.file.repository == "platform"
    assert problem.message.endswith("no")


RED = {"web/values.yaml": "colour: red\n"}
ASKING = """{{ if not (.Capabilities.APIVersions.Has "monitoring.coreos.com/v1") }}
  {{ fail "no monitoring" }}
{{ else if eq .Values.colour "grey" }}
  {{ fail "no colour" }}
{{ end }}"""


def test_what_a_chart_refuses_for_want_of_a_kind_is_open() -> None:
    files = chart("web", "1.3.0", **{"templates/bad.yaml": ASKING})
    charts = MemoryClone("charts", {"web-1.3.0.tgz": pack(files)})
    grey = source_of(resolve(OCI, charts))
    assert [problem.message for problem in grey.problems] == [
        "Helm cannot render the chart: no monitoring"
    ]
    red = source_of(resolve(OCI, MemoryClone("charts", {"web-1.3.0.tgz": pack({**files, **RED})})))
    assert ([one.name for one in red.resources], red.problems) == (["web"], ())
    assert [note.reason for note in red.not_understood] == [
        "renders only where the cluster serves what 'helm.api_versions' can name: "
        "monitoring.coreos.com/v1"
    ]


UMBRELLA = """
-- platform/app.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: all, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: web}
  source: {repoURL: https://git.example.com/platform, path: all}
-- platform/all/Chart.yaml --
apiVersion: v2
name: all
version: 1.0.0
dependencies:
- {name: web, version: 1.*, repository: https://charts.example.com}
- {name: db, version: 1.*, repository: https://charts.example.com}
-- platform/all/Chart.lock --
dependencies:
- {name: web, version: 1.2.0, repository: https://charts.example.com}
-- platform/all/values.yaml --
web: {colour: blue}
"""


def test_charts_at_hand_serve_what_local_charts_require() -> None:
    clones = read_clones(UMBRELLA)
    charts = folder("web-1.2.0.tgz", "web-1.3.0.tgz", "charts.example.com/db-1.0.0.tgz")
    source = source_of(resolve_estate(clones, find_engine(), Request(charts=charts)))
    data = [to_plain(resource.manifest)["data"] for resource in source.resources]  # type: ignore[call-overload, index]
    assert data == [
        {"version": "1.0.0", "colour": "grey"},
        {"version": "1.2.0", "colour": "blue"},
    ]
    places = [underlined(clones, resource.manifest.span) for resource in source.resources]
    assert [place.partition(",")[0] for place in places] == ["{name: db", "{name: web"]
    assert source.not_understood == ()


def test_what_a_packed_chart_in_a_clone_brings_stands_at_the_archive() -> None:
    (clone,) = read_clones(UMBRELLA)
    packed = {f"all/charts/{n}-1.2.0.tgz": pack(chart(n, "1.2.0")) for n in ("db", "web")}
    whole = MemoryClone(clone.name, {**clone.contents, **packed})
    source = source_of(resolve_estate((whole,), find_engine()))
    assert [str(resource.manifest.span.file) for resource in source.resources] == [
        "platform/all/charts/db-1.2.0.tgz",
        "platform/all/charts/web-1.2.0.tgz",
    ]


def test_a_required_chart_that_cannot_be_read_is_not_at_hand() -> None:
    cache = ChartCache(MemoryClone("charts", {"web-1.3.0.tgz": b"nonsense"}))
    assert cache.find_required("https://charts.example.com", "web", "*") is None
    assert ChartCache(folder("web-1.0.0.tgz")).find_required("", "db", "*") is None


def test_a_broken_chart_file_hides_only_its_own_chart() -> None:
    files = {"web/Chart.yaml": b"name: [", "db/Chart.yaml": b"name: db\nversion: 1.0.0\n"}
    cache = ChartCache(MemoryClone("charts", files))
    assert cache.find("", "web", "*") is None
    assert cache.find("", "db", "*") is not None


def test_an_archive_that_is_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "web-1.0.0.tgz").write_bytes(pack(chart("web", "1.0.0")))
    cache = ChartCache(DiskClone("charts", "charts", tmp_path, size_limit=10))
    with pytest.raises(ArchiveError, match="larger than"):
        cache.find("", "web", "1.0.0")


def test_a_tree_answers_like_a_clone() -> None:
    tree = ChartTree("charts/web-1.0.0.tgz", {"Chart.yaml": b"", "templates/a/b.yaml": b"x"})
    assert (tree.children(""), tree.children("templates"), tree.children("x")) == (
        ("Chart.yaml", "templates"), ("a",), (),
    )  # fmt: skip
    directories = ("", "templates", "templates/a", "templates/a/b.yaml", "x")
    assert [tree.is_directory(path) for path in directories] == [True, True, True, False, False]
    assert (tree.at(""), tree.at("v1")) == (tree, None)
    with pytest.raises(UnreadableError, match="no such file"):
        tree.read("templates")


@pytest.mark.parametrize(
    ("name", "repository", "expected"),
    [
        ("web", "https://x.io/$a", "helm pull web --repo 'https://x.io/$a' --version 1.0 -d c"),
        ("web", "x.io/all", "helm pull oci://x.io/all/web --version 1.0 -d c"),
        ("web", "oci://x.io/all/web", "helm pull oci://x.io/all/web --version 1.0 -d c"),
        ("--web", "https://x.io", None),
        ("web", "", None),
    ],
)
def test_a_chart_that_is_not_at_hand_is_brought_by_a_command(
    name: str, repository: str, expected: str | None
) -> None:
    assert pull_command(not_at_hand(name, "1.0", repository), "c") == expected
