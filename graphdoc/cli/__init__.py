"""Arguments in, exit status out. Nothing here analyses anything."""

import os  # and no more: an interrupt meanwhile would show a traceback

__all__ = ["main", "run"]

_INTERRUPTED = 130


def main() -> None:
    """Run the command line and end the process, at once where somebody interrupts the start."""
    try:
        from graphdoc.cli import app  # noqa: PLC0415 -- takes most of the start

        app.main()
    except KeyboardInterrupt:
        os._exit(_INTERRUPTED)


def run(arguments: list[str] | tuple[str, ...]) -> int:
    """Run the command line; the answer is the exit status."""
    from graphdoc.cli import app  # noqa: PLC0415

    return app.run(arguments)
