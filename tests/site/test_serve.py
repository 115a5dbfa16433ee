"""``serve``: a change shows soon, because what did not change is not built again."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from graphdoc.site.atlas.input import SiteInput, SiteSettings
from graphdoc.site.mkdocs.build import can_share, configuration, prepared
from graphdoc.site.mkdocs.loopback import for_this_machine
from tests.site.small_estate import TEXT, site_input
from tests.written import ESTATE, write_files

pytestmark = pytest.mark.slow

Rebuild = Callable[[SiteInput], dict[str, str]]


@pytest.fixture
def rebuild(tmp_path: Path) -> Iterator[Rebuild]:
    """Build as ``serve`` does; which pages were written anew, with their text."""
    given: list[SiteInput] = []
    docs, site = tmp_path / "docs", tmp_path / "site"
    docs.mkdir()
    (docs / "team.md").write_text(
        "# Us\n\n{{ fact: applications.count }} of [[app:shop]]\n", "utf-8"
    )
    with prepared(lambda: given[-1], 0), configuration(None) as file:
        first = load_config(str(file), site_dir=str(site), docs_dir=str(docs))
        first.plugins.on_startup(command="serve", dirty=True)

        def again(site_: SiteInput) -> dict[str, str]:
            given.append(site_)
            for old in site.rglob("*.html"):
                os.utime(old, (1, 1))
            build(load_config(str(file), site_dir=str(site), docs_dir=str(docs)), dirty=True)
            fresh = (path for path in site.rglob("*.html") if path.stat().st_mtime > 1)
            return {p.relative_to(site).as_posix(): p.read_text("utf-8") for p in fresh}

        yield again
        first.plugins.on_shutdown()


def index(folder: Path) -> list[str]:
    text = (folder / "site" / "search" / "search_index.json").read_text("utf-8")
    return sorted(entry["location"] for entry in json.loads(text)["docs"])


def test_only_what_changed_is_built_again(rebuild: Rebuild, tmp_path: Path) -> None:
    first = rebuild(site_input())
    assert len(first) > 80
    locations = index(tmp_path)
    assert set(rebuild(site_input())) <= {"team.html", "404.html"}
    changed = rebuild(site_input(TEXT.replace("tag: 1.7.2", "tag: 1.7.3")))
    # Its navigation has the titles of pages that were not built.
    assert changed["apps/shop.html"] == first["apps/shop.html"].replace("1.7.2", "1.7.3")
    assert "findings/missing-secret.html" not in changed
    assert len(changed) < 30
    assert index(tmp_path) == locations
    # What stands on every page changes them all.
    assert set(rebuild(site_input(settings=SiteSettings(name="Other")))) == set(first)


def test_a_build_that_failed_shares_nothing(rebuild: Rebuild, tmp_path: Path) -> None:
    first = rebuild(site_input())
    team = tmp_path / "docs" / "team.md"
    team.write_text("# Us\n\n[[app:gone]]\n", "utf-8")
    with pytest.raises(Abort):
        rebuild(site_input(TEXT.replace("tag: 1.7.2", "tag: 1.7.3")))
    team.write_text("# Us\n", "utf-8")
    assert set(rebuild(site_input())) == set(first)


def test_other_plugins_are_given_whole_builds(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    file = tmp_path / "mkdocs.yml"
    file.write_text("site_name: x\ntheme: material\nplugins: [search, graphdoc]\n", "utf-8")
    assert can_share(file)
    file.write_text("site_name: x\ntheme: material\nplugins: [tags, graphdoc]\n", "utf-8")
    assert not can_share(file)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", "200 OK"),
        ("localhost", "200 OK"),
        ("[::1]:8000", "200 OK"),
        ("evil.example:8000", "403 Forbidden"),
        ("localhost.evil.example", "403 Forbidden"),
        ("[", "403 Forbidden"),
        ("", "403 Forbidden"),
    ],
)
def test_only_this_machine_is_answered(host: str, status: str) -> None:
    said: list[str] = []

    def page(_: object, start: Callable[..., None]) -> list[bytes]:
        start("200 OK", [])
        return [b"page"]

    answer = for_this_machine(page)({"HTTP_HOST": host}, lambda line, _: said.append(line))
    assert said == [status]
    assert (list(answer) == [b"page"]) is (status == "200 OK")


@pytest.mark.skipif(os.name == "nt", reason="there are no signals to send")
def test_a_change_of_a_clone_reaches_the_browser(tmp_path: Path) -> None:
    write_files(tmp_path, ESTATE)
    (tmp_path / "docs_src").mkdir(exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Background jobs of some shells ignore the signal, and so would what they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    serving = subprocess.Popen(
        [sys.executable, "-m", "graphdoc", "serve", "--port", str(port)],
        cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, encoding="utf-8",
    )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}/apps/web.html"
        assert "1.2.3" in _wait_for(address, "1.2.3")
        web = tmp_path / "platform" / "base" / "web.yaml"
        web.write_text(web.read_text("utf-8").replace("1.2.3", "1.3.0"), "utf-8")
        assert "1.3.0" in _wait_for(address, "1.3.0")
        (tmp_path / "docs_src" / "us.md").write_text("[[app:gone]]", "utf-8")
        assert serving.stderr is not None
        said = list(iter(serving.stderr.readline, "graphdoc serve: us.md:1: no app 'gone'\n"))
        assert said[:4] == [
            "building the site\n", f"serving on http://127.0.0.1:{port}/ until Ctrl+C\n",
            "something changed: building again\n", "built again\n",
        ]  # fmt: skip
        with pytest.raises(HTTPError, match="403"):
            urlopen(Request(address, headers={"Host": "evil.example"}), timeout=10)
    finally:
        for _ in range(30):  # Python drops an interrupt that comes while it finalizes something
            serving.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                serving.communicate(timeout=2)
                break


def _wait_for(address: str, words: str) -> str:
    deadline, text = time.monotonic() + 90, ""
    while words not in text and time.monotonic() < deadline:
        try:
            with urlopen(address, timeout=10) as answer:
                text = answer.read().decode()
        except OSError:
            pass
        time.sleep(0.1)
    return text
