"""The command line as a whole: which commands there are, and how every one of them ends."""

import atexit
import gc
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from types import FunctionType
from typing import NoReturn

import click

from graphdoc import __version__
from graphdoc.cli.help import help_width, write_help
from graphdoc.cli.speech import is_lost_reader, say, silence_stdout
from graphdoc.cli.status import ExitStatus
from graphdoc.model.mistake import ConfigError, nearest

__all__ = ["cli", "main", "run"]

# One line each here, so that --help imports none of the commands.
_COMMANDS = {
    "build": "Analyse the clones and build the site.",
    "check": "Say what is wrong, with file and line.",
    "diff": "Compare the architecture between two Git revisions.",
    "docs": "Keep the managed blocks of Markdown documents up to date.",
    "drift": "Compare the clones with the recorded architecture.",
    "explain": "Show one node with all its relations, or a rule's page.",
    "graph": "Write the dependency graph.",
    "impact": "Say which Applications a change reaches.",
    "init": "Write graphdoc.yaml from what the clones show.",
    "pages": "Write the generated pages for another site generator.",
    "render": "Write what Kustomize, Helm and Argo CD would make of a directory.",
    "serve": "Serve the site on loopback and rebuild it on every change.",
    "values": "Show effective Helm values, each with the line that set it.",
}
_INTERRUPTED = 130
_TRACEBACK = "GRAPHDOC_TRACEBACK"
# Importing a command makes so many objects that the collector's own default would look at all of
# them every few milliseconds, and find nothing.
_COLLECTOR_THRESHOLD = 500_000
_FRAME_SLOTS = 40_000  # of eight bytes; memory that is not used costs nothing


class _LazyCommands(click.Group):
    """Commands that are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"graphdoc.cli.commands.{cmd_name}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name not in _COMMANDS and not name.startswith("-"):
            ctx.fail(f"no command '{name}'{nearest(name, _COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        write_help(self.help or "", formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


@click.command(cls=_LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="graphdoc", message="%(prog)s %(version)s")
def cli() -> None:
    """Dependency graph, findings, drift and documentation of an Argo CD estate.

    Reads local clones, with no network and no cluster. Every command reads graphdoc.yaml from the
    working directory or the nearest parent.

    Exit status: 0 clean, 1 findings or drift, 2 bad usage or configuration, 3 nothing to analyse.

    Examples:
      graphdoc check ../launchpad ../forte-helm
      graphdoc init ../launchpad ../forte-helm && graphdoc build
    """


def main() -> NoReturn:
    """Run the command line and end the process."""
    gc.set_threshold(_COLLECTOR_THRESHOLD)
    _open_streams()
    _end(_with_room(run)(sys.argv[1:]))


def _open_streams() -> None:
    """Python has none where they are closed; nobody reads, then, and that is all."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123


def _with_room(outermost: Callable[[Sequence[str]], int]) -> Callable[[Sequence[str]], int]:
    """The same function, with a frame that makes room for those of all calls below it.

    CPython keeps frames in chunks of 16 KiB, each taken from the system when a call needs it and
    given back at the return, so that calls beyond the end of a chunk cost several times as much.
    The chunk that holds a frame of many slots is large enough for the others.
    """
    code = outermost.__code__.replace(co_stacksize=_FRAME_SLOTS)
    return FunctionType(code, globals())


def _end(status: int) -> NoReturn:
    """End at once: to free millions of objects one by one, as Python does, takes a while."""
    atexit._run_exitfuncs()  # workers are stopped, temporary folders removed
    with suppress(OSError):
        sys.stderr.flush()
    os._exit(status)


def run(arguments: Sequence[str]) -> int:
    """Run the command line; the answer is the exit status."""
    try:
        status = _run(arguments)
    except Exception as error:
        if os.environ.get(_TRACEBACK):
            raise
        say(_bug_report(error))
        status = ExitStatus.USAGE
    return _flushed(status)


def _run(arguments: Sequence[str]) -> int:
    """The exit status; what the user can mend is told in one line."""
    try:
        answer = cli.main(
            list(arguments), "graphdoc", standalone_mode=False, terminal_width=help_width(),
            obj=tuple(arguments),
        )  # fmt: skip
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        say(error.format_message())
    except click.ClickException as error:
        say(f"{_command_path(error)}: {_told(error)}")
        return error.exit_code if error.exit_code > 1 else ExitStatus.USAGE
    except ConfigError as error:
        say(f"graphdoc: {error}")
    except OSError as error:  # a full disk, a folder that went away meanwhile
        place = f"{error.filename}: " if error.filename else ""
        say(f"graphdoc: {place}{error.strerror or error}")
    except click.Abort:
        return _INTERRUPTED
    else:
        return int(answer or 0)
    return ExitStatus.USAGE


def _bug_report(error: Exception) -> str:
    """Where a bug showed; its own words and the lines around it may hold text of a repository."""
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = type(error).__name__
    if place:
        code = place.tb_frame.f_code
        file = os.path.basename(code.co_filename)  # noqa: PTH119 -- pathlib takes long to import
        where += f" in {file}:{place.tb_lineno}, {code.co_name}"
    return f"graphdoc: a bug, please report it: {where} ({_TRACEBACK}=1 shows more)"


def _command_path(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return context.command_path if isinstance(context, click.Context) else "graphdoc"


def _told(error: click.ClickException) -> str:
    """What click refuses; in our words where it would offer options that are alike by dashes."""
    if not isinstance(error, click.NoSuchOption) or error.ctx is None:
        return error.format_message()
    options = (name for parameter in error.ctx.command.params for name in parameter.opts)
    long = (name.removeprefix("--") for name in options if name.startswith("--"))
    near = nearest(error.option_name.removeprefix("--"), long).replace("'", "'--", 1)
    return f"no option '{error.option_name}'{near}"


def _flushed(status: int) -> int:
    """The status, once everything is written; a reader that went away is no error."""
    try:
        sys.stdout.flush()
    except OSError as error:
        if not is_lost_reader(error):
            os.write(2, f"graphdoc: {error.strerror}\n".encode())
            return ExitStatus.USAGE
        silence_stdout()
    return status
