"""Where ``check`` writes its reports: one to standard output or a file, others beside it."""

import os
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path

import click

from graphdoc.cli.options import Command, NearChoice
from graphdoc.cli.output import append_file, has_colour, say, write_result
from graphdoc.cli.status import UsageMistake
from graphdoc.config import nearest
from graphdoc.report import REPORTERS, Report
from graphdoc.report.github import to_step_summary
from graphdoc.report.report import count

__all__ = ["Reports", "report_options", "write_reports"]

_SUMMARY = "GITHUB_STEP_SUMMARY"


@dataclass(frozen=True, slots=True)
class Reports:
    """The main report and its file, ``None`` for standard output; the others by their files."""

    format: str
    output: Path | None = None
    others: tuple[tuple[str, Path], ...] = ()


def report_options(command: Command) -> Command:
    """``--format`` and ``--output``, which may also be given for single formats."""

    @wraps(command)
    def packed(*scope: object, **given: object) -> object:
        format_, outputs = str(given.pop("format_")), given.pop("output")
        return command(*scope, _reports(format_, outputs), **given)

    return _FORMAT(_OUTPUT(packed))


def write_reports(report: Report, reports: Reports) -> None:
    """Every report in its place; annotations for GitHub come with a summary of the step."""
    for format_, file in reports.others:
        write_result(REPORTERS[format_](report), file)
    coloured = reports.format == "text" and has_colour(reports.output)
    text = REPORTERS[reports.format](replace(report, colour=coloured))
    write_result(text, reports.output)
    summary = os.environ.get(_SUMMARY)
    if summary and reports.format == "github" and reports.output is None:
        append_file(Path(summary), to_step_summary(report))
    files = [
        *([reports.output] if reports.output is not None else []),
        *dict(reports.others).values(),
    ]
    for file in files:
        say(f"{count(len(report.findings), 'finding')} in {file.as_posix()}")


def _reports(format_: str, outputs: object) -> Reports:
    reports = Reports(format_)
    for word in outputs if isinstance(outputs, tuple) else ():
        name, equals, path = str(word).partition("=")
        if not equals or not name.isalnum():
            if reports.output is not None:
                raise UsageMistake("a second --output without a format; give one as FORMAT=FILE")
            reports = replace(reports, output=Path(word))
            continue
        if name not in REPORTERS:
            known = ", ".join(REPORTERS)
            raise UsageMistake(f"--output: '{name}' is none of {known}{nearest(name, REPORTERS)}")
        if not path or name in dict(reports.others):
            raise UsageMistake(f"--output {word}: {'no file' if not path else 'a second one'}")
        reports = replace(reports, others=(*reports.others, (name, Path(path))))
    return reports


_FORMAT = click.option(
    "--format",
    "format_",
    type=NearChoice(list(REPORTERS)),
    default="text",
    show_default=True,
    metavar=f"[{'|'.join(REPORTERS)}]",
    help="How the result is written.",
)
_OUTPUT = click.option(
    "--output",
    multiple=True,
    metavar="FILE|FORMAT=FILE",
    help="Write the result to FILE, not to standard output; FORMAT=FILE: also. Repeatable.",
)
