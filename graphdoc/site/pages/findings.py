"""Findings: all in one table, and a page for each rule with its hits and its explanation."""

import re
from collections.abc import Iterator

from graphdoc.model.finding import SEVERITIES, Finding, RulePage
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.scope import Scope, finding_chips, severity_mark
from graphdoc.site.writing.markup import (
    DASH,
    NOTHING,
    Markup,
    breakable,
    chip,
    code,
    html,
    paragraph,
    plural,
    prose,
)
from graphdoc.site.writing.page import Block, Page, SearchRank
from graphdoc.site.writing.tables import Filter, Row, filtered, row, table

__all__ = ["finding_index", "rule_pages"]

_PATH = "findings/index.md"
_HEAD = ("Severity", "Rule", "What", "Where")
_RULE_LINK = re.compile(r"\[([^\]]+)\]\(([a-z-]+)\.md\)")


def finding_index(atlas: Atlas) -> Page:
    """What is wrong in Git, the worst first, with a filter; then every rule with its count."""
    scope = Scope(atlas, _PATH)
    title = "Findings"
    findings = atlas.site.findings
    sentence = (
        f"What the analysis found in Git{_since(atlas)}. Each finding names the line to change."
        if findings
        else "The analysis found nothing wrong in Git."
    )
    new = _new(atlas)
    ranked = sorted(
        findings,
        key=lambda f: (f.fingerprint not in new, SEVERITIES.index(f.severity), f.sort_key),
    )
    rows = (_row(scope, found, new) for found in ranked)
    more = Markup("<a href='#rules'>the pages of their rules</a>")
    blocks = (
        Block(
            "",
            "list",
            filtered(_HEAD, rows, Filter("findings", "Filter findings"), weight=80_000, more=more)
            or paragraph("No findings."),
        ),
        Block(
            "Rules",
            "rules",
            table(("Rule", "What it finds", "Severity", "Findings"), _rules(scope)),
        ),
    )
    strip = (*finding_chips(findings), *scope.unresolved(atlas.applications))
    return scope.compose(title, sentence, strip, blocks, SearchRank.LIST)


def _new(atlas: Atlas) -> frozenset[str]:
    """The fingerprints of what was not found in the earlier state that the build was asked for."""
    since = atlas.site.since
    return frozenset(found.fingerprint for found in since.appeared) if since else frozenset()


def _since(atlas: Atlas) -> str:
    since = atlas.site.since
    return f": {len(since.appeared)} new since {since.base}, which come first" if since else ""


def rule_pages(atlas: Atlas) -> Iterator[Page]:
    """A page for each rule that is known or has found something."""
    documents = {rule.id: rule for rule in atlas.site.rules}
    for finding in atlas.site.findings:
        if finding.rule not in documents:
            documents[finding.rule] = RulePage(finding.rule, finding.severity, "", "")
    return (_rule_page(atlas, documents[id_]) for id_ in sorted(documents))


def _rule_page(atlas: Atlas, rule: RulePage) -> Page:
    scope = Scope(atlas, atlas.rule_page(rule.id))
    new = _new(atlas)
    found = [f for f in atlas.site.findings if f.rule == rule.id]
    found.sort(key=lambda f: f.fingerprint not in new)
    hits = filtered(
        ("Severity", "What", "Where", "See also"),
        (_hit(scope, f, new) for f in found),
        Filter("rule-hits", "Filter findings"),
        more=code(f"graphdoc check --select {rule.id}"),
    )
    summary = rule.summary or "This rule has no page."
    sentence = prose(
        f"{summary} {plural(len(found), 'finding') if found else 'No finding'} in this estate."
    )
    strip = (chip(severity_mark(rule.severity)), chip(scope.page("all findings", _PATH)))
    blocks = (
        Block(plural(len(found), "finding"), "hits", hits) if found else None,
        Block("About the rule", "about", Markup(_document(rule, atlas))),
        Block("When it does not apply", "allow", _allow(rule.id)),
    )
    return scope.compose(rule.id, sentence, strip, blocks, SearchRank.GUIDE)


def _row(scope: Scope, finding: Finding, new: frozenset[str]) -> Row:
    where = scope.found(finding.problem)
    return row(
        _severity(finding, new),
        scope.rule(finding.rule),
        breakable(finding.problem.message),
        where,
        words=" ".join(finding.problem.subjects),
    )


def _severity(finding: Finding, new: frozenset[str]) -> Markup:
    mark = severity_mark(finding.severity)
    return html("{} {}", mark, chip("new")) if finding.fingerprint in new else mark


def _hit(scope: Scope, finding: Finding, new: frozenset[str]) -> Row:
    subject = finding.problem.subject
    related = [location.span for location in finding.problem.related]
    shown = scope.node(subject) if scope.atlas.page(subject) else NOTHING
    message = html(
        "{} {}",
        breakable(finding.problem.message),
        html('<span class="gd-dim">{}</span>', shown) if shown else NOTHING,
    )
    return row(
        _severity(finding, new),
        message,
        scope.found(finding.problem),
        scope.sources(related) or DASH,
        words=" ".join(finding.problem.subjects),
    )


def _rules(scope: Scope) -> Iterator[Row]:
    found = [finding.rule for finding in scope.atlas.site.findings]
    ranked = sorted(scope.atlas.site.rules, key=lambda rule: (-found.count(rule.id), rule.id))
    for rule in ranked:
        count = found.count(rule.id)
        yield row(
            scope.rule(rule.id),
            prose(rule.summary),
            severity_mark(rule.severity),
            str(count) if count else "none",
        )


def _document(rule: RulePage, atlas: Atlas) -> str:
    """The page below its summary; its headings go one level down, below ours."""
    lines = rule.docs.strip().splitlines()
    body = (
        lines[1:]
        if lines and (lines[0].startswith("# ") or lines[0].strip() == rule.summary.strip())
        else lines
    )
    text = "\n".join(f"#{line}" if line.startswith("## ") else line for line in body).strip()
    known = {known.id for known in atlas.site.rules}
    return _RULE_LINK.sub(lambda found: found[0] if found[2] in known else found[1], text)


def _allow(rule: str) -> Markup:
    comment = f"# graphdoc: allow {rule} -- why it is right here"
    return paragraph("{} <code>{}</code>", "Say so on the line, with the reason:", comment)
