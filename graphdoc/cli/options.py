"""Options that commands share, packed so that a command is given few values."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TypeAlias

import click

from graphdoc.model.dataclass import dataclass
from graphdoc.model.mistake import nearest

__all__ = ["NearChoice", "Scope", "Target", "result_options", "scope_options"]

Command: TypeAlias = Callable[..., object]


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


def scope_options(*, paths: bool = False) -> Callable[[Command], Command]:
    """``--config`` and ``--repo``, which every command takes, and maybe clones as PATHs."""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def packed(**given: object) -> object:
            config, repositories = given.pop("config"), given.pop("repositories")
            clones = (*_paths(given.pop("clone_paths", ())), *_paths(repositories))
            return command(Scope(config if isinstance(config, Path) else None, clones), **given)

        packed = _CONFIG(_REPO(packed))
        return _PATHS(packed) if paths else packed

    return decorate


def takes_clones(command: click.Command) -> bool:
    """Whether a command's PATHs are clones."""
    return any(parameter.name == "clone_paths" for parameter in command.params)


def result_options(names: list[str], default: str) -> Callable[[Command], Command]:
    """``--format``, one of the names, and ``--output``."""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def packed(*scope: object, **given: object) -> object:
            format_, output = str(given.pop("format_")), given.pop("output")
            target = Target(format_, output if isinstance(output, Path) else None)
            return command(*scope, target, **given)

        return _format_option(names, default)(_OUTPUT(packed))

    return decorate


def _paths(value: object) -> tuple[Path, ...]:
    return (
        tuple(item for item in value if isinstance(item, Path)) if isinstance(value, tuple) else ()
    )


def _format_option(names: list[str], default: str) -> Callable[[Command], Command]:
    return click.option(
        "--format",
        "format_",
        type=NearChoice(names),
        default=default,
        show_default=True,
        metavar=f"[{'|'.join(names)}]",
        help="How the result is written.",
    )


_PATHS = click.argument(
    "clone_paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]..."
)
_CONFIG = click.option(
    "--config",
    "config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Read this file instead of the nearest graphdoc.yaml.",
)
_REPO = click.option(
    "--repo",
    "repositories",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Analyse this clone instead of the configured ones; repeatable.",
)
_OUTPUT = click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the result to this file instead of standard output.",
)
