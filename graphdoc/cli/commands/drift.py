"""``graphdoc drift``."""

import click

from graphdoc.cli.analyses import analyse_estate
from graphdoc.cli.help import PagedCommand
from graphdoc.cli.options import Scope, Target, result_options, scope_options
from graphdoc.cli.output import say, write_file, write_report
from graphdoc.cli.status import ExitStatus, UsageMistake
from graphdoc.config import Config
from graphdoc.drift import (
    Lock,
    LockError,
    MergeConflictError,
    read_lock,
    recorded_lines,
    write_lock,
)
from graphdoc.graph.changes.compare import Changes, compare
from graphdoc.graph.changes.places import add_places
from graphdoc.graph.changes.unknown import find_unknown, without_unknown
from graphdoc.model.grouping import counted
from graphdoc.pipeline.analysis import Analysis, take_lock, to_report
from graphdoc.report.changes.architecture import CHANGE_REPORTERS
from graphdoc.report.changes.sarif import drift_to_sarif

__all__ = ["command"]

_SARIF = "sarif"


@click.command("drift", cls=PagedCommand)
@click.option("--accept", is_flag=True, help="Record the architecture as it stands.")
@scope_options(paths=True)
@result_options([*CHANGE_REPORTERS, _SARIF], "text")
def command(scope: Scope, target: Target, *, accept: bool) -> ExitStatus:
    """Compare the clones with the recorded architecture.

    The record is architecture.lock.json beside graphdoc.yaml. Clusters, Applications, their
    manifests, layers, charts, hosts and Secrets are architecture; image tags are routine, unless
    graphdoc.yaml says "drift: {track: [image-tags]}".

    PATHs are clones; without any, those of graphdoc.yaml are read.

    Examples:
      graphdoc drift --accept
      graphdoc drift
      graphdoc drift --format markdown --output drift.md
      graphdoc drift --format sarif --output drift.sarif
    """
    analysis = analyse_estate(scope)
    current = take_lock(analysis)
    file = analysis.config.lock_file
    if accept:
        write_file(file, write_lock(current))
        say(f"recorded {counted(len(current.nodes), 'node')} in {file.name}")
        return ExitStatus.CLEAN
    changes = _compare(_recorded(analysis.config), current, analysis)
    write_report(_told(changes, analysis, target.format), target.format, target.output)
    return ExitStatus.FINDINGS if changes.changes else ExitStatus.CLEAN


def _told(changes: Changes, analysis: Analysis, form: str) -> str:
    report = to_report(analysis, ())
    if form == _SARIF:
        text = analysis.config.lock_file.read_text("utf-8")
        return drift_to_sarif(changes, report, recorded_lines(text))
    return CHANGE_REPORTERS[form](changes, report.place)


def _recorded(config: Config) -> Lock:
    file = config.lock_file
    try:
        return read_lock(file.read_text("utf-8"))
    except FileNotFoundError as error:
        message = f"no {file.name} yet; record the architecture with 'graphdoc drift --accept'"
        raise UsageMistake(message) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageMistake(f"{file.name}: cannot be read") from error
    except MergeConflictError as error:
        message = (
            f"{file.name}: {error}; merge the other files first, then record what they come to with"
            f" 'graphdoc drift --accept' and 'git add {file.name}'"
        )
        raise UsageMistake(message) from error
    except LockError as error:
        message = f"{file.name}: {error}; record it anew with 'graphdoc drift --accept'"
        raise UsageMistake(message) from error


def _compare(recorded: Lock, current: Lock, analysis: Analysis) -> Changes:
    _check_comparable(recorded, current, analysis.config.lock_file.name)
    changes = compare(recorded.nodes, current.nodes, analysis.graph)
    changes = without_unknown(changes, recorded.nodes, find_unknown(analysis.estate))
    placed = add_places(changes, analysis.estate)
    return Changes(analysis.config.lock_file.name, "clones", placed, analysis.coverage)


def _check_comparable(recorded: Lock, current: Lock, name: str) -> None:
    if sorted(recorded.track) != sorted(current.track):
        raise UsageMistake(
            f"{name}: recorded with other settings of drift.track; "
            "record it anew with 'graphdoc drift --accept'"
        )
    if recorded.with_helm and current.with_helm is False:
        raise UsageMistake(
            f"{name}: recorded with charts rendered, and Helm's engine is not here; "
            "install graphdoc[helm]"
        )
    if current.with_helm and recorded.with_helm is False:
        raise UsageMistake(
            f"{name}: recorded without Helm's engine, which is here now; "
            "record it anew with 'graphdoc drift --accept'"
        )
