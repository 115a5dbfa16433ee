"""``graphdoc build``."""

from pathlib import Path

import click

from graphdoc.cli.analyses import analyse_estate
from graphdoc.cli.help import PagedCommand
from graphdoc.cli.options import GivenPath, Scope, scope_options
from graphdoc.cli.output import say
from graphdoc.cli.replace import replaced_directory
from graphdoc.cli.status import ExitStatus, UsageMistake
from graphdoc.config import Config
from graphdoc.config.load import shown_path
from graphdoc.model.finding import Severity
from graphdoc.pipeline.analysis import Analysis
from graphdoc.pipeline.changes.revisions import RevisionError
from graphdoc.pipeline.changes.since import compare_since
from graphdoc.pipeline.publish import to_site_input
from graphdoc.report.report import count
from graphdoc.site.atlas.input import Comparison
from graphdoc.site.mkdocs.build import SiteError, SiteResult, build_site

__all__ = ["command", "mkdocs_file", "written_pages"]


@click.command("build", cls=PagedCommand)
@click.option(
    "--site",
    "place",
    type=GivenPath(file_okay=False),
    metavar="DIR",
    help="Where the site goes.  [default: site, beside graphdoc.yaml]",
)
@click.option(
    "--since",
    metavar="WHEN",
    help="Show what changed since a revision, a day, or a period such as 7d.",
)
@click.option(
    "--check",
    "checked",
    is_flag=True,
    help="Exit with 1 where a link or anchor is broken, or a page asks the network.",
)
@click.option("--strict", is_flag=True, help="As --check, and where the estate has errors.")
@scope_options(paths=True)
def command(
    scope: Scope, place: Path | None, since: str | None, *, checked: bool, strict: bool
) -> ExitStatus:
    """Analyse the clones and build the site, then check its links and requests to the outside.

    What the check finds in the built pages is always told; --check makes it the exit status.

    A mkdocs.yml beside graphdoc.yaml that uses the graphdoc plugin is followed; without one the
    built-in settings serve, and handwritten pages are taken from docs_src. The old site stays until
    the new one is complete.

    PATHs are clones; without any, those of graphdoc.yaml are read.

    Examples:
      graphdoc build
      graphdoc build --check
      graphdoc build --site public --strict
      graphdoc build --since 7d
    """
    analysis = analyse_estate(scope)
    output = place or analysis.config.directory / "site"
    result = _build(analysis, output, since)
    _say_result(analysis, result, output)
    has_errors = any(finding.severity is Severity.ERROR for finding in analysis.findings)
    failed = (strict and has_errors) or ((strict or checked) and bool(result.problems))
    return ExitStatus.FINDINGS if failed else ExitStatus.CLEAN


def mkdocs_file(config: Config) -> Path | None:
    """The project's own ``mkdocs.yml``, where it uses the plugin."""
    file = config.directory / "mkdocs.yml"
    return file if file.is_file() and b"graphdoc" in file.read_bytes() else None


def written_pages(config: Config) -> Path | None:
    """The folder of handwritten pages, where no ``mkdocs.yml`` names one."""
    folder = config.directory / "docs_src"
    return folder if folder.is_dir() and mkdocs_file(config) is None else None


def _build(analysis: Analysis, output: Path, since: str | None) -> SiteResult:
    when = since or analysis.config.site.since
    compared = _compare(analysis, when, "--since" if since else "site.since") if when else None
    kept = (Path(), analysis.config.directory, *(r.root for r in analysis.config.repositories))
    with replaced_directory(output, kept) as fresh:
        try:
            config = analysis.config
            given = to_site_input(analysis, compared)
            return build_site(given, fresh, written_pages(config), mkdocs_file(config))
        except SiteError as error:
            raise UsageMistake(f"the site cannot be built: {error}") from error


def _compare(analysis: Analysis, since: str, said: str) -> Comparison:
    try:
        return compare_since(analysis, since)
    except RevisionError as error:
        raise UsageMistake(f"{said}: {error}") from error


def _say_result(analysis: Analysis, result: SiteResult, output: Path) -> None:
    for warning in result.warnings:
        say(f"graphdoc build: {warning}")
    for problem in result.problems:
        say(f"graphdoc build: {problem}")
    totals = ", ".join(
        count(sum(f.severity is severity for f in analysis.findings), word)
        for severity, word in ((Severity.ERROR, "error"), (Severity.WARNING, "warning"))
    )
    where, faults = shown_path(output), len(result.problems)
    found = f"; {count(faults, 'problem')} in the pages" if faults else ""
    say(f"{count(result.pages, 'page')} in {where}; {totals} in the estate{found}")
