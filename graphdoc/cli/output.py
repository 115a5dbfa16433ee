"""Results to standard output or a file, everything else to standard error."""

import os
import sys
from pathlib import Path

from graphdoc.cli.speech import say, write_stream
from graphdoc.cli.status import UsageMistake

__all__ = [
    "append_file", "has_colour", "say", "shown_report", "to_path", "write_file", "write_report",
    "write_result", "write_stream",
]  # fmt: skip


def has_colour(output: Path | None) -> bool:
    """Whether the result goes to a terminal that may be coloured (https://no-color.org)."""
    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return output is None and not is_plain and sys.stdout.isatty()


def to_path(word: str) -> Path | None:
    """The file that an option names; ``-`` is standard output."""
    return Path(word) if word != "-" else None


def write_report(text: str, format_: str, output: Path | None) -> None:
    """A result in one of several formats, as it is shown."""
    write_result(shown_report(text, format_, output), output)


def shown_report(text: str, format_: str, output: Path | None) -> str:
    """A report; text is wrapped where it goes to a terminal."""
    if format_ != "text" or output is not None or not sys.stdout.isatty():
        return text
    from shutil import get_terminal_size  # noqa: PLC0415 -- slow, and pipes need no width

    from graphdoc.report.wrap import wrap  # noqa: PLC0415

    return wrap(text, get_terminal_size().columns)


def write_result(text: str, output: Path | None) -> None:
    """The result, as UTF-8 whatever the locale."""
    if output is not None:
        write_file(output, text)
    else:
        write_stream((text,))


def write_file(path: Path, text: str) -> None:
    """A file as a whole or not at all: written beside its place and renamed.

    Devices and pipes are written to, for whoever may rename would do away with ``/dev/null``.

    Raises:
        UsageMistake: it cannot be written.
    """
    import tempfile  # noqa: PLC0415 -- slow, and most results go to the screen

    data = text.encode("utf-8", "backslashreplace")
    try:
        if _is_stream(path):
            path.write_bytes(data)
            return
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        _replace(path, handle, Path(name), data)
    except OSError as error:
        raise UsageMistake(f"{path.as_posix()}: {error.strerror}") from error


def _is_stream(path: Path) -> bool:
    """Whether it is no file: ``/dev/stdout`` may lead to one and is none. Other links are."""
    if path.is_symlink():
        return path.absolute().parts[1:2] in {("dev",), ("proc",)}
    return path.exists() and not path.is_file() and not path.is_dir()


def _replace(path: Path, handle: int, temporary: Path, data: bytes) -> None:
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else _default_mode())
        temporary.replace(path)
    except OSError:  # a full disk, say, where every byte left behind counts
        temporary.unlink(missing_ok=True)
        raise


def append_file(path: Path, text: str) -> None:
    """Text behind what a file holds already.

    Raises:
        UsageMistake: the file cannot be written.
    """
    try:
        with path.open("ab") as file:
            file.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UsageMistake(f"{path.as_posix()}: {error.strerror}") from error


def _default_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
