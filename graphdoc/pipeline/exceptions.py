"""What the team decided about findings: severities of its own, rules off, and lines allowed.

A line is allowed by ``# graphdoc: allow <rule> -- <reason>`` on it or alone on the line above, in
Markdown by the same in an HTML comment; ``expires: 2027-01-31`` before the reason is the last day.
An exception that excepts nothing or has expired is a finding itself, so that none outlives its
cause.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from datetime import date
from typing import NamedTuple

from graphdoc.config.values import Config, RuleSetting
from graphdoc.model.clone import Clone, UnreadableError
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import Finding, Problem
from graphdoc.model.location import Location, SourceFile, Span
from graphdoc.model.mistake import nearest
from graphdoc.pipeline.rulebook import RULE_IDS, unused_ignore
from graphdoc.resolve.repositories.paths import matches_segments

__all__ = ["Verdict", "judge"]

_MARK = b"graphdoc: allow"
_WORDS = r"\s*graphdoc:\s*allow\s+(?P<rule>[\w-]+)(?:\s+expires:\s*(?P<expires>\S+))?"
_ALLOW = re.compile(rf"(?<!\S)#{_WORDS}(?:\s+--\s*(?P<reason>\S.*))?")
_ALLOW_MARKDOWN = re.compile(
    rf"<!--{_WORDS}(?:\s+--\s*(?P<reason>\S(?:(?!<!--).)*?))?(?<!\s)\s*-->"
)
_TEXT_FILES = (".yaml", ".yml", ".json", ".md", ".sh", ".tpl", ".txt")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The findings that count, and how many do not."""

    findings: tuple[Finding, ...]
    ignored: int


class _Allowed(NamedTuple):
    """One comment that allows a rule; ``line`` is the line it speaks of, ``expires`` as written."""

    rule: str
    line: int
    reason: str
    expires: str
    span: Span

    def fault(self, today: date | None) -> str:
        """Why the comment is not heeded; empty where it is."""
        if not self.reason:
            return f"allowing {self.rule} is not followed by '-- <reason>'"
        try:
            last = date.fromisoformat(self.expires) if self.expires else None
        except ValueError:
            return f"allowing {self.rule} expires on '{self.expires}', which is no date"
        return f"allowing {self.rule} expired on {last}" if _is_over(last, today) else ""


@dataclass(slots=True)
class _Ledger:
    """Which exceptions there are and which of them were used."""

    settings: tuple[RuleSetting, ...]
    comments: dict[SourceFile, tuple[_Allowed, ...]]
    today: date | None
    used: set[int] = field(default_factory=set)

    def judge(self, finding: Finding) -> Finding | None:
        """The finding as the team sees it; ``None`` where it is excepted."""
        setting = self._setting(finding)
        if setting is not None:
            if setting.severity is None:
                return None
            finding = replace(finding, severity=setting.severity)
        span = finding.problem.primary.span
        for allowed in self.comments.get(span.file, ()):
            fits = allowed.rule == finding.rule and allowed.line == span.line
            if fits and not allowed.fault(self.today):
                self.used.add(id(allowed))
                return None
        return finding

    def _setting(self, finding: Finding) -> RuleSetting | None:
        """The last setting that fits: later ones are more special, as in every list of patterns."""
        path = str(finding.problem.primary.span.file)
        living = (s for s in self.settings if not _is_over(s.expires, self.today))
        fitting = [s for s in living if s.rule == finding.rule and _covers(s, path)]
        self.used.update(id(setting) for setting in fitting)
        return fitting[-1] if fitting else None


def judge(found: Iterable[Finding], config: Config, clones: Sequence[Clone]) -> Verdict:
    """Apply the team's decisions, and report those that decide nothing."""
    ledger = _Ledger(config.rules, _comments(clones), config.today)
    all_found = tuple(found)
    kept = [finding for raw in all_found if (finding := ledger.judge(raw)) is not None]
    ignored = len(all_found) - len(kept)
    kept += _unused(ledger, frozenset(clone.name for clone in clones))
    return Verdict(tuple(sorted(kept, key=lambda finding: finding.sort_key)), ignored)


def _is_over(last: date | None, today: date | None) -> bool:
    return last is not None and today is not None and last < today


def _covers(setting: RuleSetting, path: str) -> bool:
    return not setting.paths or any(
        matches_segments(path, pattern) or path.startswith(f"{pattern.rstrip('/')}/")
        for pattern in setting.paths
    )


def _comments(clones: Sequence[Clone]) -> dict[SourceFile, tuple[_Allowed, ...]]:
    found = ((SourceFile(clone.name, path), clone) for clone in clones for path in clone.files)
    comments = {f: tuple(_allowed_in(c, f)) for f, c in found if f.path.endswith(_TEXT_FILES)}
    return {file: allowed for file, allowed in comments.items() if allowed}


def _allowed_in(clone: Clone, file: SourceFile) -> Iterator[_Allowed]:
    try:
        data = clone.read(file.path)
    except UnreadableError:
        return
    if _MARK not in data:
        return
    pattern = _ALLOW_MARKDOWN if file.path.endswith(".md") else _ALLOW
    lines = data.decode("utf-8-sig", "replace").split("\n")
    spoken_of = len(lines) + 1
    for number in range(len(lines), 0, -1):  # comments one above the other speak of one line
        line = lines[number - 1]
        match = pattern.search(line)
        if match is None or line[: match.start()].strip():
            spoken_of = number
        if match is not None:
            reason, expires = ((match[name] or "").strip() for name in ("reason", "expires"))
            span = Span(file, number, match.start() + 1, number, match.end() + 1)
            yield _Allowed(match["rule"], spoken_of, reason, expires, span)


def _unused(ledger: _Ledger, repositories: frozenset[str]) -> Iterator[Finding]:
    for setting in ledger.settings:
        if _is_over(setting.expires, ledger.today):
            message = f"the setting of rule {setting.rule} expired on {setting.expires}"
            yield _finding(message, setting.span)
        elif _is_idle(ledger, setting) and _is_analysed(setting, repositories):
            message = f"the setting of rule {setting.rule} matches no finding"
            yield _finding(message, setting.span)
    for allowed in (one for comments in ledger.comments.values() for one in comments):
        fault = allowed.fault(ledger.today)
        if fault or id(allowed) not in ledger.used:
            yield _finding(fault or _nothing_to_allow(allowed.rule), allowed.span)


def _is_idle(ledger: _Ledger, setting: RuleSetting) -> bool:
    narrow = setting.severity is None or setting.paths
    return bool(narrow) and id(setting) not in ledger.used


def _nothing_to_allow(rule: str) -> str:
    if rule not in RULE_IDS:
        return f"allowing {rule}: there is no such rule{nearest(rule, RULE_IDS)}"
    return f"allowing {rule} here matches no finding"


def _is_analysed(setting: RuleSetting, repositories: frozenset[str]) -> bool:
    """Whether any of the setting's paths may lie in an analysed repository."""
    heads = [path.partition("/")[0] for path in setting.paths]
    return not heads or any(head in repositories or "*" in head for head in heads)


def _finding(message: str, span: Span) -> Finding:
    return Finding(unused_ignore.id, unused_ignore.severity, Problem(message, Location(span)))
