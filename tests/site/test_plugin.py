"""The plugin in a MkDocs site that is not ours."""

import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError

from graphdoc.site.mkdocs.checker import check_site
from graphdoc.site.mkdocs.searching import lighten_index
from graphdoc.site.mkdocs.sharing import generated_file
from tests.site.small_estate import TEXT
from tests.txtar import read_clones

pytestmark = pytest.mark.slow

MKDOCS = """\
site_name: Handbook
use_directory_urls: true
theme: {name: material, font: false, features: [navigation.path]}
plugins: [search, graphdoc]
nav: [index.md, Lists: [clusters/index.md, apps/index.md], Ours: [apps/shop.md]]
"""
GRAPHDOC = """\
repositories:
  - {name: platform, path: platform, urls: [https://git.example.com/platform]}
  - {name: charts, path: charts, urls: [https://git.example.com/charts]}
  - {name: values, path: values, urls: [https://git.example.com/values]}
roots: ["platform/root-{cluster}.yaml"]
"""


@pytest.fixture
def handbook(tmp_path: Path) -> Iterator[Path]:
    """A foreign site beside three clones."""
    for clone in read_clones(TEXT):
        for path in clone.files:
            place = tmp_path / clone.name / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(clone.read(path).replace(b"name: root", b"name: <b>root"))
    (tmp_path / "graphdoc.yaml").write_text(GRAPHDOC, encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(MKDOCS, encoding="utf-8")
    (tmp_path / "docs").mkdir()
    page = "# Handbook\n\nSee [the clusters](clusters/index.md).\n"
    (tmp_path / "docs" / "index.md").write_text(page, encoding="utf-8")
    logging.disable(logging.WARNING)
    yield tmp_path
    logging.disable(logging.NOTSET)


def test_a_foreign_site_gets_the_pages_and_keeps_its_own(handbook: Path) -> None:
    build(load_config(str(handbook / "mkdocs.yml")))
    site = handbook / "site"
    assert check_site(site) == ()
    start = (site / "index.html").read_text(encoding="utf-8")
    assert "<title>Handbook</title>" in start
    assert 'href="clusters/index.html"' in start
    shop = (site / "apps" / "shop.html").read_text(encoding="utf-8")
    assert '<svg class="gd-svg"' in shop
    assert "working tree, not in Git" in shop
    secrets = (site / "apps" / "secrets.html").read_text(encoding="utf-8")
    paths = [
        re.findall(
            r"md-path__link.*?>\s*([\w &;]+?)\s*</", page.partition("</header>")[2], re.DOTALL
        )
        for page in (shop, secrets)
    ]
    assert paths == [["Handbook", "Ours"], ["Handbook", "Lists", "&lt;b&gt;root"]]


def test_properdocs_builds_the_same_pages(handbook: Path) -> None:
    """In a process of its own: the fork takes the place of MkDocs there."""
    command = [sys.executable, "-m", "properdocs", "build", "--quiet", "--site-dir", "proper"]
    environment = {**os.environ, "DISABLE_MKDOCS_2_WARNING": "true", "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        [*command, "--config-file", "mkdocs.yml"],
        cwd=handbook, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert check_site(handbook / "proper") == ()
    build(load_config(str(handbook / "mkdocs.yml")))
    assert pages_of(handbook / "proper") == pages_of(handbook / "site")


def test_text_has_the_same_line_ends_on_every_system(handbook: Path) -> None:
    config = load_config(str(handbook / "mkdocs.yml"))
    config.plugins._current_plugin = "graphdoc"
    file = generated_file(config, "a.svg", "<svg/>\n")
    assert file._content == b"<svg/>\n"


def pages_of(site: Path) -> set[str]:
    return {path.relative_to(site).as_posix() for path in site.rglob("*.html")}


def test_without_a_configuration_the_build_says_so(handbook: Path) -> None:
    (handbook / "graphdoc.yaml").unlink()
    with pytest.raises(PluginError, match=r"no graphdoc\.yaml in"):
        load_config(str(handbook / "mkdocs.yml")).plugins.on_config(
            load_config(str(handbook / "mkdocs.yml"))
        )


@pytest.mark.parametrize(
    ("most", "kept"),
    [
        (10_000, ["a", "Uses", "History", "Uses"]),
        (700, ["a", "History", "Uses"]),
        (10, ["a", "Uses"]),
    ],
)
def test_a_heavy_index_leaves_out_what_other_pages_tell(most: int, kept: list[str]) -> None:
    places = (("a", "apps/a.html"), ("Uses", "apps/a.html#uses"), ("History", "apps/a.html#h"))
    entries = [
        {"title": title, "location": at, "text": "x" * 150}
        for title, at in (*places, ("Uses", "own.html#uses"))
    ]
    index = SimpleNamespace(entries=entries)
    config = MkDocsConfig()
    config.plugins = {"material/search": SimpleNamespace(search_index=index)}  # type: ignore[assignment]
    lighten_index(config, most)
    assert [entry["title"] for entry in index.entries] == kept
