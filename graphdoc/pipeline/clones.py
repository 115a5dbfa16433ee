"""What the configuration names on the disk, opened."""

from graphdoc.clone import DiskClone, open_clone
from graphdoc.config.values import Config

__all__ = ["open_charts", "open_clones", "open_documents"]

_PAGES = "docs_src"


def open_clones(config: Config) -> tuple[DiskClone, ...]:
    """Every configured clone, in the order of the names."""
    ordered = sorted(config.repositories, key=lambda repository: repository.name)
    clones = tuple(open_clone(r.name, r.root, r.path, r.urls) for r in ordered)
    for clone in clones:
        clone.size_limit = config.limits.file_size
    return clones


def open_documents(config: Config) -> tuple[DiskClone, ...]:
    """The pages beside the configuration, unless they lie in a clone."""
    folder = (config.directory / _PAGES).resolve()
    roots = [repository.root.resolve() for repository in config.repositories]
    if config.file is None or not folder.is_dir() or any(map(folder.is_relative_to, roots)):
        return ()
    return (open_clone(_PAGES, folder, _PAGES),)


def open_charts(config: Config) -> DiskClone | None:
    """The folder of charts at hand, read like a plain folder."""
    folder = config.chart_cache
    if folder is None:
        return None
    return DiskClone(folder.name, folder.name, folder, size_limit=config.limits.file_size)
