"""Findings in the formats of CI services."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from sarif_kit.validate import validation_errors  # type: ignore[import-untyped] # has none

from graphdoc.model.coverage import Coverage
from graphdoc.model.finding import Finding, NotUnderstood, Problem, RulePage, Severity
from graphdoc.model.location import Location, SourceFile, Span, file_start
from graphdoc.report.findings.github import to_step_summary
from graphdoc.report.findings.markdown import to_markdown
from graphdoc.report.findings.reporters import REPORTERS
from graphdoc.report.report import Checkout, Report

CHECKOUTS = {
    "platform": Checkout(".", ("git@git.example.com:a/platform.git",), "c0ffee", "main"),
    "other": Checkout("../other", ("/srv/other", "https://git.example.com/a/other")),
    "nested": Checkout("clones/ne sted"),
}
HOSTILE = 'a<b>"&`x`]]> \x1b[0m\u202e,::error::%0A\nend'


def report(message: str = "it is wrong") -> Report:
    primary = Location(Span(SourceFile("platform", "a b/web.yaml"), 3, 5, 3, 9), "here")
    related = (Location(Span(SourceFile("other", "x.yaml"), 7, 2, 8, 3), "written here"),)
    problems = [
        ("plain-secret", Severity.ERROR, Problem(message, primary, related, "application:p/web")),
        ("orphaned-manifest", Severity.WARNING, Problem("left alone", primary)),
        ("cluster-skew", Severity.INFO, Problem("skewed", related[0])),
    ]
    return Report(
        tuple(Finding(*parts) for parts in problems),
        Coverage(3, 2, 1, 1, 1, 1, (NotUnderstood(file_start(SourceFile("other", "y")), "away"),)),
        checkouts=CHECKOUTS,
        rules=(
            RulePage("clean-rule", Severity.ERROR, "Clean."),
            RulePage("plain-secret", Severity.ERROR, "Plain.", "Plain.\n\nPage."),
        ),
        version="0.1.0",
    )


def test_sarif_names_rule_place_and_related_places() -> None:
    run = json.loads(REPORTERS["sarif"](report()))["runs"][0]
    first = run["results"][0]
    assert run["tool"]["driver"]["rules"][1] == {
        "id": "plain-secret",
        "shortDescription": {"text": "Plain."},
        "help": {"text": "Plain.\n\nPage.", "markdown": "Plain.\n\nPage."},
        "defaultConfiguration": {"level": "error"},
    }
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note"]
    assert (first["ruleId"], first["ruleIndex"]) == ("plain-secret", 1)
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "a%20b/web.yaml", "uriBaseId": "platform"},
                "region": {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 9},
            },
            "message": {"text": "here"},
        }
    ]
    assert [place["id"] for place in first["relatedLocations"]] == [1]
    assert run["properties"]["coverage"]["not_understood"][0]["reason"] == "away"


def test_sarif_says_where_each_repository_lies_and_comes_from() -> None:
    run = json.loads(REPORTERS["sarif"](report()))["runs"][0]
    assert run["originalUriBaseIds"] == {
        "nested": {"description": {"text": "the repository nested"}, "uri": "clones/ne%20sted/"},
        "other": {"description": {"text": "the repository other"}},
        "platform": {"description": {"text": "the repository platform"}},
    }
    assert run["versionControlProvenance"] == [
        {
            "repositoryUri": "https://git.example.com/a/other",
            "mappedTo": {"uriBaseId": "other"},
        },
        {
            "repositoryUri": "ssh://git@git.example.com/a/platform.git",
            "revisionId": "c0ffee",
            "branch": "main",
            "mappedTo": {"uriBaseId": "platform"},
        },
    ]


@pytest.mark.parametrize("message", ["it is wrong", HOSTILE])
def test_sarif_keeps_to_the_official_schema(message: str) -> None:
    document = json.loads(REPORTERS["sarif"](report(message)))
    assert validation_errors(document) == []


def test_junit_has_a_case_for_each_finding_and_each_clean_rule() -> None:
    suite = ET.fromstring(REPORTERS["junit"](report(HOSTILE)))[0]
    cases = [(case.get("classname"), case.get("name")) for case in suite.iter("testcase")]
    assert dict(suite.attrib) == {
        "name": "graphdoc",
        "tests": "4",
        "failures": "1",
        "errors": "0",
        "skipped": "2",
    }
    assert cases == [
        ("clean-rule", "clean-rule"),
        ("plain-secret", "a b/web.yaml:3:5"),
        ("orphaned-manifest", "a b/web.yaml:3:5"),
        ("cluster-skew", "../other/x.yaml:7:2"),
    ]
    assert (suite.findtext("system-out") or "").startswith("Coverage\n")


def test_github_commands_stand_alone_on_their_lines() -> None:
    lines = REPORTERS["github"](report(HOSTILE)).splitlines()
    commands = [line for line in lines if line.lstrip().startswith("::")]
    assert commands == [
        "::error file=a b/web.yaml,line=3,endLine=3,title=plain-secret,col=5,endColumn=9::"
        'a<b>"&`x`]]> \\x1b[0m\\u202e,::error::%250A\\nend; ../other/x.yaml:7 written here',
        "::warning file=a b/web.yaml,line=3,endLine=3,title=orphaned-manifest,col=5,endColumn=9::"
        "left alone",
        "::notice file=../other/x.yaml,line=7,endLine=8,title=cluster-skew::skewed",
        "::notice title=graphdoc::1 error, 1 warning, 1 info",
    ]


def many(number: int, severity: Severity) -> tuple[Finding, ...]:
    file = SourceFile("platform", "web.yaml")
    places = (Location(Span(file, line, 1, line, 2)) for line in range(1, number + 1))
    return tuple(Finding("plain-secret", severity, Problem(f"wrong {severity}", p)) for p in places)


def test_github_is_told_the_worst_within_its_limit_and_the_rest_are_plain_lines() -> None:
    findings = (*many(11, Severity.INFO), *many(12, Severity.WARNING), *many(11, Severity.ERROR))
    text = REPORTERS["github"](replace(report(), findings=findings))
    kinds = [line.split()[0] for line in text.splitlines() if line.startswith("::")]
    assert kinds == ["::error"] * 10 + ["::warning"] * 10 + ["::notice"] * 10
    assert text.splitlines()[29:36] == [
        "5 further findings, which GitHub does not show beside the lines:",
        "  web.yaml:11:1 error[plain-secret] wrong error",
        "  web.yaml:11:1 warning[plain-secret] wrong warning",
        "  web.yaml:12:1 warning[plain-secret] wrong warning",
        "  web.yaml:10:1 info[plain-secret] wrong info",
        "  web.yaml:11:1 info[plain-secret] wrong info",
        "Coverage",
    ]
    summary = to_step_summary(replace(report(), findings=findings))
    assert summary.count("\n- **") == len(findings)


def test_markdown_begins_with_the_worst_and_fits_a_comment() -> None:
    findings = (*many(5, Severity.INFO), *many(5, Severity.ERROR))
    told = replace(report(), findings=findings)
    whole = to_markdown(told)
    items = [line for line in whole.splitlines() if line.startswith("- **")]
    assert [line.split()[1] for line in items] == ["**error**"] * 5 + ["**info**"] * 5
    short = to_markdown(told, limit=len(whole) - 1)
    assert len(short) < len(whole)
    assert short.startswith(whole[: whole.index(items[8])])
    assert "\n2 more do not fit here; `graphdoc check` tells them all.\n" in short
    assert short.endswith("</details>\n")


def test_comments_tell_few_of_many_related_places() -> None:
    place = Location(Span(SourceFile("platform", "a.yaml"), 1, 1, 1, 2), "also")
    finding = Finding("plain-secret", Severity.ERROR, Problem("m", place, (place,) * 12))
    text = to_markdown(replace(report(), findings=(finding,)))
    assert text.count("`also`") == 10
    assert "  - and 2 more places\n" in text
    command = REPORTERS["github"](replace(report(), findings=(finding,))).splitlines()[0]
    assert (command.count(" also"), command[-19:]) == (10, "; and 2 more places")


def test_gitlab_has_an_entry_for_each_finding() -> None:
    entries = json.loads(REPORTERS["gitlab"](report()))
    assert [(e["check_name"], e["severity"], e["location"]) for e in entries] == [
        ("plain-secret", "major", {"path": "a b/web.yaml", "lines": {"begin": 3, "end": 3}}),
        ("orphaned-manifest", "minor", {"path": "a b/web.yaml", "lines": {"begin": 3, "end": 3}}),
        ("cluster-skew", "info", {"path": "../other/x.yaml", "lines": {"begin": 7, "end": 8}}),
    ]
    alike = json.loads(REPORTERS["gitlab"](replace(report(), findings=many(3, Severity.INFO))))
    assert len({entry["fingerprint"] for entry in (*entries, *alike)}) == 6


def test_markdown_keeps_repository_text_in_code() -> None:
    text = REPORTERS["markdown"](report(HOSTILE))
    outside = re.sub(r"(`+) ?.*? ?\1", "", text)
    assert "<b>" not in outside
    assert "::error" not in outside
    assert text.startswith("### 1 error, 1 warning, 1 info\n\n- **error** `plain-secret` ")


@pytest.mark.parametrize("reporter", REPORTERS.values(), ids=list(REPORTERS))
def test_no_format_lets_text_steer_a_terminal(reporter: Callable[[Report], str]) -> None:
    text = reporter(report(HOSTILE))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)
