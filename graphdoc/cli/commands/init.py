"""``graphdoc init``."""

from pathlib import Path

import click

from graphdoc.cli.analyses import analyse_config
from graphdoc.cli.help import PagedCommand
from graphdoc.cli.options import Scope, scope_options
from graphdoc.cli.output import say, write_file
from graphdoc.cli.status import UsageMistake
from graphdoc.config import CONFIG_NAME, Config, config_for_clones
from graphdoc.config.load import shown_path
from graphdoc.pipeline.analysis import to_report
from graphdoc.pipeline.initial import initial_config
from graphdoc.report.findings.text import coverage_lines
from graphdoc.report.report import count

__all__ = ["command"]


@click.command("init", cls=PagedCommand)
@click.option("--force", is_flag=True, help="Overwrite a graphdoc.yaml that is there.")
@scope_options(paths=True)
def command(scope: Scope, *, force: bool) -> None:
    """Write graphdoc.yaml from what the clones show.

    PATHs are clones, or folders that hold clones; without any, the working directory is looked at.
    Roots are written as patterns, so that a new cluster is noticed.

    Examples:
      graphdoc init ../launchpad ../forte-helm ../helm-prod-values
      graphdoc init .. --force
    """
    file = scope.config or Path(CONFIG_NAME)
    if file.exists() and not force:
        raise UsageMistake(f"{file.as_posix()} is there already; --force overwrites it")
    base = Config(file.resolve().parent)
    analysis = analyse_config(config_for_clones(scope.clones or (Path(),), base))
    write_file(file, initial_config(analysis))
    clusters, clones = len(analysis.estate.clusters), len(analysis.estate.clones)
    where = shown_path(file)
    say(f"wrote {where}: {count(clones, 'clone')}, {count(clusters, 'cluster')}")
    report = to_report(analysis, ())
    say("\n".join(coverage_lines(report.coverage, report.place)))
