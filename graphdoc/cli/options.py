"""Options that commands share, packed so that a command is given few values."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from graphdoc.cli.output import to_path
from graphdoc.model.dataclass import dataclass
from graphdoc.model.mistake import nearest

if TYPE_CHECKING:
    from os import PathLike

__all__ = [
    "Command", "GivenPath", "NearChoice", "Scope", "Target", "format_option", "pack",
    "result_options", "scope_options", "takes_clones",
]  # fmt: skip

Command: TypeAlias = Callable[..., object]
_Decorator: TypeAlias = Callable[[Command], Command]


@dataclass(frozen=True, slots=True)
class Scope:
    """What to analyse: a configuration, or the clones that were named instead of its own."""

    config: Path | None
    clones: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """How the result is written, and where to; ``None`` is standard output."""

    format: str
    output: Path | None = None


class NearChoice(click.Choice[str]):
    """One of a closed list of words; a mistake is answered with the nearest."""

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """The word itself."""
        word = str(value)
        names = [str(choice) for choice in self.choices]
        if word not in names:
            self.fail(f"'{word}' is none of {', '.join(names)}{nearest(word, names)}", param, ctx)
        return word


class GivenPath(click.Path):
    """A path that was given; an empty one, of a variable without a value, is no directory."""

    def __init__(self, *, file_okay: bool = True, dir_okay: bool = True) -> None:
        super().__init__(path_type=Path, file_okay=file_okay, dir_okay=dir_okay)

    def convert(
        self, value: "str | PathLike[str]", param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> "str | bytes | PathLike[str]":  # fmt: skip
        """The path."""
        if value == "":
            self.fail("an empty PATH", param, ctx)
        return super().convert(value, param, ctx)


def pack(name: str, build: Callable[..., object], *options: _Decorator) -> _Decorator:
    """Hand a command what its options are built into, by one name, in place of them all."""
    asked = tuple(signature(build).parameters)

    def decorate(command: Command) -> Command:
        @wraps(command)
        def packed(**given: object) -> object:
            own = {key: given.pop(key) for key in asked if key in given}
            return command(**given, **{name: build(**own)})

        made: Command = packed
        for option in reversed(options):
            made = option(made)
        return made

    return decorate


def scope_options(*, paths: bool = False) -> _Decorator:
    """``--config`` and ``--repo``, which every command takes, and maybe clones as PATHs."""
    return pack("scope", _scope, *((_PATHS,) if paths else ()), _CONFIG, _REPO)


def takes_clones(command: click.Command) -> bool:
    """Whether a command's PATHs are clones."""
    return any(parameter.name == "clone_paths" for parameter in command.params)


def result_options(names: list[str], default: str) -> _Decorator:
    """``--format``, one of the names, and ``--output``."""
    return pack("target", _target, format_option(names, default), _OUTPUT)


def _scope(
    config: Path | None, repositories: tuple[Path, ...], clone_paths: tuple[Path, ...] = ()
) -> Scope:
    return Scope(config, (*clone_paths, *repositories))


def _target(format_: str, output: Path | None) -> Target:
    return Target(format_, output)


def format_option(names: list[str], default: str) -> _Decorator:
    """``--format``, one of the names."""
    return click.option(
        "--format",
        "format_",
        type=NearChoice(names),
        default=default,
        show_default=True,
        metavar=f"[{'|'.join(names)}]",
        help="How the result is written.",
    )


_PATHS = click.argument("clone_paths", nargs=-1, type=GivenPath(), metavar="[PATH]...")
_CONFIG = click.option(
    "--config",
    "config",
    type=GivenPath(),
    metavar="FILE",
    help="Read this file instead of the nearest graphdoc.yaml.",
)
_REPO = click.option(
    "--repo",
    "repositories",
    multiple=True,
    type=GivenPath(),
    metavar="PATH",
    help="Analyse this clone instead of the configured ones; repeatable.",
)
_OUTPUT = click.option(
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True),
    callback=lambda _context, _option, word: to_path(word) if word else None,
    metavar="FILE",
    help="Write the result to this file instead of standard output.",
)
