"""Under test a frozen value refuses to change; at run time only the type checker sees to it.

To be imported before anything of graphdoc: what is made earlier stays as it is.
"""

from dataclasses import FrozenInstanceError
from typing import Any, TypeVar

from graphdoc.model import dataclass as quick

T = TypeVar("T")

_decorate: Any = quick.dataclass


def _set_once(self: object, name: str, value: object) -> None:
    is_set = name in vars(self) if hasattr(self, "__dict__") else hasattr(self, name)
    if is_set:
        raise FrozenInstanceError(f"{type(self).__qualname__}.{name} is set already")
    object.__setattr__(self, name, value)


def _guarded(cls: type[T] | None = None, /, **options: bool) -> object:
    def make(cls: type[T]) -> type[T]:
        made: type[T] = _decorate(cls, **options)
        if options.get("frozen"):
            made.__setattr__ = _set_once  # type: ignore[method-assign] # for all such
        return made

    return make if cls is None else make(cls)


quick.dataclass = _guarded  # type: ignore[assignment] # for every test
