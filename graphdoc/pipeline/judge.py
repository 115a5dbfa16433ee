"""What the team decided about findings: severities of its own, rules off, and lines allowed.

A line is allowed by ``# graphdoc: allow <rule> -- <reason>`` on it or alone on the line above, in
Markdown by the same in an HTML comment. An exception that excepts nothing is a finding itself, so
that none outlives its cause.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from graphdoc.config.values import Config, RuleSetting
from graphdoc.model.clone import Clone, UnreadableError
from graphdoc.model.finding import Finding, Problem, Severity
from graphdoc.model.location import Location, SourceFile, Span
from graphdoc.resolve.paths import matches_segments

__all__ = ["Verdict", "judge"]

_UNUSED_IGNORE = "unused-ignore"
_MARK = b"graphdoc: allow"
_ALLOW = re.compile(r"#\s*graphdoc:\s*allow\s+(?P<rule>[\w-]+)(?:\s+--\s*(?P<reason>\S.*))?")
_ALLOW_MARKDOWN = re.compile(
    r"<!--\s*graphdoc:\s*allow\s+(?P<rule>[\w-]+)(?:\s+--\s*(?P<reason>\S.*?))?\s*-->"
)
_TEXT_FILES = (".yaml", ".yml", ".json", ".md", ".sh", ".tpl", ".txt")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The findings that count, and how many do not."""

    findings: tuple[Finding, ...]
    ignored: int


class _Allowed(NamedTuple):
    """One comment that allows a rule; ``line`` is the line it speaks of."""

    rule: str
    line: int
    reason: str
    span: Span


@dataclass(slots=True)
class _Ledger:
    """Which exceptions there are and which of them were used."""

    settings: tuple[RuleSetting, ...]
    comments: dict[SourceFile, tuple[_Allowed, ...]]
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
            if allowed.reason and allowed.rule == finding.rule and allowed.line == span.line:
                self.used.add(id(allowed))
                return None
        return finding

    def _setting(self, finding: Finding) -> RuleSetting | None:
        """The last setting that fits: later ones are more special, as in every list of patterns."""
        path = str(finding.problem.primary.span.file)
        fitting = [s for s in self.settings if s.rule == finding.rule and _covers(s, path)]
        self.used.update(id(setting) for setting in fitting)
        return fitting[-1] if fitting else None


def judge(found: Iterable[Finding], config: Config, clones: Sequence[Clone]) -> Verdict:
    """Apply the team's decisions, and report those that decide nothing."""
    ledger = _Ledger(config.rules, _comments(clones))
    all_found = tuple(found)
    kept = [finding for raw in all_found if (finding := ledger.judge(raw)) is not None]
    ignored = len(all_found) - len(kept)
    kept += _unused(ledger, frozenset(clone.name for clone in clones))
    return Verdict(tuple(sorted(kept, key=lambda finding: finding.sort_key)), ignored)


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
    for number, line in enumerate(data.decode("utf-8-sig", "replace").split("\n"), start=1):
        match = pattern.search(line)
        if match is not None:
            alone = not line[: match.start()].strip()
            span = Span(file, number, match.start() + 1, number, match.end() + 1)
            yield _Allowed(match["rule"], number + alone, (match["reason"] or "").strip(), span)


def _unused(ledger: _Ledger, repositories: frozenset[str]) -> Iterator[Finding]:
    for setting in ledger.settings:
        narrow = setting.severity is None or setting.paths
        if narrow and id(setting) not in ledger.used and _is_analysed(setting, repositories):
            message = f"the setting of rule {setting.rule} matches no finding"
            yield _finding(message, setting.span)
    for comments in ledger.comments.values():
        for allowed in comments:
            if not allowed.reason:
                yield _finding(f"allowing {allowed.rule} gives no reason after '--'", allowed.span)
            elif id(allowed) not in ledger.used:
                yield _finding(f"allowing {allowed.rule} here matches no finding", allowed.span)


def _is_analysed(setting: RuleSetting, repositories: frozenset[str]) -> bool:
    """Whether any of the setting's paths may lie in an analysed repository."""
    heads = [path.partition("/")[0] for path in setting.paths]
    return not heads or any(head in repositories or "*" in head for head in heads)


def _finding(message: str, span: Span) -> Finding:
    return Finding(_UNUSED_IGNORE, Severity.WARNING, Problem(message, Location(span)))
