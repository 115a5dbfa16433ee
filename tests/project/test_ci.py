"""The workflows, the action and the hooks: well formed, and trusting nobody."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.project.ci_files import (
    ACTION,
    DOCUMENTS,
    GITLAB,
    HOOKS,
    PROJECT,
    WORKFLOWS,
    expressions,
    jobs,
    load,
    steps,
    subcommands,
)

WORKFLOW_KEYS = {"name", "on", "permissions", "concurrency", "env", "jobs"}
JOB_KEYS = {
    "needs",
    "if",
    "runs-on",
    "timeout-minutes",
    "permissions",
    "defaults",
    "environment",
    "steps",
}
STEP_KEYS = {"name", "id", "if", "uses", "with", "run", "env", "working-directory", "shell"}
GITLAB_KEYS = {
    "image",
    "variables",
    "cache",
    "before_script",
    "rules",
    "extends",
    "stage",
    "script",
    "artifacts",
}
CONTEXTS = {"github", "env", "runner", "secrets", "steps", "needs", "inputs"}
ALL = (*WORKFLOWS, ACTION)


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))


@pytest.mark.parametrize("file", WORKFLOWS)
def test_a_workflow_has_only_keys_that_a_runner_knows(file: str) -> None:
    assert set(load(file)) <= WORKFLOW_KEYS
    for job in jobs(file).values():
        assert set(job) <= JOB_KEYS
        assert {"runs-on", "timeout-minutes", "steps"} <= set(job)


@pytest.mark.parametrize("file", ALL)
def test_a_step_either_uses_or_runs(file: str) -> None:
    for step in steps(file):
        assert set(step) <= STEP_KEYS
        assert ("uses" in step) != ("run" in step)
        assert "uses" in step or "name" in step
        assert ("shell" in step) == (file == ACTION and "run" in step)


@pytest.mark.parametrize("file", ALL)
def test_what_is_referred_to_is_there(file: str) -> None:
    for job in jobs(file).values():
        text = " ".join(expressions(job))
        assert set(re.findall(r"steps\.(\w+)", text)) <= {
            s["id"] for s in job["steps"] if "id" in s
        }
        assert set(re.findall(r"needs\.(\w+)", text)) <= {job.get("needs")} <= {*jobs(file), None}
        roots = re.findall(r"(?<![\w.-])([a-z]+)\.[a-z]", re.sub(r"'[^']*'", "", text))
        assert set(roots) <= CONTEXTS


@pytest.mark.parametrize("file", WORKFLOWS)
def test_only_the_jobs_that_analyse_nothing_may_write(file: str) -> None:
    assert load(file)["permissions"] == {"contents": "read"}
    writing = {name: job for name, job in jobs(file).items() if "permissions" in job}
    assert sorted(writing) == ["comment", "publish"]
    for job in writing.values():
        used = [step.get("uses", "").split("@")[0] for step in job["steps"]]
        assert set(used) <= {"", "actions/download-artifact", "actions/deploy-pages"}
        assert [subcommands(step["run"]) for step in job["steps"] if "run" in step] in ([], [[]])


def test_each_job_has_the_least_permissions() -> None:
    granted = {
        (Path(file).stem, name): job["permissions"]
        for file in WORKFLOWS
        for name, job in jobs(file).items()
        if "permissions" in job
    }
    assert granted == {
        ("github", "comment"): {"pull-requests": "write"},
        ("github", "publish"): {"pages": "write", "id-token": "write"},
        ("gitea", "comment"): {"issues": "write", "pull-requests": "write"},
        ("gitea", "publish"): {"contents": "write"},
    }


@pytest.mark.parametrize("file", WORKFLOWS)
def test_a_fork_gets_no_secrets(file: str) -> None:
    assert set(load(file)["on"]) == {"pull_request", "push", "schedule", "workflow_dispatch"}
    assert jobs(file)["graphdoc"]["if"] == (
        "github.event_name != 'pull_request'"
        " || github.event.pull_request.head.repo.full_name == github.repository"
    )
    reading = [name for name, job in jobs(file).items() if "secrets." in str(job)]
    assert reading == ["graphdoc"]
    assert all(job.get("needs", "graphdoc") == "graphdoc" for job in jobs(file).values())


def test_a_fork_of_a_gitlab_project_runs_nothing() -> None:
    same = load(GITLAB)[".graphdoc"]["rules"][0]["if"].split(" && ")
    assert same == [
        '$CI_PIPELINE_SOURCE == "merge_request_event"',
        "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID",
    ]


@pytest.mark.parametrize("file", ALL)
def test_no_expression_stands_in_a_script(file: str) -> None:
    assert [step["name"] for step in steps(file) if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("file", ALL)
def test_every_action_is_pinned(file: str) -> None:
    used = [step["uses"] for step in steps(file) if "uses" in step]
    assert used
    assert [name for name in used if not re.fullmatch(r"actions/[a-z-]+@v\d+", name)] == []


@pytest.mark.parametrize("file", WORKFLOWS)
def test_three_checkouts_stand_side_by_side_and_keep_no_credentials(file: str) -> None:
    checkouts = [s["with"] for s in steps(file) if "actions/checkout" in s.get("uses", "")]
    assert [each["path"] for each in checkouts] == ["launchpad", "forte-helm", "helm-prod-values"]
    assert {(each["fetch-depth"], each["persist-credentials"]) for each in checkouts} == {
        (0, False)
    }


@pytest.mark.parametrize("file", WORKFLOWS)
def test_secrets_go_to_checkouts_and_nowhere_else(file: str) -> None:
    places = {
        (step["uses"].split("@")[0], key)
        for step in steps(file)
        for key, value in step.get("with", {}).items()
        if "secrets." in str(value)
    }
    assert places <= {("actions/checkout", "token"), ("actions/checkout", "ssh-key")}
    text = (PROJECT / file).read_text("utf-8")
    assert text.count("secrets.") == sum("secrets." in str(s.get("with")) for s in steps(file))


def test_the_documentation_names_each_secret() -> None:
    used = {
        name
        for file in WORKFLOWS
        for name in re.findall(r"secrets\.(\w+)", (PROJECT / file).read_text("utf-8"))
    }
    told = re.findall(
        r"^\| \w+ \| `(\w+)`", (PROJECT / "docs_src/ci.md").read_text("utf-8"), re.MULTILINE
    )
    assert sorted(used) == sorted(told)


def test_every_input_of_the_action_is_used_and_has_a_default() -> None:
    action = load(ACTION)
    used = re.findall(r"inputs\.([\w-]+)", " ".join(expressions(action["runs"])))
    assert sorted(set(used)) == sorted(action["inputs"])
    assert all(set(i) == {"description", "default"} for i in action["inputs"].values())
    assert {type(i["default"]) for i in action["inputs"].values()} == {str}


def test_the_action_installs_only_what_has_a_hash() -> None:
    (install,) = (step["run"] for step in steps(ACTION) if step.get("id") == "install")
    installs = [line for line in install.splitlines() if " install " in line]
    assert [("--require-hashes" in line, "--no-deps" in line) for line in installs] == [
        (True, False),
        (False, True),
    ]
    assert re.findall(r"\$GITHUB_ACTION_PATH/([\w.]+)", install) == ["requirements.lock"]
    assert (PROJECT / "requirements.lock").is_file()


def test_gitlab_jobs_have_only_keys_that_gitlab_knows() -> None:
    content = load(GITLAB)
    assert all(set(job) <= GITLAB_KEYS for job in content.values())
    named = {name: job for name, job in content.items() if not name.startswith(".")}
    assert {job["extends"] for job in named.values()} == {".graphdoc"}
    assert all("script" in job for job in named.values())


def test_the_workflows_install_this_version(manifest: dict[str, Any]) -> None:
    # By address: a package of this name on PyPI is another project.
    wanted = f"graphdoc[helm] @ git+<address of graphdoc>@v{manifest['project']['version']}"
    assert [load(file)["env"]["GRAPHDOC"] for file in WORKFLOWS] == [wanted, wanted]
    assert load(GITLAB)[".graphdoc"]["variables"]["GRAPHDOC"] == wanted
    assert f"rev: v{manifest['project']['version']}\n" in (PROJECT / "docs_src/ci.md").read_text(
        "utf-8"
    )


def test_the_hooks_bring_the_extra_that_renders_charts(manifest: dict[str, Any]) -> None:
    extra = manifest["project"]["optional-dependencies"]["helm"]
    hooks = load(HOOKS)
    assert [hook["additional_dependencies"] for hook in hooks] == [extra] * len(hooks)
    assert {(h["language"], h["always_run"], h["pass_filenames"]) for h in hooks} == {
        ("python", True, False)
    }


def test_the_documentation_names_the_hooks_and_the_inputs_that_are() -> None:
    text = (PROJECT / "docs_src/ci.md").read_text("utf-8")
    assert re.findall(r"- id: (.*)", text) == [hook["id"] for hook in load(HOOKS)]
    step = text.split("uses: <owner of graphdoc>")[1].split("```")[0]
    inputs = re.findall(r"^    ([\w-]+): ", step, re.MULTILINE)
    assert inputs
    assert set(inputs) <= set(load(ACTION)["inputs"])


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_a_document_names_is_there(document: str) -> None:
    text = (PROJECT / document).read_text("utf-8")
    named = re.findall(
        r"(?:examples/ci/[\w.-]+|(?<![\w/.-])action\.yml|\.pre-commit-hooks\.yaml)", text
    )
    assert {*WORKFLOWS, GITLAB, ACTION, HOOKS} == set(named)
    assert [name for name in set(named) if not (PROJECT / name).is_file()] == []


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash to read the scripts")
@pytest.mark.parametrize("file", ALL)
def test_every_script_can_be_read_by_bash(file: str) -> None:
    for step in steps(file):
        if "run" in step:
            read = subprocess.run(
                ["bash", "-n"], input=step["run"], text=True, capture_output=True, check=False
            )
            assert (read.returncode, read.stderr) == (0, ""), step["name"]
