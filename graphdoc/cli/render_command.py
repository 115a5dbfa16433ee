"""``graphdoc render``."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from graphdoc.cli.analyses import read_config
from graphdoc.cli.help import PagedCommand
from graphdoc.cli.options import NearChoice, Scope, scope_options
from graphdoc.cli.output import say, write_stream
from graphdoc.cli.status import ExitStatus, UsageMistake
from graphdoc.config import Config, find_config
from graphdoc.model.inert import inert
from graphdoc.pipeline.memory import deep_trees
from graphdoc.pipeline.render import Renderer, Rendering
from graphdoc.report.rendering import to_json_line, to_yaml_documents

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
@scope_options()
def command(
    scope: Scope, paths: tuple[str, ...], format_: str, *, origins: bool, enable_helm: bool
) -> ExitStatus:
    """Write what Kustomize, Helm and Argo CD would make of a directory.

    A PATH is a directory with a kustomization, a chart, or plain manifests; or an Application by
    its name or id. "-" reads PATHs from standard input, one a line. Values of Secrets are hidden.
    The exit status is 1 where a PATH failed.

    Examples:
      graphdoc render infra/overlays/upc-prod
      graphdoc render application:upc-dev/musicman --origins
      find . -name kustomization.yaml | graphdoc render --format jsonl -
    """
    renderer = Renderer(_config(scope), enable_helm)
    failed: list[str] = []
    with deep_trees():
        write_stream(_pieces(renderer, paths, failed, as_json=format_ == "jsonl", origins=origins))
    return ExitStatus.FINDINGS if failed else ExitStatus.CLEAN


def _config(scope: Scope) -> Config | None:
    """Directories need no configuration; Applications do."""
    if scope.config is None and not scope.clones and find_config(Path()) is None:
        return None
    return read_config(scope)


def _pieces(
    renderer: Renderer, paths: tuple[str, ...], failed: list[str], *, as_json: bool, origins: bool
) -> Iterator[str]:
    for path in _each_path(paths):
        rendering = renderer.render(path)
        if rendering.error is not None:
            failed.append(path)
        if as_json:
            yield to_json_line(
                path,
                rendering.resources,
                rendering.not_understood,
                rendering.error,
                origins=origins,
            )
        else:
            _say_trouble(rendering)
            yield from to_yaml_documents(rendering.resources, origins=origins)


def _say_trouble(rendering: Rendering) -> None:
    for note in rendering.not_understood:
        say(f"graphdoc render: {inert(rendering.path)}: {note.location}: {note.reason}")
    if rendering.error is not None:
        say(f"graphdoc render: {inert(rendering.path)}: {rendering.error}")


def _each_path(paths: tuple[str, ...]) -> Iterator[str]:
    for path in paths:
        if path == "-":
            yield from (line.rstrip("\r\n") for line in sys.stdin if line.strip())
        elif not path:
            raise UsageMistake("an empty PATH")
        else:
            yield path
