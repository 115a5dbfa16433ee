"""The site of the sample estate in a real browser, opened from the disk."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser import page_kinds, watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_SOURCE = re.compile(
    r'<span class="src"(?: title="([^"]+)")?>(<span class="rp">[^<]+</span> (?:[^<]|<wbr>)+)</span>'
)
_TAG = re.compile(r"<[^>]+>")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of its own, as wide as a desktop."""
    opened = browser.new_context(viewport={"width": 1440, "height": 900})
    yield opened
    opened.close()


def test_a_phone_shows_the_board_and_a_desktop_the_tree(
    browser: Browser, sample_site: Path
) -> None:
    shown = {}
    for width in (390, 1440):
        context = browser.new_context(viewport={"width": width, "height": 844})
        page = context.new_page()
        page.goto((sample_site / "clusters/upc-prod.html").as_uri())
        shown[width] = (
            page.locator(".gd-waves").first.is_visible(),
            page.locator("svg.gd-svg").first.is_visible(),
        )
        context.close()
    assert shown == {390: (True, False), 1440: (False, True)}


def test_the_search_leads_to_the_line_to_change(context: BrowserContext, sample_site: Path) -> None:
    page, heard = watched(context)
    page.goto((sample_site / "index.html").as_uri())
    page.locator(".md-search__input").click()
    page.keyboard.type("musicman image tag")
    first = page.locator(".md-search-result__item .md-search-result__link").first
    expect(first).to_have_attribute("href", re.compile(r"apps/musicman\.html"))
    first.click()
    page.wait_for_url("**/apps/musicman.html*")
    row = page.locator("#where ~ .gd-scroll tr", has_text="app.image.tag").first
    assert "helm-prod-values musicman/values.yaml:4" in row.inner_text()
    assert heard == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("musicman", "apps/musicman.html"),
        ("musicman image tag", "apps/musicman.html"),
        ("traefik-values.yaml", "apps/traefik.html"),
        ("mcp10x.forteapps.net", "apps/mcp10x.html"),
        ("argocd-mcp", "apps/argo-mcp.html"),
        ("upc-prod", "clusters/upc-prod.html"),
        ("sealed", "apps/sealed-secrets.html"),
        ("missing-secret", "findings/missing-secret.html"),
    ],
)
def test_the_first_hit_is_the_right_page(
    context: BrowserContext, sample_site: Path, words: str, expected: str
) -> None:
    page = context.new_page()
    page.goto((sample_site / "index.html").as_uri())
    page.locator(".md-search__input").click()
    page.keyboard.type(words)
    first = page.locator(".md-search-result__item .md-search-result__link").first
    expect(first).to_have_attribute("href", re.compile(re.escape(expected)))


def test_the_filter_answers_where_the_tag_in_prod_is(
    context: BrowserContext, sample_site: Path
) -> None:
    page = context.new_page()
    page.goto((sample_site / "where.html").as_uri())
    page.locator("[data-gd-filter]").fill("musicman prod tag")
    rows = page.locator("#changes tbody tr:visible")
    assert 1 <= rows.count() <= 2
    assert "musicman/values.yaml:4" in rows.first.inner_text()


def test_every_application_has_a_box_that_leads_to_it(
    context: BrowserContext, sample_site: Path
) -> None:
    page = context.new_page()
    page.goto((sample_site / "clusters/upc-dev.html").as_uri())
    linked = page.eval_on_selector_all(
        "svg.gd-svg a", "links => links.map(a => a.getAttribute('href').split('#')[0])"
    )
    applications = {f"../apps/{p.name}" for p in (sample_site / "apps").glob("*.html")} - {
        "../apps/index.html"
    }
    assert applications - set(linked) == set()


def test_the_palette_repaints_pictures(context: BrowserContext, sample_site: Path) -> None:
    page = context.new_page()
    page.goto((sample_site / "index.html").as_uri())
    colour = "getComputedStyle(document.querySelector('.gd-svg .b')).fill"
    before = page.evaluate(colour)
    page.evaluate("document.body.dataset.mdColorScheme = 'slate'")
    page.evaluate("document.documentElement.dataset.mdColorScheme = 'slate'")
    assert page.evaluate(colour) != before


def test_every_picture_can_be_had_as_a_file_that_stands_alone(
    context: BrowserContext, sample_site: Path
) -> None:
    page, heard = watched(context)
    page.goto((sample_site / "index.html").as_uri())
    address = page.locator("a.gd-file").first.get_attribute("href")
    page.goto((sample_site / str(address)).as_uri())
    assert page.locator("svg text").count() > 5
    assert heard == []


def test_the_pages_keep_to_their_budget(sample_site: Path) -> None:
    sizes = {
        p.relative_to(sample_site).as_posix(): p.stat().st_size for p in sample_site.rglob("*.html")
    }
    assert {name: size for name, size in sizes.items() if size > 250_000} == {}
    assert (sample_site / "search" / "search_index.json").stat().st_size < 3_000_000
    pictures = {
        p.name: p.read_text(encoding="utf-8").count('<svg class="gd-svg"')
        for p in sample_site.rglob("*.html")
    }
    assert {name: count for name, count in pictures.items() if count > 3} == {}


def test_every_line_that_a_page_names_is_in_the_sample(sample_site: Path, sample: Path) -> None:
    named = {
        unescape(title) or unescape(_TAG.sub("", shown))
        for name in page_kinds(sample_site)
        for title, shown in _SOURCE.findall((sample_site / name).read_text(encoding="utf-8"))
    }
    pairs = [(sample / place.partition(" ")[0], place.partition(" ")[2]) for place in named]
    assert [pair for pair in pairs if not _is_there(*pair)] == []
    assert len(named) > 200


def _is_there(repository: Path, place: str) -> bool:
    path, _, line = place.rpartition(":")
    file = repository / path
    lines = len(file.read_text(encoding="utf-8").splitlines()) if file.is_file() else 1
    return file.exists() and 1 <= int(line) <= max(lines, 1)
