"""``graphdoc docs``."""

from pathlib import Path

import click

from graphdoc.cli.analyses import analyse_estate
from graphdoc.cli.help import PagedCommand
from graphdoc.cli.options import GivenPath, Scope, scope_options
from graphdoc.cli.output import say, write_result
from graphdoc.cli.status import ExitStatus, UsageMistake
from graphdoc.clone.rewrite import RewriteError
from graphdoc.graph.blocks.documents import StaleBlock
from graphdoc.model.inert import inert
from graphdoc.pipeline.analysis import Analysis
from graphdoc.pipeline.changes.touched import UnknownPathError
from graphdoc.pipeline.documents import DocumentState, find_documents
from graphdoc.report.report import count

__all__ = ["command"]


@click.command("docs", cls=PagedCommand)
@click.argument("paths", nargs=-1, type=GivenPath(), metavar="[PATH]...")
@click.option("--write", is_flag=True, help="Bring the blocks up to date.")
@click.option("--check", is_flag=True, help="Exit with 1 where a block is stale; write nothing.")
@scope_options()
def command(scope: Scope, paths: tuple[Path, ...], *, write: bool, check: bool) -> ExitStatus:
    """Keep the managed blocks of Markdown documents up to date.

    Between the comments "<!-- graphdoc: table applications cluster=dev -->" and
    "<!-- /graphdoc -->" stands what the repositories say; nothing else in a document is touched.
    A block is a table, a list or a tree of applications, applicationsets, charts, clusters,
    hosts, images, kustomizations, namespaces, policies, projects, repositories, sealedsecrets,
    secrets or values. "cluster=dev", "name=team-*" or any attribute choose among them,
    "columns=name,wave,hosts" the columns of a table.

    PATHs are Markdown files or folders; without any, those of the clones, beside graphdoc.yaml
    and below docs_src are meant. Without an option the stale blocks are told.

    Examples:
      graphdoc docs --write
      graphdoc docs --check
      graphdoc docs ../launchpad/README.md --write
    """
    if write and check:
        raise UsageMistake("name either --write or --check")
    analysis = analyse_estate(scope)
    try:
        states = tuple(find_documents(analysis, paths))
    except UnknownPathError as error:
        raise UsageMistake(str(error)) from error
    if write:
        left = sum(map(_write, states))
    else:
        left = sum(len(state.stale) for state in states)
        write_result("".join(map(_told, states)), None)
    _summarise(states, left, analysis)
    return ExitStatus.FINDINGS if left and (write or check) else ExitStatus.CLEAN


def _write(state: DocumentState) -> int:
    """Write one document; how many of its blocks are still stale."""
    for line in _lines(state, state.unknown):
        say(line)
    if state.after == state.before:
        return len(state.unknown)
    try:
        state.write()
    except RewriteError as error:
        say(f"not written: {state.clone.name}/{error}".replace(": /", ": "))
        return len(state.stale)
    say(f"written: {state.place}")
    return len(state.unknown)


def _told(state: DocumentState) -> str:
    return "".join(f"{line}\n" for line in _lines(state, state.stale))


def _lines(state: DocumentState, blocks: tuple[StaleBlock, ...]) -> list[str]:
    return [
        inert(f"{state.place}:{block.span.line}: block '{block.order}' is stale: {block.reason}")
        for block in blocks
    ]


def _summarise(states: tuple[DocumentState, ...], left: int, analysis: Analysis) -> None:
    blocks = sum(state.blocks for state in states)
    say(f"{count(blocks, 'block')} in {count(len(states), 'document')}, {left} stale")
    skipped = len(analysis.coverage.not_understood)
    if blocks and skipped:
        say(f"{skipped} not understood; 'graphdoc check' says what")
