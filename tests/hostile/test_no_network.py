"""No command opens a socket or changes what it reads."""

import hashlib
import os
import socket
from pathlib import Path

import pytest

from graphdoc.cli import run
from tests.written import ESTATE, git, write_files

COMMANDS = [
    ["check", "--no-cache"],
    ["graph"],
    ["drift", "--accept"],
    ["drift"],
    ["diff", "HEAD"],
    ["impact", "platform/base/web.yaml"],
    ["explain", "**"],
    ["values", "web"],
    ["render", "platform/base", "platform/overlays/prod", "web", "--origins"],
    ["init", "platform", "--force"],
    ["pages", "out"],
    ["build"],
]
REMOTE = """\
-- platform/remote/kustomization.yaml --
resources: [https://example.com/a.yaml, "github.com/org/repo//base?ref=v1", ../base]
"""


class OpenedError(Exception):
    """A connection was tried."""


def _state(root: Path) -> dict[str, tuple[str, int, int]]:
    """Every file with what it holds, its mode and when it was written."""
    found = {}
    for folder, _, names in os.walk(root):
        for name in names:
            place = Path(folder) / name
            facts = place.lstat()
            digest = hashlib.sha256(place.read_bytes()).hexdigest()
            found[place.as_posix()] = (digest, facts.st_mode, facts.st_mtime_ns)
    return found


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_files(tmp_path_factory.mktemp("estate"), ESTATE + REMOTE)
    git(root / "platform", "init", "-q", "-b", "main")
    git(root / "platform", "add", ".")
    git(root / "platform", "commit", "-qm", "one")
    return root


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_a_command_opens_no_socket_and_changes_nothing(
    estate: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    def refuse(*_: object) -> None:
        raise OpenedError

    monkeypatch.chdir(estate)
    for name in ("connect", "connect_ex", "bind", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    before = _state(estate / "platform")
    assert run(arguments) in {0, 1}
    assert _state(estate / "platform") == before


def test_no_test_reaches_for_the_network() -> None:
    with socket.socket() as one, pytest.raises(AssertionError, match="reaches for the network"):
        one.connect(("192.0.2.1", 9))
