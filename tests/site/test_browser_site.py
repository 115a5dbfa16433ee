"""The site of the sample estate in a real browser, opened from the disk."""

import json
import re
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from graphdoc.site.mkdocs.questions import questions_script
from tests.site.browser import watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Milliseconds after which the theme has made its search worker; leaving sooner makes it complain.
_SETTLED = 250


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of its own, as wide as a desktop."""
    opened = browser.new_context(viewport={"width": 1440, "height": 900})
    yield opened
    opened.close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- its own name
        """Say nothing: what is asked is no news."""


@pytest.fixture
def address(built_site: Path) -> Iterator[str]:
    """Where a web server offers the site."""
    offered = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(built_site)))
    thread = Thread(target=offered.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{offered.server_port}"
    offered.shutdown()
    thread.join()
    offered.server_close()


def test_a_web_server_needs_no_other(context: BrowserContext, address: str) -> None:
    page, heard = watched(context)
    for name in ("clusters/upc-prod.html", "explorer.html", "where.html", "index.html"):
        page.goto(f"{address}/{name}")
        page.wait_for_timeout(_SETTLED)
    page.locator(".md-search__input").click()
    page.keyboard.type("traefik-values.yaml")
    first = page.locator(".md-search-result__item .md-search-result__link").first
    expect(first).to_have_attribute("href", re.compile(r"apps/traefik\.html"))
    assert heard == []


def test_a_phone_shows_the_board_and_a_desktop_the_tree(browser: Browser, built_site: Path) -> None:
    shown = {}
    for width in (390, 1440):
        context = browser.new_context(viewport={"width": width, "height": 844})
        page = context.new_page()
        page.goto((built_site / "clusters/upc-prod.html").as_uri())
        shown[width] = (
            page.locator(".gd-waves").first.is_visible(),
            page.locator("svg.gd-svg").first.is_visible(),
        )
        context.close()
    assert shown == {390: (True, False), 1440: (False, True)}


def test_tables_fit_into_a_small_desktop(context: BrowserContext, built_site: Path) -> None:
    pages = ("apps/gitea", "apps/argo-mcp", "runbooks/rotate-secret", "hosts/index", "where")
    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    hidden = "(all) => all.map((e) => e.scrollWidth - e.clientWidth)"
    for path in pages:
        page.goto((built_site / f"{path}.html").as_uri())
        widths = page.locator(".gd-scroll:visible").evaluate_all(hidden)
        assert widths, path
        assert max(widths) <= 1, path


def test_the_search_leads_to_the_line_to_change(context: BrowserContext, built_site: Path) -> None:
    page, heard = watched(context)
    page.goto((built_site / "index.html").as_uri())
    page.locator(".md-search__input").click()
    page.keyboard.type("musicman image tag")
    first = page.locator(".md-search-result__item .md-search-result__link").first
    expect(first).to_have_attribute("href", re.compile(r"apps/musicman\.html"))
    first.click()
    page.wait_for_url("**/apps/musicman.html*")
    row = page.locator("#where ~ .gd-scroll tr", has_text="app.image.tag").first
    assert "helm-prod-values musicman/values.yaml:4" in row.inner_text()
    assert heard == []


def test_the_first_hit_is_the_right_page(context: BrowserContext, built_site: Path) -> None:
    page = context.new_page()
    page.goto((built_site / "index.html").as_uri())
    field = page.locator(".md-search__input")
    first = page.locator(".md-search-result__item .md-search-result__link").first
    field.click()
    for words, expected in {
        "musicman": "apps/musicman.html",
        "musicman image tag": "apps/musicman.html",
        "traefik-values.yaml": "apps/traefik.html",
        "mcp10x.forteapps.net": "hosts/index.html",
        "ghcr.io/fortedigital/musicman": "images/index.html",
        "argocd-mcp": "apps/argo-mcp.html",
        "upc-prod": "clusters/upc-prod.html",
        "sealed": "apps/sealed-secrets.html",
        "missing-secret": "findings/missing-secret.html",
        "gitea-admin": "secrets/gitea-admin.html",
        "rotate gitea-admin": "runbooks/rotate/gitea-admin.html",
        "add a cluster": "runbooks/add-cluster.html",
        "findings": "findings/index.html",
        "traefik version": "apps/traefik.html",
        "where does the secret come from": "secrets/index.html",
        "how do I add an application": "runbooks/add-app.html",
        "how do I add a cluster": "runbooks/add-cluster.html",
        "which clusters are there": "clusters/index.html",
        "what is an app of apps": "glossary.html",
        "disaster recovery": "runbooks/index.html",
        "what happens after i merge": "index.html",
        "in what order do things start": "waves/index.html",
        "which secrets must exist": "secrets/index.html",
        "what broke since last week": "changes.html",
        "where does a secr": "secrets/index.html",
        "which values are never used": "findings/unused-value.html",
        "what deploys first after a rebuild": "waves/index.html",
        "what breaks if I delete this file": "explorer.html",
    }.items():
        page.keyboard.type(words)
        expect(first).to_have_attribute("href", re.compile(re.escape(expected)))
        field.fill("")
        expect(first).to_have_count(0)


def test_every_page_that_answers_questions_is_there(built_site: Path) -> None:
    script = (built_site / "assets/questions.js").read_text("utf-8")
    answers = json.loads(script.splitlines()[0].partition(" = ")[2].rstrip(";"))
    asked = json.loads((files("graphdoc.site") / "content" / "questions.json").read_text("utf-8"))
    assert len(answers) == len(asked)
    assert [url for url, _, _ in answers if not (built_site / url).is_file()] == []
    said = questions_script({}, ["dev"])
    assert said.startswith('window.graphdocQuestions = [];\nwindow.graphdocPlaces = ["dev"];\n')


@pytest.mark.parametrize(
    ("asked", "filter_"),
    [
        ("replicas in prod", "prod replicas"),
        ("where do I change the image tag in upc-prod?", "upc prod image tag"),
        ("version prod", "prod version"),
    ],
)
def test_a_question_about_a_place_leads_to_its_rows(
    context: BrowserContext, built_site: Path, asked: str, filter_: str
) -> None:
    page, heard = watched(context)
    page.goto((built_site / "index.html").as_uri())
    page.locator(".md-search__input").click()
    page.keyboard.type(asked)
    first = page.locator(".md-search-result__item .md-search-result__link").first
    expect(first).to_have_attribute("href", re.compile(r"where\.html\?changes="))
    first.click()
    expect(page.locator("[data-gd-filter=changes]")).to_have_value(filter_)
    assert page.locator("#changes tbody tr:visible").count() > 0
    assert heard == []


def test_the_filter_answers_where_the_tag_in_prod_is(
    context: BrowserContext, built_site: Path
) -> None:
    page = context.new_page()
    page.goto((built_site / "where.html").as_uri())
    page.locator("[data-gd-filter]").fill("musicman prod tag")
    rows = page.locator("#changes tbody tr:visible")
    assert 1 <= rows.count() <= 2
    assert "musicman/values.yaml:4" in rows.first.inner_text()


def test_every_application_has_a_box_that_leads_to_it(
    context: BrowserContext, built_site: Path
) -> None:
    page = context.new_page()
    page.goto((built_site / "clusters/upc-dev.html").as_uri())
    linked = page.eval_on_selector_all(
        "svg.gd-svg a", "links => links.map(a => a.getAttribute('href').split('#')[0])"
    )
    applications = {f"../apps/{p.name}" for p in (built_site / "apps").glob("*.html")} - {
        "../apps/index.html"
    }
    assert applications - set(linked) == set()


def test_a_picture_leads_to_the_explorer(context: BrowserContext, built_site: Path) -> None:
    page = context.new_page()
    page.goto((built_site / "apps/musicman.html").as_uri())
    page.locator("figure.gd >> text=Explore").click()
    expect(page.locator("[data-x=panel] code")).to_have_text("application:upc-prod/musicman")


def test_a_picture_of_the_site_fills_the_screen_and_goes_back(
    context: BrowserContext, built_site: Path
) -> None:
    page = context.new_page()
    page.goto((built_site / "apps/musicman.html").as_uri())
    view, full = page.locator(".gd-view").first, page.locator("figure.gd >> text=Full screen")
    height = view.bounding_box()["height"]  # type: ignore[index] # it is shown
    full.click()
    page.wait_for_function("document.fullscreenElement?.matches('figure.gd')")
    page.locator("figure.gd >> text=Full screen").click()
    page.wait_for_function("!document.fullscreenElement")
    assert view.bounding_box()["height"] == height  # type: ignore[index] # it is shown again


def test_a_sheet_of_paper_holds_every_picture(context: BrowserContext, built_site: Path) -> None:
    page, _ = watched(context)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})
    for name in ("runbooks/rebuild-upc-dev", "apps/musicman"):
        page.goto((built_site / f"{name}.html").as_uri())
        pictures = page.locator("figure.gd").all()
        assert all((box := shown.bounding_box()) and box["height"] < 940 for shown in pictures)


def test_a_sheet_of_paper_holds_tables_as_tables(context: BrowserContext, built_site: Path) -> None:
    page, _ = watched(context)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})
    for name in ("where", "apps/musicman", "secrets/index", "clusters/index", "hosts/index"):
        page.goto((built_site / f"{name}.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == 718, name
        assert page.locator("table.gd thead").first.is_visible(), name


def test_the_palette_repaints_pictures(context: BrowserContext, built_site: Path) -> None:
    page = context.new_page()
    page.goto((built_site / "index.html").as_uri())
    colour = "getComputedStyle(document.querySelector('.gd-svg .b')).fill"
    before = page.evaluate(colour)
    page.evaluate("document.body.dataset.mdColorScheme = 'slate'")
    page.evaluate("document.documentElement.dataset.mdColorScheme = 'slate'")
    assert page.evaluate(colour) != before


def test_every_picture_can_be_had_as_a_file_that_stands_alone(
    context: BrowserContext, built_site: Path
) -> None:
    page, heard = watched(context)
    page.goto((built_site / "index.html").as_uri())
    address = page.locator("a.gd-file[download]").first.get_attribute("href")
    page.goto((built_site / str(address)).as_uri())
    assert page.locator("svg text").count() > 5
    assert heard == []
