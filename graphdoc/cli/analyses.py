"""From the arguments that all commands share to a finished analysis."""

import os
from pathlib import Path

from graphdoc.cli.options import Scope
from graphdoc.cli.output import say
from graphdoc.cli.progress import show_progress
from graphdoc.cli.status import NothingToAnalyse, UsageMistake
from graphdoc.clone import DiskClone
from graphdoc.config import Config, config_for_clones, find_config, load_config, today
from graphdoc.model.clone import Clone
from graphdoc.pipeline import Analysis, analyse
from graphdoc.resolve.detached import find_bypassed

__all__ = ["analyse_clones", "analyse_config", "analyse_estate", "read_config"]


def read_config(scope: Scope) -> Config:
    """The configuration that the options mean.

    Raises:
        ConfigError: it cannot be used.
        UsageMistake: there is none, and no clone is named.
    """
    file = scope.config or find_config(Path())
    if file is None and not scope.clones:
        raise UsageMistake(
            "no graphdoc.yaml here or above; name the clones, as in 'graphdoc check ../launchpad', "
            "or write one with 'graphdoc init'"
        )
    base = load_config(file, os.environ) if file else Config(Path.cwd(), today=today(os.environ))
    return config_for_clones(scope.clones, base) if scope.clones else base


def analyse_estate(scope: Scope) -> Analysis:
    """The analysis of what the options mean.

    Raises:
        NothingToAnalyse: the clones hold nothing that graphdoc knows.
    """
    return analyse_config(read_config(scope))


def analyse_clones(config: Config, clones: tuple[Clone, ...]) -> Analysis:
    """The analysis of clones that need not be as they stand; it may be empty."""
    with show_progress() as progress:
        return analyse(config, progress, clones)


def analyse_config(config: Config, clones: tuple[Clone, ...] | None = None) -> Analysis:
    """The analysis of what a configuration names, or of these clones in its place.

    Raises:
        NothingToAnalyse: the clones hold nothing that graphdoc knows.
    """
    with show_progress() as progress:
        analysis = analyse(config, progress, clones)
    if analysis.is_empty:
        names = ", ".join(r.path for r in config.repositories) or "graphdoc.yaml"
        raise NothingToAnalyse(
            f"nothing to analyse: no Application, kustomization or chart in {names}"
        )
    _tell_of_borrowed_data(analysis)
    for clone, revisions in find_bypassed(analysis.estate) if clones is None else ():
        say(
            f"graphdoc: {clone.path} is on no branch: what follows {', '.join(revisions)} is read"
            " from Git and not from its files; 'git switch -C BRANCH' first to see them"
        )
    return analysis


def _tell_of_borrowed_data(analysis: Analysis) -> None:
    for clone in analysis.estate.clones:
        if isinstance(clone, DiskClone) and clone.has_borrowed_data:
            say(
                f"graphdoc: {clone.path}: parts of its Git data lie elsewhere (alternates, links),"
                " so that it is read as a plain folder; 'git repack -a -d' makes it whole"
            )
