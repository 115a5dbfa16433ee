"""What lies on a disk, told by names, sizes and times: two equal signatures mean equal contents.

A file cannot change without a new time of change (``ctime``), which no program can set; what
changed within the last moments may change once more within the same tick of the clock, and so has
no signature yet. See decision 0014-results-remembered-by-signature.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

__all__ = ["sign_clone", "sign_files", "sign_tree"]

# The coarsest clock of a file system that is still in use counts in steps of two seconds.
_SETTLED = 3 * 1_000_000_000
_GIT_FILES = ("HEAD", "FETCH_HEAD", "config", "index", "packed-refs", "shallow", "info/exclude")
# Git's data lies elsewhere, or is borrowed from there: more than is looked at here.
_ELSEWHERE = ("commondir", "objects/info/alternates", "config.worktree")


def sign_clone(root: Path, now: int) -> str | None:
    """The signature of a clone's files and of what Git knows; ``None`` where it cannot be told.

    Args:
        root: a working tree with its own ``.git``, or a plain folder.
        now: the time in nanoseconds.
    """
    git = root / ".git"
    if git.is_symlink() or (git.exists() and not git.is_dir()) or (root / "objects").is_dir():
        return None
    if any((git / name).exists() for name in _ELSEWHERE):
        return None
    return _digest((*_entries(os.fspath(root), ""), *_git_facts(git)), now)


def sign_tree(root: Path, now: int) -> str | None:
    """The signature of all files below a folder but what Python compiles."""
    entries = _entries(os.fspath(root), "")
    return _digest((entry for entry in entries if "__pycache__/" not in entry[0]), now)


def sign_files(files: Iterable[Path], now: int) -> str | None:
    """The signature of single files, which may be missing."""
    return _digest(map(_one, files), now)


_Entry = tuple[str, int, int, int, int]


def _digest(entries: Iterable[_Entry], now: int) -> str | None:
    digest = hashlib.sha256()
    for entry in sorted(entries):
        if max(entry[2], entry[3]) > now - _SETTLED:
            return None
        digest.update(repr(entry).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _entries(folder: str, prefix: str) -> Iterator[_Entry]:
    """Every file and link below a folder, Git's own left out; links are not followed."""
    with os.scandir(folder) as found:
        for entry in found:
            if entry.name == ".git":
                continue
            name = f"{prefix}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _entries(entry.path, f"{name}/")
            else:
                yield _facts(name, entry.stat(follow_symlinks=False))


def _git_facts(git: Path) -> Iterator[_Entry]:
    """What decides the branch, the commits at hand, what is tracked, and what is ignored."""
    if not git.is_dir():
        return
    yield from (_one(git / name) for name in _GIT_FILES)
    for place, _, names in os.walk(git / "refs"):
        yield from (_one(Path(place) / name) for name in names)
    folders = (entry for entry in os.scandir(git / "objects") if entry.is_dir())
    yield from (_facts(f"objects/{entry.name}", entry.stat()) for entry in folders)


def _one(place: Path) -> _Entry:
    try:
        return _facts(place.as_posix(), place.lstat())
    except OSError:
        return (place.as_posix(), -1, 0, 0, 0)


def _facts(name: str, facts: os.stat_result) -> _Entry:
    return (name, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino)
