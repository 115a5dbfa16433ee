"""Where each thing of the estate has its page: kind, slug and, for clusters, an anchor."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from posixpath import dirname, relpath
from urllib.parse import quote

from graphdoc.model.grouping import grouped

__all__ = ["anchor_id", "key_ids", "relative", "slug", "slugs"]

_UNSAFE = re.compile(r"[^a-z0-9._-]+")
# Names that Windows keeps for devices, whatever ending they have.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
# Names that would hide the index of a folder.
_RESERVED = frozenset({"index", "readme"})
_LONGEST = 80


def slug(name: str) -> str:
    """A name as the last part of an address: lower case, no sign that a system might not take."""
    plain = _UNSAFE.sub("-", name.lower()).strip("-.")
    if _DEVICES.match(plain):
        return f"x-{plain[:_LONGEST]}-{_digest(name)}"
    too_special = not plain or plain in _RESERVED or len(plain) > _LONGEST
    return f"{plain[:_LONGEST] or 'x'}-{_digest(name)}" if too_special else plain


def slugs(names: Iterable[str]) -> Mapping[str, str]:
    """One slug for each name; names that would share one get a digest behind it."""
    ordered = sorted(set(names))
    shared = grouped((slug(name), name) for name in ordered)
    return {
        name: plain if len(group) == 1 else f"{plain}-{_digest(name)}"
        for plain, group in shared.items()
        for name in group
    }


def anchor_id(text: str) -> str:
    """A name as the id of an element."""
    return quote(text, safe="._:@-").replace("%", "-")


def key_ids(keys: Iterable[str]) -> Iterator[str]:
    """The id of each row about a key, such as ``key-app.image.tag``: the first of a key has it."""
    told: set[str] = set()
    for key in keys:
        id_ = f"key-{anchor_id(key)}"
        yield "" if id_ in told else id_
        told.add(id_)


def relative(target: str, here: str) -> str:
    """The address of a page as seen from another; both as paths of Markdown files."""
    path, mark, anchor = target.partition("#")
    path, asked, query = path.partition("?")
    if asked:
        return f"{relative(path, here)}?{quote(query, safe='=&')}{mark}{anchor}"
    if not path or path == here:
        return f"#{anchor}" if mark else _page(here).rpartition("/")[2]
    return f"{_way(path, dirname(here) or '.')}{mark}{anchor}"


@lru_cache(maxsize=4096)  # every page leads to the same few hundred
def _way(path: str, folder: str) -> str:
    return quote(relpath(_page(path), folder))


def _page(path: str) -> str:
    return f"{path.removesuffix('.md')}.html" if path.endswith(".md") else path


def _digest(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:8]
