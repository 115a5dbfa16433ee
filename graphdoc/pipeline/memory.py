"""How the interpreter is set while trees are built."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["deep_trees", "forget_trees"]

# Trees may nest 500 levels deep, and each level costs a few frames.
_RECURSION_LIMIT = 20_000


@contextmanager
def deep_trees() -> Iterator[None]:
    """Let recursion go deep, and keep the collector from walking millions of living nodes."""
    limit, collecting = sys.getrecursionlimit(), gc.isenabled()
    sys.setrecursionlimit(max(limit, _RECURSION_LIMIT))
    gc.disable()
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
        if collecting:
            gc.freeze()
            gc.enable()


def forget_trees() -> None:
    """Let the collector take what an earlier analysis has left behind."""
    gc.unfreeze()
    gc.collect()
