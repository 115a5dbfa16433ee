"""What stands in the files for CI: their jobs, steps and scripts."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

PROJECT = Path(__file__).resolve().parents[2]
WORKFLOWS = ("examples/ci/github.yml", "examples/ci/gitea.yml")
GITLAB = "examples/ci/gitlab-ci.yml"
ACTION = "action.yml"
HOOKS = ".pre-commit-hooks.yaml"
DOCUMENTS = ("README.md", "docs_src/ci.md")

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Script(NamedTuple):
    """A script as a runner gets it."""

    file: str
    name: str
    lines: str
    environment: dict[str, str]
    directory: str


def load(file: str) -> Any:  # noqa: ANN401 -- as YAML has it
    """The content of a YAML file; a key that stands twice is an error."""
    return YAML(typ="safe", pure=True).load((PROJECT / file).read_text("utf-8"))


def jobs(file: str) -> dict[str, dict[str, Any]]:
    """The jobs of a workflow by id; an action is one job of no name."""
    content = load(file)
    jobs: dict[str, dict[str, Any]] = content.get("jobs") or {"": content["runs"]}
    return jobs


def steps(file: str) -> Iterator[dict[str, Any]]:
    """The steps of all jobs in order."""
    for job in jobs(file).values():
        yield from job["steps"]


def expressions(value: object) -> list[str]:
    """Each ``${{ … }}`` below a value, and each ``if``, which needs no braces."""
    if isinstance(value, dict):
        bare = [value["if"]] if "${{" not in value.get("if", "${{") else []
        return bare + [found for item in value.values() for found in expressions(item)]
    if isinstance(value, list):
        return [found for item in value for found in expressions(item)]
    return _EXPRESSION.findall(str(value))


def filled(text: str, answers: dict[str, str]) -> str:
    """The text with every expression replaced; one without an answer is a ``KeyError``."""
    return _EXPRESSION.sub(lambda match: answers[match[1]], text)


def scripts(file: str, answers: dict[str, str]) -> Iterator[Script]:
    """Every ``run`` of a workflow or an action."""
    top = load(file).get("env", {})
    for job in jobs(file).values():
        default = job.get("defaults", {}).get("run", {}).get("working-directory", ".")
        for step in job["steps"]:
            if "run" in step:
                environment = {k: filled(v, answers) for k, v in step.get("env", {}).items()}
                directory = filled(step.get("working-directory", default), answers)
                name = step["name"]
                yield Script(file, name, step["run"], {**top, **environment}, directory)


def subcommands(lines: str) -> list[str]:
    """Which commands of graphdoc a script calls."""
    return re.findall(r"(?:^|[;|&])\s*graphdoc ([a-z]+)", lines, re.MULTILINE)


def commands(file: str) -> list[str]:
    """The graphdoc commands in a document's console blocks, without the words that explain them."""
    return _commands((PROJECT / file).read_text("utf-8"))


def section(file: str, heading: str) -> list[str]:
    """The graphdoc commands below one heading of a document."""
    text = (PROJECT / file).read_text("utf-8")
    return _commands(text.split(f"## {heading}\n")[1].split("\n## ")[0])


def _commands(text: str) -> list[str]:
    lines = (line for block in _BLOCK.findall(text) for line in block.splitlines())
    return [
        re.sub(r"\s+# .*", "", line.removeprefix("$ "))
        for line in lines
        if line.startswith("$ graphdoc ")
    ]
