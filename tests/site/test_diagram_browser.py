from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from graphdoc.site.diagrams.cards import Lane
from graphdoc.site.diagrams.figure import Place, Table, board, figure, table_html
from graphdoc.site.diagrams.svg import draw
from graphdoc.site.writing.icons import KINDS, sprite
from tests.site.diagram_examples import neighbourhood, tree
from tests.site.diagram_metrics import SITE
from tests.site.test_diagram_svg import hostile

pytestmark = pytest.mark.browser

APPS = tuple((name, cluster, "tag") for name in ("shop", "search") for cluster in ("dev", "prod"))


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of its own."""
    opened = browser.new_context(viewport={"width": 1200, "height": 900})
    yield opened
    opened.close()


@pytest.fixture
def address(tmp_path: Path) -> str:
    """A page with two figures, a board, a filtered table and the mark of its age."""
    table = table_html(Table(("App", "Cluster", "What"), APPS)).replace(
        "<table ", '<table id="where" '
    )
    heading = '<tr class="sec"><th colspan="3">All</th></tr>'
    lanes = [node for node in tree().nodes if isinstance(node, Lane)]
    body = (
        f"{sprite(KINDS)}<article class='md-typeset md-content__inner'><h1>Page</h1>"
        f'<div class="gd-wide">{figure(draw(tree()), Place("tree.svg"))}</div>'
        f'<div class="gd-narrow">{board(lanes)}</div>{figure(draw(neighbourhood()))}'
        f'{figure(draw(hostile()))}<div class="gd-filter" hidden>'
        '<input data-gd-filter="where"><span class="gd-count"></span></div>'
        f"{table.replace('<tbody>', f'<tbody>{heading}')}</article>"
        '<span hidden data-gd-built="2001-01-01T00:00:00Z" data-gd-stale="7"></span>'
    )
    assets = (SITE / "assets").as_uri()
    page = tmp_path / "page.html"
    page.write_text(
        '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<link rel="stylesheet" href="{assets}/graphdoc.css"><body>{body}'
        f'<script src="{assets}/graphdoc.js"></script>',
        encoding="utf-8",
    )
    return page.as_uri()


@pytest.fixture
def page(context: BrowserContext, address: str) -> Page:
    """The page, opened from the disk."""
    opened = context.new_page()
    opened.goto(address)
    return opened


def lit(page: Page) -> list[str]:
    """What stands out in the second figure: boxes by id, arrows by both ends."""
    found: list[str] = page.evaluate(
        """[...document.querySelectorAll("figure:nth-of-type(1) ~ figure .on, #d-hood-shop .on")]
        .map(e => e.dataset.n || e.dataset.a + ">" + e.dataset.b)"""
    )
    return sorted(set(found))


def test_the_page_asks_nothing_of_other_hosts_and_reports_no_error(
    context: BrowserContext, address: str
) -> None:
    opened = context.new_page()
    requests: list[str] = []
    errors: list[str] = []
    opened.on("request", lambda request: requests.append(request.url))
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text))
    opened.on("dialog", lambda dialog: errors.append(dialog.message))
    opened.goto(address)
    opened.wait_for_load_state("networkidle")
    assert {url.partition(":")[0] for url in requests} == {"file"}
    assert errors == []


def test_texts_are_as_wide_as_they_were_measured(page: Page) -> None:
    over: list[str] = page.evaluate(
        """async () => {
          await document.fonts.ready;
          const loaded = [...document.fonts].filter(font => font.status === "loaded");
          if (loaded.length < 2) return ["the fonts are not loaded"];
          const boxes = [...document.querySelectorAll(".gd-n")];
          return boxes.flatMap(box => {
            const right = box.querySelector(".b").getBoundingClientRect().right;
            return [...box.querySelectorAll("text:not(.mid)")]
              .filter(text => text.getBoundingClientRect().right > right - 4)
              .map(text => text.textContent);
          });
        }"""
    )
    assert over == []


def test_pointing_at_a_box_lights_it_and_its_neighbours(page: Page) -> None:
    page.hover("#d-hood-shop [data-n=values]")
    assert lit(page) == ["shop", "values", "values>shop"]
    page.hover("h1")
    assert lit(page) == []


def test_the_keyboard_lights_what_it_reaches(page: Page) -> None:
    page.focus("#d-hood-shop .gd-view")
    page.keyboard.press("Tab")
    assert lit(page) == ["shop", "values", "values>shop"]


def test_only_links_and_the_view_are_tab_stops(page: Page) -> None:
    page.focus("#d-hood-shop .gd-view")
    links = page.locator("#d-hood-shop .gd-svg a").count()
    stops = []
    for _ in range(links):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.tagName"))
    assert stops == ["a"] * links
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_the_buttons_and_keys_zoom(page: Page) -> None:
    width = "document.querySelector('#d-hood-shop .gd-svg').getBoundingClientRect().width"
    before = page.evaluate(width)
    page.click("#d-hood-shop [data-act=in]")
    assert page.evaluate(width) == pytest.approx(before * 1.25, abs=1)
    page.focus("#d-hood-shop .gd-view")
    page.keyboard.press("-")
    assert page.evaluate(width) == pytest.approx(before, abs=1)
    page.keyboard.press("+")
    page.keyboard.press("0")
    assert page.evaluate(width) == before


def test_a_high_picture_opens_at_its_subject(page: Page) -> None:
    page.add_style_tag(content=".gd-view { max-height: 120px !important; }")
    top = "document.querySelector('#d-hood-shop .gd-view').scrollTop"
    page.evaluate("document.querySelector('#d-hood-shop .gd-view').scrollTop = 0")
    script = (SITE / "assets" / "graphdoc.js").read_text("utf-8")
    page.evaluate(script)
    assert page.evaluate(top) > 0
    inside = """() => {
      const box = document.querySelector("#d-hood-shop .focus").getBoundingClientRect();
      const frame = document.querySelector("#d-hood-shop .gd-view").getBoundingClientRect();
      return frame.top < box.bottom && box.top < frame.bottom;
    }"""
    assert page.evaluate(inside)


def test_a_filter_counts_and_stands_in_the_address(page: Page, address: str) -> None:
    assert page.inner_text(".gd-count") == "4 of 4"
    page.fill(".gd-filter input", "shop prod")
    assert page.inner_text(".gd-count") == "1 of 4"
    assert page.url == f"{address}?where=shop+prod"
    assert page.locator("#where tr.sec").is_visible()
    page.fill(".gd-filter input", "no such")
    assert page.locator("#where tbody tr").filter(visible=True).count() == 0
    page.goto(f"{address}?where=search")
    assert page.inner_text(".gd-count") == "2 of 4"
    page.press(".gd-filter input", "Escape")
    assert page.url == address


def test_what_was_asked_goes_with_the_reader(page: Page, address: str) -> None:
    page.evaluate(
        "document.querySelector('#where td').innerHTML = '<a href=\"?changes=a%2Bb\">x</a>'"
    )
    page.locator(".gd-filter input").evaluate("box => { box.value = 'A+ prod tag'; }")
    page.click("#where td a")
    assert page.url == f"{address}?changes=a%2Bb%20prod%20tag"


def test_a_word_for_a_setting_is_no_part_of_another_word(page: Page, address: str) -> None:
    made = Path(page.evaluate("decodeURIComponent(location.pathname)"))
    rows = (
        '<tr data-k="prod Image tag Host"><td><a href="?changes=shop-staging">shop-staging</a>'
        '<tr data-k="prod Host"><td>web-staging'
    )
    listed = made.read_text("utf-8").replace('="where"', '="parts"')
    made.write_text(listed.replace("<tbody>", f"<tbody>{rows}"), encoding="utf-8")
    page.goto(address)
    page.fill(".gd-filter input", "stag tag")
    assert page.inner_text(".gd-count") == "1 of 6"
    page.click("#parts td a")
    assert page.url == f"{address}?changes=shop-staging%20tag"
    page.fill(".gd-filter input", "stag ag")
    assert page.inner_text(".gd-count") == "2 of 6"


def test_an_old_copy_says_so(page: Page) -> None:
    assert page.inner_text(".gd-stale").startswith("This copy describes Git as it was ")


def test_a_box_can_be_linked_to(page: Page, address: str) -> None:
    page.goto(f"{address}#hood-shop--secret")
    stroke = "e => getComputedStyle(e.querySelector('.b')).strokeWidth"
    assert page.eval_on_selector("[data-n=secret]", stroke) == "2.5px"
    assert page.eval_on_selector("[data-n=host]", stroke) == "1px"


def test_the_box_that_was_lit_last_can_be_linked_to(page: Page, address: str) -> None:
    link = page.locator("#d-hood-shop .gd-here")
    assert not link.is_visible()
    page.hover("#d-hood-shop [data-n=secret]")
    link.click()
    assert page.url == f"{address}#hood-shop--secret"
    assert link.get_attribute("title") == "The address of uses Secret shop-tls"


def test_a_phone_gets_the_board_and_rows_as_cards(page: Page) -> None:
    assert page.is_visible("#d-tree-dev")
    assert not page.is_visible(".gd-waves")
    page.set_viewport_size({"width": 390, "height": 844})
    assert not page.is_visible("#d-tree-dev")
    assert page.is_visible(".gd-waves")
    assert not page.is_visible("#where thead")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_without_a_script_everything_is_there_but_the_buttons(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator("#d-hood-shop .gd-n").count() == 5
    assert not page.is_visible("#d-hood-shop .gd-tools")
    assert not page.is_visible(".gd-filter")
    page.click("#d-hood-shop + details summary")
    assert page.is_visible("#d-hood-shop + details td")
    context.close()
