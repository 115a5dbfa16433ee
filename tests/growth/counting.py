"""How often the lines of each function run, without a clock: the same on every machine."""

import difflib
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType

import graphdoc

__all__ = ["count_lines", "steep"]

# Names that are alike are sought there, and all of them may be looked at.
_COUNTED = (str(Path(graphdoc.__file__).parent), difflib.__file__)
# A picture folds what it has no room for.
_FOLDED = str(Path(graphdoc.__file__).parent / "site" / "diagrams")
_LEAST = 30
_STEEP = 2.5


def count_lines(run: Callable[[], object]) -> Counter[CodeType]:
    """How many lines of each function are run, every turn of a comprehension among them."""
    counts: defaultdict[int, int] = defaultdict(int)  # a code object's own hash is slow
    known: dict[int, CodeType] = {}

    def enter(frame: FrameType, _event: str, _given: object) -> object:
        code = frame.f_code
        if not code.co_filename.startswith(_COUNTED) or code.co_filename.startswith(_FOLDED):
            return None
        known[id(code)] = code
        counts[id(code)] += 1
        return count

    def count(frame: FrameType, event: str, _given: object) -> object:
        if event == "line":
            counts[id(frame.f_code)] += 1
        return count

    before = sys.gettrace()
    sys.settrace(enter)  # type: ignore[arg-type] # it may return what traces a line
    try:
        run()
    finally:
        sys.settrace(before)
    return Counter({known[key]: count for key, count in counts.items()})


def steep(few: Counter[CodeType], many: Counter[CodeType]) -> set[str]:
    """The functions that run more than in proportion where there is twice as much."""
    return {
        f"{Path(code.co_filename).stem}.{code.co_qualname.partition('.<locals>')[0]}"
        for code, count in many.items()
        if count > max(_LEAST, few[code] * _STEEP)
    }
