"""What Git knows of a clone, and which commit a revision means to Argo CD."""

import re
from dataclasses import field
from functools import cached_property

from graphdoc.clone.git import GitDirectory
from graphdoc.model.dataclass import dataclass
from graphdoc.model.redact import without_user
from graphdoc.parse.semver import find_highest, is_constraint

__all__ = ["GitFacts", "Revisions", "read_addresses", "read_facts", "without_filters"]

_COMMIT = re.compile("[0-9a-fA-F]{7,64}")
_REMOTE = re.compile(r"remote\.(?P<name>.+)\.(?P<key>url|fetch|tagopt)", re.IGNORECASE)
_FILTER = r"^filter\..*\.(clean|smudge|process|required)$"
_ALL_BRANCHES = ("refs/heads/*", "refs/*")


@dataclass(frozen=True)
class GitFacts:
    """What Git knows of a clone; all empty for a plain folder."""

    urls: tuple[str, ...] = ()
    commit: str | None = None
    branch: str | None = None
    dirty: bool = False
    committed_at: int = 0
    complete: bool = False
    remotes: tuple[str, ...] = ()


def read_facts(git: GitDirectory) -> GitFacts:
    """Everything that is asked once, when a clone is opened."""
    commit = git.ask("rev-parse", "--verify", "--quiet", "HEAD").strip() or None
    remotes = _read_remotes(git)
    time = git.ask("log", "-1", "--format=%ct", "HEAD").strip() if commit else ""
    names = {name for name, _, _ in remotes}
    return GitFacts(
        urls=_addresses(remotes),
        commit=commit,
        branch=git.ask("symbolic-ref", "--short", "--quiet", "HEAD").strip() or None,
        dirty=not git.is_bare and _is_dirty(git),
        committed_at=int(time or 0),
        complete=commit is not None and _is_complete(git, remotes),
        remotes=tuple(sorted(names, key=lambda name: (name != "origin", name))),
    )


@dataclass(eq=False)
class Revisions:
    """The branches and tags of a clone; those of its remotes are what Argo CD would see."""

    git: GitDirectory
    remotes: tuple[str, ...] = ()
    _known: dict[str, str | None] = field(default_factory=dict)

    def find(self, revision: str) -> str | None:
        """The commit of a branch, tag, commit id or constraint on tags, if the clone has it."""
        if revision not in self._known:
            self._known[revision] = self._find(revision)
        return self._known[revision]

    def _find(self, revision: str) -> str | None:
        if is_constraint(revision):
            revision = find_highest(revision, self.tags) or revision
        for name in self._names(revision):
            if name in self._references:
                return self._commit(name)
        return self._commit(revision) if _COMMIT.fullmatch(revision) else None

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """The names of all tags, sorted."""
        prefix = "refs/tags/"
        return tuple(sorted(r[len(prefix) :] for r in self._references if r.startswith(prefix)))

    @cached_property
    def _references(self) -> frozenset[str]:
        return frozenset(self.git.ask("for-each-ref", "--format=%(refname)").splitlines())

    def _names(self, revision: str) -> tuple[str, ...]:
        """Where a revision may stand, a branch before a tag as in a remote's own listing."""
        branch = revision.removeprefix("refs/heads/")
        remote = tuple(f"refs/remotes/{name}/{branch}" for name in self.remotes)
        if branch != revision:
            return (*remote, revision)
        if revision.startswith("refs/"):
            return (revision,)
        return (*remote, f"refs/heads/{revision}", f"refs/tags/{revision}")

    def _commit(self, name: str) -> str | None:
        wanted = ("--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        return self.git.ask("rev-parse", *wanted).strip() or None


def read_addresses(git: GitDirectory) -> GitFacts:
    """The addresses alone, from the settings of a clone whose other data is left alone."""
    settings = ("--file", str(git.directory / "config"), "--no-includes")
    return GitFacts(urls=_addresses(_read_remotes(git, *settings)))


def _addresses(remotes: list[tuple[str, str, str]]) -> tuple[str, ...]:
    return tuple(sorted({without_user(url) for _, key, url in remotes if key == "url"}))


def _read_remotes(git: GitDirectory, *settings: str) -> list[tuple[str, str, str]]:
    """The name, the setting and its value, for each setting of each remote."""
    where = settings or ("--local",)
    listing = git.ask("config", *where, "-z", "--get-regexp", r"^remote\.")
    rows = (row.partition("\n") for row in listing.split("\0") if row)
    found = ((_REMOTE.fullmatch(key), value) for key, _, value in rows)
    return [(match["name"], match["key"].lower(), value) for match, value in found if match]


def _is_complete(git: GitDirectory, remotes: list[tuple[str, str, str]]) -> bool:
    """Whether the clone has every branch and tag: no part of the history or of the names is out."""
    if git.ask("rev-parse", "--is-shallow-repository").strip() != "false":
        return False
    if any(key == "tagopt" and value == "--no-tags" for _, key, value in remotes):
        return False
    fetched = [value.lstrip("+").partition(":")[0] for _, key, value in remotes if key == "fetch"]
    return not fetched or any(source in _ALL_BRANCHES for source in fetched)


def _is_dirty(git: GitDirectory) -> bool:
    """Whether the working tree differs; what cannot be asked safely counts as different."""
    options = without_filters(git)
    if options is None:
        return True
    return bool(git.ask(*options, "status", "--porcelain", "--ignore-submodules"))


def without_filters(git: GitDirectory) -> list[str] | None:
    """Options that switch off the programs which a clone's own settings would run on its files.

    ``None`` where a name holds ``=``: an option cannot spell it, and the program would run.
    """
    listing = git.ask("config", "--name-only", "-z", "--get-regexp", _FILTER)
    names = sorted({name for name in listing.split("\0") if name})
    if any("=" in name for name in names):
        return None
    settings = (f"{name}=" if not name.endswith(".required") else f"{name}=false" for name in names)
    return [part for setting in settings for part in ("-c", setting)]
