"""Findings and changes as text."""

from dataclasses import replace
from pathlib import Path

import pytest

from graphdoc.cli import run
from graphdoc.model.coverage import Coverage
from graphdoc.model.finding import Finding, NotUnderstood, Problem, Severity
from graphdoc.model.inert import inert, markdown_code
from graphdoc.model.location import Location, SourceFile, Span, file_start
from graphdoc.model.redact import hide_secrets
from graphdoc.report.escape import github_property
from graphdoc.report.excerpt import Excerpt, Excerpts
from graphdoc.report.findings.markdown import to_markdown
from graphdoc.report.findings.text import to_text
from graphdoc.report.report import Checkout, Report
from graphdoc.report.wrap import wrap
from tests.txtar import read_clones
from tests.written import ESTATE, write_files

FILES = """\
-- platform/web.yaml --
a: 1
\tkey: value  # é
url: https://user:canary@example.com
password: canary
-- platform/secret.yaml --
apiVersion: v1
kind: Secret
metadata: {name: s}
data:
  k: canary
  l: |
    canary
---
apiVersion: v1
kind: ConfigMap
data: {k: shown}
-- platform/sealed.yaml --
kind: SealedSecret
spec:
  encryptedData:
    k: canary
-- platform/kustomization.yaml --
secretGenerator:
- literals: [k=canary]
resources: []
-- platform/broken.yaml --
kind: Secret
data: {k: canary
-- platform/key.yaml --
x: |
  -----BEGIN PRIVATE KEY-----
  canary
"""


def span(path: str, line: int, start: int, end: int) -> Span:
    return Span(SourceFile("platform", path), line, start, line, end)


def test_an_excerpt_is_the_line_and_its_underlined_part() -> None:
    excerpts = Excerpts(read_clones(FILES))
    assert excerpts.excerpt(span("web.yaml", 2, 7, 12)) == Excerpt(" key: value  # é", 6, 11)
    assert excerpts.excerpt(span("web.yaml", 1, 1, 99)) == Excerpt("a: 1", 0, 4)
    assert excerpts.excerpt(span("web.yaml", 9, 1, 2)) is None
    assert excerpts.excerpt(span("gone.yaml", 1, 1, 2)) is None


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("web.yaml", 3),
        ("web.yaml", 4),
        ("secret.yaml", 5),
        ("secret.yaml", 7),
        ("sealed.yaml", 4),
        ("kustomization.yaml", 2),
        ("broken.yaml", 2),
        ("key.yaml", 3),
    ],
)
def test_an_excerpt_shows_no_secret(path: str, line: int) -> None:
    found = Excerpts(read_clones(FILES)).excerpt(span(path, line, 1, 5))
    assert found is None or "canary" not in found.text


def test_what_stands_beside_a_secret_is_shown() -> None:
    excerpts = Excerpts(read_clones(FILES))
    assert excerpts.excerpt(span("secret.yaml", 2, 1, 5)) == Excerpt("kind: Secret", 0, 4)
    assert excerpts.excerpt(span("secret.yaml", 11, 1, 5)) == Excerpt("data: {k: shown}", 0, 4)


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("a\u202eb", "a\\u202eb"),
        ("a\u200bb", "a\\u200bb"),
        ("\x9b1m", "\\x9b1m"),
        ("a\rb\nc", "a\\rb\\nc"),
        ("a\tb é 漢", "a b é 漢"),
    ],
)
def test_text_that_steers_terminals_is_spelled_out(text: str, harmless: str) -> None:
    assert inert(text) == harmless


@pytest.mark.parametrize(
    ("line", "public"),
    [
        ("url: https://user:pass@host/x", "url: https://<redacted>@host/x"),
        ("image: user:pass@host.example.com/x", "image: <redacted>@host.example.com/x"),
        ("image: host.example.com/x:1@sha256:ab", "image: host.example.com/x:1@sha256:ab"),
        ("url: git@host.example.com:org/x", "url: git@host.example.com:org/x"),
        ("  adminPassword: hunter2", "  adminPassword: <redacted>"),
        ("token=abc", "token=<redacted>"),
        ("{name: db.password, value: x}", "{name: db.password, value: <redacted>"),
        ("- name: DB_PASSWORD\n  value: x", "- name: DB_PASSWORD\n  value: <redacted>"),
        ("password:\n  user: x", "password:\n  user: x"),
        ("tokenTTL: 5m", "tokenTTL: 5m"),
        ("envSecretName: app-credentials", "envSecretName: app-credentials"),
        ("password:", "password:"),
    ],
)
def test_credentials_in_a_line_are_hidden(line: str, public: str) -> None:
    assert hide_secrets(line) == public


def finding(message: str = "m", severity: Severity = Severity.ERROR) -> Finding:
    related = (Location(span("other.yaml", 7, 2, 3), "written here"),)
    primary = Location(span("web.yaml", 1, 1, 2), "here")
    return Finding(
        "plain-secret", severity, Problem(message, primary, related, "application:p/web")
    )


def test_text_shows_file_line_related_places_coverage_and_counts() -> None:
    skipped = tuple(
        NotUnderstood(
            file_start(SourceFile("platform", f"{name}.yaml")), f"chart '{name}' is away: 'get' it"
        )
        for name in ("a", "b")
    )
    report = Report(
        (finding("it is \x1bwrong"),),
        Coverage(9, 8, 7, 6, 5, 4, skipped, 2, 1),
        ignored=2,
        excerpts=Excerpts(read_clones(FILES)),
        checkouts={"platform": Checkout("../platform")},
    )
    assert (
        to_text(report)
        == """\
../platform/web.yaml
  1:1 error[plain-secret] it is \\x1bwrong
    1 | a: 1
      | ^ here
    ../platform/other.yaml:7:2: written here

Coverage
  documents       8 of 9 read
  kustomizations  6 of 7 built
  charts          1 of 2 rendered
  applications    4 of 5 resolved
  not understood  2
    chart '…' is away: 'get' it: a, b (../platform/a.yaml:1 and 1 more)

1 error, 0 warnings, 0 info, 2 ignored
"""
    )


def test_colour_changes_no_word() -> None:
    report = Report((finding(),), Coverage(), colour=True)
    assert "\x1b[31merror\x1b[0m" in to_text(report)


def test_many_findings_are_counted_by_rule() -> None:
    few, grave = finding(severity=Severity.WARNING), finding()
    report = Report((few,) * 20, Coverage())
    assert "By rule" not in to_text(report)
    assert "| findings |" not in to_markdown(report)
    report = Report((few,) * 20 + (grave,), Coverage())
    counted = "By rule\n      1 error   plain-secret\n     20 warning plain-secret\n\n1 error, "
    assert counted in to_text(report)
    rows = "| 1 | error | `plain-secret` |\n| 20 | warning | `plain-secret` |\n\n- **error**"
    assert rows in to_markdown(report)


def test_a_related_place_in_the_same_file_needs_no_name() -> None:
    one = finding()
    here = replace(one.problem, related=(Location(span("web.yaml", 7, 2, 3), "also"),))
    assert "\n    7:2: also\n" in to_text(Report((replace(one, problem=here),), Coverage()))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "  1:2 \x1b[31merror\x1b[0m one two three four five",
            ["  1:2 \x1b[31merror\x1b[0m one two three four", "      five"],
        ),
        (
            "    12 | a line of a file that is too long",
            ["    12 | a line of a file that is too long"],
        ),
        (
            "       |   ^^^^ and the note that stands beside",
            ["       |   ^^^^ and the note that stands beside"],
        ),
        (
            "  kind    one, two, three, four, five",
            ["  kind    one, two, three,", "              four, five"],
        ),
        (
            "  kind    a-word-that-is-longer-than-the-line",
            ["  kind    a-word-that-is-longer-than-the-line"],
        ),
        ("as long as the terminal is 30.", ["as long as the terminal is 30."]),
    ],
)
def test_long_lines_hang_below_their_start(text: str, lines: list[str]) -> None:
    assert wrap(f"{text}\n", 30) == "".join(f"{line}\n" for line in lines)
    assert wrap(f"{text}\n", 29) == f"{text}\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [("a", "`a`"), ("a`b", "``a`b``"), ("`a", "`` `a ``"), ("a\n# b", "`a\\n# b`"), ("", "")],
)
def test_no_mark_ends_a_code_span(text: str, code: str) -> None:
    assert markdown_code(text) == code


def test_no_mark_ends_a_property_of_a_workflow_command() -> None:
    assert github_property("a,line=1::x\n%0A") == "a%2Cline=1%3A%3Ax\\n%250A"


def write_exceptions(root: Path, comment: str, rules: str) -> None:
    entry = "      - $values/values/base.yaml"
    broken = ESTATE.replace(entry, f"{comment}      - $values/values/gone.yaml")
    write_files(root, broken)
    file = root / "graphdoc.yaml"
    file.write_text(f"{file.read_text('utf-8')}rules: {rules}\n", "utf-8")


OFF = "severity: off, reason: soon"
INFO = "severity: info, reason: soon"
RULE = "missing-values-file"
EXCEPTIONS = [
    ("", f"{{{RULE}: {{{OFF}}}}}", "0 errors, 1 warning, 0 info, 1 ignored"),
    ("", f"{{{RULE}: {{{OFF}, paths: [platform/base/**]}}}}",
     "0 errors, 1 warning, 0 info, 1 ignored"),
    ("", f"{{{RULE}: {{{OFF}, paths: [platform/x/**]}}}}", "1 error, 2 warnings, 0 info"),
    ("", f"{{{RULE}: {{{INFO}}}}}", "0 errors, 1 warning, 1 info"),
    ("", f"{{{RULE}: [{{{INFO}}}, {{{OFF}, paths: [platform/base]}}]}}",
     "0 errors, 1 warning, 0 info, 1 ignored"),
    (f"# graphdoc: allow {RULE} -- soon\n", "{}", "0 errors, 1 warning, 0 info, 1 ignored"),
    (f"# graphdoc: allow {RULE}\n", "{}", "1 error, 2 warnings, 0 info"),
    ("# graphdoc: allow plain-secret -- soon\n", "{}", "1 error, 2 warnings, 0 info"),
]  # fmt: skip


@pytest.mark.parametrize(("comment", "rules", "totals"), EXCEPTIONS)
def test_exceptions_are_counted_and_unused_ones_reported(  # noqa: PLR0913, PLR0917 -- a table
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    comment: str,
    rules: str,
    totals: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    write_exceptions(tmp_path, comment, rules)
    run(["check"])
    assert capsys.readouterr().out.splitlines()[-1] == totals
