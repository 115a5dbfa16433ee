"""Addresses in documents: of files that are not there, and of repositories under other names."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from graphdoc.model.clone import Clone
from graphdoc.model.redact import without_user
from graphdoc.parse.markdown import Line, Word
from graphdoc.resolve.repositories.addresses import url_identity
from graphdoc.resolve.repositories.paths import normalise
from graphdoc.resolve.resolved import Estate

__all__ = ["Address", "KnownAddresses", "addresses_in", "repositories_in"]

_URL = re.compile(r"(?:https?|ssh|git)://[^\s<>()\[\]\"'`|,;]+|git@[\w.-]+:[\w./~-]+")
_RAW = re.compile(
    r"https?://raw\.githubusercontent\.com/(?P<owner>[^/]+)/(?P<name>[^/]+)/"
    r"(?:refs/heads/)?(?P<revision>[^/]+)/(?P<path>[^#?]+)"
)
_FILE = re.compile(
    r"(?P<repository>https?://.+?)(?:/-)?/(?:blob|tree|raw|edit|src/(?:branch|tag|commit)|src)/"
    r"(?P<revision>[^/]+)/(?P<path>[^#?]+)"
)
# On the forges whose addresses all start with an owner and a repository.
_ON_A_FORGE = re.compile(r"\b(?:github|gitlab)\.com[/:][\w.-]+/([\w.-]+?)(?:\.git)?(?=[/#?]|$)")
_OPEN = re.compile(r"[{}<>*$%…]|\.\.\.")


class Address(NamedTuple):
    """A file of a repository as forges spell it; ``path`` is empty for the repository itself."""

    repository: str
    revision: str
    path: str


class KnownAddresses:
    """The addresses of the clones, and those that Applications read."""

    def __init__(self, estate: Estate) -> None:
        self._clones = {url_identity(url): clone for clone in estate.clones for url in clone.urls}
        sources = estate.sources
        self._read = {url_identity(source.source.repo_url) for source in sources}
        self._owners = {identity.rpartition("/")[0] for identity in self._clones}
        self._by_name = {identity.rpartition("/")[2]: identity for identity in self._clones}

    def fault(self, word: Word) -> str | None:
        """What is wrong with an address in a document; ``None`` where nothing surely is."""
        if _OPEN.search(word.text):
            return None
        address = _parse(word.text)
        clone = self._clones.get(url_identity(address.repository))
        if clone is None:
            return self._misnamed(url_identity(address.repository))
        return "which does not exist" if address.path and _is_gone(clone, address) else None

    def _misnamed(self, identity: str) -> str | None:
        """A repository's name below an owner that has others, where another owner has it."""
        owner, _, name = identity.rpartition("/")
        known = self._by_name.get(name)
        if known is None or identity in self._read or owner not in self._owners:
            return None
        return f"but the repository is {known}"


def addresses_in(line: Line) -> Iterator[Word]:
    """Every address on a line, without the mark that ends its sentence and without a password."""
    is_addressed = "://" in line.text or "git@" in line.text
    for match in _URL.finditer(line.text[:2000]) if is_addressed else ():
        text = match[0].rstrip(".:!?*_")
        if without_user(text) == text:
            yield Word(line.number, match.start() + 1, text)


def repositories_in(line: Line) -> Iterator[str]:
    """The name of every repository that an address on a line is of."""
    for word in addresses_in(line):
        yield from _ON_A_FORGE.findall(word.text)


def _parse(url: str) -> Address:
    raw = _RAW.match(url)
    if raw is not None:
        repository = f"https://github.com/{raw['owner']}/{raw['name']}"
        return Address(repository, raw["revision"], raw["path"])
    file = _FILE.match(url)
    if file is not None:
        return Address(file["repository"], file["revision"], file["path"])
    return Address(url, "", "")


def _is_gone(clone: Clone, address: Address) -> bool:
    """Whether the clone has the revision, and no such path in it."""
    tree = clone.at(address.revision)
    path = normalise(unquote(address.path))
    if tree is None or not path:
        return False
    return not tree.is_file(path) and not tree.is_directory(path)
