"""Local clones on the disk: the only module that reads the analysed repositories.

Nothing of a clone is run: Git is asked for facts with its hooks, monitors and filters switched off,
and with arguments that a repository cannot turn into options.
"""

import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from graphdoc.model.clone import UnreadableError
from graphdoc.model.location import SourceFile

__all__ = ["DiskClone", "GitClone", "open_clone"]

FILE_SIZE_LIMIT = 32 * 1024 * 1024

_GIT = (
    "git", "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=",
    "-c", "core.untrackedCache=false", "-c", "protocol.allow=never", "-c", "safe.directory=*",
)  # fmt: skip
_GIT_ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
_REVISION = re.compile(r"[0-9A-Za-z_][0-9A-Za-z_./+@-]*")
_SKIPPED_DIRECTORIES = frozenset({".git", "node_modules", ".venv", "__pycache__"})


@dataclass(frozen=True)
class GitFacts:
    """What Git knows of a clone; all empty for a plain folder."""

    urls: tuple[str, ...] = ()
    commit: str | None = None
    branch: str | None = None
    dirty: bool = False
    committed_at: int = 0


class _Tree:
    """What a working tree and a Git tree share: a listing of files, and questions about it."""

    files: tuple[str, ...]

    @cached_property
    def _file_set(self) -> frozenset[str]:
        return frozenset(self.files)

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        children: dict[str, set[str]] = {}
        for path in self.files:
            part = path
            while part:
                parent, _, name = part.rpartition("/")
                if name in children.setdefault(parent, set()):
                    break
                children[parent].add(name)
                part = parent
        return {directory: sorted(names) for directory, names in children.items()}

    def is_file(self, path: str) -> bool:
        """Whether the path is a file of the clone."""
        return path in self._file_set

    def is_directory(self, path: str) -> bool:
        """Whether any file of the clone lies below the path."""
        return path in self._children or path == ""

    def children(self, directory: str) -> tuple[str, ...]:
        """The names directly in a directory, sorted."""
        return tuple(self._children.get(directory, ()))


@dataclass(eq=False)
class DiskClone(_Tree):
    """A working tree, read file by file when asked."""

    name: str
    path: str
    root: Path
    facts: GitFacts = field(default_factory=GitFacts)
    extra_urls: tuple[str, ...] = ()
    size_limit: int = FILE_SIZE_LIMIT

    @property
    def urls(self) -> tuple[str, ...]:
        """The addresses that mean this clone."""
        return tuple(sorted({*self.facts.urls, *self.extra_urls}))

    @property
    def commit(self) -> str | None:
        """The commit that is checked out."""
        return self.facts.commit

    @property
    def branch(self) -> str | None:
        """The branch that is checked out."""
        return self.facts.branch

    @property
    def dirty(self) -> bool:
        """Whether the working tree differs from the commit."""
        return self.facts.dirty

    @cached_property
    def files(self) -> tuple[str, ...]:  # type: ignore[override] # computed once, on first use
        """Every file below the root but Git's own, ignored ones, and links that leave it."""
        ignored = _ignored(self.root) if self.commit is not None else _Ignored((), ())
        return tuple(sorted(path for path in _list_files(self.root) if not ignored.has(path)))

    @cached_property
    def _real_root(self) -> Path:
        return self.root.resolve()

    def read(self, path: str) -> bytes:
        """The bytes of one file.

        Raises:
            UnreadableError: not there, too large, or a link that leaves the clone.
        """
        file = SourceFile(self.name, path)
        if not self.is_file(path):
            raise UnreadableError(file, "no such file")
        place = self.root.joinpath(*PurePosixPath(path).parts)
        try:
            return self._read(place, file)
        except OSError as error:
            raise UnreadableError(file, error.strerror or "cannot be read") from error

    def _read(self, place: Path, file: SourceFile) -> bytes:
        if place.is_symlink() or place.resolve() != self._real_root / PurePosixPath(file.path):
            self._refuse_escape(place, file)
        if place.stat().st_size > self.size_limit:
            raise UnreadableError(file, f"larger than {self.size_limit // 1024 // 1024} MiB")
        return place.read_bytes()

    def _refuse_escape(self, place: Path, file: SourceFile) -> None:
        if not place.resolve().is_relative_to(self._real_root):
            raise UnreadableError(file, "a link that leaves the repository")

    def at(self, revision: str) -> "GitClone | DiskClone | None":
        """The repository at a branch, tag or commit; ``None`` where Git data lacks it."""
        if revision in {"", "HEAD", self.branch, self.commit}:
            return self
        if self.commit is None or not _REVISION.fullmatch(revision):
            return None
        commit = _resolve_revision(self.root, revision)
        if commit is None or (commit == self.commit and not self.dirty):
            return self if commit else None
        return GitClone(self, revision, commit)


@dataclass(eq=False)
class GitClone(_Tree):
    """The tree of one commit, read through Git without touching the working tree."""

    clone: DiskClone
    revision: str
    commit: str | None
    dirty: bool = False

    @property
    def name(self) -> str:
        """The short name of the repository."""
        return self.clone.name

    @property
    def path(self) -> str:
        """Where the clone lies."""
        return self.clone.path

    @property
    def urls(self) -> tuple[str, ...]:
        """The addresses that mean this clone."""
        return self.clone.urls

    @property
    def branch(self) -> str | None:
        """The revision's name."""
        return self.revision

    @cached_property
    def _blobs(self) -> dict[str, str]:
        listing = (
            _git(self.clone.root, "ls-tree", "-r", "-z", "--full-tree", str(self.commit)) or ""
        )
        rows = (row.partition("\t") for row in listing.split("\0") if row)
        return {path: facts.split()[2] for facts, _, path in rows if facts.startswith("100")}

    @cached_property
    def files(self) -> tuple[str, ...]:  # type: ignore[override] # computed once, on first use
        """Every regular file of the commit."""
        return tuple(sorted(self._blobs))

    @cached_property
    def _contents(self) -> dict[str, bytes]:
        return {}

    def read(self, path: str) -> bytes:
        """The bytes of one file of the commit.

        Raises:
            UnreadableError: not there, or too large.
        """
        file = SourceFile(self.name, path)
        blob = self._blobs.get(path)
        if blob is None:
            raise UnreadableError(file, "no such file")
        if path not in self._contents:
            self._contents[path] = _read_blob(self.clone.root, blob, file, self.clone.size_limit)
        return self._contents[path]

    def at(self, revision: str) -> "GitClone | DiskClone | None":
        """The repository at another revision."""
        return self.clone.at(revision)


def open_clone(name: str, root: Path, path: str, extra_urls: Iterable[str] = ()) -> DiskClone:
    """A clone or plain folder on the disk; ``path`` is how reports name its place."""
    facts = _git_facts(root) if (root / ".git").exists() else GitFacts()
    return DiskClone(name, path, root, facts, tuple(sorted(map(without_credentials, extra_urls))))


def remote_urls(root: Path) -> tuple[str, ...]:
    """The addresses of a clone's remotes, without credentials."""
    return _git_facts(root).urls if (root / ".git").exists() else ()


def without_credentials(url: str) -> str:
    """An address without the user and password that may stand in it (``git@`` stays)."""
    return re.sub(r"^([a-z][a-z0-9+.-]*://)[^/@]*@", r"\1", url, flags=re.IGNORECASE)


def _list_files(root: Path) -> Iterable[str]:
    for directory, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED_DIRECTORIES)
        base = Path(directory).relative_to(root).as_posix()
        prefix = "" if base == "." else f"{base}/"
        yield from (f"{prefix}{name}" for name in names)
        yield from _linked_files(root, Path(directory), folders)


def _linked_files(root: Path, directory: Path, folders: list[str]) -> Iterable[str]:
    """Files behind links to folders of the same clone, one level of links deep."""
    real_root = root.resolve()
    for name in folders:
        link = directory / name
        if not link.is_symlink():
            continue
        target = link.resolve()
        inside = target.is_relative_to(real_root) and not link.is_relative_to(target)
        if not inside or not target.is_dir():
            continue
        prefix = link.relative_to(root).as_posix()
        yield from (f"{prefix}/{path}" for path in _list_files(target))


def _git_facts(root: Path) -> GitFacts:
    commit = (_git(root, "rev-parse", "--verify", "--quiet", "HEAD") or "").strip() or None
    branch = (_git(root, "symbolic-ref", "--short", "--quiet", "HEAD") or "").strip() or None
    config = _git(root, "config", "--local", "--get-regexp", r"^remote\..*\.url$") or ""
    urls = {without_credentials(line.partition(" ")[2]) for line in config.splitlines()}
    status = (
        _git(root, *_without_filters(root), "status", "--porcelain", "--ignore-submodules") or ""
    )
    time = (_git(root, "show", "-s", "--format=%ct", "HEAD") or "0").strip() if commit else "0"
    return GitFacts(tuple(sorted(urls)), commit, branch, bool(status), int(time or 0))


class _Ignored(NamedTuple):
    """What Git leaves out of the repository: files, and folders with all that they hold."""

    files: tuple[str, ...]
    folders: tuple[str, ...]

    def has(self, path: str) -> bool:
        return path in self.files or path.startswith(self.folders)


def _ignored(root: Path) -> _Ignored:
    """Files that lie in the working tree, are not tracked and never will be: Argo CD has none."""
    options = ("--others", "--ignored", "--exclude-standard", "--directory", "-z")
    paths = [path for path in (_git(root, "ls-files", *options) or "").split("\0") if path]
    folders = tuple(path for path in paths if path.endswith("/"))
    return _Ignored(tuple(path for path in paths if not path.endswith("/")), folders)


def _without_filters(root: Path) -> list[str]:
    """Options that switch off the programs which a clone's own settings would run on its files."""
    pattern = r"^filter\..*\.(clean|smudge|process)$"
    names = _git(root, "config", "--name-only", "-z", "--get-regexp", pattern) or ""
    return [part for name in sorted(set(names.split("\0"))) if name for part in ("-c", f"{name}=")]


def _resolve_revision(root: Path, revision: str) -> str | None:
    for name in (
        f"refs/remotes/origin/{revision}",
        f"refs/heads/{revision}",
        f"refs/tags/{revision}",
    ):
        found = _git(
            root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
        )
        if found:
            return found.strip()
    if not re.fullmatch("[0-9a-f]{7,40}", revision):
        return None
    found = _git(
        root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    return found.strip() if found else None


def _read_blob(root: Path, blob: str, file: SourceFile, limit: int) -> bytes:
    size = int(_git(root, "cat-file", "-s", blob) or 0)
    if size > limit:
        raise UnreadableError(file, f"larger than {limit // 1024 // 1024} MiB")
    answer = _run_git(root, "cat-file", "blob", blob)
    if answer is None:
        raise UnreadableError(file, "cannot be read from Git")
    return answer


def _git(root: Path, *arguments: str) -> str | None:
    answer = _run_git(root, *arguments)
    return None if answer is None else answer.decode("utf-8", "surrogateescape")


def _run_git(root: Path, *arguments: str) -> bytes | None:
    environment = {**os.environ, **_GIT_ENVIRONMENT}
    try:
        done = subprocess.run(
            [*_GIT, "-C", str(root), *arguments],
            capture_output=True,
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
            timeout=120,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
