"""Runs MkDocs over the generated pages, and checks what comes out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from graphdoc.model.dataclass import dataclass
from graphdoc.site.atlas.input import SiteInput
from graphdoc.site.generate import build_epoch
from graphdoc.site.mkdocs.checker import SiteProblem, check_site
from graphdoc.site.mkdocs.surroundings import Builds, can_share, configuration, prepared

__all__ = ["SiteError", "SiteResult", "build_site", "serve_site"]


class SiteError(Exception):
    """MkDocs could not build the site; the text says why."""


@dataclass(frozen=True, slots=True)
class SiteResult:
    """What was built: how many pages, what MkDocs warned of, and what the checker found."""

    pages: int
    warnings: tuple[str, ...]
    problems: tuple[SiteProblem, ...]


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
