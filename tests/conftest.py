"""What more than one test module needs: where the project stands, and a real browser."""

import os
import shutil
import socket
from collections.abc import Iterator
from functools import partialmethod
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

import tests.frozen  # noqa: F401 -- before the classes that it guards are made
from graphdoc.config import load_config
from graphdoc.pipeline.analysis import Analysis, analyse
from graphdoc.pipeline.publish import to_site_input
from graphdoc.site.mkdocs.build import build_site

# Time says nothing on a busy machine; what a property holds does.
settings.register_profile(
    "graphdoc", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.load_profile("graphdoc")

# Files are what the tests say, on Windows too.
Path.write_text = partialmethod(Path.write_text, newline="\n")  # type: ignore[assignment, method-assign]

# No test hears what an earlier one was told, and none writes to the cache of whoever runs them.
os.environ["GRAPHDOC_CACHE_DIR"] = ""

# Nor does any reach further than this machine.
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_connect = socket.socket.connect


def _connect_here(self: socket.socket, address: tuple[str, int]) -> None:
    is_outside = self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in _LOOPBACK
    assert not is_outside, f"a test reaches for the network: {address}"
    _connect(self, address)


socket.socket.connect = _connect_here  # type: ignore[assignment, method-assign] # for every test

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of the checkout."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def sample(project: Path) -> Path:
    """The folder of the three sample repositories."""
    return project / "graphdoc" / "sample"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium; without one a test is skipped, and fails where CI is set."""
    executable = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if executable is None:
        message = "no Chromium on PATH (Debian: apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="session")
def analysis(project: Path) -> Analysis:
    """The sample, analysed with the project's own configuration."""
    return analyse(load_config(project / "graphdoc.yaml", {}))


@pytest.fixture(scope="session")
def built_site(analysis: Analysis, project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site of the sample, one for all tests; none may write to it."""
    folder = tmp_path_factory.mktemp("sample") / "site"
    result = build_site(to_site_input(analysis), folder, config_file=project / "mkdocs.yml")
    assert result.problems == ()
    return folder
