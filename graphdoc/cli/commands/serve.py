"""``graphdoc serve``."""

from importlib.util import find_spec
from socket import create_server

import click

from graphdoc.cli.analyses import analyse_estate, read_config
from graphdoc.cli.commands.build import mkdocs_file, written_pages
from graphdoc.cli.help import PagedCommand
from graphdoc.cli.options import Scope, scope_options
from graphdoc.cli.output import say
from graphdoc.cli.status import UsageMistake
from graphdoc.model.mistake import ConfigError
from graphdoc.pipeline.memory import forget_trees
from graphdoc.pipeline.publish import to_site_input
from graphdoc.site.atlas.input import SiteInput
from graphdoc.site.mkdocs.build import SiteError, serve_site

__all__ = ["command"]

_LOOPBACK = "127.0.0.1"


@click.command("serve", cls=PagedCommand)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    metavar="N",
    help="The port on the loopback interface.",
)
@scope_options()
def command(scope: Scope, port: int) -> None:
    """Serve the site on loopback and rebuild it on every change.

    Changes of the handwritten pages, of graphdoc.yaml and of the analysed clones are noticed.

    Examples:
      graphdoc serve
      graphdoc serve --port 8080
    """
    if find_spec("watchdog") is None:
        raise UsageMistake("nothing here notices changes: install watchdog, or use graphdoc build")
    config = read_config(scope)
    address = f"{_LOOPBACK}:{port}"
    builds = _Builds(scope, f"serving on http://{address}/ until Ctrl+C")
    watched = [repository.root for repository in config.repositories]
    watched += [config.file] if config.file is not None else []
    pages, own = written_pages(config), mkdocs_file(config)
    try:
        create_server((_LOOPBACK, port)).close()  # before a build that nobody would see
        serve_site(builds, watched, address, pages, own)
    except SiteError as error:
        raise UsageMistake(f"the site cannot be built: {error}") from error
    except OSError as error:
        raise UsageMistake(f"port {port}: {error.strerror}") from error


class _Builds:
    """Analyses anew for every build; a mistake made meanwhile leaves what was there."""

    def __init__(self, scope: Scope, ready: str) -> None:
        self._scope = scope
        self._ready = ready
        self._last: SiteInput | None = None

    def load(self) -> SiteInput:
        say("building the site" if self._last is None else "something changed: building again")
        forget_trees()
        try:
            self._last = to_site_input(analyse_estate(self._scope))
        except (ConfigError, click.ClickException) as error:
            if self._last is None:
                raise
            say(f"graphdoc serve: {error}")
        return self._last

    def warn(self, message: str) -> None:
        """Say what MkDocs says."""
        say(f"graphdoc serve: {message}")

    def done(self) -> None:
        """Say that a build is done: the first opens the site, the others renew it."""
        say(self._ready)
        self._ready = "built again"
