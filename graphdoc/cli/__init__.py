"""Arguments in, exit status out. Nothing here analyses anything."""

import os  # and no more than this: an interrupt meanwhile would show a traceback
import sys

__all__ = ["main", "run"]

_INTERRUPTED = 130


def main() -> None:
    """Run the command line and end the process, at once where somebody interrupts the start."""
    try:
        status = _tell_again(sys.argv[1:])
        if status is not None:
            os._exit(status)
        from graphdoc.cli import app  # noqa: PLC0415 -- takes most of the start

        app.main()
    except KeyboardInterrupt:
        os._exit(_INTERRUPTED)


def run(arguments: list[str] | tuple[str, ...]) -> int:
    """Run the command line; the answer is the exit status."""
    status = _tell_again(list(arguments))
    if status is not None:
        return status
    from graphdoc.cli import app  # noqa: PLC0415

    return app.run(arguments)


def _tell_again(arguments: list[str]) -> int | None:
    """What ``check`` has told before and can tell again; ``None`` where it has to run."""
    if arguments[:1] != ["check"]:
        return None
    from graphdoc.cli.recall import tell_again  # noqa: PLC0415 -- for this command alone

    return tell_again(arguments)
