"""Every rule there is: those that ask the estate, and the one that asks the exceptions."""

from collections.abc import Iterator

from graphdoc.graph.repo_graph import RepoGraph
from graphdoc.model.finding import Problem, Severity
from graphdoc.resolve.resolved import Estate
from graphdoc.rules import RULES
from graphdoc.rules.rule import Rule, rule

__all__ = ["ALL_RULES", "RULE_IDS", "unused_ignore"]


@rule("unused-ignore", severity=Severity.WARNING, since="0.1.0")
def unused_ignore(_estate: Estate, _graph: RepoGraph) -> Iterator[Problem]:
    """An exception from a rule excepts nothing.

    A comment that allows a rule on its line, or an entry under `rules` in `graphdoc.yaml`, matches
    no finding; or a comment gives no reason and so is not heeded.

    ## Why is this bad?

    The cause was repaired, or the file moved. What is left of the exception hides the next finding
    of that kind without anybody having decided so.

    ## Example

    ```yaml
    # graphdoc: allow plain-secret -- replaced by the vault before it is applied
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: settings}
    ```

    ## Use instead

    ```yaml
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: settings}
    ```
    """
    # Only judging knows which exceptions were used, so it makes these findings itself.
    return iter(())


ALL_RULES: tuple[Rule, ...] = tuple(
    sorted(
        {known.id: known for known in (*RULES, unused_ignore)}.values(), key=lambda known: known.id
    )
)
RULE_IDS = frozenset(known.id for known in ALL_RULES)
