"""Which of PyYAML's two parsers there is: libyaml's, or where that was not built the one in Python.

Both report the same events; the one in Python takes ten times as long, and its scanner and Go's
disagree about some texts.
"""

from collections.abc import Callable
from typing import Protocol

from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

__all__ = ["EventParser", "find_gap", "parse_events"]


class EventParser(Protocol):
    """Reports one event after another."""

    def get_event(self) -> object:
        """The next event; ``None`` after the last."""


class _PythonParser(Reader, Scanner, Parser):
    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)


parse_events: Callable[[str], EventParser]
try:
    from yaml._yaml import CParser
except ImportError:
    parse_events = _PythonParser
else:
    parse_events = CParser


def find_gap() -> str | None:
    """Why texts may be read otherwise than by Go; ``None`` where libyaml reads them."""
    if parse_events is not _PythonParser:
        return None
    return "YAML is read slowly, and odd texts otherwise than by Go: install pyyaml with libyaml"
