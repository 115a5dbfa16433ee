"""Line ends as Git keeps them, where its settings check files out as Windows writes them.

Argo CD reads what is committed: with CRLF, a file that a ``configMapGenerator`` takes would be
another ConfigMap on this machine than in the cluster. See decision 0020-line-ends-as-committed.
"""

from graphdoc.clone.git import GitDirectory

__all__ = ["to_committed", "to_windows", "windows_checkouts"]


def windows_checkouts(git: GitDirectory) -> frozenset[str]:
    """The files that Git keeps with LF and that lie here with CRLF."""
    rows = (row.partition("\t") for row in git.ask("ls-files", "--eol", "-z").split("\0"))
    kept = ((facts.split(), path) for facts, _, path in rows if facts.startswith("i/lf"))
    return frozenset(path for facts, path in kept if facts[1] in {"w/crlf", "w/mixed"})


def to_committed(data: bytes) -> bytes:
    """What Git would make of a file with CRLF."""
    return data.replace(b"\r\n", b"\n")


def to_windows(data: bytes) -> bytes:
    """What Git would check out of a file with LF."""
    return to_committed(data).replace(b"\n", b"\r\n")
