"""Every command in the workflows, the action, the hooks and the pages on CI does what it says."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from graphdoc.cli import run
from tests.project.ci_files import (
    ACTION,
    GITLAB,
    HOOKS,
    PROJECT,
    WORKFLOWS,
    Script,
    commands,
    load,
    scripts,
    section,
    subcommands,
)
from tests.written import git, write_files

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash, as the runners do"),
]

# What a runner would fill in on a pull request.
ANSWERS = {
    "github.base_ref": "main",
    "github.token": "token-of-the-job",
    "github.event.pull_request.number": "7",
    "steps.python.outputs.python-path": sys.executable,
    "inputs.directory": "launchpad",
    "inputs.fail-on": "error",
    "inputs.baseline": "",
    "inputs.base": "HEAD^1",
    "inputs.repository": "launchpad",
    "inputs.site": "public",
}
# A values file is missing, and the pull request moves a wave.
STATUS = {"check": 1, "drift": 1, "diff": 0, "impact": 0, "build": 0, "docs": 0}
TOOL = """\
#!/bin/sh
for argument in "$@"; do
  case "$argument" in body=@*) cat "${argument#body=@}" >> "$CALLS" ;; esac
  case "$argument" in @*) cat "${argument#@}" >> "$CALLS" ;; esac
done
echo "${0##*/} $*" >> "$CALLS"
"""
# A site is built once, for the workflows; it takes four seconds.
BUILD = """\
#!/bin/sh
[ "$1 $2" = "build --site" ] && mkdir "$3" && touch "$3/index.html"
"""

# Three repositories of the names in the files for CI, small, since every command is a process.
ESTATE = """\
-- forte-helm/web/Chart.yaml --
apiVersion: v2
name: web
version: 1.0.0
-- helm-prod-values/grafana/values.yaml --
replicas: 2
-- launchpad/_app-of-apps-upc-dev.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: apps, namespace: argocd}
spec:
  project: default
  source:
    repoURL: https://git.forteapps.net/Forte/launchpad
    path: apps
    targetRevision: HEAD
  destination: {server: https://kubernetes.default.svc, namespace: argocd}
-- launchpad/apps/grafana.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: grafana
  namespace: argocd
  annotations:
    argocd.argoproj.io/sync-wave: "1"
spec:
  project: default
  sources:
    - repoURL: https://git.forteapps.net/Forte/forte-helm
      path: web
      targetRevision: HEAD
      helm: {valueFiles: [$values/grafana/values.yaml, $values/gone/values.yaml]}
    - {repoURL: git@github.com:fortedigital/helm-prod-values.git, targetRevision: HEAD, ref: values}
  destination: {server: https://kubernetes.default.svc, namespace: grafana}
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An estate as CI checks it out for a pull request that moves Grafana's wave."""
    folder = write_files(tmp_path_factory.mktemp("ci"), ESTATE)
    for name in ("forte-helm", "helm-prod-values", "launchpad"):
        clone = folder / name
        if name == "launchpad":
            _configure(clone)
        git(clone, "init", "-q", "-b", "main")
        _commit(clone, "one")
    clone = folder / "launchpad"
    git(clone, "switch", "-q", "-c", "change")
    _move_wave(clone)
    _commit(clone, "two")
    git(clone, "switch", "-q", "--detach", "main")
    git(clone, "merge", "-q", "--no-ff", "change", "-m", "merge")
    git(clone, "remote", "add", "origin", "https://git.forteapps.net/Forte/launchpad")
    git(clone, "update-ref", "refs/remotes/origin/main", "main")
    git(clone, "branch", "-q", "-D", "main", "change")
    return folder


def _configure(clone: Path) -> None:
    text = (PROJECT / "docs_src/ci.md").read_text("utf-8")
    match = re.search(r"```yaml\n(repositories:.*?)```", text, re.DOTALL)
    assert match is not None
    (clone / "graphdoc.yaml").write_text(match[1], "utf-8")
    assert run(["drift", "--accept", "--config", str(clone / "graphdoc.yaml")]) == 0


def _move_wave(clone: Path) -> None:
    grafana = clone / "apps/grafana.yaml"
    text = grafana.read_text("utf-8")
    grafana.write_text(text.replace('sync-wave: "1"', 'sync-wave: "2"'), "utf-8")


def _commit(clone: Path, message: str) -> None:
    git(clone, "add", "--all")
    git(clone, "commit", "-q", "-m", message)


class Runner:
    """A machine on which the scripts of CI are run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.temp = folder / "temp"
        self.calls = folder / "calls"
        self.calls.touch()
        self.temp.mkdir()
        self.tools = folder / "tools"
        self.tool("graphdoc", f'#!/bin/sh\nexec "{sys.executable}" -m graphdoc "$@"\n')
        for name in ("pip", "gh", "curl"):
            self.tool(name, TOOL)

    def tool(self, name: str, text: str) -> None:
        self.tools.mkdir(exist_ok=True)
        (self.tools / name).write_text(text, "utf-8")
        (self.tools / name).chmod(0o755)

    def run(
        self, lines: str, directory: str = ".", environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", lines],
            cwd=self.folder / directory,
            env={**self.environment, **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
        )

    def script(self, script: Script) -> subprocess.CompletedProcess[str]:
        return self.run(script.lines, script.directory, script.environment)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.pathsep.join([str(self.tools), os.environ["PATH"]]),
            "PYTHONPATH": str(PROJECT),
            "HOME": str(self.folder),
            "CALLS": str(self.calls),
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_ACTION_PATH": str(PROJECT),
            "GITHUB_OUTPUT": str(self.temp / "output"),
            "GITHUB_PATH": str(self.temp / "path"),
            "GITHUB_REPOSITORY": "Forte/launchpad",
            "GITHUB_SERVER_URL": "https://git.example.com",
            "GITHUB_SHA": "0123abc",
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary"),
        }


@pytest.fixture
def runner(template: Path, tmp_path: Path) -> Runner:
    shutil.copytree(template, tmp_path / "work", symlinks=True)
    return Runner(tmp_path / "work")


def step(file: str, name: str) -> Script:
    (found,) = (script for script in scripts(file, ANSWERS) if script.name == name)
    return found


ANALYSING = [
    script
    for file in (*WORKFLOWS, ACTION)
    for script in scripts(file, ANSWERS)
    if subcommands(script.lines)
]


def test_every_way_asks_all_questions() -> None:
    asked = {
        file: [
            command
            for script in ANALYSING
            if script.file == file
            for command in subcommands(script.lines)
        ]
        for file in (*WORKFLOWS, ACTION)
    }
    assert set(map(tuple, asked.values())) == {("check", "drift", "diff", "build")}


# Those of two files that say the same are one.
DIFFERENT = {(script.lines, *script.environment.items()): script for script in ANALYSING}.values()


@pytest.mark.parametrize(
    "script", DIFFERENT, ids=[f"{Path(s.file).stem}-{s.name}" for s in DIFFERENT]
)
def test_a_step_of_a_workflow_ends_as_it_should(runner: Runner, script: Script) -> None:
    (command,) = subcommands(script.lines)
    if command == "build" and script.file == ACTION:
        runner.tool("graphdoc", BUILD)
    done = runner.script(script)
    assert done.returncode == STATUS[command], done.stderr
    _judge(command, runner, done)


def _judge(command: str, runner: Runner, done: subprocess.CompletedProcess[str]) -> None:
    match command:
        case "check":
            assert "missing-values-file" in done.stdout
        case "drift":
            assert "sync wave 1 → 2" in done.stdout
        case "diff":
            assert "sync wave 1 → 2" in (runner.temp / "graphdoc.md").read_text("utf-8")
        case "docs":
            assert done.stderr.endswith("0 blocks in 0 documents, 0 stale\n")
        case _:
            built = (runner.temp / "site", runner.folder / "launchpad/public")
            assert any((site / "index.html").is_file() for site in built)


@pytest.mark.parametrize("file", WORKFLOWS)
def test_the_checkout_takes_the_name_of_the_target_branch(runner: Runner, file: str) -> None:
    launchpad = runner.folder / "launchpad"
    before = git_answer(launchpad, "rev-parse", "HEAD")
    done = runner.script(step(file, "Take the target branch's name, which Applications may follow"))
    assert (done.returncode, done.stderr) == (0, "")
    assert git_answer(launchpad, "branch", "--show-current") == "main"
    assert git_answer(launchpad, "rev-parse", "HEAD") == before


def git_answer(clone: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=clone,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_without_that_name_a_change_to_what_follows_main_goes_unseen(runner: Runner) -> None:
    launchpad = runner.folder / "launchpad"
    git(launchpad, "switch", "-q", "-c", "work", "origin/main")
    for file in launchpad.glob("**/*.yaml"):
        text = file.read_text("utf-8")
        file.write_text(text.replace("targetRevision: HEAD", "targetRevision: main"), "utf-8")
    _commit(launchpad, "follow main")
    git(launchpad, "update-ref", "refs/remotes/origin/main", "HEAD")
    assert runner.run("graphdoc drift --accept", "launchpad").returncode == 0
    _move_wave(launchpad)
    _commit(launchpad, "move a wave")
    git(launchpad, "switch", "-q", "--detach")
    assert runner.run("graphdoc drift", "launchpad").returncode == 0
    runner.script(
        step(WORKFLOWS[0], "Take the target branch's name, which Applications may follow")
    )
    assert "sync wave 1 → 2" in runner.run("graphdoc drift", "launchpad").stdout


@pytest.mark.parametrize("file", WORKFLOWS)
def test_the_install_step_asks_pip_for_graphdoc(runner: Runner, file: str) -> None:
    assert runner.script(step(file, "Install")).returncode == 0
    assert runner.calls.read_text("utf-8") == f"pip install {load(file)['env']['GRAPHDOC']}\n"


def test_the_name_of_a_branch_runs_nothing(runner: Runner) -> None:
    name = "main';touch${IFS}pwned;$(touch${IFS}pwned)"
    script = step(WORKFLOWS[1], "Diff")
    runner.run(script.lines, script.directory, {"BASE_REF": name})
    assert list(runner.folder.rglob("pwned")) == []


@pytest.mark.parametrize(
    ("known", "method", "path"),
    [("", "POST", "issues/7/comments"), ("42", "PATCH", "issues/comments/42")],
)
def test_a_comment_on_github_is_written_once(
    runner: Runner, known: str, method: str, path: str
) -> None:
    (runner.folder / "graphdoc.md").write_text("moved\n", "utf-8")
    runner.tool("gh", f'{TOOL}case "$*" in *--jq*) echo "{known}" ;; esac\n')
    done = runner.script(step(WORKFLOWS[0], "Write the comment, or bring it up to date"))
    assert (done.returncode, done.stderr) == (0, "")
    assert runner.calls.read_text("utf-8").splitlines()[-3:] == [
        "<!-- graphdoc -->",
        "moved",
        f"gh api --silent --method {method} repos/Forte/launchpad/{path} --field body=@comment.md",
    ]


@pytest.mark.skipif(shutil.which("jq") is None, reason="needs jq, as the runners do")
@pytest.mark.parametrize(
    ("comments", "method", "path"),
    [
        ("[]", "POST", "7/comments"),
        ('[{"id": 1, "body": "by hand"}]', "POST", "7/comments"),
        ('[{"id": 42, "body": "<!-- graphdoc -->\\nold"}]', "PATCH", "comments/42"),
    ],
)
def test_a_comment_on_gitea_is_written_once(
    runner: Runner, comments: str, method: str, path: str
) -> None:
    (runner.folder / "graphdoc.md").write_text("moved\n", "utf-8")
    runner.tool(
        "curl", f"{TOOL}case \"$*\" in *--request*) ;; *) printf '%s' '{comments}' ;; esac\n"
    )
    done = runner.script(step(WORKFLOWS[1], "Write the comment, or bring it up to date"))
    assert (done.returncode, done.stderr) == (0, "")
    *_, last = runner.calls.read_text("utf-8").splitlines()
    api = "https://git.example.com/api/v1/repos/Forte/launchpad/issues"
    assert last.endswith(f"--request {method} --data @comment.json {api}/{path}")
    assert '"body": "<!-- graphdoc -->\\nmoved\\n"' in runner.calls.read_text("utf-8")


def test_the_site_on_gitea_replaces_the_branch(runner: Runner) -> None:
    target = runner.folder / "Forte/launchpad.git"
    git(runner.folder, "init", "-q", "--bare", str(target))
    (runner.folder / "site").mkdir()
    (runner.folder / "site/index.html").write_text("<p>site\n", "utf-8")
    publish = step(WORKFLOWS[1], 'Replace the branch "pages" by one commit')
    script = publish._replace(
        environment={**publish.environment, "GITHUB_SERVER_URL": runner.folder.as_uri()}
    )
    for _ in range(2):
        done = runner.script(script)
        assert (done.returncode, done.stderr) == (0, "")
        shutil.rmtree(runner.folder / "site/.git")
    assert git_answer(target, "log", "--format=%s", "pages") == "Site of 0123abc"
    assert git_answer(target, "ls-tree", "--name-only", "pages") == "index.html"


@pytest.mark.parametrize(
    ("job", "status", "file"),
    [
        ("graphdoc-check", 1, "gl-code-quality-report.json"),
        ("graphdoc-drift", 1, "architecture.lock.json"),
        ("graphdoc-diff", 0, "graphdoc.md"),
        ("pages", 0, "public/index.html"),
    ],
)
def test_a_job_on_gitlab_ends_as_it_should(
    runner: Runner, job: str, status: int, file: str
) -> None:
    group = runner.folder / "group"
    for name in ("forte-helm", "helm-prod-values"):
        shutil.move(runner.folder / name, group / f"{name}.git")
    content = load(GITLAB)
    lines = [*content[".graphdoc"]["before_script"], *content[job]["script"]]
    launchpad = runner.folder / "launchpad"
    environment = {
        "CI_SERVER_URL": runner.folder.as_uri(),
        "CI_PROJECT_NAMESPACE": "group",
        "CI_PROJECT_DIR": str(launchpad),
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": git_answer(launchpad, "rev-parse", "HEAD^1"),
        "GRAPHDOC": content[".graphdoc"]["variables"]["GRAPHDOC"],
    }
    if job == "pages":
        runner.tool("graphdoc", BUILD)
    done = runner.run("\n".join(lines), "launchpad", environment)
    assert done.returncode == status, done.stderr
    assert (launchpad / file).is_file()
    assert git_answer(launchpad, "branch", "--show-current") == "main"


def test_all_jobs_on_gitlab_are_run_here() -> None:
    named = sorted(name for name in load(GITLAB) if not name.startswith("."))
    assert named == ["graphdoc-check", "graphdoc-diff", "graphdoc-drift", "pages"]


@pytest.mark.parametrize("hook", load(HOOKS), ids=lambda hook: str(hook["id"]))
def test_a_hook_runs_through_its_entry(runner: Runner, hook: dict[str, str]) -> None:
    words = shlex.split(hook["entry"])
    git(runner.folder / "launchpad", "switch", "-q", "-C", "main")
    done = runner.run(shlex.join(words), "launchpad", {"GIT_DIR": ".git", "GIT_INDEX_FILE": "x"})
    assert done.returncode == STATUS[words[1]], done.stderr
    _judge(words[1], runner, done)


def test_the_action_names_its_cache_and_takes_a_baseline(runner: Runner) -> None:
    name = step(ACTION, "Name the cache after what is locked")
    assert runner.script(name).returncode == 0
    assert re.fullmatch(r"digest=[0-9a-f]{64}\n", (runner.temp / "output").read_text("utf-8"))
    runner.run("graphdoc check --format json --output known.json", "launchpad")
    check = step(ACTION, "Check")
    known = check._replace(environment={**check.environment, "BASELINE": "known.json"})
    assert runner.script(known).returncode == 0


def test_every_command_in_the_page_on_ci_runs_in_its_order(runner: Runner) -> None:
    told = commands("docs_src/ci.md")
    assert len(told) > 5
    assert {c: _outcome(runner, c) for c in told} == {
        c: 0 if c != "graphdoc check" else 1 for c in told
    }


def test_every_command_in_the_section_of_the_readme_runs(runner: Runner) -> None:
    told = section("README.md", "In CI")
    git(runner.folder / "launchpad", "branch", "-q", "main", "origin/main")
    assert [_outcome(runner, command) for command in told] == [1, 1, 0]
    assert [subcommands(command) for command in told] == [["check"], ["drift"], ["diff"]]


def _outcome(runner: Runner, command: str) -> int:
    done = runner.run(command, "launchpad")
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode
