"""Which findings ``check`` tells: rules that are asked for, and what a baseline knows already."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from graphdoc.cli.options import Command, GivenPath, pack
from graphdoc.cli.output import say, write_file
from graphdoc.cli.status import UsageMistake
from graphdoc.config.load import shown_path
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import Finding, Problem
from graphdoc.model.location import Location
from graphdoc.model.mistake import nearest

if TYPE_CHECKING:
    from graphdoc.baseline import Known, KnownFinding
    from graphdoc.pipeline.analysis import Analysis

__all__ = ["Filter", "filter_options", "record"]

_DEFAULT_NAME = "graphdoc-baseline.json"


@dataclass(frozen=True, slots=True)
class Filter:
    """The rules that count, and the findings that are known already.

    Without ``selected`` all rules count but the ``ignored`` ones. ``file`` is where the baseline
    stands or is to be written, ``None`` where none is named; ``records`` says that it is to be
    written.
    """

    selected: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    file: Path | None = None
    baseline: "tuple[KnownFinding, ...]" = ()
    records: bool = False

    def wants(self, finding: Finding) -> bool:
        """Whether the finding's rule counts."""
        rule = finding.rule
        return (not self.selected or rule in self.selected) and rule not in self.ignored

    def apply(self, analysis: "Analysis") -> "Analysis":
        """The analysis with the findings that are left."""
        if not self.baseline:
            return replace(analysis, findings=tuple(filter(self.wants, analysis.findings)))
        from graphdoc.baseline import apply_baseline  # noqa: PLC0415 -- seldom needed

        told = apply_baseline(analysis.findings, self.baseline, analysis.config.today)
        found = (*told.new, *_unused(analysis, told))
        kept = filter(self.wants, found)
        known = tuple(filter(self.wants, told.known))
        ordered = tuple(sorted(kept, key=lambda finding: finding.sort_key))
        ignored = analysis.ignored + len(known)
        return replace(analysis, findings=ordered, ignored=ignored, known=known)


def record(chosen: Filter, analysis: "Analysis") -> None:
    """Write every finding of an analysis into the baseline.

    Raises:
        UsageMistake: the file is something else, or cannot be written.
    """
    from graphdoc.baseline import write_baseline  # noqa: PLC0415 -- seldom needed
    from graphdoc.report.report import count  # noqa: PLC0415

    file = chosen.file or analysis.config.directory / _DEFAULT_NAME
    earlier = _read(file) if file.exists() else ()
    write_file(file, write_baseline(analysis.findings, earlier))
    shown = shown_path(file)
    told = count(len(analysis.findings), "finding")
    say(f"{told} in {shown}; 'graphdoc check --baseline {shown}' counts them as known")


def filter_options(command: Command) -> Command:
    """``--select``, ``--ignore``, ``--baseline`` and ``--write-baseline``."""
    return pack("chosen", _filter, _SELECT, _IGNORE, _BASELINE, _WRITE)(command)


def _unused(analysis: "Analysis", told: "Known") -> Iterator[Finding]:
    """Entries of analysed clones that match nothing, and those whose last day has passed."""
    analysed = {"", *(clone.name for clone in analysis.estate.clones)}
    gone = [entry for entry in told.gone if entry.file.repository in analysed]
    yield from _one_for_all(gone, "matches no finding", "match no finding")
    yield from _one_for_all(told.expired, "has expired", "have expired")


def _one_for_all(entries: "Sequence[KnownFinding]", one: str, many: str) -> Iterator[Finding]:
    """One finding for entries of one fate, each at its line."""
    if entries:
        from graphdoc.pipeline.rulebook import unused_ignore  # noqa: PLC0415 -- seldom needed

        fate = f"1 entry of the baseline {one}"
        if len(entries) > 1:
            fate = f"{len(entries)} entries of the baseline {many}"
        first, *others = (Location(e.span, f"{e.rule} in {e.file}: {e.message}") for e in entries)
        yield Finding(unused_ignore.id, unused_ignore.severity, Problem(fate, first, tuple(others)))


def _filter(
    select: tuple[str, ...], ignore: tuple[str, ...], baseline: Path | None, *, write_baseline: bool
) -> Filter:
    selected, ignored = _rule_ids(select), _rule_ids(ignore)
    if write_baseline and (selected or ignored):
        raise UsageMistake("--write-baseline records every rule; leave out --select, --ignore")
    known = _read(baseline) if baseline is not None and not write_baseline else ()
    return Filter(selected, ignored, baseline, known, write_baseline)


def _rule_ids(words: tuple[str, ...]) -> frozenset[str]:
    ids = frozenset(id_.strip() for word in words for id_ in word.split(",") if id_.strip())
    if ids:
        from graphdoc.pipeline.rulebook import RULE_IDS  # noqa: PLC0415 -- imports every rule

        for id_ in sorted(ids - RULE_IDS):
            raise UsageMistake(f"no rule '{id_}'{nearest(id_, RULE_IDS)}")
    return ids


def _read(file: Path) -> "tuple[KnownFinding, ...]":
    from graphdoc.baseline import BaselineError, read_baseline  # noqa: PLC0415 -- seldom needed

    try:
        return read_baseline(file.read_text("utf-8"), shown_path(file))
    except OSError as error:
        raise UsageMistake(f"{file.as_posix()}: {error.strerror}") from error
    except (BaselineError, UnicodeDecodeError) as error:
        reason = error if isinstance(error, BaselineError) else "not UTF-8"
        raise UsageMistake(f"{file.as_posix()}: {reason}") from error


_SELECT = click.option(
    "--select", multiple=True, metavar="RULE", help="Only this rule; repeatable."
)
_IGNORE = click.option(
    "--ignore", multiple=True, metavar="RULE", help="Without this rule; repeatable."
)
_BASELINE = click.option(
    "--baseline",
    type=GivenPath(dir_okay=False),
    metavar="FILE",
    help="Count the findings of this baseline as known, not as findings.",
)
_WRITE = click.option(
    "--write-baseline",
    is_flag=True,
    help=f"Record today's findings as known, in the file of --baseline or {_DEFAULT_NAME}.",
)
