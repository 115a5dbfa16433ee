"""Where the programs lie that graphdoc calls, found in a way that no clone can steer.

Windows looks into the working directory before the PATH, and so does every system at an empty or
relative entry of the PATH; a ``git.exe`` that lies in an analysed clone must never run.
"""

import errno
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, AnyStr

if TYPE_CHECKING:
    import subprocess

__all__ = ["find_program", "require_program", "stop_program"]


def find_program(name: str) -> str | None:
    """The absolute path of a program; on Windows an ``.exe``, since scripts need a shell."""
    ending = ".exe" if sys.platform == "win32" else ""
    for folder in filter(os.path.isabs, os.get_exec_path()):
        place = os.path.join(folder, f"{name}{ending}")  # noqa: PTH118 -- pathlib takes long to import
        if os.path.isfile(place) and os.access(place, os.X_OK):  # noqa: PTH113
            return place
    return None


def require_program(name: str) -> str:
    """The absolute path of a program.

    Raises:
        FileNotFoundError: it is not there, as if one had tried to run it.
    """
    place = find_program(name)
    if place is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
    return place


def stop_program(process: "subprocess.Popen[AnyStr]") -> None:
    """End a program that answers over its pipes."""
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # what was not written yet has no reader
                pipe.close()
    process.wait()
