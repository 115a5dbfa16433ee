"""Results in the user's cache folder: JSON, one file each, as many as fit, safe side by side.

What cannot be read, or is not what it says, counts as absent. A file holds what the command
printed and what that depends on, so that no value of a Secret is in it.
"""

import hashlib
import json
import os
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress

from graphdoc.cache.signature import Dependencies

__all__ = ["Result", "Store", "Told", "find_store"]

_VARIABLE = "GRAPHDOC_CACHE_DIR"
_SIZE_LIMIT = 64 * 1024 * 1024
_OTHERS = stat.S_IWGRP | stat.S_IWOTH


class Told:
    """What a command said: its report, the remarks beside it, and its exit status.

    Args:
        text: the report, as it was shown.
        remarks: what was said beside it.
        notes: what was said behind it.
        status: the exit status.
        output: the file that the report was written to; ``None`` for standard output.
    """

    __slots__ = ("notes", "output", "remarks", "status", "text")

    def __init__(
        self,
        text: str,
        remarks: tuple[str, ...] = (),
        notes: tuple[str, ...] = (),
        status: int = 0,
        output: str | None = None,
    ) -> None:
        self.text, self.remarks, self.notes = text, remarks, notes
        self.status, self.output = status, output


class Result:
    """What was told, and the signature of all that it depends on."""

    __slots__ = ("dependencies", "signature", "told")

    def __init__(self, told: Told, dependencies: Dependencies, signature: str) -> None:
        self.told, self.dependencies, self.signature = told, dependencies, signature


class Store:
    """A folder of results by their keys; the oldest go first where they become too many."""

    def __init__(self, folder: str, size_limit: int = _SIZE_LIMIT) -> None:
        self.folder, self._size_limit = folder, size_limit

    def read(self, key: str) -> Result | None:
        """What is remembered under a key."""
        place = self._place(key)
        try:
            if not self._is_ours():
                return None
            with open(place, "rb") as file:
                result = _decode(file.read())
            os.utime(place)
        except OSError:
            return None
        return result

    def write(self, key: str, result: Result) -> None:
        """Remember a result; where that fails nothing is remembered, and nothing else."""
        with suppress(OSError):
            self._write(key, result)

    def _write(self, key: str, result: Result) -> None:
        import tempfile  # noqa: PLC0415 -- slow, and a remembered result is not written

        os.makedirs(self.folder, 0o700, exist_ok=True)
        if not self._is_ours():
            return
        handle, name = tempfile.mkstemp(dir=self.folder, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_encode(result))
            os.replace(name, self._place(key))
        except OSError:  # Windows replaces no file that another run reads just now
            os.unlink(name)
            raise
        self._make_room()

    def _place(self, key: str) -> str:
        return f"{self.folder}/{key}.json"

    def _is_ours(self) -> bool:
        """Whether nobody else can write here; on Windows the folder's own rights say so."""
        if sys.platform == "win32":
            return True
        facts = os.stat(self.folder)
        return facts.st_uid == os.getuid() and not facts.st_mode & _OTHERS

    def _make_room(self) -> None:
        with os.scandir(self.folder) as found:
            facts = [(entry.stat(), entry.path) for entry in found]
        left = sum(fact.st_size for fact, _ in facts)
        for fact, path in sorted(facts, key=lambda pair: pair[0].st_mtime_ns):
            if left <= self._size_limit:
                return
            with suppress(OSError):  # another run was faster
                os.unlink(path)
            left -= fact.st_size


def find_store(environment: Mapping[str, str]) -> Store | None:
    """The user's cache, or the folder in ``GRAPHDOC_CACHE_DIR``; ``None`` where that is empty."""
    named = environment.get(_VARIABLE)
    if named is not None:
        return Store(named) if named else None
    cache = _user_cache(environment)
    return Store(f"{cache}/graphdoc") if os.path.isabs(cache) else None  # no home


def _user_cache(environment: Mapping[str, str]) -> str:
    if sys.platform == "win32":
        return environment.get("LOCALAPPDATA") or os.path.expanduser("~/AppData/Local")
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Caches")
    return environment.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")


def _encode(result: Result) -> bytes:
    parts = (result.told, result.dependencies)
    facts = [{name: getattr(part, name) for name in part.__slots__} for part in parts]
    body = json.dumps([*facts, result.signature])
    return f"{_digest(body)}\n{body}".encode()


def _decode(data: bytes) -> Result | None:
    digest, _, body = data.decode("ascii", "replace").partition("\n")
    if digest != _digest(body):
        return None
    told, dependencies, signature = json.loads(body)
    return Result(Told(**told), Dependencies(**dependencies), signature)


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
