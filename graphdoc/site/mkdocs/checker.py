"""Reads a built site: links lead somewhere in it, ids are unique, no page asks the network."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path, PurePosixPath
from posixpath import normpath
from urllib.parse import unquote, urlsplit

__all__ = ["SiteProblem", "check_site"]

_SILENT = re.compile(r"<!--.*?-->|<(script|style)\b([^>]*)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9:-]*)\b([^<>]*)>")
_ATTRIBUTE = re.compile(r"""([a-zA-Z_:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)
_CSS_LOAD = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])([^"')\s]+)""", re.IGNORECASE)
_LOADING = frozenset(
    {
        "script",
        "img",
        "iframe",
        "source",
        "video",
        "audio",
        "embed",
        "track",
        "input",
        "image",
        "use",
    }
)
_LOADED_LINKS = frozenset(
    {
        "stylesheet",
        "icon",
        "preload",
        "prefetch",
        "preconnect",
        "dns-prefetch",
        "modulepreload",
        "manifest",
        "apple-touch-icon",
    }
)
_OUTSIDE = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//|(?:https?|ftp|wss?):", re.IGNORECASE)
# The theme's button to share a search is a link that does nothing.
_IGNORED = re.compile(r"(?:mailto|tel):|javascript:void\(0\)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class SiteProblem:
    """Something wrong in a built page, by its path in the site."""

    page: str
    message: str

    def __str__(self) -> str:
        return f"{self.page}: {self.message}"


@dataclass(frozen=True, slots=True)
class _Parsed:
    ids: frozenset[str]
    twice: frozenset[str]
    links: frozenset[str]
    loads: frozenset[str]


_Reader = Callable[[str], _Parsed]


def check_site(directory: Path) -> tuple[SiteProblem, ...]:
    """Every broken link, missing anchor and outside request of the site, sorted."""
    files = {
        path.relative_to(directory).as_posix(): path
        for path in directory.rglob("*")
        if path.is_file()
    }
    read = cache(lambda name: _parse(files[name].read_text(encoding="utf-8")))
    found: set[SiteProblem] = set()
    for name, path in files.items():
        if name.endswith(".html"):
            found.update(_check_page(name, read(name), files.keys(), read))
        elif name.endswith(".css"):
            loads = _CSS_LOAD.findall(path.read_text(encoding="utf-8"))
            found.update(_check_loads(name, loads, files.keys()))
    return tuple(sorted(found))


def _parse(text: str) -> _Parsed:
    loads = {load for style in _STYLE.findall(text) for load in _CSS_LOAD.findall(style)}
    ids: list[str] = []
    links: set[str] = set()
    for tag, attributes in _tags(_SILENT.sub(_opening, text)):
        ids += filter(None, [attributes.get("id")])
        href = attributes.get("href") or attributes.get("xlink:href") or ""
        if tag == "a" and href:
            links.add(href)
        loads.update(_loaded(tag, attributes, href))
    twice = {found for found, count in Counter(ids).items() if count > 1}
    return _Parsed(frozenset(ids), frozenset(twice), frozenset(links), frozenset(loads))


def _opening(found: re.Match[str]) -> str:
    return f"<{found[1]}{found[2]}>" if found[1] else ""


def _tags(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    for tag, inside in _TAG.findall(text):
        found = _ATTRIBUTE.findall(inside)
        yield tag.lower(), {key.lower(): unescape(a or b or c) for key, a, b, c in found}


def _loaded(tag: str, attributes: dict[str, str], href: str) -> Iterator[str]:
    """What a browser fetches by itself when it shows the page."""
    if tag in _LOADING:
        yield from (attributes[key] for key in ("src", "poster") if attributes.get(key))
        yield from (
            part.split()[0] for part in attributes.get("srcset", "").split(",") if part.strip()
        )
    if tag in {"use", "image"} and href:
        yield href
    if tag == "link" and href and _LOADED_LINKS & set(attributes.get("rel", "").lower().split()):
        yield href
    if tag == "object" and attributes.get("data"):
        yield attributes["data"]
    yield from _CSS_LOAD.findall(attributes.get("style", ""))


def _check_page(
    name: str, page: _Parsed, files: Collection[str], read: _Reader
) -> Iterator[SiteProblem]:
    yield from _check_loads(name, page.loads, files)
    yield from (SiteProblem(name, f"has the id {id_} twice") for id_ in page.twice)
    for link in page.links:
        if _OUTSIDE.match(link) or _IGNORED.match(link):
            continue
        message = _fault(name, link, files, read)
        if message:
            yield SiteProblem(name, message)


def _check_loads(name: str, loads: Iterable[str], files: Collection[str]) -> Iterator[SiteProblem]:
    for load in loads:
        if _OUTSIDE.match(load):
            yield SiteProblem(name, f"asks the network for {load}")
        elif not load.startswith(("data:", "#")) and _target(name, load) not in files:
            yield SiteProblem(name, f"loads {load}, which is not there")


def _fault(name: str, link: str, files: Collection[str], read: _Reader) -> str:
    if urlsplit(link).scheme:
        return f"has a link of a kind that is not allowed: {link}"
    target = _target(name, link)
    if target not in files:
        return f"links to {link}, which is not there"
    anchor = unquote(urlsplit(link).fragment)
    if anchor and target.endswith(".html") and anchor not in read(target).ids and anchor != "__top":
        return f"links to {link}, which has no such anchor"
    return ""


def _target(name: str, link: str) -> str:
    path = unquote(urlsplit(link).path)
    if not path:
        return name
    base = "" if path.startswith("/") else str(PurePosixPath(name).parent)
    found = normpath(f"{base}/{path}").lstrip("/")
    is_folder = path.endswith("/") or found in {"", "."}
    return normpath(f"{found}/index.html").lstrip("/") if is_folder else found
