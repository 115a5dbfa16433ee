"""What MkDocs takes from outside its configuration, and what it would have printed."""

import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Protocol

from graphdoc.site.atlas.input import SiteInput

__all__ = ["Builds", "can_share", "configuration", "prepared"]

# The plugins that are known to keep what they need over such builds.
_BEARING = frozenset({"search", "offline", "graphdoc"})
# What MkDocs says of builds that leave out what did not change; the plugin sees to it.
_EXPECTED = "A 'dirty' build is being performed"


class Builds(Protocol):
    """Who serves a site: gives every build its input, and is told what comes of it."""

    def load(self) -> SiteInput:
        """What the pages are made from, as it is now."""

    def done(self) -> None:
        """A build came to its end."""

    def warn(self, message: str) -> None:
        """Something is not as it should be; where it ends a build, ``done`` is not called."""


def can_share(file: Path) -> bool:
    """Whether all plugins bear it that MkDocs leaves out pages which did not change."""
    from mkdocs.config import load_config  # noqa: PLC0415 -- needs the environment of prepared

    plugins = {name.rpartition("/")[2] for name in load_config(str(file)).plugins}
    return plugins <= _BEARING


@contextmanager
def prepared(
    load: Callable[[], SiteInput], epoch: int, builds: Builds | None = None
) -> Iterator[list[str]]:
    """Everything that MkDocs takes from outside its configuration; yields its warnings."""
    with _environment(epoch):
        from graphdoc.site.mkdocs.plugin import provided_by  # noqa: PLC0415 -- imports MkDocs and Material

        done, warn = (builds.done, builds.warn) if builds is not None else (None, None)
        with provided_by(load, done), _warnings(warn) as warnings:
            yield warnings


@contextmanager
def _environment(epoch: int) -> Iterator[None]:
    """MkDocs reads the time of its files, and Material whether to print an advert, from here."""
    chosen = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
    if epoch:
        chosen["SOURCE_DATE_EPOCH"] = str(epoch)
    before = {name: os.environ.get(name) for name in chosen}
    os.environ.update(chosen)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _warnings(tell: Callable[[str], None] | None) -> Iterator[list[str]]:
    """What MkDocs would have printed."""
    logger, kept = logging.getLogger("mkdocs"), _Kept(tell)
    level, propagate = logger.level, logger.propagate
    logger.addHandler(kept)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    try:
        yield kept.messages
    finally:
        logger.removeHandler(kept)
        logger.setLevel(level)
        logger.propagate = propagate


class _Kept(logging.Handler):
    def __init__(self, tell: Callable[[str], None] | None) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if message.startswith(_EXPECTED):
            return
        self.messages.append(message)
        if self._tell is not None:
            self._tell(message)


@contextmanager
def configuration(file: Path | None) -> Iterator[Path]:
    """The project's ``mkdocs.yml``; without one the built-in one, in a folder of its own."""
    if file is not None:
        yield file
        return
    with tempfile.TemporaryDirectory(prefix="graphdoc-") as folder:
        path = Path(folder) / "mkdocs.yml"
        path.write_bytes((files("graphdoc.site") / "content" / "mkdocs.yml").read_bytes())
        (Path(folder) / "docs").mkdir()
        yield path
