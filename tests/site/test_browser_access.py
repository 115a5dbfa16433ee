"""Whether everybody can read and reach what a page says: measured by axe-core and in pixels."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.site.browser import page_kinds, watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text(encoding="utf-8")
# Milliseconds after which the theme has made its search worker; leaving sooner makes it complain.
_SETTLED = 250
# Rows are alike: the first of each list stand for the rest, and axe takes seconds for hundreds.
_FIRST_ROWS = """document.querySelectorAll("tbody, .md-nav__list").forEach(
  list => { while (list.children.length > 4) list.lastElementChild.remove(); })"""
# Preloading would ask for the styles once more, which a page from the disk may not.
_SERIOUS = """async only => {
  const how = { resultTypes: ["violations"], preload: false, ...(only && { runOnly: only }) };
  const found = await axe.run(document, how);
  return found.violations.filter(one => ["serious", "critical"].includes(one.impact))
    .map(one => [one.id, one.nodes.map(node => node.html.slice(0, 120))]);
}"""
# axe does not look at texts in SVG, nor at placeholders: their colour against what they stand on.
_PALE_TEXTS = """() => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const light = colour => colour.slice(0, 3).map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const over = (top, under, share) => under.map((c, i) => top[i] * share + c * (1 - share));
  const holds = (shape, x, y) => {
    const at = shape.getBoundingClientRect();
    return at.left <= x && x <= at.right && at.top <= y && y <= at.bottom;
  };
  const ground = text => {
    const box = text.getBoundingClientRect();
    const x = box.left + box.width / 2, y = box.top + box.height / 2;
    const page = rgb(getComputedStyle(text.closest("figure")).backgroundColor).slice(0, 3);
    return [...text.ownerSVGElement.querySelectorAll("rect")]
      .filter(shape => holds(shape, x, y)).map(shape => getComputedStyle(shape))
      .filter(style => style.fill !== "none")
      .reduce((under, style) => over(rgb(style.fill), under, Number(style.fillOpacity)), page);
  };
  const ratio = text => {
    const pair = [light(rgb(getComputedStyle(text).fill)), light(ground(text))];
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
  };
  return [...document.querySelectorAll(".gd-svg text")]
    .filter(text => text.getBoundingClientRect().width && ratio(text) < 4.5)
    .map(text => [text.textContent, ratio(text)])
    .concat([...document.querySelectorAll("article input[placeholder]")]
      .map(input => [input.placeholder, light(rgb(getComputedStyle(input, "::placeholder").color)),
        light(rgb(getComputedStyle(input).backgroundColor))])
      .map(([words, ...pair]) => [words, (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05)])
      .filter(([, found]) => found < 4.5));
}"""


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of its own, as wide as a desktop."""
    opened = browser.new_context(viewport={"width": 1440, "height": 900})
    yield opened
    opened.close()


_DARKEN = """for (const part of [document.documentElement, document.body])
  part.dataset.mdColorScheme = "slate" """


def judged(page: Page) -> list[Any]:
    """What is serious on a page, light and dark: by axe-core, and too pale texts of pictures."""
    found = [*page.evaluate(_PALE_TEXTS)]
    page.evaluate(_FIRST_ROWS)
    page.evaluate(f"{AXE};0")
    found += page.evaluate(_SERIOUS, None)
    page.evaluate(_DARKEN)
    found += page.evaluate(_PALE_TEXTS)
    return found + list(page.evaluate(_SERIOUS, ["color-contrast"]))


def test_no_page_has_a_serious_fault_asks_the_network_or_is_too_wide_for_a_phone(
    browser: Browser, built_site: Path
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page, heard = watched(context)
    faults, wide = {}, {}
    for name in page_kinds(built_site):
        page.goto((built_site / name).as_uri())
        page.add_style_tag(content="* { transition: none !important; animation: none !important }")
        page.set_viewport_size({"width": 390, "height": 844})
        wide[name] = page.evaluate("document.documentElement.scrollWidth")
        page.set_viewport_size({"width": 1440, "height": 900})
        faults[name] = judged(page)
    context.close()
    assert {name: found for name, found in faults.items() if found} == {}
    assert {name: width for name, width in wide.items() if width > 390} == {}
    assert heard == []


@pytest.mark.parametrize("name", ["index.html", "explorer.html", "clusters/upc-prod.html"])
def test_a_page_opens_dark_where_the_system_is_dark(
    browser: Browser, built_site: Path, name: str
) -> None:
    context = browser.new_context(color_scheme="dark")
    page, heard = watched(context)
    page.goto((built_site / name).as_uri())
    page.wait_for_timeout(_SETTLED)
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    context.close()
    assert heard == []


@pytest.mark.parametrize(
    "name",
    [
        "index.html",
        "clusters/upc-prod.html",
        "apps/musicman.html",
        "secrets/app-credentials.html",
        "runbooks/rebuild-upc-dev.html",
    ],
)
def test_the_keyboard_alone_reaches_every_box(
    context: BrowserContext, built_site: Path, name: str
) -> None:
    page = context.new_page()
    page.goto((built_site / name).as_uri())
    views = page.locator(".gd-view:visible")
    assert views.count()
    for number in range(views.count()):
        view = views.nth(number)
        boxes = view.locator("a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        view.focus()
        reached = []
        for _ in boxes:
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.getAttribute('href')"))
        assert reached == boxes
        page.keyboard.press("Tab")
        assert not page.evaluate("Boolean(document.activeElement.closest('.gd-view'))")


def test_a_box_says_its_full_name(context: BrowserContext, built_site: Path) -> None:
    page = context.new_page()
    page.goto((built_site / "apps/traefik.html").as_uri())
    assert page.get_by_role(
        "link", name="infra/values/upc-prod/traefik-values.yaml 4 keys", exact=True
    ).count()


_HIDDEN = """() => {
  const at = document.activeElement, box = [...at.getClientRects()].find(r => r.width) || {};
  const seen = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  const shown = !at.closest("article") || (seen && !seen.closest(".md-header, thead, th"));
  return shown || at.closest("th") ? "" : at.outerHTML;
}"""


@pytest.mark.parametrize("name", ["clusters/index.html", "clusters/upc-prod.html"])
def test_what_the_keyboard_goes_back_to_lies_under_no_header(
    context: BrowserContext, built_site: Path, name: str
) -> None:
    page = context.new_page()
    page.goto((built_site / name).as_uri())
    page.add_style_tag(content="html { scroll-behavior: auto !important }")
    page.locator(".md-footer__link").last.focus()
    hidden = []
    for _ in range(100):
        page.keyboard.press("Shift+Tab")
        hidden.append(page.evaluate(_HIDDEN))
    assert [text for text in hidden if text] == []


def test_what_has_the_focus_is_seen_to_have_it(context: BrowserContext, built_site: Path) -> None:
    look = "e => [getComputedStyle(e).outlineStyle, getComputedStyle(e).strokeWidth].join()"
    page = context.new_page()
    page.goto((built_site / "apps/musicman.html").as_uri())
    subject = page.locator(".gd-n.focus > a").first
    ring = subject.locator("> .b")
    before = ring.evaluate(look)
    page.locator(".gd-view").first.focus()
    page.keyboard.press("Tab")
    subject.focus()
    assert ring.evaluate(look) != before
    page.goto((built_site / "clusters/index.html").as_uri())
    page.locator(".gd-filter input").first.focus()
    assert page.locator(".gd-filter input").first.evaluate(look).startswith("solid")


def test_a_table_says_to_who_hears_it_what_row_and_sign_a_cell_has(
    context: BrowserContext, built_site: Path
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 1440, "height": 400})
    page.goto((built_site / "clusters/index.html").as_uri())
    table = page.get_by_role("group", name="Table: Clusters and parity", exact=True)
    row = table.get_by_role("row").filter(
        has=page.get_by_role("rowheader", name="gitea", exact=True)
    )
    assert row.get_by_role("link", name="error 10.6.0", exact=True).count() == 1
    assert table.get_by_role("link", name="patched v1.16.3", exact=True).count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_a_search_finds_is_told_in_colours_that_can_be_read(
    browser: Browser, built_site: Path, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    page.goto((built_site / "index.html").as_uri())
    page.get_by_role("textbox", name="Search").fill("musicman")
    page.locator(".md-search-result__item mark").first.wait_for()
    page.wait_for_timeout(_SETTLED)
    page.evaluate(f"{AXE};0")
    found = page.evaluate(_SERIOUS, ["color-contrast"])
    context.close()
    assert found == []
