"""Words on standard error, results on standard output. Light: every command needs it."""

import errno
import os
import sys
from collections.abc import Iterable
from contextlib import suppress

from graphdoc.model.inert import inert

__all__ = ["is_lost_reader", "say", "silence_stdout", "write_stream"]


def say(message: str) -> None:
    """One message on standard error, harmless for terminals; lines stay lines."""
    text = "\n".join(inert(line) for line in message.splitlines())
    with suppress(OSError):  # a full disk, or nobody there: no reason to fail
        shown = text.encode("ascii", "backslashreplace").decode() if _is_narrow() else text
        sys.stderr.write(f"{shown}\n")
        sys.stderr.flush()


def write_stream(chunks: Iterable[str]) -> None:
    """The result piece by piece; a reader that goes away ends it quietly."""
    try:
        for chunk in chunks:
            _write(chunk)
        sys.stdout.flush()
    except OSError as error:
        if not is_lost_reader(error):
            raise
        silence_stdout()


def _write(text: str) -> None:
    data = text.encode("utf-8", "backslashreplace")
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:  # a test's replacement
        sys.stdout.write(data.decode())
    else:
        buffer.write(data)


def is_lost_reader(error: OSError) -> bool:
    """Whether the reader of standard output went away, which Windows calls an invalid argument."""
    is_invalid = error.errno == errno.EINVAL and error.filename is None
    return isinstance(error, BrokenPipeError) or (sys.platform == "win32" and is_invalid)


def silence_stdout() -> None:
    """Send what may still come nowhere, so that the interpreter ends without a complaint."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)


def _is_narrow() -> bool:
    return (sys.stderr.encoding or "").lower().replace("-", "") not in {"utf8", "utf16"}
