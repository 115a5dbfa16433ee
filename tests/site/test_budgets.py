"""What a page may weigh, and how large a picture may be."""

import re
from pathlib import Path

import pytest

from graphdoc.graph.repo_graph import NodeKind
from graphdoc.site.atlas.addresses import parts_of
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.generate import Site, generate_site
from graphdoc.site.pages.cluster import cluster_page
from graphdoc.site.pages.lists import list_pages
from graphdoc.site.pages.waves import waves_page
from graphdoc.site.writing.page import Page
from tests.generated_estate import Size, generate
from tests.site.small_estate import TEXT, site_input

_PAGE, _PICTURE = 150_000, 60_000
# The head, the navigation of up to forty pages a section, and the foot that Material adds.
_FRAME = 35_000
_MANY = """\
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: application-number-{0:04}, namespace: argocd}}
spec:
  project: project-{0:04}
  source: {{repoURL: https://git.example.com/platform, path: secrets}}
  destination: {{server: https://kubernetes.default.svc, namespace: namespace-{0:04}}}
"""


def test_a_page_of_a_list_has_what_its_rows_leave_room_for() -> None:
    weighed = [("a", 60), ("b", 50), ("c", 50), ("d", 120), ("e", 1)]
    assert parts_of(weighed, 100) == [["a"], ["b", "c"], ["d"], ["e"]]
    assert [len(part) for part in parts_of([(str(n), 1) for n in range(150)])] == [120, 30]


@pytest.mark.slow
def test_pages_of_the_sample_keep_their_budgets(built_site: Path) -> None:
    pages = {path: path.read_text("utf-8") for path in built_site.rglob("*.html")}
    assert {p.name: len(t.encode()) for p, t in pages.items() if len(t.encode()) > _PAGE} == {}
    figures = {path.name: text.count('<figure class="gd"') for path, text in pages.items()}
    assert {name: count for name, count in figures.items() if count > 3} == {}


@pytest.mark.slow
def test_pictures_of_the_sample_keep_their_budgets(built_site: Path) -> None:
    pictures = list((built_site / "assets" / "diagrams").glob("*.svg"))
    assert len(pictures) > 50
    for picture in pictures:
        text = picture.read_text("utf-8")
        size = re.search(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"', text)
        assert size is not None
        assert len(text.encode()) <= _PICTURE, picture.name
        assert float(size[1]) <= 1180, picture.name
        assert float(size[2]) <= 1600, picture.name
        assert len(re.findall(r'<g class="gd-n ', text)) <= 30, picture.name


@pytest.fixture(scope="module")
def large() -> Site:
    """Nine hundred Applications, three hundred on each of three clusters and their base."""
    many = "".join(map(_MANY.format, range(450)))
    text = TEXT.replace(
        "-- platform/base/odd.yaml --\n", f"-- platform/base/odd.yaml --\n{many}---\n"
    )
    return generate_site(site_input(text))


def test_no_page_of_a_large_estate_is_too_heavy(large: Site) -> None:
    weights = {
        page.path: _weight(page) for page in large.pages.values() if page.path != "explorer.md"
    }
    assert {path: size for path, size in weights.items() if size > _PAGE - _FRAME} == {}


def _weight(page: Page) -> int:
    return len(page.markdown.encode()) + sum(len(f.encode()) for f in page.figures.values())


def test_a_long_list_goes_on_and_every_name_has_a_row(large: Site) -> None:
    assert "part 1 of 4" in large.pages["apps/index.md"].markdown
    every = len({node.name for node in large.atlas.graph.nodes(NodeKind.NAMESPACE)})
    said = f"{every} namespaces that Applications apply into; part 3 of "
    assert said in large.pages["namespaces/3.md"].markdown
    assert "application-number-0449" in large.pages["apps/list/4.md"].markdown
    assert '<a href="list/4.html">' in large.pages["apps/index.md"].markdown
    assert large.atlas.page("namespace:dev/namespace-0300") == (
        "namespaces/3.md#namespace:dev-2Fnamespace-0300"
    )
    assert 'id="namespace:dev-2Fnamespace-0300"' in large.pages["namespaces/3.md"].markdown


def test_every_link_of_a_large_estate_has_its_anchor(large: Site) -> None:
    ids = {
        page.path: set(re.findall(r' id="([^"]+)"', page.markdown + "".join(page.figures.values())))
        for page in large.pages.values()
    }
    for node in large.atlas.graph.nodes():
        path, _, anchor = large.atlas.page(node.id).partition("#")
        assert not path or path in ids, node.id
        assert not anchor or anchor in ids[path], node.id


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    """Seventy Applications in three waves on each of twelve clusters."""
    return _atlas(tmp_path_factory.mktemp("wide"), Size(70 * 12, 12))


def _atlas(folder: Path, size: Size) -> Atlas:
    generate(folder, size)
    files = sorted(folder.rglob("*.yaml"))
    names = (path.relative_to(folder).as_posix() for path in files)
    text = "".join(f"-- {n} --\n{f.read_text('utf-8')}" for n, f in zip(names, files, strict=True))
    text = text.replace("-- apps/", "-- platform/").replace("team/apps.git", "team/platform.git")
    return Atlas(site_input(text))


def test_boards_of_many_clusters_share_the_room_of_their_page(wide: Atlas) -> None:
    page = waves_page(wide)
    assert page.markdown.count("service-00000</a>") > 1
    assert re.search(r"and \d+ more", page.markdown)
    assert _weight(page) <= _PAGE - _FRAME


def test_a_list_of_names_that_many_clusters_have_goes_on_sooner(wide: Atlas) -> None:
    pages = [page for page in list_pages(wide) if page.path.startswith("namespaces/")]
    names = ("index", "2", "3")
    assert [page.path for page in pages] == [f"namespaces/{name}.md" for name in names]
    for node in wide.graph.nodes(NodeKind.NAMESPACE):
        path, _, anchor = wide.page(node.id).partition("#")
        (page,) = (page for page in pages if page.path == path)
        assert f' id="{anchor}"' in page.markdown


def test_tables_of_a_cluster_have_the_room_that_its_pictures_leave(tmp_path: Path) -> None:
    atlas = _atlas(tmp_path, Size(200, 1))
    page = cluster_page(atlas, atlas.clusters[0])
    assert "service-00000" in page.figures["tree-cluster-00"]
    assert re.search(r"\d+ more are in <a[^>]*>Applications</a>", page.markdown)
    assert _weight(page) <= _PAGE - _FRAME
