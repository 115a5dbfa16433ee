"""Exit statuses, and the errors that end a command with one line."""

from enum import IntEnum

import click

__all__ = ["ExitStatus", "NothingToAnalyse", "UsageMistake"]


class ExitStatus(IntEnum):
    """What the process returns."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    NOTHING = 3


class UsageMistake(click.ClickException):
    """The command cannot do what it was asked for."""

    exit_code = ExitStatus.USAGE


class NothingToAnalyse(click.ClickException):
    """The clones hold nothing that graphdoc knows."""

    exit_code = ExitStatus.NOTHING
