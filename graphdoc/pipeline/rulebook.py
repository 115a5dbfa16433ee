"""Every rule there is: those that ask the estate, and those that ask what the team decided."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.resolve.resolved import Estate
from graphdoc.rules import RULES
from graphdoc.rules.rule import Rule, rule

__all__ = ["ALL_RULES", "RULE_IDS", "contract", "unused_ignore"]


@rule("contract", severity=Severity.ERROR)
def contract(_estate: Estate) -> Iterator[Problem]:
    """A contract of `graphdoc.yaml` is not kept.

    A contract under `contracts` forbids edges from some nodes to others, or requires one at least
    from each of them. The message names the contract and the edge, the related place its reason;
    the severity is the contract's own. A contract whose `from` selects nothing, or that names a
    node which does not exist, is a warning: it guards nothing any more. Where only some of the
    configured clones are analysed, nothing is said of what may lie in the others.

    ## Why is this bad?

    The team decided so, and gave the reason in the contract. A rule of the architecture that
    nothing checks is broken by the first hurried change, and nobody notices until it hurts.

    ## Example

    ```yaml
    -- graphdoc.yaml --
    repositories:
      - {name: launchpad, path: launchpad, urls: [https://git.example.com/launchpad]}
    roots: ["launchpad/root-{cluster}.yaml"]
    contracts:
      - name: teams bring their own values
        reason: platform values change without notice to the teams
        kind: forbidden
        from: application:*/team-*
        to: values:launchpad/platform/**
        edge: layers
    -- launchpad/root-dev.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: root, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: argocd}
      source: {repoURL: https://git.example.com/launchpad, path: apps}
    -- launchpad/apps/team-web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: team-web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source:
        repoURL: https://git.example.com/launchpad
        path: charts/web
        helm:
          valueFiles:
            - ../../platform/sizes.yaml  # expect: contract
    -- launchpad/charts/web/Chart.yaml --
    apiVersion: v2
    name: web
    version: 1.0.0
    -- launchpad/platform/sizes.yaml --
    replicas: 2
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/apps/team-web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: team-web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source:
        repoURL: https://git.example.com/launchpad
        path: charts/web
        helm:
          valueFiles:
            - ../../teams/web/sizes.yaml
    -- launchpad/teams/web/sizes.yaml --
    replicas: 2
    ```

    ## References

    - [import-linter: contract types](https://import-linter.readthedocs.io/en/stable/contract_types/)
    - [dependency-cruiser: rules reference](https://github.com/sverweij/dependency-cruiser/blob/main/doc/rules-reference.md)
    """
    # Contracts stand in the configuration, which no rule sees: judge_contracts makes the findings.
    return iter(())


@rule("unused-ignore", severity=Severity.WARNING)
def unused_ignore(_estate: Estate) -> Iterator[Problem]:
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
        {known.id: known for known in (*RULES, contract, unused_ignore)}.values(),
        key=lambda known: known.id,
    )
)
RULE_IDS = frozenset(known.id for known in ALL_RULES)
