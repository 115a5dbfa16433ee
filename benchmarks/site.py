"""The site against plain MkDocs with Material for as many pages of the same size.

What is timed is the step from a finished analysis to checked HTML: pages, pictures, MkDocs, search
index, link check. The floor is ``mkdocs build`` of ordinary Markdown (headings, paragraphs with
links and code, a table, a list) that becomes as many pages, and as much HTML in all.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import NamedTuple

from benchmarks.measure import Estate, Row

__all__ = ["measure"]

_PARAGRAPH = (
    "Argo CD reads [this repository](index.md) and makes the cluster match what is in `{name}`; "
    "a change of `image.tag` in **values.yaml** reaches it with the next sync, in order.\n\n"
)
_TABLE = "| What | Value | Where |\n|---|---|---|\n" + (
    "| `image.tag` | 1.2.3 | `values.yaml:4` |\n" * 8
)
_LIST = "- one step after the other\n- each with its [page](index.md)\n- and its end\n\n"
_MKDOCS = """\
site_name: Plain
use_directory_urls: false
theme: {name: material, font: false, features: [navigation.tabs, navigation.indexes]}
plugins: [search]
markdown_extensions: [attr_list, tables, md_in_html, admonition, {toc: {permalink: true}}]
not_in_nav: /pages/*
nav: [index.md]
"""


class Built(NamedTuple):
    """What a build took, and what came out."""

    seconds: float
    pages: int
    size: int


def measure(estate: Estate) -> Iterator[Row]:
    """Both in processes of their own, one after the other."""
    ours = _run("ours", *map(str, estate.clones))
    floor = _run("plain", str(ours.pages), str(ours.size))
    yield Row("site", estate.name, ours.seconds, floor.seconds, "plain MkDocs")


def _run(*arguments: str) -> Built:
    command = [sys.executable, "-m", "benchmarks.site", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Built(*json.loads(done.stdout.splitlines()[-1]))


def _ours(clones: list[str]) -> Built:
    from graphdoc.config import Config, config_for_clones  # noqa: PLC0415 -- only in its process
    from graphdoc.pipeline.analysis import analyse  # noqa: PLC0415
    from graphdoc.pipeline.publish import to_site_input  # noqa: PLC0415
    from graphdoc.site.mkdocs.build import build_site  # noqa: PLC0415

    paths = [Path(clone) for clone in clones]
    given = to_site_input(analyse(config_for_clones(paths, Config(Path.cwd()))))
    with tempfile.TemporaryDirectory() as folder:
        started = process_time()
        build_site(given, Path(folder) / "site")
        return _built(process_time() - started, Path(folder) / "site")


def _plain(pages: int, size: int) -> Built:
    with tempfile.TemporaryDirectory() as folder:
        frame = _build_plain(Path(folder) / "one", 1, 0).size // 2
        wanted = max(size // pages - frame, 500)
        return _build_plain(Path(folder) / "all", pages, wanted)


def _build_plain(root: Path, pages: int, size: int) -> Built:
    from mkdocs.commands.build import build  # noqa: PLC0415
    from mkdocs.config import load_config  # noqa: PLC0415

    (root / "docs" / "pages").mkdir(parents=True)
    (root / "mkdocs.yml").write_text(_MKDOCS, encoding="utf-8")
    (root / "docs" / "index.md").write_text("# Index\n", encoding="utf-8")
    for number in range(pages):
        place = root / "docs" / "pages" / f"page-{number}.md"
        place.write_text(_page(f"page-{number}", size), encoding="utf-8")
    started = process_time()
    build(load_config(str(root / "mkdocs.yml"), site_dir=str(root / "site")))
    return _built(process_time() - started, root / "site")


def _page(name: str, size: int) -> str:
    """Ordinary Markdown that becomes about so many bytes of HTML."""
    parts, weight, number = [f"# {name}\n\n"], 0, 0
    while weight < size:
        number += 1
        block = (
            f"## Part {number} of {name}\n\n" + _PARAGRAPH.format(name=name) * 3 + _LIST + _TABLE
        )
        parts.append(f"{block}\n")
        weight += 2_600
    return "".join(parts)


def _built(seconds: float, site: Path) -> Built:
    pages = [path for path in site.rglob("*.html") if path.name != "404.html"]
    return Built(seconds, len(pages), sum(path.stat().st_size for path in pages))


if __name__ == "__main__":
    found = _ours(sys.argv[2:]) if sys.argv[1] == "ours" else _plain(*map(int, sys.argv[2:]))
    print(json.dumps(found))  # noqa: T201 -- to the process that asked
