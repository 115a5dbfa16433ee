"""What files of clones hold, for whoever looks for words in them: nothing where one cannot be read.

Whoever must tell why a file cannot be read asks the clone itself.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from graphdoc.model.clone import Clone, UnreadableError

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


@lru_cache(maxsize=2)
def every_file(clones: tuple[Clone, ...]) -> tuple[tuple[Clone, str], ...]:
    """The files of the clones, each with its clone."""
    return tuple([(clone, path) for clone in clones for path in clone.files])


def read_bytes(clone: Clone, path: str) -> bytes:
    """The whole of a file."""
    try:
        return clone.read(path)
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
