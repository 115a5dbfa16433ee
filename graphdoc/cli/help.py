"""Help pages: what a command's docstring says, with its examples line by line."""

import inspect
import os
import sys

import click

__all__ = ["PagedCommand", "help_width", "write_help"]

_EXAMPLES = "\nExamples:\n"
_NARROWEST, _USUAL, _MARGIN = 50, 80, 2


class PagedCommand(click.Command):
    """A command whose docstring may end with a part of examples, shown as written."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The docstring, its paragraphs wrapped and its examples left alone."""
        write_help(self.help or "", formatter)


def write_help(text: str, formatter: click.HelpFormatter) -> None:
    """Text as a help page shows it."""
    prose, _, examples = inspect.cleandoc(text).partition(_EXAMPLES)
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(prose.strip())
    if examples:
        with formatter.section("Examples"):
            for line in inspect.cleandoc(examples).splitlines():
                formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


def help_width() -> int:
    """How wide click makes a help page; it asks shutil, which takes as long as the page."""
    return max(min(_columns(), _USUAL) - _MARGIN, _NARROWEST)


def _columns() -> int:
    named = os.environ.get("COLUMNS", "")
    if named.isdecimal() and int(named):
        return int(named)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or _USUAL  # type: ignore[union-attr] # AttributeError
    except (AttributeError, ValueError, OSError):  # no terminal, or none any more
        return _USUAL
