"""Asking Git about a repository, in a way that runs and fetches nothing."""

import os
import subprocess
import weakref
from dataclasses import dataclass, field
from pathlib import Path

from graphdoc.model.limits import shown_size
from graphdoc.model.programs import require_program, stop_program
from graphdoc.model.windows import is_link, is_remote

__all__ = ["BlobError", "Blobs", "GitDirectory", "borrows", "find_git_directory"]

_OPTIONS = (
    "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=",
    "-c", "core.untrackedCache=false", "-c", "protocol.allow=never", "-c", "safe.directory=*",
    "-c", "safe.bareRepository=all", "-c", "log.showSignature=false", "-c", "gpg.program=",
    "-c", "core.autocrlf=input",  # a checkout with CRLF is no change, whatever settings made it
    "-c", "core.fileMode=false",  # nor is one that Windows reads through WSL or a share
)  # fmt: skip
_GIT_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1", "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1", "LC_ALL": "C",
    "GIT_ALLOW_PROTOCOL": "none",  # wins over protocol.ext.allow in the clone's own settings
}  # fmt: skip
_TIMEOUT = 120
_POINTER_SIZE = 4096
_CHUNK = 1024 * 1024
_NO_BLOB = "cannot be read from Git"


@dataclass(frozen=True, slots=True)
class GitDirectory:
    """Where a repository's files lie, and where Git keeps what it knows of them."""

    root: Path
    directory: Path
    is_bare: bool = False

    def ask(self, *arguments: str) -> str:
        """What a Git command prints; nothing where it fails."""
        return self.answer(*arguments) or ""

    def answer(self, *arguments: str) -> str | None:
        """What a Git command prints; ``None`` where it fails."""
        try:
            done = subprocess.run(
                [*self.command, *arguments],
                capture_output=True, check=False, env=_environment(), stdin=subprocess.DEVNULL,
                timeout=_TIMEOUT,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout.decode("utf-8", "surrogateescape") if done.returncode == 0 else None

    @property
    def command(self) -> tuple[str, ...]:
        """How Git is called: no search for other repositories, whatever the environment says.

        Raises:
            FileNotFoundError: there is no Git.
        """
        git, folder = require_program("git"), f"--git-dir={self.directory}"
        place = (git, *_OPTIONS, "-C", str(self.root), folder)
        return (*place, "--bare") if self.is_bare else (*place, f"--work-tree={self.root}")


def find_git_directory(root: Path) -> GitDirectory | None:
    """Git's data of a clone, a worktree, a submodule or a bare clone; ``None`` for a plain folder.

    A pointer to data elsewhere counts only where that data points back.
    """
    place, real = root / ".git", root.resolve()
    if place.is_dir():
        inside = place.resolve() == real / ".git" and not (place / "commondir").exists()
        return GitDirectory(real, real / ".git") if inside and not borrows(place) else None
    if place.is_file():
        target = _follow_pointer(place, real)
        return GitDirectory(real, target) if target is not None else None
    parts = (root / "objects", root / "refs")
    is_bare = (root / "HEAD").is_file() and all(p.is_dir() and not _is_link(p) for p in parts)
    return GitDirectory(real, real, is_bare=True) if is_bare and not borrows(root) else None


def borrows(directory: Path) -> bool:
    """Whether Git's data would be read from somewhere else too, where nobody meant it to be."""
    objects = directory / "objects"
    lenders = (objects / "info" / "alternates", objects / "info" / "http-alternates")
    folders = (directory / "refs", objects, objects / "pack", objects / "info")
    return any(_read_pointer(file) for file in lenders) or any(map(_is_link, folders))


def _follow_pointer(pointer: Path, root: Path) -> Path | None:
    text = _read_pointer(pointer)
    if not text.startswith("gitdir:"):
        return None
    target = _follow(root, text.removeprefix("gitdir:").strip())
    if (target / "commondir").is_file():
        common = _follow(target, _read_pointer(target / "commondir"))
        back = _follow(target, _read_pointer(target / "gitdir"))
        nested = target.parent.name == "worktrees" and target.parent.parent == common
        own = nested and back == root / ".git"
        return target if own and not borrows(common) else None
    settings = GitDirectory(target, target, is_bare=True)
    back = _follow(target, settings.ask("config", "core.worktree").strip())
    own = back != target and back == root
    return target if own and not borrows(target) else None


def _follow(place: Path, text: str) -> Path:
    """Where a text leads that Git's data holds; nowhere where that is another machine."""
    found = place / text
    return place if is_remote(found, place) else found.resolve()


def _is_link(place: Path) -> bool:
    try:
        return is_link(place.lstat())
    except OSError:
        return False


def _read_pointer(file: Path) -> str:
    try:
        with file.open(encoding="utf-8") as stream:
            return stream.read(_POINTER_SIZE).strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _environment() -> dict[str, str]:
    """The caller's, without what a surrounding Git (a hook, an alias) would tell its children."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**kept, **_GIT_ENVIRONMENT}


class BlobError(Exception):
    """The content of a file cannot be had from Git."""


@dataclass(slots=True)
class Blobs:
    """Reads blobs through one ``git cat-file --batch``, which starts with the first of them."""

    git: GitDirectory
    _process: "subprocess.Popen[bytes] | None" = None
    _finalizer: "weakref.finalize[..., Blobs] | None" = None
    __weakref__: object = field(init=False, repr=False, compare=False)

    def read(self, blob: str, limit: int) -> bytes:
        """The content of one blob.

        Raises:
            BlobError: it is absent, or larger than the limit.
        """
        try:
            return self._read(self._running(), blob, limit)
        except (OSError, ValueError) as error:
            raise BlobError(_NO_BLOB) from error

    @staticmethod
    def _read(process: "subprocess.Popen[bytes]", blob: str, limit: int) -> bytes:
        if process.stdin is None or process.stdout is None:
            raise BlobError(_NO_BLOB)
        process.stdin.write(f"{blob}\n".encode())
        process.stdin.flush()
        _, kind, size = process.stdout.readline().split()  # two words of what is absent
        left = int(size) + 1
        if left <= limit + 1 and kind == b"blob":
            return process.stdout.read(left)[:-1]
        while left > 0:
            left -= len(process.stdout.read(min(left, _CHUNK))) or left
        raise BlobError(f"larger than {shown_size(limit)}" if kind == b"blob" else _NO_BLOB)

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            self._process = subprocess.Popen(
                [*self.git.command, "cat-file", "--batch"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env=_environment(),
            )  # fmt: skip
            self._finalizer = weakref.finalize(self, stop_program, self._process)
        return self._process
