"""``graphdoc pages``."""

from pathlib import Path

import click

from graphdoc.cli.analyses import analyse_estate
from graphdoc.cli.help import PagedCommand
from graphdoc.cli.options import GivenPath, Scope, scope_options
from graphdoc.cli.output import say
from graphdoc.cli.replace import replaced_directory
from graphdoc.cli.status import UsageMistake
from graphdoc.config.values import Config
from graphdoc.model.location import SourceFile
from graphdoc.model.mistake import ConfigError
from graphdoc.model.node import Mapping
from graphdoc.parse.yaml import YamlError, parse_documents
from graphdoc.pipeline.analysis import Analysis
from graphdoc.pipeline.pages import page_files
from graphdoc.pipeline.publish import to_site_input
from graphdoc.report.report import count
from graphdoc.site.prose.handwritten import ProseError

__all__ = ["command"]

_MARKS = ("index.md", "assets/graphdoc.css")


@click.command("pages", cls=PagedCommand)
@click.argument("place", type=GivenPath(file_okay=False), metavar="DIR")
@scope_options()
def command(scope: Scope, place: Path) -> None:
    """Write the generated Markdown and SVG, for another site generator.

    DIR is new, empty, or was written by this command before; it is replaced as a whole. The pages
    use the extensions attr_list, def_list, md_in_html and tables, and link assets/graphdoc.css,
    assets/pages.css and assets/graphdoc.js. Parts of your own, in _slots below docs_src or the
    docs_dir of mkdocs.yml, are put into the pages they belong to.

    Examples:
      graphdoc pages docs/platform
    """
    analysis = analyse_estate(scope)
    files = _files(analysis)
    kept = (Path(), *(repository.root for repository in analysis.config.repositories))
    with replaced_directory(place, kept, _MARKS) as fresh:
        for path, data in files.items():
            file = fresh / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    say(f"{count(sum(path.endswith('.md') for path in files), 'page')} in {place.as_posix()}")


def _files(analysis: Analysis) -> dict[str, bytes]:
    try:
        return dict(page_files(to_site_input(analysis), _documents(analysis.config)))
    except ProseError as error:
        raise UsageMistake(str(error)) from error


def _documents(config: Config) -> Path | None:
    """The folder of handwritten text: as ``mkdocs.yml`` says, else ``docs_src``."""
    folder = config.directory / (_docs_dir(config.directory / "mkdocs.yml") or "docs_src")
    return folder if folder.is_dir() else None


def _docs_dir(file: Path) -> str:
    try:
        documents = parse_documents(file.read_bytes(), SourceFile("", file.name))
    except FileNotFoundError:
        return ""
    except YamlError as error:
        raise ConfigError(error.problem, file.name, error.span) from error
    root = documents[0].root if documents else None
    return root.text("docs_dir") if isinstance(root, Mapping) else ""
