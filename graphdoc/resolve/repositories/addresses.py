"""Which clone an Application's ``repoURL`` means."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from graphdoc.model.clone import Clone
from graphdoc.model.grouping import grouped
from graphdoc.parse.placeholders import is_unfilled

__all__ = ["Match", "Repositories", "names_of", "url_identity"]

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_GIT = re.compile(r"https?://|ssh://|git@", re.IGNORECASE)
_SCP = re.compile(r"^(?:[^@/]+@)?([^/:]+):(?!//)(.*)$")
# What one forge calls a repository over SSH, and otherwise; Azure DevOps leaves out a project of
# the repository's name.
_ONE_PLACE = (
    (re.compile(r"^(?:ssh\.dev\.azure|vs-ssh\.visualstudio)\.com/v3/(.+)/([^/]+)$"),
     r"dev.azure.com/\1/_git/\2"),
    (re.compile(r"^([^/.]+)\.visualstudio\.com/(?:defaultcollection/)?"), r"dev.azure.com/\1/"),
    (re.compile(r"^(dev\.azure\.com/[^/]+)/_git/([^/]+)$"), r"\1/\2/_git/\2"),
    (re.compile(r"^(?:ssh|www)\.(?=github\.com/)"), ""),
    (re.compile(r"^altssh\.(?=(?:bitbucket\.org|gitlab\.com)/)"), ""),
    (re.compile(r"^([^/]+)/scm/([^/]+/[^/]+)$"), r"\1/\2"),  # Bitbucket Data Center
)  # fmt: skip
_PORT = re.compile(r"^([^/]+?):\d+(/|$)")


class Match(NamedTuple):
    """A clone, and whether its own addresses name it (else its name does, or it is guessed)."""

    clone: Clone
    certain: bool
    guessed: bool = False


class Repositories:
    """The analysed clones, found by address."""

    def __init__(self, clones: Iterable[Clone], guesses: Iterable[tuple[str, str]] = ()) -> None:
        """Take the clones.

        Args:
            clones: all that are analysed.
            guesses: identities of addresses, each with the name of the clone that it may mean.
        """
        self.clones = tuple(clones)
        by_name = {clone.name: clone for clone in self.clones}
        self._guessed = {identity: by_name[name] for identity, name in guesses}
        self._by_identity: dict[str, Clone] = {}
        for clone in self.clones:
            for url in clone.urls:
                self._by_identity.setdefault(url_identity(url), clone)
        self._by_name = grouped((n, clone) for clone in self.clones for n in names_of(clone))

    def find_source(self, url: str, written_in: str, path: str | None) -> Match | None:
        """The clone of a source; an address that is to be filled in may mean the clone it is in.

        An artifact of an OCI registry never does: it holds what somebody put into it.

        Args:
            url: the address.
            written_in: the clone in which the address is written.
            path: what the source reads there.
        """
        match = self.find(url)
        if match is not None or not is_unfilled(url) or url.startswith("oci://"):
            return match
        own = next((clone for clone in self.clones if clone.name == written_in), None)
        is_there = own is not None and path is not None and own.is_directory(path)
        return Match(own, certain=False) if own is not None and is_there else None

    def find(self, url: str) -> Match | None:
        """The clone of an address: by its remotes, the repository's name, or what was guessed."""
        identity = url_identity(url)
        clone = self._by_identity.get(identity)
        if clone is not None:
            return Match(clone, certain=True)
        named = self._by_name.get(_last_segment(identity), ())
        if len(named) == 1:
            return Match(named[0], certain=not named[0].urls)
        guessed = self._guessed.get(identity)
        return Match(guessed, certain=False, guessed=True) if guessed is not None else None

    def find_git(self, url: str) -> Clone | None:
        """The clone whose own address this is; a registry's, which is no such, may look like it."""
        return self._by_identity.get(url_identity(url)) if _GIT.match(url) is not None else None

    def find_revision(self, url: str, revision: str) -> Clone | None:
        """The clone of an address at a revision; ``None`` for what is not surely at hand."""
        match = self.find(url)
        return match.clone.at(revision) if match is not None and match.certain else None


@lru_cache(maxsize=4096)
def url_identity(url: str) -> str:
    """What two spellings of one repository's address share.

    Scheme, user, port, ``.git``, case and trailing slashes do not matter:
    ``git@github.com:Org/repo.git`` and ``https://github.com/org/repo/`` are one repository. So are
    the addresses that a forge has for SSH alone.
    """
    text = url.strip()
    bare = _SCHEME.sub("", text)
    if bare == text:
        scp = _SCP.match(text)
        bare = f"{scp[1]}/{scp[2].lstrip('/')}" if scp else text
    else:
        host, slash, rest = bare.partition("/")
        bare = _PORT.sub(r"\1\2", f"{host.rpartition('@')[2]}{slash}{rest}")
    identity = unquote(bare.rstrip("/").removesuffix(".git").rstrip("/")).lower()
    for pattern, other in _ONE_PLACE:
        identity = pattern.sub(other, identity)
    return identity


def names_of(clone: Clone) -> set[str]:
    """What a repository is called, in lower case: the clone's short name, and by its addresses."""
    return {clone.name.lower(), *(_last_segment(url_identity(url)) for url in clone.urls)}


def _last_segment(identity: str) -> str:
    return identity.rpartition("/")[2]
