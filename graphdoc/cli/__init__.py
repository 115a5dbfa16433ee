"""Arguments in, exit status out. Nothing here analyses anything."""

from graphdoc.cli.app import main, run

__all__ = ["main", "run"]
