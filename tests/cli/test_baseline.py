"""Findings that were there before: recorded, counted as known, and missed when they are gone."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from graphdoc.baseline import (
    BaselineError,
    apply_baseline,
    read_baseline,
    write_baseline,
)
from graphdoc.cli import run
from graphdoc.model.finding import Finding, Problem, Severity
from graphdoc.model.location import Location, SourceFile, Span
from tests.report.test_schemas import check
from tests.written import ESTATE, write_files

BROKEN = ESTATE.replace("$values/values/base.yaml", "$values/values/bsae.yaml")
NAME = "graphdoc-baseline.json"


def finding(message: str, line: int = 1) -> Finding:
    place = Location(Span(SourceFile("platform", "a.yaml"), line, 1, line, 2))
    return Finding("plain-secret", Severity.ERROR, Problem(message, place))


def recorded(*findings: Finding, **facts: str) -> str:
    """A baseline of findings; every entry says these facts, too."""
    document = json.loads(write_baseline(findings, ()))
    document["findings"] = [{**entry, **facts} for entry in document["findings"]]
    return json.dumps(document, indent=2)


def test_a_finding_is_known_wherever_its_line_is() -> None:
    baseline = read_baseline(recorded(finding("a", 3)), NAME)
    told = apply_baseline([finding("a", 9), finding("b")], baseline, None)
    assert (told.known, told.new) == ((finding("a", 9),), (finding("b"),))
    assert (told.gone, told.expired) == ((), ())


def test_an_entry_stands_for_one_finding() -> None:
    baseline = read_baseline(recorded(finding("a")), NAME)
    told = apply_baseline([finding("a", 1), finding("a", 2)], baseline, None)
    assert (told.known, told.new) == ((finding("a", 1),), (finding("a", 2),))


def test_an_entry_without_a_finding_is_gone_and_says_where_it_stands() -> None:
    text = recorded(finding("a"), finding("b"), finding("b"))
    told = apply_baseline([finding("b")], read_baseline(text, NAME), None)
    assert [(entry.message, entry.span.line) for entry in told.gone] == [
        ("a", 9),
        ("b", 23),
    ]
    assert {entry.span.file for entry in told.gone} == {SourceFile("", NAME)}


def test_an_entry_holds_until_the_end_of_its_last_day() -> None:
    baseline = read_baseline(recorded(finding("a"), expires="2027-01-31"), NAME)
    last = apply_baseline([finding("a")], baseline, date(2027, 1, 31))
    after = apply_baseline([finding("a")], baseline, date(2027, 2, 1))
    assert (last.known, last.new, last.expired) == ((finding("a"),), (), ())
    assert (after.known, after.new, after.gone) == ((), (finding("a"),), ())
    assert after.expired == baseline


def test_what_was_edited_stays_when_the_baseline_is_written_again() -> None:
    facts = {"expires": "2027-01-31", "reason": "moves in spring"}
    text = recorded(finding("a"), **facts)
    again = write_baseline([finding("b"), finding("a")], read_baseline(text, NAME))
    entries = json.loads(again)["findings"]
    assert [entry["message"] for entry in entries] == ["a", "b"]
    assert {key: entries[0][key] for key in facts} == facts
    assert not facts.keys() & entries[1].keys()
    check(json.loads(again), "baseline-v1")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: 1", "not JSON"),
        ("[" * 50_000, "not JSON"),
        ("[]", "not of schema graphdoc/baseline/v1; 'check --write-baseline' writes it"),
        ("{}", "not of schema graphdoc/baseline/v1; 'check --write-baseline' writes it"),
        ('{"schema": "graphdoc/baseline/v1"}', "damaged: no list of findings"),
        (
            '{"schema": "graphdoc/baseline/v1", "findings": [{"fingerprint": 3}]}',
            "damaged: an entry has no fingerprint",
        ),
        (recorded(finding("a"), expires="soon"), "line 9: 'soon' is no date as in 2027-01-31"),
    ],
)
def test_what_is_no_baseline_is_refused(text: str, reason: str) -> None:
    with pytest.raises(BaselineError) as caught:
        read_baseline(text, NAME)
    assert str(caught.value) == reason


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write_files(tmp_path, BROKEN))
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    status = run(["check", *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_what_is_recorded_is_known_from_then_on(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, "--write-baseline") == (
        0,
        "",
        f"2 findings in {NAME}; 'graphdoc check --baseline {NAME}' counts them as known\n",
    )
    status, out, _ = told(capsys, "--baseline", NAME)
    assert (status, out.splitlines()[-1]) == (
        0,
        "0 errors, 0 warnings, 0 info, 2 ignored (2 known)",
    )
    assert out.startswith("Known from the baseline\n      1 missing-values-file\n")
    document: dict[str, Any] = json.loads(told(capsys, "--baseline", NAME, "--format", "json")[1])
    check(document, "findings-v1")
    assert (document["findings"], document["summary"]["known"]) == ([], 2)
    assert [entry["rule"] for entry in document["known"]] == [
        entry["rule"] for entry in json.loads((folder / NAME).read_text("utf-8"))["findings"]
    ]


def test_what_is_repaired_is_told_at_its_entry(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys, "--write-baseline", "--baseline", "known.json")
    write_files(folder, ESTATE)
    status, out, _ = told(capsys, "--baseline", "known.json")
    assert status == 0
    assert out.startswith(
        "known.json\n  9:1 warning[unused-ignore] 2 entries of the baseline match no finding\n"
    )


def test_an_earlier_report_is_a_baseline_as_well(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys, "--format", "json", "--output", "known.json")
    assert told(capsys, "--baseline", "known.json")[0] == 0
    assert (folder / "known.json").exists()


@pytest.mark.usefixtures("folder")
def test_other_rules_stay_known_when_one_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "--write-baseline")
    status, out, _ = told(capsys, "--baseline", NAME, "--select", "missing-values-file")
    assert (status, out.splitlines()[-1]) == (
        0,
        "0 errors, 0 warnings, 0 info, 1 ignored (1 known)",
    )


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--write-baseline", "--select", "plain-secret"),
            "--write-baseline records every rule; leave out --select, --ignore",
        ),
        (("--write-baseline", "--baseline", "graphdoc.yaml"), "graphdoc.yaml: not JSON"),
        (("--baseline", "absent.json"), "absent.json: No such file or directory"),
    ],
)
def test_a_mistake_is_answered(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, err = told(capsys, *arguments)
    assert (status, err.splitlines()[-1].partition(": ")[2]) == (2, message)
