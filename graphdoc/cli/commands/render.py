"""``graphdoc render``."""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from graphdoc.cli.help import PagedCommand
from graphdoc.cli.options import NearChoice, Scope, scope_options
from graphdoc.cli.output import say, write_stream
from graphdoc.cli.render_jobs import Rendered, Task, render_each
from graphdoc.cli.scope import read_config
from graphdoc.cli.status import ExitStatus, UsageMistake
from graphdoc.config import Config, find_config
from graphdoc.pipeline.memory import deep_trees

__all__ = ["command"]


@click.command("render", cls=PagedCommand)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format",
    "format_",
    type=NearChoice(["yaml", "jsonl"]),
    default="yaml",
    show_default=True,
    metavar="[yaml|jsonl]",
    help="YAML documents, or one JSON object a PATH.",
)
@click.option("--origins", is_flag=True, help="Say where each value was written.")
@click.option("--enable-helm", is_flag=True, help="Render helmCharts, as Kustomize's own option.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="Processes that share the PATHs.",
)
@scope_options()
def command(  # noqa: PLR0913 -- one an option
    scope: Scope, paths: tuple[str, ...], format_: str, *, origins: bool, enable_helm: bool,
    jobs: int,
) -> ExitStatus:  # fmt: skip
    """Write what Kustomize, Helm and Argo CD would make of a directory.

    A PATH is a directory with a kustomization, a chart, or plain manifests; or an Application by
    its name or id. "-" reads PATHs from standard input, one a line. Values of Secrets are hidden.
    The exit status is 1 where a PATH failed.

    Examples:
      graphdoc render infra/overlays/upc-prod
      graphdoc render application:upc-dev/musicman --origins
      find . -name kustomization.yaml | graphdoc render --format jsonl -
    """
    task = Task(_config(scope), enable_helm, format_ == "jsonl", origins)
    failed: list[bool] = []
    with deep_trees():
        write_stream(_pieces(render_each(task, _each_path(paths), jobs), failed))
    return ExitStatus.FINDINGS if failed else ExitStatus.CLEAN


def _config(scope: Scope) -> Config | None:
    """Directories need no configuration; Applications do."""
    if scope.config is None and not scope.clones and find_config(Path()) is None:
        return None
    return read_config(scope)


def _pieces(results: Iterable[Rendered], failed: list[bool]) -> Iterator[str]:
    for rendered in results:
        failed += [True] if rendered.has_failed else []
        for line in rendered.said:
            say(line)
        yield from rendered.pieces


def _each_path(paths: tuple[str, ...]) -> Iterator[str]:
    for path in paths:
        if path == "-":
            if sys.stdin is None:
                raise UsageMistake("standard input is closed")
            # As names of files are spelled, not as the console spells text.
            lines = map(os.fsdecode, sys.stdin.buffer)
            yield from (line.rstrip("\r\n") for line in lines if line.strip())
        elif not path:
            raise UsageMistake("an empty PATH")
        else:
            yield path
