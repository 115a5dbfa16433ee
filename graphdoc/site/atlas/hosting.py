"""Addresses of lines on Git hosts, pinned to a commit; knows how each host writes them."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlsplit

from graphdoc.model.dataclass import dataclass
from graphdoc.site.atlas.input import HostForm

__all__ = ["Checkout", "web_address"]

_SCP = re.compile(r"(?:[^@/\s]+@)?(?P<host>[^:/\s]+):(?P<path>(?!//).+)")
_KNOWN = {"github.com": HostForm.GITHUB, "gitlab.com": HostForm.GITLAB}
_KNOWN |= {"bitbucket.org": HostForm.BITBUCKET, "codeberg.org": HostForm.GITEA}
_KNOWN |= {"dev.azure.com": HostForm.AZURE}
_WORDS = {"gitlab": HostForm.GITLAB, "gitea": HostForm.GITEA, "forgejo": HostForm.GITEA}
_WORDS |= {"github": HostForm.GITHUB, "bitbucket": HostForm.BITBUCKET}


@dataclass(frozen=True, slots=True)
class Checkout:
    """One repository as links see it; without a commit, or with local changes, there are none."""

    address: str = ""
    form: HostForm = HostForm.NONE
    commit: str = ""
    branch: str = ""
    dirty: bool = False

    @property
    def is_linked(self) -> bool:
        """Whether a line of it has an address that shows what was analysed."""
        return (
            bool(self.address and self.commit and not self.dirty) and self.form is not HostForm.NONE
        )

    @property
    def state(self) -> str:
        """What was read: a short commit, or the working tree."""
        if not self.commit:
            return "working tree, not in Git"
        return f"{self.commit[:8]} with local changes" if self.dirty else self.commit[:8]

    def view(self, path: str, line: int = 0) -> str:
        """Where to read a line or a whole file; empty where nowhere."""
        if not self.is_linked:
            return ""
        if self.form is HostForm.AZURE:
            lines = f"&line={line}&lineEnd={line + 1}&lineStartColumn=1&lineEndColumn=1"
            return (
                f"{self.address}?path=/{quote(path)}&version=GC{self.commit}{lines if line else ''}"
            )
        middle = {
            HostForm.GITEA: f"/src/commit/{self.commit}/",
            HostForm.GITHUB: f"/blob/{self.commit}/",
            HostForm.GITLAB: f"/-/blob/{self.commit}/",
            HostForm.BITBUCKET: f"/src/{self.commit}/",
        }[self.form]
        return f"{self.address}{middle}{quote(path)}{self._query(path, line)}{self._line(line)}"

    def edit(self, path: str) -> str:
        """Where to change a file in the browser; empty where that is not possible."""
        if not self.is_linked or not self.branch or self.form is HostForm.AZURE:
            return ""
        branch = quote(self.branch)
        middle, after = {
            HostForm.GITEA: (f"/_edit/{branch}/", ""),
            HostForm.GITHUB: (f"/edit/{branch}/", ""),
            HostForm.GITLAB: (f"/-/edit/{branch}/", ""),
            HostForm.BITBUCKET: (f"/src/{branch}/", "?mode=edit"),
        }[self.form]
        return f"{self.address}{middle}{quote(path)}{after}"

    def commit_address(self, commit: str) -> str:
        """Where to read a commit; empty where nowhere."""
        if not self.address or self.form is HostForm.NONE:
            return ""
        middle = {HostForm.GITLAB: "/-/commit/", HostForm.BITBUCKET: "/commits/"}
        return f"{self.address}{middle.get(self.form, '/commit/')}{commit}"

    def compare(self, before: str, after: str) -> str:
        """Where to read what happened between two commits; empty where nowhere."""
        if not self.address or self.form is HostForm.NONE:
            return ""
        match self.form:
            case HostForm.GITLAB:
                return f"{self.address}/-/compare/{before}...{after}"
            case HostForm.BITBUCKET:
                return f"{self.address}/branches/compare/{after}..{before}"
            case HostForm.AZURE:
                versions = f"baseVersion=GC{before}&targetVersion=GC{after}"
                return f"{self.address}/branchCompare?{versions}"
            case _:
                return f"{self.address}/compare/{before}...{after}"

    def _query(self, path: str, line: int) -> str:
        """GitHub shows Markdown without lines unless it is asked for the plain text."""
        rendered = line and path.lower().endswith((".md", ".markdown"))
        return "?plain=1" if rendered and self.form in {HostForm.GITHUB, HostForm.GITLAB} else ""

    def _line(self, line: int) -> str:
        mark = "#lines-" if self.form is HostForm.BITBUCKET else "#L"
        return f"{mark}{line}" if line else ""


def web_address(urls: Iterable[str], hosts: Mapping[str, HostForm]) -> tuple[str, HostForm]:
    """The first address that a browser can open, and the form of its host; never a credential."""
    found = [_browsable(url) for url in urls]
    formed = [
        (address, _form(urlsplit(address).hostname or "", hosts)) for address in found if address
    ]
    linked = [pair for pair in formed if pair[1] is not HostForm.NONE]
    return next(iter(linked or formed), ("", HostForm.NONE))


def _browsable(url: str) -> str:
    """``git@host:o/r.git`` and ``ssh://git@host:22/o/r`` as ``https://host/o/r``."""
    if "://" not in url:
        scp = _SCP.fullmatch(url.strip())
        return _https(scp["host"], scp["path"]) if scp else ""
    try:
        parts = urlsplit(url.strip())
        port = parts.port if parts.scheme in {"http", "https"} else None
    except ValueError:
        return ""
    host = f"{parts.hostname}:{port}" if port else parts.hostname or ""
    return _https(host, parts.path) if host and parts.scheme != "file" else ""


def _https(host: str, path: str) -> str:
    return f"https://{host}/{quote(path.strip('/').removesuffix('.git'))}"


def _form(host: str, hosts: Mapping[str, HostForm]) -> HostForm:
    if host in hosts:
        return hosts[host]
    guessed = (form for word, form in _WORDS.items() if word in host)
    return _KNOWN.get(host) or next(guessed, HostForm.NONE)
