"""Line ends as Git keeps them, where its settings check files out as Windows writes them.

Argo CD reads what is committed: with CRLF, a file that a ``configMapGenerator`` takes would be
another ConfigMap on this machine than in the cluster. See decision 0020-line-ends-as-committed.
"""

from functools import cached_property

from graphdoc.clone.git import GitDirectory

__all__ = ["LineEnds", "to_committed", "to_windows"]

_FEW = 8


class LineEnds:
    """What Git says of the files with CRLF of one clone.

    The first are asked for one by one, for Git reads every file that it is asked for.
    """

    def __init__(self, git: GitDirectory | None) -> None:
        self._git = git
        self._asked = 0

    def as_committed(self, path: str, data: bytes) -> bytes:
        """The bytes of a file as Git keeps them; what holds a zero byte is no text to Git."""
        if b"\0" in data or b"\r\n" not in data:
            return data
        self._asked += 1
        windows = self._windows(path) if self._asked <= _FEW else self._all_windows
        return to_committed(data) if path in windows else data

    @cached_property
    def _all_windows(self) -> frozenset[str]:
        return self._windows()

    def _windows(self, *paths: str) -> frozenset[str]:
        """The files that Git keeps with LF and that lie here with CRLF."""
        literal = [f":(literal){path}" for path in paths]
        listing = self._git.ask("ls-files", "--eol", "-z", "--", *literal) if self._git else ""
        rows = (row.partition("\t") for row in listing.split("\0"))
        kept = ((facts.split(), path) for facts, _, path in rows if facts.startswith("i/lf"))
        return frozenset(path for facts, path in kept if facts[1] in {"w/crlf", "w/mixed"})


def to_committed(data: bytes) -> bytes:
    """What Git would make of a file with CRLF."""
    return data.replace(b"\r\n", b"\n")


def to_windows(data: bytes) -> bytes:
    """What Git would check out of a file with LF."""
    return to_committed(data).replace(b"\n", b"\r\n")
