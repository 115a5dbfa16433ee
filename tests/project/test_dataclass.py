"""The quick decorator does what the standard library's does."""

import dataclasses
from dataclasses import field, replace

import pytest

from graphdoc.model.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class _Pair:
    first: int
    second: str = "b"


@dataclass(frozen=True, slots=True)
class _Other:
    first: int
    second: str = "b"


@dataclass(frozen=True, slots=True)
class _Empty:
    """No field at all."""


@dataclass(slots=True)
class _Growing:
    items: list[int] = field(default_factory=list)
    hidden: int = field(default=0, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class _Itself:
    first: int


def test_it_compares_hashes_and_shows_by_value() -> None:
    assert _Pair(1) == _Pair(1, "b") != _Pair(2)
    others: tuple[object, ...] = (_Other(1), (1, "b"))
    for other in others:
        assert bool(_Pair(1) == other) is False
    assert {_Pair(1), _Pair(1), _Empty(), _Empty()} == {_Pair(1), _Empty()}
    assert repr(_Pair(1)) == "_Pair(first=1, second='b')"
    assert repr(_Growing([1], 2)) == "_Growing(items=[1])"
    assert _Itself(1) != _Itself(1)


def test_it_has_what_data_classes_have() -> None:
    assert replace(_Pair(1), second="c") == _Pair(1, "c")
    assert [one.name for one in dataclasses.fields(_Pair)] == ["first", "second"]
    assert not hasattr(_Pair(1), "__dict__")
    with pytest.raises(TypeError, match="unhashable"):
        hash(_Growing())


def test_a_frozen_value_is_set_once_under_test() -> None:
    pair, growing = _Pair(1), _Growing()
    with pytest.raises(dataclasses.FrozenInstanceError):
        pair.first = 2  # type: ignore[misc] # what the type checker refuses
    growing.hidden = 3
    assert (pair.first, growing.hidden) == (1, 3)
