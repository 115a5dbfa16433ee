"""What ``check`` has told, and all that it depends on, kept for the next run."""

import os
import sysconfig
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import graphdoc
from graphdoc.cache import Dependencies, Result, Store, Told, find_store, result_key, sign
from graphdoc.cli.check.filters import Filter
from graphdoc.cli.check.reports import Reports
from graphdoc.cli.options import Scope
from graphdoc.config.load import config_places
from graphdoc.config.values import Config
from graphdoc.model.dataclass import dataclass
from graphdoc.model.programs import find_program

__all__ = ["CRASHED", "Asked", "Memory", "find_dependencies", "find_memory"]

# What a busy machine may cause, and a second run may not meet again.
CRASHED = "Helm crashed or took longer"
_PROGRAMS = ("git", "helm")


class Asked(Mapping[str, str]):
    """The environment; it knows which variables somebody asked for."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return self._variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)


@dataclass(frozen=True, slots=True)
class Memory:
    """The place of one result in the cache, and the signature of what it is made from."""

    store: Store
    key: str
    dependencies: Dependencies
    signature: str

    def remember(self, told: Told) -> None:
        """Keep a result for the next run."""
        self.store.write(self.key, Result(told, self.dependencies, self.signature))


def find_memory(
    arguments: Sequence[str], dependencies: Dependencies, reports: Reports
) -> Memory | None:
    """Where the result of a command line is to be kept; ``None`` where it is not.

    Other reports beside the main one are made anew. The signature is that of before the analysis,
    so that what changes meanwhile is noticed.
    """
    store = find_store(os.environ) if reports.cached else None
    if store is None or reports.others or reports.step_summary is not None or _ignores_more():
        return None
    key = result_key(arguments, os.environ)
    signature = sign(dependencies, os.environ, time.time_ns())
    return Memory(store, key, dependencies, signature) if key and signature else None


def find_dependencies(
    scope: Scope, config: Config, chosen: Filter, environment: Asked
) -> Dependencies:
    """What a result depends on beside the command line."""
    clones = (repository.root for repository in config.repositories)
    package = Path(graphdoc.__file__).parent
    files = (
        *((scope.config,) if scope.config else config_places(Path())),
        *(place for path in scope.clones for place in _looked_into(path)),
        *(file for file in (chosen.file, config.site.logo_file) if file is not None),
        Path(sysconfig.get_path("purelib")),
        *(Path(found) for name in _PROGRAMS if (found := find_program(name))),
        *_git_settings(),
    )
    return Dependencies(
        clones=map(os.fspath, clones),
        trees=map(os.fspath, (package, *((config.chart_cache,) if config.chart_cache else ()))),
        files=map(os.fspath, files),
        variables=sorted(environment.names),
    )


def _looked_into(path: Path) -> Iterator[Path]:
    """What tells whether a path is a clone, holds some or is a part of one."""
    yield path
    if not (path / ".git").exists():
        yield from (parent / ".git" / "index" for parent in path.resolve().parents)
        yield from sorted(child for child in path.iterdir() if child.is_dir())


def _git_settings() -> tuple[Path, ...]:
    """The user's settings of Git, of which some say what it ignores."""
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 -- no error where there is none
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "git"
    return (home / ".gitconfig", folder / "config", folder / "ignore", folder / "attributes")


def _ignores_more() -> bool:
    """Whether the user's settings of Git name files that nobody looks at here."""
    texts = (file.read_bytes().lower() for file in _git_settings()[:2] if file.is_file())
    return any(b"excludesfile" in text or b"include" in text for text in texts)
