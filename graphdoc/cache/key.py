"""All that a result depends on, as one name under which it is remembered."""

import dataclasses
import hashlib
import importlib.util
import os
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path

from graphdoc import __version__
from graphdoc.cache.signature import sign_clone, sign_files, sign_tree
from graphdoc.config.values import Config
from graphdoc.model.programs import find_program

__all__ = ["canonical", "result_key"]

_FORMAT = "1"
_PACKAGE = Path(__file__).resolve().parent.parent


def result_key(config: Config, question: tuple[str, ...], now: int) -> str | None:
    """The name of a command's result; ``None`` where it cannot be told what it depends on.

    Args:
        config: what is analysed, and how.
        question: the command and those of its options that change what it says.
        now: the time in nanoseconds.
    """
    try:
        signatures = tuple(_signatures(config, now))
    except OSError:  # something went away meanwhile
        return None
    if None in signatures:
        return None
    facts = (_FORMAT, __version__, sys.version, canonical(config), *question, *signatures)
    return hashlib.sha256("\0".join(map(str, facts)).encode("utf-8", "surrogatepass")).hexdigest()


def _signatures(config: Config, now: int) -> Iterator[str | None]:
    yield from (sign_clone(repository.root, now) for repository in config.repositories)
    if config.chart_cache is not None:
        yield sign_tree(config.chart_cache, now)
    yield _program(now)
    yield _sign_git_settings(now)


def _program(now: int) -> str | None:
    """The own code of graphdoc, the installed packages, Git, and Helm's program."""
    helm = importlib.util.find_spec("helm_python")
    programs = [found for name in ("git", "helm") if (found := find_program(name))]
    places = [Path(sysconfig.get_path("purelib")), *map(Path, programs)]
    own = sign_tree(_PACKAGE, now)
    rest = sign_files(places, now)
    return f"{helm and helm.origin} {own} {rest}" if own and rest else None


def _sign_git_settings(now: int) -> str | None:
    """The user's settings of Git, of which some say what it ignores; ``None`` where they do."""
    home = Path.home()
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "git"
    settings = (home / ".gitconfig", folder / "config")
    for file in settings:
        text = file.read_bytes().lower() if file.is_file() else b""
        if b"excludesfile" in text or b"include" in text:
            return None
    return sign_files((*settings, folder / "ignore", folder / "attributes"), now)


def canonical(value: object) -> str:
    """A configuration as text that is the same in every process."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = (getattr(value, field.name) for field in dataclasses.fields(value))
        return f"{type(value).__name__}({','.join(map(canonical, fields))})"
    if isinstance(value, Mapping):
        return f"{{{','.join(f'{canonical(k)}:{canonical(value[k])}' for k in sorted(value))}}}"
    if isinstance(value, frozenset):
        return f"{{{','.join(sorted(map(canonical, value)))}}}"
    if isinstance(value, tuple):
        return f"({','.join(map(canonical, value))})"
    return repr(value)
