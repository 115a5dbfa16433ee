"""What files of clones hold, for whoever looks for words in them: nothing where one cannot be read.

Nor of what says what was found: graphdoc's own settings, records, reports and sites, and the
reports of other tools. They name what is missing or unused, and are no evidence that it is not.
Whoever must tell why a file cannot be read asks the clone itself.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from graphdoc.model.clone import Clone, UnreadableError
from graphdoc.resolve.repositories.paths import files_named

__all__ = [
    "ENDING", "SKIM_LIMIT", "every_file", "lines_naming_files", "read_bytes", "read_text",
    "skim_bytes", "skim_text",
]  # fmt: skip

SKIM_LIMIT = 1_000_000  # bytes; a longer file is no text that somebody wrote
_LOOK = 8000  # bytes in which Git looks for a NUL
ENDING = re.compile(rb"\.(?:ya?ml|json|tpl)\b")
_NO_TEXTS = (
    ".gif", ".gz", ".ico", ".jar", ".jpeg", ".jpg", ".mp4", ".pdf", ".png", ".tgz", ".ttf", ".webp",
    ".woff", ".woff2", ".zip",
)  # fmt: skip
_REPORTS = (".json", ".sarif", ".xml")
_SETTINGS = "graphdoc.yaml"
_OF_SITE, _ITS_START = "explorer-data.js", b"window.graphdocData"
_REPORT = re.compile(
    rb"\s*(?:\{\s*\"schema\": \"graphdoc/|\{[^{}]{0,200}\bsarif\b|\[\s*\{[^{}]*\"check_name\":"
    rb"|(?:<\?xml[^>]*>\s*)?<testsuites?\b)"
)
_HEAD = 1000  # bytes in which a report shows itself


@lru_cache(maxsize=2)
def every_file(clones: tuple[Clone, ...]) -> tuple[tuple[Clone, str], ...]:
    """The files of the clones, each with its clone."""
    return tuple([(clone, path) for clone in clones for path in clone.files])


def read_bytes(clone: Clone, path: str) -> bytes:
    """The whole of a file."""
    try:
        data = clone.read(path)
    except UnreadableError:
        return b""
    if path.endswith(_REPORTS) and _REPORT.match(data[:_HEAD]):
        return b""
    return b"" if path.startswith(_own((clone,))) else data


@lru_cache(maxsize=64)
def _own(clones: tuple[Clone, ...]) -> tuple[str, ...]:
    """Settings of graphdoc, and folders that it filled with pages, as beginnings of paths."""
    own: list[str] = []
    for clone in clones:
        own += files_named(clone.files, _SETTINGS)
        sites = files_named(clone.files, _OF_SITE)
        own += [p.removesuffix(_OF_SITE) for p in sites if _ITS_START in _start(clone, p)]
    return tuple(own)


def _start(clone: Clone, path: str) -> bytes:
    try:
        return clone.read(path)[: len(_ITS_START)]
    except UnreadableError:
        return b""


def read_text(clone: Clone, path: str) -> str:
    """The whole of a file, what is no UTF-8 replaced; nothing of what Git takes for no text."""
    data = read_bytes(clone, path)
    return "" if b"\0" in data[:_LOOK] else data.decode("utf-8", "replace")


def skim_bytes(clone: Clone, path: str) -> bytes:
    """A file as far as ``SKIM_LIMIT``; nothing of pictures and archives, which need no reading."""
    return b"" if path.endswith(_NO_TEXTS) else read_bytes(clone, path)[:SKIM_LIMIT]


def skim_text(clone: Clone, path: str) -> str:
    """A file as far as ``SKIM_LIMIT``, what is no UTF-8 replaced."""
    return skim_bytes(clone, path).decode("utf-8", "replace")


def lines_naming_files(data: bytes) -> Iterator[bytes]:
    """The lines that may name a manifest or a template: most of a long text names none."""
    done = 0
    # The cheaper question comes first.
    names = b".yaml" in data or b".yml" in data or b".json" in data or b".tpl" in data
    for match in ENDING.finditer(data) if names else ():
        if match.start() >= done:
            start = data.rfind(b"\n", done, match.start()) + 1
            end = data.find(b"\n", match.end())
            yield data[max(start, done) : end if end >= 0 else len(data)]
            done = end + 1 if end >= 0 else len(data)
