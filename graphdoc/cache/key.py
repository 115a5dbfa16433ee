"""The name under which the result of a command line is remembered."""

import hashlib
import os
import sys
import time
from collections.abc import Mapping, Sequence

from graphdoc import __version__

__all__ = ["result_key"]

_FORMAT = "2"
# What changes a result or the way it is shown, and what says where programs and settings lie.
_VARIABLES = (
    "COLUMNS", "HELM_C_LIB", "HOME", "LD_LIBRARY_PATH", "NO_COLOR", "PATH",
    "PYTHONPATH", "SOURCE_DATE_EPOCH", "SYSTEMROOT", "TERM", "USERPROFILE", "XDG_CONFIG_HOME",
)  # fmt: skip


def result_key(arguments: Sequence[str], environment: Mapping[str, str]) -> str | None:
    """The name of a command line here and today; ``None`` where this folder is gone.

    Args:
        arguments: the command and its options, as they were typed.
        environment: the variables of the process.
    """
    try:
        folder = os.getcwd()
    except OSError:
        return None
    variables = [environment.get(name) for name in _VARIABLES]
    variables.append(str("GITHUB_STEP_SUMMARY" in environment))  # another file in every step
    program = (_FORMAT, __version__, sys.version, sys.prefix)
    facts = (program, list(arguments), folder, variables, time.gmtime()[:3], _terminal())
    return hashlib.sha256(repr(facts).encode("utf-8", "surrogatepass")).hexdigest()


def _terminal() -> tuple[int, int] | None:
    """The size of the terminal, for whose width text is wrapped; ``None`` where there is none."""
    try:
        return os.get_terminal_size(1) if sys.stdout.isatty() else None
    except OSError:
        return (0, 0)
