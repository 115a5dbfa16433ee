"""The symbolic links of a commit's tree: where each leads, as a path of the tree, or nowhere."""

from collections.abc import Iterator
from posixpath import join, normpath

from graphdoc.model.location import upwards

__all__ = ["linked_blobs", "real_path"]

_DEPTH_LIMIT = 10


def real_path(path: str, links: dict[str, str]) -> str | None:
    """Where a path leads, every link followed; ``None`` where one leaves the tree or never ends."""
    for _ in range(_DEPTH_LIMIT):
        link = next((part for part in upwards(path) if part in links), None)
        if link is None:
            return path
        if not links[link]:
            return None
        found = normpath(join(links[link], path[len(link) + 1 :]))
        path = "" if found == "." else found
    return None


def linked_blobs(blobs: dict[str, str], links: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What the links of a commit's tree show: files, and what folders hold beside links."""
    for link in sorted(links):
        target = links[link]
        for _ in range(_DEPTH_LIMIT):
            target = links.get(target, target)
        if target in blobs:
            yield link, blobs[target]
            continue
        prefix = "" if target == "." else f"{target}/"
        if target and not f"{link}/".startswith(prefix or "/"):
            below = (path for path in blobs if path.startswith(prefix))
            yield from ((f"{link}/{path[len(prefix) :]}", blobs[path]) for path in below)
