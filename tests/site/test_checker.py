"""What the checker of a built site finds, and what it lets be."""

from pathlib import Path

import pytest

from graphdoc.site.mkdocs.checker import check_site

GOOD = """\
<!doctype html><link rel="stylesheet" href="a.css"><link rel="canonical" href="https://x.example.com/">
<script src="a.js"></script><!-- <img src="https://x.example.com/"> -->
<script>var x = '<img src="https://x.example.com/y">';</script>
<h1 id="top">x</h1><a href="#top">x</a> <a href="sub/">x</a> <a href="sub/index.html#here">x</a>
<a href="https://git.example.com/x#L1">x</a> <a href="mailto:a@example.com">x</a> <a href="">x</a>
<svg><use href="#icon"/></svg><p style="background:url(data:image/png;base64,x)">x</p>
"""


def site(folder: Path, page: str, css: str = "p { background: url(b.png) }") -> Path:
    (folder / "sub").mkdir()
    (folder / "index.html").write_text(page, encoding="utf-8")
    (folder / "sub" / "index.html").write_text('<p id="here"><a href="/">x</a>', encoding="utf-8")
    (folder / "a.css").write_text(css, encoding="utf-8")
    (folder / "a.js").write_text("fetch('https://x.example.com')", encoding="utf-8")
    (folder / "b.png").write_bytes(b"")
    return folder


def faults(folder: Path, page: str, css: str = "") -> list[str]:
    return [str(problem) for problem in check_site(site(folder, page, css))]


def test_a_site_that_is_right_has_no_problem(tmp_path: Path) -> None:
    assert check_site(site(tmp_path, GOOD)) == ()


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ('<a href="none.html">x</a>', "links to none.html, which is not there"),
        ('<a href="#none">x</a>', "links to #none, which has no such anchor"),
        (
            '<a href="sub/index.html#no">x</a>',
            "links to sub/index.html#no, which has no such anchor",
        ),
        (
            "<a href='javascript:alert(1)'>x</a>",
            "has a link of a kind that is not allowed: javascript:alert(1)",
        ),
        (
            '<img src="https://x.example.com/y.png">',
            "asks the network for https://x.example.com/y.png",
        ),
        ('<script src="//x.example.com/y"></script>', "asks the network for //x.example.com/y"),
        (
            '<link rel="preconnect" href="https://x.example.com">',
            "asks the network for https://x.example.com",
        ),
        ("<iframe src=http://x.example.com></iframe>", "asks the network for http://x.example.com"),
        ('<img srcset="none.png 2x">', "loads none.png, which is not there"),
        (
            '<style>@import "https://x.example.com/y"</style>',
            "asks the network for https://x.example.com/y",
        ),
        (
            '<p style="background:url(https://x.example.com/y)">',
            "asks the network for https://x.example.com/y",
        ),
        ('<p id="a"><p id="a">', "has the id a twice"),
        (
            '<object data="https://x.example.com/y"></object>',
            "asks the network for https://x.example.com/y",
        ),
    ],
)
def test_each_fault_is_named(tmp_path: Path, page: str, message: str) -> None:
    assert faults(tmp_path, page) == [f"index.html: {message}"]


def test_styles_are_read_too(tmp_path: Path) -> None:
    css = '@font-face { src: url("https://fonts.example.com/x") } p { background: url(none.png) }'
    assert faults(tmp_path, "<p>", css) == [
        "a.css: asks the network for https://fonts.example.com/x",
        "a.css: loads none.png, which is not there",
    ]
