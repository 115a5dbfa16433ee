"""Which findings ``check`` tells: rules that are asked for, and what a baseline knows already."""

from collections import Counter
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path

import click

from graphdoc.baseline import BaselineError, apply_baseline, read_baseline
from graphdoc.cli.options import Command
from graphdoc.cli.output import shown_path
from graphdoc.cli.status import UsageMistake
from graphdoc.config import nearest
from graphdoc.model.finding import Finding, Problem
from graphdoc.model.location import Location, SourceFile, file_start
from graphdoc.pipeline import RULE_IDS, Analysis, unused_ignore

__all__ = ["Filter", "filter_options"]


@dataclass(frozen=True, slots=True)
class Filter:
    """The rules that count, and the findings that are known already."""

    rules: frozenset[str]
    known: Counter[str]
    baseline: str = ""

    def apply(self, analysis: Analysis) -> Analysis:
        """The analysis with the findings that are left."""
        told = apply_baseline(analysis.findings, self.known)
        found = [*told.findings, *([self._gone(told.gone)] if told.gone else [])]
        found = [finding for finding in found if finding.rule in self.rules]
        ordered = tuple(sorted(found, key=lambda finding: finding.sort_key))
        return replace(analysis, findings=ordered, ignored=analysis.ignored + told.known)

    def _gone(self, number: int) -> Finding:
        verb = "matches" if number == 1 else "match"
        noun = "1 entry" if number == 1 else f"{number} entries"
        place = Location(file_start(SourceFile("", self.baseline)))
        message = f"{noun} of the baseline {verb} no finding"
        return Finding(unused_ignore.id, unused_ignore.severity, Problem(message, place))


def filter_options(command: Command) -> Command:
    """``--select``, ``--ignore`` and ``--baseline``."""

    @wraps(command)
    def packed(*given: object, **options: object) -> object:
        selected, ignored = (_rule_ids(options.pop(name)) for name in ("select", "ignore"))
        baseline = options.pop("baseline")
        known = _read(baseline) if isinstance(baseline, Path) else Counter[str]()
        shown = shown_path(baseline) if isinstance(baseline, Path) else ""
        chosen = Filter((selected or RULE_IDS) - ignored, known, shown)
        return command(*given, chosen, **options)

    return _SELECT(_IGNORE(_BASELINE(packed)))


def _rule_ids(words: object) -> frozenset[str]:
    texts = words if isinstance(words, tuple) else ()
    ids = frozenset(id_.strip() for word in texts for id_ in str(word).split(",") if id_.strip())
    for id_ in sorted(ids - RULE_IDS):
        raise UsageMistake(f"no rule '{id_}'{nearest(id_, RULE_IDS)}")
    return ids


def _read(file: Path) -> Counter[str]:
    try:
        return read_baseline(file.read_text("utf-8"))
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
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Without the findings of this earlier JSON report.",
)
