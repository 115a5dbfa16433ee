"""Text on its way into pages: escaping, addresses, and what is held back."""

from html import unescape

import markdown as python_markdown  # type: ignore[import-untyped] # has no types
import pytest

from graphdoc.model.redact import without_credentials
from graphdoc.site.atlas.paths import anchor_id, relative, slug, slugs
from graphdoc.site.writing.markup import code, html, join, link, markdown, prose
from graphdoc.site.writing.redact import HIDDEN, Redactor, is_secret_key, shown_value
from tests.manifests import manifest
from tests.site.small_estate import HOSTILE


def test_parts_are_escaped_unless_they_are_markup() -> None:
    assert html("<p>{}{}</p>", HOSTILE, html("<b>{}</b>", "x")) == (
        "<p>&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;<b>x</b></p>"
    )
    assert join(["<", html("<i>{}</i>", "&")], "; ") == "&lt;; <i>&amp;</i>"
    assert join(["<", "&"], html("<br>")) == "&lt;<br>&amp;"


def test_a_link_that_a_browser_would_run_is_text() -> None:
    assert link("<a>", "javascript:alert(1)") == "&lt;a&gt;"
    assert link("a", "x.html?a=1&b=2") == '<a href="x.html?a=1&amp;b=2">a</a>'


def test_code_breaks_after_dividers_and_not_inside_of_entities() -> None:
    assert code("a/b:80&c=d") == "<code>a/<wbr>b:80&amp;c=<wbr>d</code>"
    broken = "alertmanager<wbr>Spec.<wbr>claim"
    assert code("a.bC alertmanagerSpec.claim") == f"<code>a.bC {broken}</code>"
    assert code("BOOTSTRAP_PASSWORD_1") == "<code>BOOTSTRAP_<wbr>PASSWORD_<wbr>1</code>"
    assert code("v1.2.3 a&'b_c") == "<code>v1.2.3 a&amp;&#x27;b_c</code>"


def test_backticks_of_a_sentence_are_code() -> None:
    assert prose("set `a` to <b>") == "set <code>a</code> to &lt;b&gt;"


@pytest.mark.parametrize(
    "text",
    [HOSTILE, "a *b* _c_ `d`", "[x](y) ![z](w)", "x { #y .z }", "# h", "&amp; \\ | {{ 7*7 }}"],
)
def test_a_heading_says_its_text_and_nothing_else(text: str) -> None:
    made = python_markdown.markdown(
        f"# {markdown(text)} {{ #id }}", extensions=["attr_list", "extra"]
    )
    assert made.startswith('<h1 id="id">')
    inside = made.removeprefix('<h1 id="id">').removesuffix("</h1>")
    assert "<" not in inside
    assert unescape(inside) == text


@pytest.mark.parametrize(
    ("target", "here", "address"),
    [
        ("apps/a.md#x", "apps/a.md", "#x"),
        ("apps/a.md", "apps/a.md", "a.html"),
        ("apps/b.md#x", "apps/a.md", "b.html#x"),
        ("index.md", "clusters/c.md", "../index.html"),
        ("clusters/c.md", "index.md", "clusters/c.html"),
        ("findings/index.md?findings=a b", "apps/a.md", "../findings/index.html?findings=a%20b"),
        ("assets/d/x.svg", "apps/a.md", "../assets/d/x.svg"),
    ],
)
def test_addresses_are_relative_to_the_page(target: str, here: str, address: str) -> None:
    assert relative(target, here) == address


def test_slugs_are_lower_case_and_never_shared() -> None:
    assert slug("MusicMan") == "musicman"
    assert slug("v1.2") == "v1.2"
    assert slug("index").startswith("index-")
    assert slug("Ünïcode/../x").islower()
    for device in ("con", "aux.v2", "COM7", "lpt9.x"):  # Windows has no file of such a name
        assert slug(device).startswith("x-")
    assert slug("console") == "console"
    assert len(set(slugs(["A", "a", "a b", "a-b", "..", "con"]).values())) == 6


def test_anchors_have_no_sign_that_an_address_would_encode() -> None:
    assert anchor_id("values:a/b c") == "values:a-2Fb-20c"


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "adminPassword",
        "apiKey",
        "api_key",
        "clientSecret",
        "TOKEN",
        "secret-key",
        "dsn",
    ],
)
def test_keys_of_credentials_are_known(key: str) -> None:
    assert is_secret_key(key)


@pytest.mark.parametrize(
    "key", ["existingSecret", "envSecretName", "tokenTTL", "tag", "key", "passwordPolicy"]
)
def test_keys_that_only_name_something_are_shown(key: str) -> None:
    assert not is_secret_key(key)


def test_labels_and_switches_of_a_secret_are_none_of_its_values() -> None:
    template = 'template: {metadata: {labels: {team: team-shop}}, data: {a: said-here, b: "true"}}'
    spec = f"spec: {{encryptedData: {{c: sealed-text}}, {template}}}"
    redactor = Redactor([manifest("bitnami.com/v1alpha1", "SealedSecret", spec)])
    words = ("team-shop", "said-here", "true", "sealed-text")
    assert [redactor.text("k", word) == HIDDEN for word in words] == [False, True, False, True]


def test_values_that_look_encrypted_or_carry_a_password_are_held_back() -> None:
    redactor = Redactor(())
    assert redactor.text("note", "-----BEGIN PRIVATE KEY-----") == HIDDEN
    assert redactor.text("password", "x") == HIDDEN
    assert redactor.text("url", "https://u:p@host/x") == "https://host/x"
    assert shown_value("AgB" + "x" * 80).startswith("AgB")
    assert shown_value("AgAx") == HIDDEN
    assert (
        without_credentials("see https://u:p@host and git@host") == "see https://host and git@host"
    )
