"""The explorer of the sample in a real browser, opened from the disk."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.site.browser import watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MUSICMAN = "application:upc-prod/musicman"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of its own, as wide as a desktop."""
    opened = browser.new_context(viewport={"width": 1440, "height": 900})
    yield opened
    opened.close()


def data_of(site: Path) -> dict[str, Any]:
    """The graph that the explorer of a site reads."""
    text = (site / "explorer-data.js").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text.removeprefix("window.graphdocData = ").rstrip(";\n"))
    return found


def opened(context: BrowserContext, site: Path, query: str = "") -> Page:
    """The explorer with a question in its address."""
    page = context.new_page()
    page.goto((site / "explorer.html").as_uri() + query)
    return page


def listed(page: Page) -> list[str]:
    """The ids of the nodes that the picture shows, by the list below it."""
    ids: list[str] = page.eval_on_selector_all(
        "[data-x=rows] .gd-x-to", "all => all.map(e => e.title)"
    )
    return sorted(ids)


def neighbours(site: Path, id_: str) -> set[str]:
    """The node and what it is joined to, by the data."""
    data = data_of(site)
    ids = [node[0] for node in data["nodes"]]
    centre = ids.index(id_)
    return {ids[end] for edge in data["edges"] if centre in edge[:2] for end in edge[:2]}


def test_every_node_has_a_page_and_a_place_on_it(built_site: Path) -> None:
    lost = []
    for row in data_of(built_site)["nodes"]:
        path, _, anchor = row[7].partition("#")
        page = built_site / path
        text = page.read_text(encoding="utf-8") if page.is_file() else ""
        if not text or (anchor and f'id="{anchor}"' not in text):
            lost.append((row[0], row[7]))
    assert lost == []


def test_the_whole_graph_is_folded_into_groups_that_are_counted(
    context: BrowserContext, built_site: Path
) -> None:
    page, heard = watched(context)
    page.goto((built_site / "explorer.html").as_uri())
    nodes = len(data_of(built_site)["nodes"])
    said = page.inner_text("[data-x=said]")
    assert re.match(rf"{nodes} of {nodes} nodes, \d+ of them folded into \d+ groups, ", said)
    assert heard == []


def test_the_keyboard_alone_finds_a_node_and_goes_on_from_it(
    context: BrowserContext, built_site: Path
) -> None:
    page = opened(context, built_site)
    page.focus("[data-x=node]")
    page.keyboard.type("musicman prod")
    page.keyboard.press("Enter")
    expect(page.locator("[data-x=panel] h2")).to_have_text("musicman")
    assert "node=application%3Aupc-prod%2Fmusicman" in page.url
    assert set(listed(page)) == neighbours(built_site, MUSICMAN)
    page.focus("[data-x=listed]")
    page.keyboard.press("Enter")
    for _ in ("the list, where it scrolls", "its first node"):
        if not page.evaluate("document.activeElement.title"):
            page.keyboard.press("Tab")
    reached = page.evaluate("document.activeElement.title")
    assert reached
    page.keyboard.press("Enter")
    expect(page.locator("[data-x=panel] code")).to_have_text(reached)
    page.go_back()
    expect(page.locator("[data-x=panel] code")).to_have_text(MUSICMAN)


def test_the_way_between_two_nodes_follows_the_arrows(
    context: BrowserContext, built_site: Path
) -> None:
    secret = "secret:upc-dev/musicman/app-credentials"
    page = opened(context, built_site, f"?node=file:launchpad/bootstrap.sh&to={secret}")
    assert listed(page) == [
        "application:upc-dev/enterprise-apps",
        "application:upc-dev/infrastructure-apps",
        "application:upc-dev/musicman",
        "application:upc-dev/secrets",
        "file:launchpad/bootstrap.sh",
        "sealedsecret:upc-dev/musicman/app-credentials",
        secret,
    ]
    assert page.inner_text("[data-x=said]").startswith("The shortest ways along the arrows.")


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ("repository:forte-helm", MUSICMAN, "No way leads along the arrows from the first"),
        ("host:musicman.forteapps.net", "repository:forte-helm", "Neither leads to the other"),
        (
            "namespace:upc-dev/argocd",
            "host:musicman.forteapps.net&without=application",
            "Nothing connects the two",
        ),
    ],
)
def test_what_kind_of_way_it_is_is_said(
    context: BrowserContext, built_site: Path, source: str, target: str, said: str
) -> None:
    page = opened(context, built_site, f"?node={source}&to={target}")
    assert page.inner_text("[data-x=said]").startswith(said)


def test_filters_leave_out_kinds_relations_and_clusters_and_stay_in_the_address(
    context: BrowserContext, built_site: Path
) -> None:
    page = opened(context, built_site, f"?node={MUSICMAN}")
    page.uncheck("[data-x=kinds] input[value=secret]")
    left = neighbours(built_site, MUSICMAN)
    assert set(listed(page)) == {id_ for id_ in left if not id_.startswith("secret:")}
    page.click("summary:has-text('Relations')")
    page.uncheck("[data-x=relations] input[value=reads]")
    assert not any(id_.startswith("repository:") for id_ in listed(page))
    before = listed(page)
    page.reload()
    assert listed(page) == before
    page.goto((built_site / "explorer.html").as_uri() + "?every=1&cluster=upc-dev")
    assert any(id_.startswith("application:upc-dev/") for id_ in listed(page))
    assert not any(id_.startswith("application:upc-prod/") for id_ in listed(page))
    page.click("[data-x=clear]")
    assert page.url == (built_site / "explorer.html").as_uri()


def test_depth_and_direction_widen_the_picture(context: BrowserContext, built_site: Path) -> None:
    one = set(listed(opened(context, built_site, f"?node={MUSICMAN}&way=into")))
    two = set(listed(opened(context, built_site, f"?node={MUSICMAN}&way=into&depth=2")))
    assert one < two
    assert "application:upc-prod/infrastructure-apps" in two - one


def test_a_phone_opens_on_a_part_that_can_be_read(browser: Browser, built_site: Path) -> None:
    with browser.new_context(viewport={"width": 390, "height": 844}) as phone:
        page = opened(phone, built_site, f"?node={MUSICMAN}")
        page.wait_for_selector("[data-x=cropped]:visible")
        page.click("[data-zoom=fit]")
        page.wait_for_selector("[data-x=cropped]", state="hidden")


def test_many_siblings_are_one_group_that_opens(context: BrowserContext, built_site: Path) -> None:
    page = opened(context, built_site, "?node=repository:launchpad")
    assert re.search(r"folded into \d+ group", page.inner_text("[data-x=said]"))
    page.click("[data-x=listed]")
    group = page.locator("[data-x=rows] .gd-x-to", has_text=re.compile(r"^\d+ Applications$")).first
    group.click()
    assert len([id_ for id_ in listed(page) if id_.startswith("application:")]) > 8
    assert "open=" in page.url


def test_an_id_that_is_not_there_is_said(context: BrowserContext, built_site: Path) -> None:
    page = opened(context, built_site, "?node=application:nowhere/nothing")
    said = page.inner_text("[data-x=said]")
    assert said.startswith("No node has the id application:nowhere/nothing.")


def test_without_a_script_the_page_leads_elsewhere(browser: Browser, built_site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = opened(context, built_site)
    assert page.is_visible("#explorer noscript a") or page.is_visible("#explorer a")
    assert not page.is_visible("[data-x=app]")
    context.close()


@pytest.fixture
def large(built_site: Path, tmp_path: Path) -> Path:
    """The explorer with 5,000 nodes: 40 clusters of 100 Applications, and what these share."""
    shutil.copytree(built_site / "assets", tmp_path / "assets")
    shutil.copy(built_site / "explorer.html", tmp_path)
    nodes: list[list[object]] = []
    for index in range(5_000):
        cluster = index % 40
        kind = 1 if index >= 1_000 else 0
        name = f"{'application' if kind else 'values'}-{index}"
        place = [kind * 4_000 + index % 20 * 184, index // 20 * 44]
        nodes.append([f"{name}:x/{index}", name, kind, kind, cluster * kind, *place, "", -1, 0])
    edges = [
        [source, (source * 7 + step * 13) % 1_000, 0, -1, 0]
        for source in range(1_000, 5_000)
        for step in range(3)
    ]
    edges += [[source, 0, 0, -1, 0] for source in range(1_000, 5_000)]
    data = {
        "kinds": {"values": "values file", "application": "Application"},
        "looks": {"values": "values file", "application": "Application"},
        "clusters": ["", *(f"c{number}" for number in range(1, 40))],
        "relations": ["layers"],
        "files": [],
        "hosts": {},
        "rows": {"": 0},
        "columns": {"values": 0, "application": 4_000},
        "nodes": nodes,
        "edges": edges,
    }
    (tmp_path / "explorer-data.js").write_text(f"window.graphdocData = {json.dumps(data)};")
    return tmp_path


def test_five_thousand_nodes_can_be_searched_folded_and_drawn(
    context: BrowserContext, large: Path
) -> None:
    page = opened(context, large)
    assert page.inner_text("[data-x=said]").startswith("5000 of 5000 nodes, 5000 of them folded")
    page.fill("[data-x=node]", "application 4321")
    page.press("[data-x=node]", "Enter")
    assert listed(page)[0] == "application-4321:x/4321"
    page.goto((large / "explorer.html").as_uri() + "?node=values-0:x/0")
    assert page.locator("[data-x=rows] tr").count() < 100
    page.goto((large / "explorer.html").as_uri() + "?every=1")
    assert page.inner_text("[data-x=said]").startswith("5000 of 5000 nodes, 1")
