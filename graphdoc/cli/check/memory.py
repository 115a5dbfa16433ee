"""Whether ``check`` has told a result before, and nothing has changed since."""

import os
import time

from graphdoc.cache import Store, Told, find_store, result_key
from graphdoc.cli.check.reports import Reports
from graphdoc.cli.output import has_colour, say
from graphdoc.config.values import Config
from graphdoc.model.dataclass import dataclass

__all__ = ["CRASHED", "Memory", "find_memory"]

# What a busy machine may cause, and a second run may not meet again.
CRASHED = "Helm crashed or took longer"


@dataclass(frozen=True, slots=True)
class Memory:
    """One result's place in the cache; it has none where nothing is to be remembered."""

    store: Store | None
    key: str | None

    def recall(self) -> Told | None:
        """The result, if it was told before, with its remarks said again."""
        told = self.store.read(self.key) if self.store is not None and self.key else None
        for remark in told.remarks if told is not None else ():
            say(remark)
        return told

    def remember(self, told: Told, is_lasting: bool) -> Told:  # noqa: FBT001
        """Keep a result for the next run, unless that may come to another."""
        if self.store is not None and self.key and is_lasting:
            self.store.write(self.key, told)
        return told


def find_memory(config: Config, reports: Reports, question: tuple[str, ...]) -> Memory:
    """Where the result of a configuration and a question would be.

    Other reports beside the main one are made anew.
    """
    store = find_store(os.environ) if reports.cached else None
    if store is None or reports.others or reports.step_summary is not None:
        return Memory(None, None)
    coloured = str(reports.format == "text" and has_colour(reports.output))
    asked = ("check", reports.format, coloured, *question)
    return Memory(store, result_key(config, asked, time.time_ns()))
