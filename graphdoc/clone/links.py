"""Symbolic links as Git keeps them: where each leads, as a path of the tree, or nowhere.

Those of a commit are read from its tree. Git for Windows checks links out as small texts, unless it
was told otherwise; they are links all the same, as they are where Argo CD runs. Windows itself is
never asked to follow one, for it may lead to another machine.
"""

from collections.abc import Collection, Iterator
from itertools import islice
from posixpath import dirname, join, normpath

from graphdoc.clone.git import BlobError, Blobs, GitDirectory
from graphdoc.clone.listing import LINK_NESTING, LINKED_FILES_LIMIT
from graphdoc.model import windows
from graphdoc.resolve.repositories.paths import files_below, folders_above

__all__ = ["find_text_links", "link_target", "real_path", "with_links"]

_SIZE_LIMIT = 4096
_DEPTH_LIMIT = 10
_LINK_MODE = "120000"


def find_text_links(
    git: GitDirectory | None, files: Collection[str], blobs: Blobs | None = None
) -> dict[str, str]:
    """The links of a clone that lie among its files as texts, each with its target.

    With ``blobs`` it is sparse: all links, for what they lead to need not be there.
    """
    if git is None or not (blobs or _may_hold_texts(git)):
        return {}
    rows = (row.partition("\t") for row in git.ask("ls-files", "--stage", "-z").split("\0"))
    links = [(path, facts) for facts, _, path in rows if facts.startswith(_LINK_MODE)]
    found = {p: link_target(p, blobs, facts.split()[1]) for p, facts in links} if blobs else {}
    return found | {p: _inside(p, _read(git, p)) for p, _ in links if p in files}


def _may_hold_texts(git: GitDirectory) -> bool:
    return windows.ON_WINDOWS or git.ask("config", "--bool", "core.symlinks").strip() == "false"


def _read(git: GitDirectory, path: str) -> str:
    place = git.root / path
    try:
        if place.is_symlink():
            return place.readlink().as_posix()
        with place.open(encoding="utf-8") as file:
            return file.read(_SIZE_LIMIT)
    except (OSError, UnicodeDecodeError):
        return ""


def link_target(path: str, blobs: Blobs | None, blob: str) -> str:
    """Where the link at a path leads, as a path of the tree; empty where it leaves the tree."""
    try:
        return _inside(path, blobs.read(blob, _SIZE_LIMIT).decode()) if blobs is not None else ""
    except (BlobError, UnicodeDecodeError):
        return ""


def _inside(path: str, text: str) -> str:
    target = normpath(join(dirname(path), text))
    return "" if not text or target.startswith(("/", "..")) else target


def with_links(blobs: dict[str, str], links: dict[str, str]) -> dict[str, str]:
    """What lies at each path of a tree, and what its links show; a link may show another one."""
    shown = blobs
    for _ in range(LINK_NESTING + 1 if links else 0):
        shown = {**blobs, **dict(islice(_linked_blobs(shown, links), LINKED_FILES_LIMIT))}
    return shown


def real_path(path: str, links: dict[str, str]) -> str | None:
    """Where a path leads, every link followed; ``None`` where one leaves the tree or never ends."""
    for _ in range(_DEPTH_LIMIT):
        link = next((part for part in (path, *folders_above(path)) if part in links), None)
        if link is None:
            return path
        if not links[link]:
            return None
        found = normpath(join(links[link], path[len(link) + 1 :]))
        path = "" if found == "." else found
    return None


def _linked_blobs(blobs: dict[str, str], links: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What links show: files, and what folders hold beside links."""
    files = tuple(sorted(blobs))
    for link in sorted(links):
        target = links[link]
        for _ in range(_DEPTH_LIMIT):
            target = links.get(target, target)
        if target in blobs:
            yield link, blobs[target]
            continue
        prefix = "" if target == "." else f"{target}/"
        if target and not f"{link}/".startswith(prefix or "/"):
            below = files_below(files, prefix[:-1])
            yield from ((f"{link}/{path[len(prefix) :]}", blobs[path]) for path in below)
