"""Commits, drift and changes on the pages, and what of the site the configuration chooses."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from graphdoc.cli import run
from graphdoc.clone.git import find_git_directory
from graphdoc.clone.history import commit_before, read_history
from graphdoc.model.commit import Commit
from graphdoc.site.atlas.input import Changed, Comparison, HostForm, SiteSettings
from graphdoc.site.generate import Site, generate_site
from tests.site.small_estate import TEXT, site_input
from tests.written import ESTATE, git, write_files

_DAY = 86_400
HISTORY = (
    Commit("values", "b" * 40, 20 * _DAY, "Ann", "Move <shop> to 1.7.2", ("shop/base.yaml",)),
    Commit("platform", "a" * 40, 10 * _DAY, "Bob", "Say nothing of it", ("README.md",)),
)  # fmt: skip


def plain(markdown: str) -> str:
    text = markdown.replace("</th> <td", " | <td").replace("</td>", " | ").replace("</tr>", "\n")
    return re.sub(r"[ \t]+", " ", unescape(re.sub(r"<[^>]*>", "", text)))


def rows(site: Site, path: str, *first: str) -> list[list[str]]:
    lines = plain(site.pages[path].markdown).splitlines()
    found = [[cell.strip() for cell in line.split(" | ")][:-1] for line in lines]
    return [row for row in found if row[: len(first)] == list(first)]


def test_an_application_shows_the_commits_that_touched_its_files() -> None:
    site = generate_site(replace(site_input(), history=HISTORY))
    assert rows(site, "apps/shop.md", "1970-01-21") == [
        ["1970-01-21", "Move <shop> to 1.7.2", "Ann", "values bbbbbbbb"]
    ]
    assert "last change 1970-01-21" in plain(site.pages["apps/shop.md"].markdown)
    assert "None of the newest commits touched its files." in site.pages["apps/odd.md"].markdown
    assert "History" not in generate_site(site_input()).pages["apps/odd.md"].markdown


def test_changes_name_the_applications_of_each_commit() -> None:
    site = generate_site(replace(site_input(), history=HISTORY))
    assert rows(site, "changes.md", "1970-01-21") == [
        ["1970-01-21", "Move <shop> to 1.7.2", "shop", "Ann", "values bbbbbbbb"]
    ]
    assert rows(site, "changes.md", "1970-01-11")[0][2] == "\N{EN DASH}"
    assert rows(site, "index.md", "1970-01-21")[0][2] == "shop"


def test_the_last_week_ends_at_the_newest_commit() -> None:
    bad = site_input().findings[0]
    file = bad.problem.primary.span.file
    broke = Commit(file.repository, "c" * 40, 15 * _DAY, "Ann", "Break it", (file.path,))
    old = Commit("platform", "d" * 40, 13 * _DAY, "Ann", "Before", ("base/odd.yaml",))
    site = generate_site(replace(site_input(), history=(HISTORY[0], broke, old)))
    said = plain(site.pages["changes.md"].markdown)
    assert "In the week to the newest commit, 2 commits touched " in said
    assert "graphdoc build --since 1970-01-14" in said
    touched = said.partition("{ #touched }")[2].partition("\n## ")[0]
    assert bad.problem.message in touched
    assert touched.count("\n") < len(site_input().findings)


def test_the_worst_findings_of_the_week_come_first() -> None:
    found = site_input().findings
    files = tuple({f.problem.primary.span.file for f in found})
    commits = (Commit(f.repository, "c" * 40, 15 * _DAY, "Ann", "Break", (f.path,)) for f in files)
    site = generate_site(replace(site_input(), history=tuple(commits)))
    said = plain(site.pages["changes.md"].markdown).partition("{ #touched }")[2]
    told = re.findall(r"[✕▲●] (error|warning|info) \|", said.partition("\n## ")[0])
    assert told == sorted(told, key=["error", "warning", "info"].index)
    assert len(set(told)) > 1


def test_a_week_without_findings_or_applications_says_no_more() -> None:
    alone = Commit("platform", "a" * 40, 10 * _DAY, "Bob", "Say nothing of it", ("README.md",))
    said = plain(
        generate_site(replace(site_input(), history=(alone,))).pages["changes.md"].markdown
    )
    assert "1 commit touched no file of an Application." in said
    assert "{ #touched }" not in said


def test_who_writes_the_own_name_in_two_ways_is_one() -> None:
    again = Commit("values", "c" * 40, 5 * _DAY, "ANN", "Again", ("shop/base.yaml",))
    site = generate_site(replace(site_input(), history=(*HISTORY, again)))
    said = plain(site.pages["day-1.md"].markdown)
    assert "Of the 3 newest commits, most are by Ann (2), Bob (1): see Changes." in said


def test_commits_and_comparisons_lead_to_their_host() -> None:
    since = Comparison("7 days before", (), (("values", "0" * 40, "1" * 40),))
    settings = SiteSettings(hosts={"git.example.com": HostForm.GITLAB})
    site = generate_site(replace(site_input(settings=settings), history=HISTORY, since=since))
    address = "https://git.example.com/values/-"
    changes = site.pages["changes.md"].markdown
    assert f'href="{address}/commit/{"b" * 40}"' in changes
    assert f'href="{address}/compare/{"0" * 40}...{"1" * 40}"' in changes


def test_changes_since_a_time_stand_with_their_words() -> None:
    changed = Changed(
        "changed", "application:prod/shop", "application", "shop", "prod", ("sync wave 1 → 2",), ()
    )
    gone = Changed("removed", "host:old.example.com", "host", "old.example.com", None, (), ())
    site = generate_site(replace(site_input(), since=Comparison("v1", (changed, gone))))
    assert rows(site, "changes.md", "~ changed") == [
        ["~ changed", "shop application", "prod", "sync wave 1 → 2", "\N{EN DASH}"]
    ]
    assert rows(site, "changes.md", "- removed")[0][1] == "old.example.com host"
    assert "2 things changed since v1; 0 findings came, 0 went." in plain(
        site.pages["changes.md"].markdown
    )


def test_new_findings_come_first_and_are_marked() -> None:
    before = site_input()
    new = before.findings[-1]
    since = Comparison("v1", (), appeared=(new,))
    site = generate_site(replace(before, since=since))
    page = plain(site.pages["findings/index.md"].markdown)
    marked = [line for line in page.splitlines() if " new |" in line]
    assert [line.split(" | ")[1].strip() for line in marked] == [new.rule]
    assert page.index(marked[0]) < min(page.index(f.problem.message) for f in before.findings[:-1])
    assert "1 new since v1, which come first" in page
    assert " new |" in plain(site.pages[f"findings/{new.rule}.md"].markdown)


def test_drift_says_what_differs_between_clusters() -> None:
    site = generate_site(site_input())
    assert rows(site, "drift.md", "shop", "host") == [
        [
            "shop", "host",
            "shop.dev.example.com on dev values shop/dev.yaml:1 "
            "shop.example.com on prod values shop/prod.yaml:1",
        ]
    ]  # fmt: skip
    assert rows(site, "drift.md", "shop", "replicas")[0][2] == (
        "not set on dev 3 on prod values shop/prod.yaml:2"
    )
    assert rows(site, "drift.md", "shop", "image.tag") == []
    assert "No Application is known to have several versions" in site.pages["drift.md"].markdown
    assert rows(site, "drift.md", "shop", "automated, prune, selfHeal")[0][2] == "dev, prod"


def test_drift_from_the_record_is_shown_or_why_it_is_not() -> None:
    unknown = generate_site(replace(site_input(), unrecorded="Nothing is recorded."))
    assert "Nothing is recorded." in unknown.pages["drift.md"].markdown
    same = generate_site(replace(site_input(), recorded=Comparison("the lock", ())))
    assert "Nothing differs from the lock." in same.pages["drift.md"].markdown


def test_a_page_that_is_left_out_is_nowhere_linked() -> None:
    settings = SiteSettings(hidden=("runbooks/*", "images/index.md"))
    site = generate_site(site_input(settings=settings))
    assert [p for p in site.pages if p.startswith(("runbooks/", "images/"))] == []
    texts = {
        page.path: page.markdown + "".join(page.figures.values()) for page in site.pages.values()
    }
    assert [p for p, text in texts.items() if "runbooks/" in text or "images/index" in text] == []


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    write_files(tmp_path, "-- ä.yaml --\nx: 1\n-- c.yaml --\ny: 1\n")
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "c.yaml")
    git(tmp_path, "commit", "-q", "-m", "one", "--date", "2026-01-01T00:00:00Z")
    git(tmp_path, "checkout", "-q", "-b", "topic")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "two")
    git(tmp_path, "checkout", "-q", "main")
    git(tmp_path, "merge", "-q", "--no-ff", "-m", "merge two", "topic")
    return tmp_path


def test_a_merge_is_one_change_with_all_its_files(clone: Path) -> None:
    directory = find_git_directory(clone)
    assert directory is not None
    found = [(c.subject, c.author, c.files) for c in read_history(directory, "x", 9)]
    assert found == [("merge two", "a", ("ä.yaml",)), ("one", "a", ("c.yaml",))]
    assert [c.subject for c in read_history(directory, "x", 1)] == ["merge two"]


def test_a_time_before_the_first_commit_has_none(clone: Path) -> None:
    directory = find_git_directory(clone)
    assert directory is not None
    newest = read_history(directory, "x", 1)[0]
    assert commit_before(directory, newest.time) == newest.id
    assert commit_before(directory, 1) == ""


@pytest.mark.slow
def test_build_compares_with_an_earlier_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    logo = "site: {logo: logo.svg, hidden: [images/index, runbooks/*]}\n"
    monkeypatch.chdir(write_files(tmp_path, ESTATE.replace("production:", f"{logo}production:")))
    write_files(tmp_path, '-- logo.svg --\n<svg xmlns="http://www.w3.org/2000/svg"/>\n')
    platform = tmp_path / "platform"
    git(platform, "init", "-q", "-b", "main")
    git(platform, "add", ".")
    git(platform, "commit", "-q", "-m", "one")
    git(platform, "tag", "v1")
    web = platform / "base" / "web.yaml"
    web.write_text(web.read_text("utf-8").replace("1.2.3", "1.3.0"), "utf-8")
    git(platform, "commit", "-q", "-a", "-m", "Take chart 1.3.0")
    assert run(["build", "--since", "v1"]) == 0
    changes = plain((tmp_path / "site" / "changes.html").read_text("utf-8"))
    assert "changed since v1" in changes
    assert "targetRevision is now 1.3.0 (was 1.2.3)" in changes
    assert "Take chart 1.3.0 | root, web | a |" in changes
    start = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert 'src="assets/logo.svg"' in start
    assert not (tmp_path / "site" / "runbooks").exists()
    assert capsys.readouterr().err.count("graphdoc build:") == 0
    assert run(["build", "--since", "v7"]) == 2
    assert "--since: no repository goes back to 'v7'" in capsys.readouterr().err
    config = tmp_path / "graphdoc.yaml"
    config.write_text(config.read_text("utf-8").replace("site: {", "site: {since: v8, "), "utf-8")
    assert run(["build"]) == 2
    assert "site.since: no repository goes back to 'v8'" in capsys.readouterr().err


def test_a_logo_that_is_not_there_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = ESTATE.replace("production:", "site: {logo: lost.png}\nproduction:")
    monkeypatch.chdir(write_files(tmp_path, text))
    assert run(["build"]) == 2
    assert "site.logo: no file 'lost.png'" in capsys.readouterr().err


@pytest.mark.slow
def test_an_icon_that_the_theme_lacks_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = ESTATE.replace("production:", "site: {logo: material/nonsense}\nproduction:")
    monkeypatch.chdir(write_files(tmp_path, text))
    assert run(["build"]) == 2
    assert "the theme has no icon 'material/nonsense'" in capsys.readouterr().err


def test_what_kustomize_builds_differs_too() -> None:
    pod = """\
-- platform/{0}/web.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec: {{replicas: {1}, template: {{spec: {{containers: [{{image: "a.example.com/web:1"}}]}}}}}}
"""
    patch = """\
  - target: {kind: Application, name: secrets}
    patch: |
      - {op: replace, path: /spec/source/path, value: other}
-- platform/secrets/sealed.yaml --
"""
    text = TEXT.replace("-- platform/secrets/sealed.yaml --\n", patch)
    site = generate_site(site_input(text + pod.format("secrets", 1) + pod.format("other", 2)))
    assert rows(site, "drift.md", "secrets", "Deployment/web (replicas)")[0][2] == (
        "1 on dev platform secrets/web.yaml:4 2 on prod platform other/web.yaml:4"
    )
    assert rows(site, "drift.md", "secrets", "Deployment/web (image tag)") == []
