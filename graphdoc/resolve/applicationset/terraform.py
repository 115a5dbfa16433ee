"""What Terraform in the clones says in so many words: texts, locals, and variables with a default.

Nothing is evaluated but references and what is put together of them; of a variable that files set
to different values nothing is known.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import field
from functools import cached_property
from posixpath import dirname
from typing import TypeAlias

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.redact import is_credential_key, without_credentials
from graphdoc.resolve.repositories.contents import skim_text

__all__ = ["Terraform"]

_METADATA = re.compile(r"annotations|metadata", re.IGNORECASE)
_ASSIGNED = re.compile(
    r"^[ \t]*\"?(?P<name>[\w./-]+)\"?[ \t]*[=:][ \t]*"
    r"(?P<value>\"[^\"\\\n]*(?:\\.[^\"\\\n]*)*\"|(?:local|var)\.[\w-]+)"
    r"(?:[ \t]*,)?[ \t]*(?:#.*|//.*)?$",
    re.MULTILINE,
)
_INNER = r"\{(?:[^{}]|\{[^{}]*\})*\}"
_VARIABLE = re.compile(
    rf"^variable\s+\"(?P<name>[\w-]+)\"\s*\{{(?P<body>(?:[^{{}}]|{_INNER})*)\}}", re.MULTILINE
)
_REFERENCE = re.compile(r"\$\{\s*((?:local|var)\.[\w-]+)\s*\}")
_NESTED, _LONGEST = 8, 1_000

_Assigned: TypeAlias = dict[str, set[str]]


@dataclass(slots=True)
class _Module:
    """One folder's files: what is assigned in them, and what where the metadata of clusters are."""

    settings: _Assigned
    locals: _Assigned = field(default_factory=dict)
    metadata: _Assigned = field(default_factory=dict)
    defaults: _Assigned = field(default_factory=dict)
    _known: dict[str, str | None] = field(default_factory=dict)

    def read(self, text: str) -> None:
        """Take in one file."""
        _add(self.locals, text)
        if _METADATA.search(text):
            _add(self.metadata, text)
        for match in _VARIABLE.finditer(text):
            values = (
                m["value"] for m in _ASSIGNED.finditer(match["body"]) if m["name"] == "default"
            )
            self.defaults.setdefault(match["name"], set()).update(values)

    def written(self, name: str) -> Iterator[str]:
        """What is written under a name wherever a cluster's metadata are."""
        values = (self._value(expression, 0) for expression in sorted(self.metadata.get(name, ())))
        return (value for value in values if value is not None)

    def _value(self, expression: str, depth: int) -> str | None:
        """The text that an expression stands for; ``None`` where that is not said."""
        if not expression.startswith('"'):
            return self._referred(expression, depth + 1)
        text = expression[1:-1]
        if len(text) > _LONGEST:
            return None
        parts = {r: self._referred(r, depth + 1) for r in _REFERENCE.findall(text)}
        filled = _REFERENCE.sub(lambda match: parts[match[1]] or match[0], text)
        is_said = "${" not in filled and "\\" not in filled and len(filled) <= _LONGEST
        return filled if is_said else None

    def _referred(self, reference: str, depth: int) -> str | None:
        """The one value of a local or a variable, of which values files know more."""
        if reference not in self._known:
            self._known[reference] = None
            kind, _, name = reference.partition(".")
            found = self.settings.get(name) or self.defaults.get(name, set())
            found = self.locals.get(name, set()) if kind == "local" else found
            if len(found) == 1 and depth <= _NESTED:
                self._known[reference] = self._value(next(iter(found)), depth)
        return self._known[reference]


@dataclass
class Terraform:
    """The Terraform of all clones, read once and only if asked."""

    clones: Iterable[Clone]

    @cached_property
    def _modules(self) -> list[_Module]:
        return [module for clone in self.clones for module in _modules(clone)]

    def find_written(self, names: frozenset[str]) -> dict[str, str]:
        """The one text that is written under each name; credentials are left alone."""
        if not names:
            return {}
        found: dict[str, str] = {}
        for name in sorted(name for name in names if not is_credential_key(name)):
            values = {value for module in self._modules for value in module.written(name)}
            if len(values) == 1:
                found[name] = without_credentials(values.pop())
        return found


def _modules(clone: Clone) -> Iterator[_Module]:
    settings: _Assigned = {}
    for path in (path for path in clone.files if path.endswith(".tfvars")):
        _add(settings, skim_text(clone, path))
    folders: dict[str, _Module] = {}
    for path in (path for path in clone.files if path.endswith(".tf")):
        folders.setdefault(dirname(path), _Module(settings)).read(skim_text(clone, path))
    return iter(folders.values())


def _add(found: _Assigned, text: str) -> None:
    for match in _ASSIGNED.finditer(text):
        found.setdefault(match["name"], set()).add(match["value"])
