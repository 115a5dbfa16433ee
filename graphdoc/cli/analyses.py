"""From the arguments that all commands share to a finished analysis."""

from collections.abc import Iterable, Iterator

from graphdoc.cli.options import Scope
from graphdoc.cli.output import say
from graphdoc.cli.progress import show_progress
from graphdoc.cli.scope import read_config
from graphdoc.cli.status import NothingToAnalyse
from graphdoc.clone import DiskClone
from graphdoc.config import Config
from graphdoc.config.load import shown_path
from graphdoc.model.clone import Clone
from graphdoc.model.mistake import ConfigError
from graphdoc.pipeline.analysis import Analysis, analyse
from graphdoc.pipeline.clones import open_clones
from graphdoc.resolve.clusters.asked import find_asked
from graphdoc.resolve.outside.detached import find_bypassed
from graphdoc.resolve.outside.other_tools import find_other_tools
from graphdoc.resolve.repositories.addresses import Repositories

__all__ = [
    "analyse_clones", "analyse_config", "analyse_estate", "open_told", "read_config", "remarks_on",
]  # fmt: skip

_FILES_SHOWN = 3


def analyse_estate(scope: Scope) -> Analysis:
    """The analysis of what the options mean.

    Raises:
        NothingToAnalyse: the clones hold nothing that graphdoc knows.
    """
    return analyse_config(read_config(scope))


def analyse_clones(config: Config, clones: tuple[Clone, ...]) -> Analysis:
    """The analysis of clones that need not be as they stand; it may be empty."""
    with show_progress() as progress:
        return analyse(config, progress, clones)


def analyse_config(config: Config, clones: tuple[Clone, ...] | None = None) -> Analysis:
    """The analysis of what a configuration names, or of these clones in its place.

    Raises:
        ConfigError: nothing is there of the roots that it names.
        NothingToAnalyse: they hold neither Applications nor kustomizations nor charts.
    """
    with show_progress() as progress:
        analysis = analyse(config, progress, clones)
    if clones is None:
        _refuse_idle_roots(analysis)
    if analysis.is_empty:
        names = ", ".join(r.path for r in config.repositories)
        others = "".join(f"; {note}" for note in _not_analysed(analysis))
        raise NothingToAnalyse(
            f"nothing to analyse: no Application, kustomization or chart in {names}{others}"
        )
    for remark in remarks_on(analysis) if clones is None else ():
        say(remark)
    return analysis


def _refuse_idle_roots(analysis: Analysis) -> None:
    """Where none of the configured roots is there, no cluster is analysed, and all looks clean."""
    config, estate = analysis.config, analysis.estate
    if config.roots and not estate.roots and config.file is not None:
        first = config.roots[0]
        idle = (note.reason for note in estate.not_understood if note.location == first.span)
        raise ConfigError(f"roots: {next(idle, '')}", shown_path(config.file), first.span)


def _not_analysed(analysis: Analysis) -> Iterator[str]:
    """What there is in its place: other tools' files, and those that cannot be read."""
    yield from (note.reason for note in find_other_tools(analysis.estate))
    parsed = analysis.estate.files.parsed
    unread = [(one.file, one.problem) for one in parsed if one.problem is not None]
    for file, problem in unread[:_FILES_SHOWN]:
        yield f"{file}:{problem.primary.span.line} cannot be read: {problem.message}"


def open_told(config: Config) -> tuple[DiskClone, ...]:
    """The clones that a configuration names, for commands that ask Git before they analyse."""
    clones = open_clones(config)
    for remark in (*_parts(config), *_borrowed(clones)):
        say(remark)
    return clones


def remarks_on(analysis: Analysis) -> tuple[str, ...]:
    """What the reader of a result must know of how the clones were read."""
    bypassed = (
        f"graphdoc: {clone.path} is on no branch: what follows {', '.join(revisions)} is read"
        " from Git and not from its files; 'git switch -C BRANCH' first to see them"
        for clone, revisions in find_bypassed(analysis.estate, analysis.estate.clones)
    )
    clones = analysis.estate.clones
    parts = _parts(analysis.config)
    return (*parts, *_borrowed(clones), *_eclipsed(clones), *bypassed, *_unregistered(analysis))


def _parts(config: Config) -> tuple[str, ...]:
    """Clones that stand for a folder of theirs, or folders that are read for themselves."""
    return tuple(repository.remark for repository in config.repositories if repository.remark)


def _eclipsed(clones: tuple[Clone, ...]) -> Iterator[str]:
    """Clones that no address means, as another one of the same repository comes first."""
    repositories = Repositories(clones)
    for clone in clones:
        found = [repositories.find(url) for url in clone.urls]
        others = sorted({match.clone.path for match in found if match is not None})
        if others and clone.path not in others:
            yield (
                f"graphdoc: {clone.path} is a second clone of a repository: its address means"
                f" {', '.join(others)}, and what only it brings looks unused; leave one out"
            )


def _unregistered(analysis: Analysis) -> tuple[str, ...]:
    if find_asked(analysis.estate) is None:
        return ()
    return (
        "graphdoc: ApplicationSets choose clusters that no clone registers; list them under"
        " 'clusters' in graphdoc.yaml, for which 'graphdoc init' writes what to fill in",
    )


def _borrowed(clones: Iterable[Clone]) -> tuple[str, ...]:
    return tuple(
        f"graphdoc: {clone.path}: parts of its Git data lie elsewhere (alternates, links),"
        " so that it is read as a plain folder; 'git repack -a -d' brings them here, then"
        " objects/info/alternates can go"
        for clone in clones
        if isinstance(clone, DiskClone) and clone.has_borrowed_data
    )
