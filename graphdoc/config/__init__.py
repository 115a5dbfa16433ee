"""``graphdoc.yaml`` as a frozen value; a mistake in it is an error that names line and remedy."""

from graphdoc.config.load import CONFIG_NAME, config_for_clones, find_config, load_config, today
from graphdoc.config.values import Config

__all__ = ["CONFIG_NAME", "Config", "config_for_clones", "find_config", "load_config", "today"]
