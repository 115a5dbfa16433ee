"""``graphdoc explain``."""

import click

from graphdoc.cli.analyses import analyse_estate
from graphdoc.cli.help import PagedCommand
from graphdoc.cli.options import Scope, scope_options
from graphdoc.cli.output import has_colour, write_report, write_result
from graphdoc.cli.status import UsageMistake
from graphdoc.graph.select import UnknownNodeError, find_nodes
from graphdoc.model.mistake import nearest
from graphdoc.pipeline.analysis import Analysis, to_report
from graphdoc.pipeline.rulebook import ALL_RULES, RULE_IDS
from graphdoc.report.explain import explain_node

__all__ = ["command"]


@click.command("explain", cls=PagedCommand)
@click.argument("subject", metavar="NODE|RULE")
@scope_options()
def command(scope: Scope, subject: str) -> None:
    """Show one node with all its relations, or a rule's page.

    A node is given by its id or its name; a name may mean several nodes, one a cluster.

    Examples:
      graphdoc explain application:upc-prod/musicman
      graphdoc explain musicman
      graphdoc explain missing-values-file
    """
    rule = next((rule for rule in ALL_RULES if rule.id == subject), None)
    if rule is not None:
        write_result(f"# {rule.id} ({rule.severity})\n\n{rule.docs}\n", None)
        return
    try:
        analysis = analyse_estate(scope)
    except UsageMistake as error:
        hint = nearest(subject, RULE_IDS) if "-" in subject and ":" not in subject else ""
        said = f"no rule '{subject}'{hint}\n{error.message}" if hint else error.message
        raise UsageMistake(said) from error
    write_report(_explain_nodes(analysis, subject), "text", None)


def _explain_nodes(analysis: Analysis, subject: str) -> str:
    try:
        ids = find_nodes(analysis.graph, subject)
    except UnknownNodeError as error:
        hint = "" if error.hint else nearest(subject, RULE_IDS)
        raise UsageMistake(f"{error}{hint}") from error
    if not ids:
        hint = "; '*' stays within a segment, '**' does not" if "*" in subject else ""
        raise UsageMistake(f"'{subject}' means no node{hint}")
    report = to_report(analysis, analysis.findings, colour=has_colour(None))
    nodes = (analysis.graph.node(id_) for id_ in ids)
    return "\n".join(explain_node(report, analysis.graph, node) for node in nodes if node)
