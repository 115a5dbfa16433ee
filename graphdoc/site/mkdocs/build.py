"""Runs MkDocs over the generated pages, and checks what comes out."""

import logging
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

from graphdoc.model.dataclass import dataclass
from graphdoc.site.atlas.input import SiteInput
from graphdoc.site.generate import build_epoch
from graphdoc.site.mkdocs.checker import SiteProblem, check_site

__all__ = [
    "Builds", "SiteError", "SiteResult", "build_site", "can_share", "configuration", "prepared",
    "serve_site",
]  # fmt: skip

# The plugins that are known to keep what they need over such builds.
_BEARING = frozenset({"search", "offline", "graphdoc"})
# What MkDocs says of builds that leave out what did not change; the plugin sees to it.
_EXPECTED = "A 'dirty' build is being performed"


class SiteError(Exception):
    """MkDocs could not build the site; the text says why."""


@dataclass(frozen=True, slots=True)
class SiteResult:
    """What was built: how many pages, what MkDocs warned of, and what the checker found."""

    pages: int
    warnings: tuple[str, ...]
    problems: tuple[SiteProblem, ...]


class Builds(Protocol):
    """Who serves a site: gives every build its input, and is told what comes of it."""

    def load(self) -> SiteInput:
        """What the pages are made from, as it is now."""

    def done(self) -> None:
        """A build came to its end."""

    def warn(self, message: str) -> None:
        """Something is not as it should be; where it ends a build, ``done`` is not called."""


def build_site(
    site: SiteInput, output: Path, docs_dir: Path | None = None, config_file: Path | None = None
) -> SiteResult:
    """Build the site into a directory, which is emptied first, and check it.

    ``config_file`` is the project's ``mkdocs.yml``; without one the built-in configuration serves.
    ``docs_dir`` holds handwritten pages and wins over what the configuration says.
    """
    epoch = build_epoch(site)
    with prepared(lambda: site, epoch) as warnings, configuration(config_file) as file:
        _run(file, output, docs_dir, warnings)
    pages = sum(1 for path in output.rglob("*.html") if path.name != "404.html")
    return SiteResult(pages, tuple(warnings), check_site(output))


def serve_site(
    builds: Builds,
    watch: Sequence[Path],
    address: str,
    docs_dir: Path | None = None,
    config_file: Path | None = None,
) -> None:
    """Serve the site on loopback, rebuilding it whenever a watched folder changes.

    Raises:
        SiteError: MkDocs gave up.
    """
    from mkdocs.commands.serve import serve  # noqa: PLC0415 -- needs the environment of prepared
    from mkdocs.exceptions import Abort  # noqa: PLC0415

    with prepared(builds.load, 0, builds) as said, configuration(config_file) as file:
        chosen: dict[str, Any] = {"docs_dir": str(docs_dir)} if docs_dir else {}
        watched = [str(path) for path in watch]
        kind = "dirty" if can_share(file) else None
        try:
            serve(str(file), watch=watched, build_type=kind, dev_addr=address, **chosen)
        except Abort as error:  # what is wrong was said before
            raise SiteError(said[-1] if said else str(error)) from error


def _run(file: Path, output: Path, folder: Path | None, said: Sequence[str]) -> None:
    from mkdocs.commands.build import build  # noqa: PLC0415 -- needs the environment of prepared
    from mkdocs.config import load_config  # noqa: PLC0415
    from mkdocs.exceptions import Abort, MkDocsException  # noqa: PLC0415

    chosen = {"docs_dir": str(folder)} if folder else {}
    try:
        config = load_config(str(file), site_dir=str(output), **chosen)
        config.plugins.on_startup(command="build", dirty=False)
        build(config)
        config.plugins.on_shutdown()
    except Abort as error:  # what is wrong was logged before
        raise SiteError(said[-1] if said else str(error)) from error
    except MkDocsException as error:
        raise SiteError(str(error) or "MkDocs could not build the site") from error


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
