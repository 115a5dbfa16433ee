"""The site of the sample estate in a real browser, opened from the disk."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Milliseconds after which the theme has made its search worker; leaving sooner makes it complain.
_SETTLED = 250
KINDS = (
    "index.html",
    "where.html",
    "clusters/index.html",
    "clusters/upc-prod.html",
    "apps/index.html",
    "apps/musicman.html",
    "apps/traefik.html",
    "waves/index.html",
    "secrets/index.html",
    "secrets/app-credentials.html",
    "policies/index.html",
    "values/index.html",
    "repos/launchpad.html",
    "findings/index.html",
    "findings/missing-secret.html",
    "coverage.html",
    "day-1.html",
    "runbooks/add-app.html",
    "runbooks/rebuild-upc-dev.html",
    "runbooks/rotate-secret.html",
    "about/how-to-read.html",
)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of its own, as wide as a desktop."""
    opened = browser.new_context(viewport={"width": 1440, "height": 900})
    yield opened
    opened.close()


def watched(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page, and what it asks of the network or complains about."""
    page, heard = context.new_page(), []

    def asked(request: Request) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            heard.append(request.url)

    page.on("request", asked)
    page.on(
        "console", lambda message: heard.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", lambda dialog: heard.append(dialog.message))
    return page, heard


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_asks_the_network_or_fails(
    browser: Browser, sample_site: Path, scheme: str
) -> None:
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page, heard = watched(context)
    for name in KINDS:
        page.goto((sample_site / name).as_uri())
        page.wait_for_timeout(_SETTLED)
        shown = page.evaluate("document.body.dataset.mdColorScheme")
        assert shown == ("slate" if scheme == "dark" else "default")
    context.close()
    assert heard == []


def test_no_page_scrolls_sideways_on_a_phone(browser: Browser, sample_site: Path) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    widths = {}
    for name in KINDS:
        page.goto((sample_site / name).as_uri())
        widths[name] = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert {name: width for name, width in widths.items() if width > 390} == {}


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
        ("traefik-values.yaml", "apps/traefik.html"),
        ("mcp10x.forteapps.net", "apps/mcp10x.html"),
        ("upc-prod", "clusters/upc-prod.html"),
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


def test_every_box_leads_to_a_page_that_exists(context: BrowserContext, sample_site: Path) -> None:
    page, boxes, lost = context.new_page(), 0, []
    for name in KINDS:
        page.goto((sample_site / name).as_uri())
        for address in page.eval_on_selector_all(
            "svg.gd-svg a",
            "links => links.map(a => new URL(a.getAttribute('href'), location).href)",
        ):
            boxes += 1
            target = Path(address.removeprefix("file://").partition("#")[0].partition("?")[0])
            if address.startswith("file:") and not target.is_file():
                lost.append((name, address))
    assert lost == []
    assert boxes > 50


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


def test_every_line_that_a_page_names_is_in_the_sample(
    context: BrowserContext, sample_site: Path, sample: Path
) -> None:
    page, wrong, seen = context.new_page(), [], 0
    for name in KINDS:
        page.goto((sample_site / name).as_uri())
        for repository, place in page.eval_on_selector_all(
            "span.src", "all => all.map(e => e.title.split(' '))"
        ):
            path, _, line = place.rpartition(":")
            file, seen = sample / repository / path, seen + 1
            lines = len(file.read_text(encoding="utf-8").splitlines()) if file.is_file() else 0
            if file.is_file() and not 1 <= int(line) <= max(lines, 1):
                wrong.append((name, repository, place))
            if not file.exists():
                wrong.append((name, repository, place))
    assert wrong == []
    assert seen > 200
