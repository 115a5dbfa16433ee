"""The same sources give the same bytes, whatever the place, locale, time zone, seed and order."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from graphdoc.cli.app import cli
from tests.written import CONFIG, ROOT, WEB, git, write_files

CHART = """\
-- platform/root-dev.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: root-dev, namespace: argocd, annotations: {note: Größe → ♫}}
spec:
  project: default
  source: {repoURL: https://git.example.com/platform, path: chart, targetRevision: HEAD}
  destination: {server: https://kubernetes.default.svc, namespace: argocd}
-- platform/chart/Chart.yaml --
apiVersion: v2
name: chart
version: 1.0.0
-- platform/chart/templates/m.yaml --
apiVersion: v1
kind: Secret
metadata: {name: m}
stringData: {k: {{ .Release.Name }}}
-- platform/README.md --
See `values/gone.yaml` and `values/gone-too.yaml`.

<!-- graphdoc: table applications -->
<!-- /graphdoc -->
"""
CHANGED = "replicas: 3\ngröße: ♫\n"
SETTINGS = (
    {
        "PYTHONHASHSEED": "1", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0",
        "PYTHONIOENCODING": "cp1252", "TZ": "UTC-14", "COLUMNS": "60",
    },
    {"PYTHONHASHSEED": "4242", "LC_ALL": "C.UTF-8", "TZ": "UTC+12", "COLUMNS": "200"},
)  # fmt: skip
# Every command in one process: reversed names stand for a file system with another order.
PROGRAM = """\
import os, sys
if sys.argv[1] == "reversed":
    os.umask(0o077)
    listed, scanned = os.listdir, os.scandir
    class Backwards:
        def __init__(self, entries):
            self.left = sorted(entries, key=lambda entry: entry.name)
        __enter__ = __iter__ = lambda self: self
        __exit__ = close = lambda self, *_: None
        def __next__(self):
            if not self.left:
                raise StopIteration
            return self.left.pop()
    os.listdir = lambda *a: sorted(listed(*a), reverse=True)
    os.scandir = lambda *a: Backwards(scanned(*a))
from graphdoc.cli import run
for number, line in enumerate(open("commands.txt", encoding="utf-8")):
    words = line.split()
    told = open(f"out/{number}-{words[0]}.txt", "wb")
    os.dup2(told.fileno(), 1)
    assert run(words) in (0, 1), line
"""
ONCE = (
    "check --fix --diff", "check --baseline out/baseline.json --write-baseline",
    "check --baseline out/baseline.json", "check --select orphaned-values-file",
    "graph --select +application:prod/web", "drift --accept", "docs", "docs --check",
    "diff HEAD~1 HEAD", "explain application:prod/web", "explain wave-cycle",
    "values web --cluster prod", "render application:dev/root-dev --origins",
    "render platform/overlays/prod --format jsonl --origins", "impact --since HEAD~1",
    "pages out/pages", "build --site out/site --since HEAD~1", "docs --write",
    "init --force platform",
)  # fmt: skip
EACH = {
    "check": "", "graph": "", "drift": "", "diff": "HEAD~1", "impact": "platform/values/prod.yaml",
    "render": "platform/overlays/prod",
}  # fmt: skip


def choices(command: str) -> list[str]:
    """The formats of a command."""
    found = cli.get_command(click.Context(cli), command)
    options = {option.name: option.type for option in found.params} if found else {}
    return list(getattr(options.get("format_"), "choices", ()))


def commands(jobs: int) -> list[str]:
    each = [
        f"{name} {rest} --format {shape}" for name, rest in EACH.items() for shape in choices(name)
    ]
    shared = f"render --jobs {jobs} --format jsonl platform/base platform/overlays/prod"
    return [*ONCE[:-2], *each, shared, *ONCE[-2:]]  # the last two write into the clone


def commit(root: Path, seconds: int) -> None:
    """What Git stores depends on nothing but the files."""
    day = f"@{1_700_000_000 + seconds} +0000"
    platform = root / "platform"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_AUTHOR_DATE", day)
        patch.setenv("GIT_COMMITTER_DATE", day)
        git(platform, "init", "-q", "-b", "main")
        git(platform, "add", "-A")
        git(platform, "commit", "-qm", "one")


def estate(root: Path, order: str) -> Path:
    sections = (CONFIG + ROOT + WEB + CHART).split("-- platform/")
    sections[1:] = sections[1:] if order == "as is" else sections[:0:-1]
    write_files(root, "-- platform/".join(sections))
    commit(root, 0)
    (root / "platform/values/prod.yaml").write_text(CHANGED, "utf-8")
    commit(root, 1)
    (root / "out").mkdir()
    (root / "commands.txt").write_text("\n".join(commands(1 if order == "as is" else 2)), "utf-8")
    return root


def digests(root: Path) -> dict[str, str]:
    written = ("out/**/*", "architecture.lock.json", "graphdoc.yaml", "platform/README.md")
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for pattern in written
        for path in sorted(root.glob(pattern))
        if path.is_file()
    }


def test_every_command_and_format_is_held_to_the_same_bytes() -> None:
    asked = commands(1)
    for name in cli.list_commands(click.Context(cli)):
        assert name == "serve" or any(line.startswith(name) for line in asked)
        assert not choices(name) or name in EACH


@pytest.mark.slow
def test_every_output_is_the_same_bytes(tmp_path: Path) -> None:
    roots, running = [], []
    for settings, place, order in zip(SETTINGS, ("a", "b/ü c"), ("as is", "reversed"), strict=True):
        roots.append(estate(tmp_path / place, order))
        command = [sys.executable, "-c", PROGRAM, order]
        environment = {**os.environ, **settings}
        running.append(
            subprocess.Popen(command, cwd=roots[-1], env=environment, stderr=subprocess.PIPE)
        )
    for process in running:  # side by side
        errors = process.communicate()[1]
        assert process.returncode == 0, errors[-1500:]
    first, second = map(digests, roots)
    assert {name for name in first if first[name] != second.get(name)} == set()
    assert first.keys() == second.keys()
    assert len(first) > 150
