"""Charts of Helm repositories that lie at hand, packed in a directory."""

import re
from dataclasses import dataclass, field

from graphdoc.model.clone import Clone, UnreadableError
from graphdoc.resolve.helm.archive import open_archive

__all__ = ["ChartCache"]

_ARCHIVE = re.compile(r"(?P<name>.+?)-(?P<version>v?\d+\.\d+\.\d+\S*)\.tgz")
_VERSION = re.compile(r"v?(\d+)(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?([-+].*)?")
_CONDITION = re.compile(r"(\^|~>?|>=|<=|!=|>|<|=)?\s*(v?[\dxX*][^\s,|]*)")
_Number = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class ChartCache:
    """The directory, as a clone; archives are opened once."""

    clone: Clone
    _open: dict[str, tuple[Clone, str] | None] = field(default_factory=dict)

    def find(self, chart: str, version: str) -> tuple[Clone, str] | None:
        """A chart and its directory, of this version or the newest within a range of versions.

        ``chart`` may be the path that an OCI registry gives it.
        """
        name = chart.rstrip("/").rpartition("/")[2]
        fitting = [
            (_precedence(found), path)
            for path in self.clone.files
            if (found := _version_of(path, name)) and _satisfies(found, version)
        ]
        return self._opened(max(fitting)[1]) if fitting else None

    def _opened(self, path: str) -> tuple[Clone, str] | None:
        if path not in self._open:
            try:
                self._open[path] = open_archive(self.clone.name, path, self.clone.read(path))
            except UnreadableError:
                self._open[path] = None
        return self._open[path]


def _version_of(path: str, name: str) -> str:
    match = _ARCHIVE.fullmatch(path.rpartition("/")[2])
    return match["version"] if match and match["name"] == name else ""


def _number(version: str) -> _Number:
    match = _VERSION.match(version)
    parts = match.groups()[:3] if match else ()
    numbers = [int(part) if part and part.isdigit() else 0 for part in parts]
    major, minor, patch, *_ = [*numbers, 0, 0, 0]
    return major, minor, patch


def _precedence(version: str) -> tuple[_Number, bool, str]:
    """Order among versions; one that is no release comes before the release."""
    return _number(version), "-" not in version.partition("+")[0], version


def _satisfies(version: str, wanted: str) -> bool:
    if version.removeprefix("v") == wanted.strip().removeprefix("v"):
        return True
    if re.fullmatch(r"\s*v?\d+\.\d+\.\d+\S*\s*", wanted) or "-" in version:
        return False  # an exact version, or one that ranges leave out
    if wanted.strip() in {"", "*", "x", "X"}:
        return True
    return any(_fits_all(version, part) for part in wanted.split("||"))


def _fits_all(version: str, conditions: str) -> bool:
    found = list(_CONDITION.finditer(conditions))
    return bool(found) and all(_fits(_number(version), m[1] or "", m[2]) for m in found)


def _fits(number: _Number, operator: str, text: str) -> bool:
    low, high = _number(text), _upper(operator, text)
    match operator:
        case ">=":
            return number >= low
        case ">":
            return number >= high if _is_open(text) else number > low
        case "<":
            return number < low
        case "<=":
            return number < high if _is_open(text) else number <= low
        case "!=":
            return number != low
        case _:
            return low <= number < high


def _upper(operator: str, text: str) -> _Number:
    """The first number above a range."""
    major, minor, patch = _number(text)
    if operator == "^" and (major or not _has(text, 2)):
        return major + 1, 0, 0
    if not _has(text, 2):
        return major + 1, 0, 0
    if operator in {"~", "~>", "^"} or not _has(text, 3):
        return (major, minor + 1, 0) if operator != "^" or minor else (major, minor, patch + 1)
    return major, minor, patch + 1


def _has(text: str, part: int) -> bool:
    match = _VERSION.match(text)
    return bool(match and match[part] and match[part].isdigit())


def _is_open(text: str) -> bool:
    return not _has(text, 3)
