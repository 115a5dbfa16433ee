"""Where ``check`` writes its reports: one to standard output or a file, others beside it."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from graphdoc.cli.options import Command, format_option, pack
from graphdoc.cli.output import (
    append_file,
    has_colour,
    say,
    shown_report,
    to_path,
    write_result,
)
from graphdoc.cli.status import UsageMistake
from graphdoc.model.dataclass import dataclass
from graphdoc.model.mistake import nearest

if TYPE_CHECKING:
    from graphdoc.report.report import Report

__all__ = ["FORMATS", "Reports", "render", "report_options", "tell", "write_others"]

# Those of graphdoc.report, which takes longer to import than to look up what was told before.
FORMATS = ("text", "json", "sarif", "junit", "github", "gitlab", "markdown")
_SUMMARY = "GITHUB_STEP_SUMMARY"


@dataclass(frozen=True, slots=True)
class Reports:
    """The main report and its file, ``None`` for standard output; the others by their files.

    ``cached`` says that a report which was told before may be told again.
    """

    format: str
    output: Path | None = None
    others: tuple[tuple[str, Path], ...] = ()
    cached: bool = True

    @property
    def step_summary(self) -> Path | None:
        """Where GitHub shows a summary of the step, if the report is made of annotations."""
        summary = os.environ.get(_SUMMARY)
        wanted = summary and self.format == "github" and self.output is None
        return Path(summary) if summary and wanted else None


def report_options(command: Command) -> Command:
    """``--format``, ``--output``, which may also be given for single formats, ``--no-cache``."""
    options = (format_option(list(FORMATS), "text"), _OUTPUT, _NO_CACHE)
    return pack("reports", _reports, *options)(command)


def render(report: "Report", reports: Reports) -> str:
    """The main report, as it is shown."""
    from graphdoc.report.findings.reporters import REPORTERS  # noqa: PLC0415 -- see FORMATS

    coloured = reports.format == "text" and has_colour(reports.output)
    text = REPORTERS[reports.format](replace(report, colour=coloured))
    return shown_report(text, reports.format, reports.output)


def write_others(report: "Report", reports: Reports) -> None:
    """The reports beside the main one; annotations for GitHub come with a summary of the step."""
    from graphdoc.report.findings.github import to_step_summary  # noqa: PLC0415
    from graphdoc.report.findings.reporters import REPORTERS  # noqa: PLC0415 -- see FORMATS

    for format_, file in reports.others:
        write_result(REPORTERS[format_](report), file)
    summary = reports.step_summary
    if summary is not None:
        append_file(summary, to_step_summary(report))


def tell(text: str, found: int, reports: Reports) -> tuple[str, ...]:
    """Write the main report in its place, and say where the reports are; what was said."""
    write_result(text, reports.output)
    files = [reports.output] if reports.output is not None else []
    noun = "finding" if found == 1 else "findings"
    files.extend(dict(reports.others).values())
    notes = tuple(f"{found} {noun} in {file.as_posix()}" for file in files)
    for note in notes:
        say(note)
    return notes


def _reports(format_: str, output: tuple[str, ...], *, no_cache: bool) -> Reports:
    reports = Reports(format_, cached=not no_cache)
    for word in output:
        name, equals, path = word.partition("=")
        if not equals or not name.isalnum():
            if reports.output is not None:
                raise UsageMistake("a second --output without a format; give one as FORMAT=FILE")
            reports = replace(reports, output=to_path(word))
            continue
        if name not in FORMATS:
            known = ", ".join(FORMATS)
            raise UsageMistake(f"--output: '{name}' is none of {known}{nearest(name, FORMATS)}")
        if not path or name in dict(reports.others):
            raise UsageMistake(f"--output {word}: {'no file' if not path else 'a second one'}")
        reports = replace(reports, others=(*reports.others, (name, Path(path))))
    return reports


_OUTPUT = click.option(
    "--output",
    multiple=True,
    metavar="FILE|FORMAT=FILE",
    help="Write the result to FILE, not to standard output; FORMAT=FILE: also. Repeatable.",
)
_NO_CACHE = click.option(
    "--no-cache", is_flag=True, help="Analyse anew, even where nothing has changed."
)
