"""As much of Helm's command line as Kustomize calls, over Helm's own library.

``python -m benchmarks.helm_command CLONES COMMAND…`` is what ``kubectl kustomize --helm-command``
is given: ``version``, ``pull`` of a chart of the clones (separated by ``:``) at its version, by its
archive, folder or tag, and ``template``.
"""

import io
import subprocess
import sys
import tarfile
from argparse import ArgumentParser
from pathlib import Path

import helm_python
import yaml

from benchmarks.proven import load_values, merge_values

__all__ = ["main"]


def main(arguments: list[str]) -> int:
    """Answer one call."""
    clones, command, *rest = arguments
    if command == "version":
        sys.stdout.write("v3.18.0\n")
    elif command == "pull":
        _pull([Path(clone) for clone in clones.split(":")], rest)
    else:
        _template(rest)
    return 0


def _pull(clones: list[Path], arguments: list[str]) -> None:
    parser = ArgumentParser()
    for option in ("--untardir", "--repo", "--version"):
        parser.add_argument(option)
    parser.add_argument("--untar", action="store_true")
    parser.add_argument("chart")
    asked = parser.parse_args(arguments)
    name = asked.chart.rpartition("/")[2]
    for clone in clones:
        if _take(clone, name, asked.version or "", Path(asked.untardir) / name):
            return
    sys.exit(f"chart {name} {asked.version} is not among the clones")


def _take(clone: Path, name: str, version: str, target: Path) -> bool:
    """Copy a chart from the checkout, packed or not, or from the tag of its version."""
    for packed in clone.rglob(f"{name}-{version}.tgz"):
        _unpack(packed.read_bytes(), target.parent)
        return True
    for revision in ("HEAD", f"{name}-{version}"):
        files = _git(clone, "ls-tree", "-r", "--name-only", revision).decode().splitlines()
        for path in (file for file in files if file.endswith(f"{name}/Chart.yaml")):
            facts = yaml.safe_load(_git(clone, "show", f"{revision}:{path}"))
            if (facts["name"], str(facts["version"])) == (name, version):
                _unpack(_git(clone, "archive", f"{revision}:{Path(path).parent}"), target)
                return True
    return False


def _unpack(data: bytes, target: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        archive.extractall(target, filter="data")


def _template(arguments: list[str]) -> None:
    parser = ArgumentParser()
    for option in ("--namespace", "--name-template"):
        parser.add_argument(option, default="")
    parser.add_argument("-f", "--values", action="append", default=[])
    parser.add_argument("--include-crds", action="store_true")
    asked, places = parser.parse_known_args(arguments)
    names = [place for place in places if not place.startswith("-")]
    values: dict[str, object] = {}
    for file in asked.values:
        values = merge_values(values, load_values(Path(file)))
    with helm_python.Chart.load(names[-1]) as chart:
        release = names[0] if len(names) > 1 else asked.name_template
        rendered = chart.render(values, name=release, namespace=asked.namespace)
    for name, text in rendered.items():
        if name.endswith((".yaml", ".yml")):
            sys.stdout.write(f"---\n{text}\n")


def _git(clone: Path, *arguments: str) -> bytes:
    command = ["git", "-C", str(clone), *arguments]
    return subprocess.run(command, capture_output=True, check=False).stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
