"""Data classes that are made in a fifth of the time.

The standard library writes and compiles five methods for each frozen class, together half a
millisecond, and a check imports two hundred classes. Here it makes the constructor and the slots
alone; what compares, hashes and shows values is the same code for all. A type checker sees the
standard library's own decorator, and so refuses to set a field of a frozen class; at run time
nothing does, which makes values six times faster to create.
"""

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

__all__ = ["dataclass"]

T = TypeVar("T")

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(
        cls: type[T] | None = None,
        /,
        *,
        frozen: bool = False,
        slots: bool = False,
        eq: bool = True,
    ) -> type[T] | Callable[[type[T]], type[T]]:
        """As :func:`dataclasses.dataclass`."""

        def make(cls: type[T]) -> type[T]:
            made = dataclasses.dataclass(cls, slots=slots, repr=False, eq=False)
            if "__repr__" not in cls.__dict__:
                made.__repr__ = _show
            if eq:
                _compare_by_value(made, is_hashable=frozen)
            return made

        return make if cls is None else make(cls)


def _show(value: object) -> str:
    names = (field.name for field in dataclasses.fields(value) if field.repr)  # type: ignore[arg-type] # a data class
    fields = ", ".join(f"{name}={getattr(value, name)!r}" for name in names)
    return f"{type(value).__qualname__}({fields})"


def _compare_by_value(cls: type[T], *, is_hashable: bool) -> None:
    names = (field.name for field in dataclasses.fields(cls))  # type: ignore[arg-type] # a data class
    values: Callable[[object], object] = attrgetter(*names, "__class__")

    def equals(self: T, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented  # type: ignore[no-any-return] # as __eq__ may
        return bool(values(self) == values(other))

    def hash_of(self: T) -> int:
        return hash(values(self))

    cls.__eq__ = equals  # type: ignore[method-assign,assignment] # as the standard library does
    cls.__hash__ = hash_of if is_hashable else None  # type: ignore[method-assign,assignment]
