"""What lies on a disk, told by names, sizes and times: two equal signatures mean equal contents.

A file cannot change without a new time of change (``ctime``), which no program can set; what
changed within the last moments may change once more within the same tick of the clock, and so has
no signature yet. See decision 0014-results-remembered-by-signature. Nothing here may import what
takes long: a result that is told again takes the time of this module.
"""

import hashlib
import marshal
import os
from collections.abc import Iterable, Iterator, Mapping

__all__ = ["Dependencies", "sign"]

# The coarsest clock of a file system that is still in use counts in steps of two seconds.
_SETTLED = 3 * 1_000_000_000
_GIT_FILES = ("HEAD", "FETCH_HEAD", "config", "index", "packed-refs", "shallow", "info/exclude")
# Git's data lies elsewhere, or is borrowed from there: more than is looked at here.
_ELSEWHERE = ("commondir", "objects/info/alternates", "config.worktree")

_Entry = tuple[str, int, int, int, int]


class Dependencies:
    """What a result depends on beside the command line.

    Args:
        clones: working trees with their own ``.git``, or plain folders.
        trees: folders with all that lies below them.
        files: files and folders by their own facts alone; they may be missing.
        variables: those of the environment that were asked for.
    """

    __slots__ = ("clones", "files", "trees", "variables")

    def __init__(
        self,
        clones: Iterable[str] = (),
        trees: Iterable[str] = (),
        files: Iterable[str] = (),
        variables: Iterable[str] = (),
    ) -> None:
        self.clones, self.trees = tuple(clones), tuple(trees)
        self.files, self.variables = tuple(files), tuple(variables)


def sign(dependencies: Dependencies, environment: Mapping[str, str], now: int) -> str | None:
    """The signature of all of them; ``None`` where it cannot be told.

    Args:
        dependencies: what is looked at.
        environment: where the variables stand.
        now: the time in nanoseconds.
    """
    digest = hashlib.sha256()
    try:
        for entries in _groups(dependencies):
            if entries is None or any(max(e[2], e[3]) > now - _SETTLED for e in entries):
                return None
            digest.update(marshal.dumps(sorted(entries), 0))
    except OSError:  # something went away meanwhile
        return None
    digest.update(marshal.dumps([environment.get(name) for name in dependencies.variables], 0))
    return digest.hexdigest()


def _groups(dependencies: Dependencies) -> Iterator[list[_Entry] | None]:
    yield from map(_clone, dependencies.clones)
    yield from map(_tree, dependencies.trees)
    yield list(map(_one, dependencies.files))


def _clone(root: str) -> list[_Entry] | None:
    """A clone's files and what Git knows; ``None`` where Git's data lies elsewhere."""
    git = f"{root}/.git"
    if os.path.islink(git) or (os.path.exists(git) and not os.path.isdir(git)):
        return None
    if os.path.isdir(f"{root}/objects"):  # Git's own folder
        return None
    if any(os.path.exists(f"{git}/{name}") for name in _ELSEWHERE):
        return None
    entries = [*_git_facts(git)]
    _add_entries(entries, root, "", {".git"})
    return entries


def _tree(root: str) -> list[_Entry]:
    """All files below a folder but what Python compiles."""
    entries: list[_Entry] = []
    _add_entries(entries, root, "", {".git", "__pycache__"})
    return entries


def _add_entries(entries: list[_Entry], folder: str, prefix: str, left_out: set[str]) -> None:
    """Every file and link below a folder but what is left out; links are not followed."""
    with os.scandir(folder) as found:
        for entry in found:
            name = entry.name
            if name in left_out:
                continue
            if entry.is_dir(follow_symlinks=False):
                _add_entries(entries, entry.path, f"{prefix}{name}/", left_out)
            else:
                entries.append(_facts(f"{prefix}{name}", entry.stat(follow_symlinks=False)))


def _git_facts(git: str) -> Iterator[_Entry]:
    """What decides the branch, the commits at hand, what is tracked, and what is ignored."""
    if not os.path.isdir(git):
        return
    yield from (_one(f"{git}/{name}") for name in _GIT_FILES)
    for place, _, names in os.walk(f"{git}/refs"):
        yield from (_one(f"{place}/{name}") for name in names)
    with os.scandir(f"{git}/objects") as found:
        folders = [entry for entry in found if entry.is_dir()]
    yield from (_facts(f"objects/{entry.name}", entry.stat()) for entry in folders)


def _one(place: str) -> _Entry:
    try:
        return _facts(place, os.stat(place))
    except (OSError, ValueError):  # nothing is there, or can be
        return (place, -1, 0, 0, 0)


def _facts(name: str, facts: os.stat_result) -> _Entry:
    return (name, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino)
