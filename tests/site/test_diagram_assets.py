import hashlib
import re
from pathlib import Path

import pytest

from graphdoc.site.writing.icons import KINDS, LINES
from tests.site.diagram_metrics import SITE

ASSETS = SITE / "assets"
SHEET = (ASSETS / "graphdoc.css").read_text(encoding="utf-8")
SCRIPTS = {path.name: path.read_text("utf-8") for path in sorted(ASSETS.glob("*.js"))}
SCRIPT = SCRIPTS["graphdoc.js"]


def block(start: str) -> dict[str, str]:
    """The tokens of one colour scheme."""
    return dict(
        re.findall(r"--gd-([\w-]+): (#\w{6});", SHEET.partition(start)[2].partition("}")[0])
    )


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 counts it."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """The light that a colour gives, from 0 to 1."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


LIGHT, DARK = block(":root,"), block('[data-md-color-scheme="slate"] {')
KIND_TOKENS = sorted(name for name in LIGHT if f"{name}-s" in LIGHT)


@pytest.mark.parametrize("text", [SHEET, *SCRIPTS.values()], ids=["css", *SCRIPTS])
def test_nothing_is_asked_of_another_host(text: str) -> None:
    assert not re.search(r"//[a-z0-9-]+\.|@import|https?:", text.replace("http://www.w3.org", ""))


def test_on_paper_the_light_colours_hold() -> None:
    dark = [found.start() for found in re.finditer('"slate"', SHEET)]
    assert SHEET.index("@media screen {") < dark[0]
    assert dark[-1] < SHEET.index("\n}\n\n/* ---- fonts")


def test_every_file_that_the_sheet_names_is_shipped() -> None:
    named = set(re.findall(r'url\("([^"]+)"\)', SHEET))
    assert named == {f"fonts/{path.name}" for path in (ASSETS / "fonts").glob("*.woff2")}


def test_vendored_files_are_what_the_list_says() -> None:
    rows = re.findall(
        r"\| `([^`]+)` \|.*\| `(\w{64})` \|", (ASSETS / "VENDORED.md").read_text("utf-8")
    )
    vendored = [*(ASSETS / "fonts").glob("*.woff2"), *(ASSETS / "vendor").glob("*.js")]
    assert dict(rows) == {
        path.relative_to(ASSETS).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in vendored
    }


def test_vendored_test_files_are_what_the_list_says() -> None:
    vendor = Path(__file__).parents[1] / "vendor"
    rows = re.findall(
        r"\| `([^`]+)` \|.*\| `(\w{64})` \|", (vendor / "README.md").read_text("utf-8")
    )
    assert dict(rows) == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in vendor.glob("*.js")
    }


def test_every_kind_has_a_colour() -> None:
    assert {kind for kind in KINDS if not re.search(rf"\.k-{kind}\b", SHEET)} == set()


def test_every_line_but_the_plain_ones_looks_different() -> None:
    assert {line for line in LINES if not re.search(rf"\.l-{line}\b", SHEET)} == set()


def test_both_schemes_set_the_same_tokens() -> None:
    assert sorted(LIGHT) == sorted(DARK)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("kind", KIND_TOKENS)
def test_texts_and_outlines_of_a_kind_can_be_read(scheme: dict[str, str], kind: str) -> None:
    assert contrast(scheme["fg"], scheme[kind]) >= 7
    assert contrast(scheme["mut"], scheme[kind]) >= 4.5
    assert contrast(scheme[f"{kind}-s"], scheme["bg"]) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_severities_can_be_read(scheme: dict[str, str]) -> None:
    for severity in ("error", "warning", "info"):
        assert contrast(scheme[severity], scheme["bg"]) >= 4.5
        assert contrast(scheme["onsev"], scheme[severity]) >= 4.5


def test_listeners_sit_on_html_and_never_on_svg() -> None:
    listened = re.findall(r"([\w.]+)\.addEventListener", SCRIPT)
    assert sorted(set(listened)) == ["figure", "input", "table", "view"]
