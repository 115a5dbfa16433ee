"""Help pages: what a command's docstring says, with its examples line by line."""

import inspect

import click

__all__ = ["PagedCommand", "write_help"]

_EXAMPLES = "\nExamples:\n"


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
