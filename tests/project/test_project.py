"""The habits that no linter holds: the locks, the layers, the commands that the documents name."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from click import Context
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from graphdoc.cli.app import cli

LOCKS = ("requirements.lock", "requirements-test.lock")
_PINNED = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^ ;]+)", re.MULTILINE)
_MAKE_COMMAND = re.compile(r"(?:^|^\$ |`)make (?:[A-Z]+=\S+ )*([a-z]+)", re.MULTILINE)
_PRIVATE_IMPORT = re.compile(r"^ *from graphdoc\S* import .*\b(_\w+)", re.MULTILINE)
# These say what they hold where they stand: the reader of lines, the options of check, data.
_PLAIN_FOLDERS = frozenset({"check", "graphdoc", "lines", "sample", "schemas"})
_TABLED_COMMAND = re.compile(r"^\| `graphdoc ([a-z]+)", re.MULTILINE)


@pytest.fixture(scope="module")
def pyproject(project: Path) -> dict[str, Any]:
    return tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))


def _files_for_git(project: Path, folder: str) -> set[str]:
    git = ("git", "-c", f"safe.directory={project}", "ls-files", "-z")
    kept = ("--cached", "--others", "--exclude-standard", "--", folder)
    listing = subprocess.run([*git, *kept], cwd=project, capture_output=True, check=True)
    names = listing.stdout.decode().split("\0")[:-1]
    return {name for name in names if (project / name).is_file()}


@pytest.fixture(scope="module")
def trees(project: Path) -> dict[str, ast.Module]:
    """Every module of the package, by its path."""
    paths = (project / "graphdoc").rglob("*.py")
    return {path.as_posix(): ast.parse(path.read_text("utf-8")) for path in paths}


def _imported(trees: Iterable[ast.Module]) -> set[str]:
    modules: set[str] = set()
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module.partition(".")[0])
    return modules


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _pins(project: Path, lock: str) -> dict[str, set[str]]:
    pins: dict[str, set[str]] = {}
    for match in _PINNED.finditer((project / lock).read_text(encoding="utf-8")):
        pins.setdefault(_normal(match["name"]), set()).add(match["version"])
    return pins


def _targets(project: Path) -> set[str]:
    makefile = (project / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


def test_each_top_level_module_has_its_place_among_the_layers(
    project: Path, pyproject: dict[str, Any]
) -> None:
    contracts = pyproject["tool"]["importlinter"]["contracts"]
    (layers,) = [contract for contract in contracts if contract["type"] == "layers"]
    placed = {name for layer in layers["layers"] for name in re.findall(r"\w+", layer)} | set(
        layers["exhaustive_ignores"]
    )
    package = project / "graphdoc"
    modules = {path.stem for path in package.glob("*.py")} - {"__init__"}
    packages = {path.parent.name for path in package.glob("*/__init__.py")}
    assert modules | packages <= placed


def test_public_names_are_listed_and_private_ones_left_alone(
    project: Path, trees: dict[str, ast.Module]
) -> None:
    wrong = {path: _unlisted(tree) | _taken(tree) for path, tree in trees.items()}
    for path in (project / "tests").rglob("*.py"):
        text = path.read_text("utf-8")
        wrong[path.as_posix()] = set(
            re.findall(r"^ *from graphdoc\S* import .*\b(_\w+)", text, re.MULTILINE)
        )
    assert {path: names for path, names in wrong.items() if names} == {}


def _unlisted(tree: ast.Module) -> set[str]:
    """Public names that ``__all__`` leaves out, and listed names that are not there."""
    listed: set[str] = set()
    defined: set[str] = set()
    known: set[str] = set()
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name("__all__")]):
                listed = set(ast.literal_eval(node.value))
            case ast.ImportFrom():
                known |= {alias.asname or alias.name for alias in node.names}
            case ast.If(orelse=[*_, ast.FunctionDef(name)]):  # typed otherwise than it runs
                known.add(name)
            case ast.Assign(targets=[ast.Name(name)], value=ast.Call(ast.Name("TypeVar"))):
                known.add(name)
            case ast.Assign(targets=[ast.Name(name)]) | ast.AnnAssign(target=ast.Name(name)):
                defined.add(name)
            case ast.FunctionDef() | ast.ClassDef():
                defined.add(node.name)
            case _:
                pass
    return {n for n in defined - listed if not n.startswith("_")} | listed - defined - known


def _taken(tree: ast.Module) -> set[str]:
    """Private names that a module takes from another one of the package."""
    return {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("graphdoc.")
        for alias in node.names
        if alias.name.startswith("_")
    }


def test_linters_and_types_aim_at_the_oldest_python_that_is_allowed(
    pyproject: dict[str, Any],
) -> None:
    floor = SpecifierSet(pyproject["project"]["requires-python"])
    target = pyproject["tool"]["ruff"]["target-version"]
    assert floor == SpecifierSet(f">={target[2]}.{target[3:]}")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_hashes(project: Path, lock: str) -> None:
    text = (project / lock).read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)
    without = [block.splitlines()[0] for block in blocks[1:] if "--hash=sha256:" not in block]
    assert without == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_place_to_download_from(project: Path, lock: str) -> None:
    text = (project / lock).read_text(encoding="utf-8")
    assert re.findall(r".*://.*|^(?!    --hash=)\s*--.*", text, re.MULTILINE) == []


@pytest.mark.parametrize(
    ("lock", "extras"),
    [("requirements.lock", ("helm",)), ("requirements-test.lock", ("helm", "test"))],
)
def test_a_lock_holds_every_direct_requirement_in_its_range(
    project: Path, pyproject: dict[str, Any], lock: str, extras: tuple[str, ...]
) -> None:
    declared = [
        *pyproject["project"]["dependencies"],
        *pyproject["dependency-groups"]["build"],
        *(
            line
            for extra in extras
            for line in pyproject["project"]["optional-dependencies"][extra]
        ),
    ]
    pins = _pins(project, lock)
    stale = [
        requirement
        for requirement in map(Requirement, declared)
        if not pins.get(_normal(requirement.name))
        or not all(map(requirement.specifier.contains, pins[_normal(requirement.name)]))
    ]
    assert stale == []


def test_whatever_the_package_imports_is_a_declared_requirement(
    trees: dict[str, ast.Module], pyproject: dict[str, Any]
) -> None:
    table = pyproject["project"]
    declared = [*table["dependencies"], *table["optional-dependencies"]["helm"]]
    names = {_normal(Requirement(line).name) for line in declared}
    providers = packages_distributions()
    foreign = _imported(trees.values()) - sys.stdlib_module_names - {"graphdoc"}
    undeclared = {
        module for module in foreign if names.isdisjoint(map(_normal, providers.get(module, [])))
    }
    assert undeclared == set()


def test_both_locks_agree_on_every_version(project: Path) -> None:
    runtime, test = (_pins(project, lock) for lock in LOCKS)
    assert {name: test.get(name) for name in runtime} == runtime


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", ".ci/run"])
def test_every_make_command_in_a_document_is_a_target(project: Path, document: str) -> None:
    named = set(_MAKE_COMMAND.findall((project / document).read_text(encoding="utf-8")))
    assert named
    assert named <= _targets(project)


def test_the_map_of_the_code_names_every_folder(project: Path) -> None:
    text = (project / "CONTRIBUTING.md").read_text(encoding="utf-8")
    folders = {Path(name).parent for name in _files_for_git(project, "graphdoc")}
    packages = {folder for folder in folders if (project / folder / "__init__.py").is_file()}
    kustomize = Path("graphdoc/resolve/kustomize")  # its own __init__ is the map of it
    mapped = (p for p in packages if kustomize not in p.parents and p.name not in _PLAIN_FOLDERS)
    assert [str(f) for f in mapped if not re.search(rf"[`/]{f.name}`", text)] == []


def test_the_readme_lists_every_command_of_graphdoc(project: Path) -> None:
    readme = (project / "README.md").read_text(encoding="utf-8")
    assert set(_TABLED_COMMAND.findall(readme)) == set(cli.list_commands(Context(cli)))


def test_the_wheel_holds_every_file_of_the_package(project: Path, tmp_path: Path) -> None:
    """Hatchling leaves out what .gitignore names, and the sample and the site bring odd names."""
    (wheel,) = WheelBuilder(str(project)).build(directory=str(tmp_path), versions=["standard"])
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("graphdoc/")}
    assert packed == _files_for_git(project, "graphdoc")
