"""From the options that all commands share to a configuration."""

import os
from collections.abc import Mapping
from pathlib import Path

import click

from graphdoc.cli.options import Scope, takes_clones
from graphdoc.cli.status import UsageMistake
from graphdoc.config import Config, config_for_clones, find_config, load_config, today
from graphdoc.config.load import shown_path

__all__ = ["read_config"]


def read_config(scope: Scope, environment: Mapping[str, str] = os.environ) -> Config:
    """The configuration that the options mean.

    Raises:
        ConfigError: it cannot be used.
        UsageMistake: there is none, and no clone is named.
    """
    file = scope.config or find_config(Path())
    if file is None and not scope.clones:
        raise UsageMistake(
            f"no graphdoc.yaml here or above; name the clones, as in '{_example()}', "
            "or write one with 'graphdoc init'"
        )
    base = load_config(file, environment) if file else Config(Path.cwd(), today=today(environment))
    if scope.clones:
        return config_for_clones(scope.clones, base)
    if file is not None and not base.repositories:
        raise UsageMistake(
            f"{shown_path(file)} names no repositories; add them, or name the clones, as in "
            f"'{_example()}'"
        )
    return base


def _example() -> str:
    """How the running command is told its clones."""
    context = click.get_current_context()
    option = "" if takes_clones(context.command) else "--repo "
    return f"{context.command_path} {option}../launchpad"
