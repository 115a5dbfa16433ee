"""Addresses of bases in other repositories, as Kustomize reads them."""

import re
from typing import NamedTuple
from urllib.parse import parse_qs

__all__ = ["Remote", "parse_remote"]

_SCP = re.compile(r"(?P<host>[\w.-]+@[\w.-]+):(?P<path>.+)")
_HOSTED = re.compile(r"(?P<host>(https?://|ssh://)?([\w.-]+@)?[\w.-]+)[/:](?P<path>.+)")
_SHORT = {"gh:": "https://github.com/"}


class Remote(NamedTuple):
    """A directory of a repository at a revision; an empty revision is the default branch."""

    url: str
    path: str
    revision: str


def parse_remote(address: str) -> Remote | None:
    """The repository, directory and revision that an address means, if it means any."""
    address = address.removeprefix("git::")
    for short, long in _SHORT.items():
        address = address.replace(short, long, 1) if address.startswith(short) else address
    location, _, query = address.partition("?")
    options = parse_qs(query)
    revision = (options.get("ref") or options.get("version") or [""])[0]
    match = _SCP.fullmatch(location) or _HOSTED.fullmatch(location)
    if match is None:
        return None
    repository, path = _split_path(match["path"])
    if not repository:
        return None
    separator = ":" if _SCP.fullmatch(location) else "/"
    return Remote(f"{match['host']}{separator}{repository}", path.strip("/"), revision)


def _split_path(path: str) -> tuple[str, str]:
    """The repository and the directory: ``//``, ``.git`` or the second slash ends the first."""
    if "//" in path:
        repository, _, directory = path.partition("//")
        return repository, directory
    if ".git/" in path:
        repository, _, directory = path.partition(".git/")
        return f"{repository}.git", directory
    if path.endswith(".git"):
        return path, ""
    parts = path.split("/")
    return "/".join(parts[:2]), "/".join(parts[2:])
