"""What the same command line has told before, told again where nothing has changed.

This comes before all that takes long to import: click, and whoever reads the configuration.
"""

import os
import sys
import time
from collections.abc import Sequence

from graphdoc.cache import Told, find_store, result_key, sign
from graphdoc.cli.speech import say, write_stream

__all__ = ["tell_again"]

_USAGE = 2


def tell_again(arguments: Sequence[str]) -> int | None:
    """Tell what the same command line told before; the exit status, ``None`` if it has to run."""
    is_heard = sys.stdout is not None and sys.stderr is not None
    told = _recall(arguments) if is_heard else None
    if told is None or not _write_file(told):
        return None
    for line in told.remarks:
        say(line)
    try:
        write_stream((told.text,) if told.output is None else ())
    except OSError as error:  # a full disk
        say(f"graphdoc: {error.strerror}")
        return _USAGE
    for line in told.notes:
        say(line)
    return told.status


def _recall(arguments: Sequence[str]) -> Told | None:
    store, key = find_store(os.environ), result_key(arguments, os.environ)
    result = store.read(key) if store is not None and key is not None else None
    if result is None:
        return None
    now = sign(result.dependencies, os.environ, time.time_ns())
    return result.told if now == result.signature else None


def _write_file(told: Told) -> bool:
    """Write a report that goes to a file; whoever runs the command says why it cannot be."""
    if told.output is None:
        return True
    from pathlib import Path  # noqa: PLC0415 -- slow, and most reports go to the screen

    from graphdoc.cli.output import write_file  # noqa: PLC0415
    from graphdoc.cli.status import UsageMistake  # noqa: PLC0415

    try:
        write_file(Path(told.output), told.text)
    except UsageMistake:
        return False
    return True
