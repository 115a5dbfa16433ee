"""The meaning of a word of the glossary where a page uses it first."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from graphdoc.site.mkdocs.words import explained, glossary_words
from tests.site.browser import watched
from tests.site.small_estate import TEXT
from tests.site.test_pages import site

WORDS = {
    "overlay": "For one cluster.",
    "overlays": "For one cluster.",
    "Chart": "Of Helm.",
    "chart": "Of Helm.",
    "values file": "For a chart.",
    "root": "Comes first.",
}


def meant(word: str, meaning: str) -> str:
    return f'<abbr class="gd-word" tabindex="0" title="{meaning}">{word}</abbr>'


def test_the_first_use_of_a_word_says_what_it_means() -> None:
    page = "<p>Two overlays<br>of a <em>values file</em>.</p><ul><li>An overlay, a chart</li></ul>"
    assert explained(page, WORDS) == (
        f"<p>Two {meant('overlays', 'For one cluster.')}<br>of a "
        f"<em>{meant('values file', 'For a chart.')}</em>.</p>"
        f"<ul><li>An overlay, a {meant('chart', 'Of Helm.')}</li></ul>"
    )


@pytest.mark.parametrize(
    "page",
    [
        "<h2>overlay</h2>",
        '<p><a href="x.html">overlay</a></p>',
        "<p><code>overlay</code></p>",
        "<pre><code>overlay</code></pre>",
        '<p><span class="src">overlay</span></p>',
        "<table><tr><td><p>overlay</p></td></tr></table>",
        '<div class="admonition error"><p>overlay</p></div>',
        '<div class="gd-written"><p>overlay</p></div>',
        "<div>overlay</div>",
        "<!-- <p>overlay -->",
        "<p>overlay-x, x-overlay, a/overlay, overlay/a, overlay.yaml, overlay:1, $overlay</p>",
        "<p>the repository&#x27;s root</p>",
        '<p title="an overlay">',
    ],
)
def test_what_is_no_word_of_a_sentence_stays_as_it_is(page: str) -> None:
    assert explained(page, WORDS) == page


def test_what_follows_a_quiet_part_is_read_again() -> None:
    page = "<p><code>root</code> overlay</p><div>root</div><p>root"
    assert explained(page, WORDS) == (
        f"<p><code>root</code> {meant('overlay', 'For one cluster.')}</p><div>root</div>"
        f"<p>{meant('root', 'Comes first.')}"
    )


def test_the_words_are_those_of_the_glossary_but_names() -> None:
    words = glossary_words(site().atlas)
    assert words["sync wave"] == "A number that orders the resources of one sync."
    assert words["Sync waves"] == words["sync wave"]
    assert words["sync policies"] == words["Sync policy"]
    assert "Applications" in words
    assert {"applications", "applicationSet"}.isdisjoint(words)
    assert "apps of apps" in words
    assert {"Base", "bases"} <= set(words)
    named = site(TEXT.replace("shop", "bases"))
    assert {"Base", "bases"}.isdisjoint(glossary_words(named.atlas))


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("way", ["hover", "focus", "tap"])
def test_a_word_tells_itself_however_one_comes_to_it(
    browser: Browser, built_site: Path, way: str
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=way == "tap", is_mobile=way == "tap"
    )
    page, heard = watched(context)
    page.goto((built_site / "apps/musicman.html").as_uri())
    word = page.locator("abbr.gd-word").first
    getattr(word, way)()
    told = page.get_by_role("tooltip")
    expect(told).to_have_text(
        "A manifest that tells Argo CD: take this from Git, render it, and keep it so in this "
        "namespace."
    )
    name = told.get_attribute("id")
    assert name
    expect(word).to_have_attribute("aria-describedby", name)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
    assert heard == []
