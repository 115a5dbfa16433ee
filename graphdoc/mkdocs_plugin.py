"""The entry point for MkDocs: the plugin, and behind it the analysis of graphdoc.yaml."""

import os
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError

from graphdoc.config import find_config, load_config
from graphdoc.model.mistake import ConfigError
from graphdoc.pipeline.analysis import analyse
from graphdoc.pipeline.memory import forget_trees
from graphdoc.pipeline.publish import to_site_input
from graphdoc.site.atlas.input import SiteInput
from graphdoc.site.mkdocs.plugin import SitePlugin

__all__ = ["GraphdocPlugin"]


class GraphdocPlugin(SitePlugin):  # type: ignore[no-untyped-call] # MkDocs has no types here
    """Analyses what ``graphdoc.yaml`` beside or above ``mkdocs.yml`` names."""

    def load(self, config: MkDocsConfig) -> SiteInput:
        """The analysis as pages need it; its repositories are watched by ``mkdocs serve``.

        Raises:
            PluginError: there is no configuration, or it cannot be used.
        """
        start = Path(config.config_file_path or ".").parent
        file = start / self.config.config_file if self.config.config_file else find_config(start)
        if file is None:
            raise PluginError(f"no graphdoc.yaml in {start} or above")
        try:
            found = load_config(file, os.environ)
            forget_trees()
            analysis = analyse(found)
        except ConfigError as error:
            raise PluginError(str(error)) from error
        config.watch.extend(str(repository.root) for repository in found.repositories)
        return to_site_input(analysis)
