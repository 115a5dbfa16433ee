"""The site of a small estate, built as the command line builds it."""

import re
from pathlib import Path

import pytest

from graphdoc.site.atlas.input import SiteSettings
from graphdoc.site.generate import generate_site
from graphdoc.site.mkdocs.build import SiteError, SiteResult, build_site
from tests.site.small_estate import CANARIES, HOSTILE, site_input

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SiteResult]:
    """The folder of the site, and what the build said."""
    folder = tmp_path_factory.mktemp("built") / "site"
    return folder, build_site(site_input(settings=SiteSettings(name="Our <platform>")), folder)


def test_the_site_has_no_broken_link_and_asks_nobody(built: tuple[Path, SiteResult]) -> None:
    folder, result = built
    assert (result.warnings, result.problems) == ((), ())
    assert result.pages == sum(1 for _ in folder.rglob("*.html")) - 1


def test_every_kind_of_page_is_there(built: tuple[Path, SiteResult]) -> None:
    folder, _ = built
    expected = (
        "index", "where", "glossary", "coverage", "clusters/index", "clusters/dev", "apps/index",
        "apps/shop", "waves/index", "secrets/index", "secrets/credentials", "hosts/index",
        "images/index", "charts/index", "charts/web", "values/index",
        "values/values-shop-base.yaml", "namespaces/index", "projects/index",
        "repos/index", "repos/platform", "findings/index", "findings/orphaned-values-file",
        "about/model", "about/build", "about/how-to-read", "day-1", "runbooks/index",
        "runbooks/add-app", "runbooks/roll-back",
        "runbooks/add-cluster", "runbooks/rotate-secret", "runbooks/upgrade-chart",
        "runbooks/rebuild-dev", "runbooks/rebuild-prod",
    )  # fmt: skip
    assert [path for path in expected if not (folder / f"{path}.html").is_file()] == []
    nowhere = (folder / "404.html").read_text("utf-8")
    assert "<title>Not found - Our" in nowhere
    titles = {
        path: re.findall("<title>(.*) - Our", (folder / f"{path}.html").read_text("utf-8"))
        for path in ("apps/shop", "repos/platform", "charts/web", "clusters/index")
    }
    assert titles["apps/shop"] == ["shop (Application)"]
    assert titles["repos/platform"] == ["platform (repository)"]
    assert titles["charts/web"] == ["web (chart)"]
    assert titles["clusters/index"] == ["Clusters and parity"]
    assert '<a href="/apps/index.html">Applications</a>.' in nowhere


def test_a_page_that_the_navigation_leaves_out_stands_below_its_list(
    built: tuple[Path, SiteResult],
) -> None:
    page = (built[0] / "findings" / "missing-secret.html").read_text("utf-8")
    path = re.search(r'<nav class="md-path".*?</nav>', page, re.DOTALL)
    tab = re.search(r'md-tabs__item--active">.*?</a>', page, re.DOTALL)
    assert path
    assert re.findall(r'ellipsis">\s*(.*?)\s*</span>', path[0]) == ["Health", "Findings"]
    assert tab
    assert "Health" in tab[0]
    deep = (built[0] / "runbooks" / "rotate" / "credentials.html").read_text("utf-8")
    assert re.findall(r'md-tabs__item--active">.*?>\s*(\w+)\s*<', deep, re.DOTALL) == ["Runbooks"]


def test_no_credential_is_anywhere_in_the_site(built: tuple[Path, SiteResult]) -> None:
    folder, _ = built
    found = {
        (canary, path.name)
        for path in folder.rglob("*")
        if path.is_file()
        for canary in CANARIES
        if canary.encode() in path.read_bytes()
    }
    assert found == set()


def test_text_of_repositories_is_never_markup(built: tuple[Path, SiteResult]) -> None:
    folder, _ = built
    pages = {path: path.read_text(encoding="utf-8") for path in folder.rglob("*.html")}
    assert [
        path.name for path, text in pages.items() if HOSTILE in text or "<img src=x" in text
    ] == []
    odd = pages[folder / "apps" / "odd.html"]
    assert "&lt;img src=x onerror=alert(1)&gt;" in odd
    assert "{{7*7}}" in odd


def test_handwritten_pages_stand_beside_generated_ones(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "day-1.md").write_text("# Day one\n", encoding="utf-8")
    (docs / "glossary.md").write_text("# Our own words\n", encoding="utf-8")
    (docs / "team.md").write_text("---\nnav: Team\n---\n# Who we are\n", encoding="utf-8")
    result = build_site(site_input(), tmp_path / "site", docs)
    assert result.problems == ()
    assert "Our own words" in (tmp_path / "site" / "glossary.html").read_text(encoding="utf-8")
    start = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert 'href="day-1.html"' in start
    assert 'href="team.html"' in start


def test_a_configuration_that_mkdocs_refuses_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "mkdocs.yml"
    file.write_text(
        "site_name: x\ntheme: {name: nonsense}\nplugins: [graphdoc]\n", encoding="utf-8"
    )
    (tmp_path / "docs").mkdir()
    with pytest.raises(SiteError):
        build_site(site_input(), tmp_path / "site", config_file=file)


def test_the_age_of_the_facts_is_that_of_the_newest_commit(built: tuple[Path, SiteResult]) -> None:
    folder, _ = built
    text = (folder / "index.html").read_text(encoding="utf-8")
    assert 'data-gd-built="2023-11-14T22:13:20+00:00" data-gd-stale="7"' in text
    assert "platform@c0ffee00" in text


def test_no_page_names_a_line_that_does_not_exist() -> None:
    site = site_input()
    lines = {(c.name, p): c.read(p).count(b"\n") + 1 for c in site.estate.clones for p in c.files}
    atlas = generate_site(site).atlas
    for node in atlas.graph.nodes():
        for span in node.locations:
            known = lines.get((span.file.repository, span.file.path))
            assert known is None or span.line <= known, span


def test_the_path_of_a_page_has_another_name_than_the_navigation(built_site: Path) -> None:
    page = (built_site / "apps/mcp10x.html").read_text(encoding="utf-8")
    assert (page.count('aria-label="Navigation"'), page.count('aria-label="Path"')) == (1, 1)


def test_every_navigation_of_a_page_has_a_name_of_its_own(built_site: Path) -> None:
    page = (built_site / "secrets/app-credentials.html").read_text(encoding="utf-8")
    referred = re.findall(r'<nav [^>]*aria-labelledby="([^"]+)"', page)
    titles = [re.search(rf'id="{name}"[^>]*>(.*?)</label>', page, re.DOTALL) for name in referred]
    said = [re.sub(r"<[^>]*>", "", title[1]).strip() if title else "" for title in titles]
    names = said + re.findall(r'<nav [^>]*aria-label="([^"]+)"', page)
    assert len(names) > 8
    assert sorted(set(names) - {""}) == sorted(names)
