"""``graphdoc pages``."""

from pathlib import Path

import click

from graphdoc.cli.analyses import analyse_estate
from graphdoc.cli.help import PagedCommand
from graphdoc.cli.options import Scope, scope_options
from graphdoc.cli.output import say
from graphdoc.cli.replace import replaced_directory
from graphdoc.pipeline.pages import page_files
from graphdoc.pipeline.publish import to_site_input
from graphdoc.report.report import count

__all__ = ["command"]

_MARKS = ("index.md", "assets/graphdoc.css")


@click.command("pages", cls=PagedCommand)
@click.argument("place", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@scope_options()
def command(scope: Scope, place: Path) -> None:
    """Write the generated Markdown and SVG, for another site generator.

    DIR is new, empty, or was written by this command before; it is replaced as a whole. The pages
    use the extensions attr_list, def_list, md_in_html and tables, and link assets/graphdoc.css,
    assets/pages.css and assets/graphdoc.js.

    Examples:
      graphdoc pages docs/platform
    """
    analysis = analyse_estate(scope)
    files = page_files(to_site_input(analysis))
    kept = (Path(), *(repository.root for repository in analysis.config.repositories))
    with replaced_directory(place, kept, _MARKS) as fresh:
        for path, data in files.items():
            file = fresh / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    say(f"{count(sum(path.endswith('.md') for path in files), 'page')} in {place.as_posix()}")
