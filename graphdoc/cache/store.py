"""Results in the user's cache folder: JSON, one file each, as many as fit, safe side by side.

What cannot be read, or is not what it says, counts as absent. A file holds what the command
printed and nothing else, so that no value of a Secret is in it.
"""

import hashlib
import json
import os
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from graphdoc.model.dataclass import dataclass

__all__ = ["Store", "Told", "find_store"]

_VARIABLE = "GRAPHDOC_CACHE_DIR"
_SIZE_LIMIT = 64 * 1024 * 1024
_OTHERS = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Told:
    """What a command said: its result, the remarks beside it, and its exit status."""

    text: str
    remarks: tuple[str, ...]
    found: int
    status: int


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of results by their keys; the oldest go first where they become too many."""

    folder: Path
    size_limit: int = _SIZE_LIMIT

    def read(self, key: str) -> Told | None:
        """What is remembered under a key."""
        place = self._place(key)
        try:
            if not self._is_ours():
                return None
            told = _decode(place.read_bytes())
            os.utime(place)
        except OSError:
            return None
        return told

    def write(self, key: str, told: Told) -> None:
        """Remember a result; where that fails nothing is remembered, and nothing else."""
        import tempfile  # noqa: PLC0415 -- slow, and a remembered result is not written

        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._is_ours():
                return
            handle, name = tempfile.mkstemp(dir=self.folder, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_encode(told))
                Path(name).replace(self._place(key))
            finally:  # Windows replaces no file that another run reads just now
                Path(name).unlink(missing_ok=True)
            self._make_room()

    def _place(self, key: str) -> Path:
        return self.folder / f"{key}.json"

    def _is_ours(self) -> bool:
        """Whether nobody else can write here; on Windows the folder's own rights say so."""
        if sys.platform == "win32":
            return True
        facts = self.folder.stat()
        return facts.st_uid == os.getuid() and not facts.st_mode & _OTHERS

    def _make_room(self) -> None:
        with os.scandir(self.folder) as found:
            facts = [(entry.stat(), entry.path) for entry in found]
        left = sum(fact.st_size for fact, _ in facts)
        for fact, path in sorted(facts, key=lambda pair: pair[0].st_mtime_ns):
            if left <= self.size_limit:
                return
            with suppress(OSError):  # another run was faster
                Path(path).unlink()
            left -= fact.st_size


def find_store(environment: Mapping[str, str]) -> Store | None:
    """The user's cache, or the folder in ``GRAPHDOC_CACHE_DIR``; ``None`` where that is empty."""
    named = environment.get(_VARIABLE)
    if named is not None:
        return Store(Path(named)) if named else None
    try:
        return Store(_user_cache(environment) / "graphdoc")
    except RuntimeError:  # no home
        return None


def _user_cache(environment: Mapping[str, str]) -> Path:
    if sys.platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _encode(told: Told) -> bytes:
    body = json.dumps(asdict(told))
    return f"{_digest(body)}\n{body}".encode()


def _decode(data: bytes) -> Told | None:
    digest, _, body = data.decode("ascii", "replace").partition("\n")
    if digest != _digest(body):
        return None
    facts = json.loads(body)
    return Told(facts["text"], tuple(facts["remarks"]), facts["found"], facts["status"])


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
