"""Rule ``wave-inversion``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import gather, grouped
from graphdoc.model.location import Location, locations
from graphdoc.resolve.order.loops import find_wave_loops
from graphdoc.resolve.order.needs import Need, find_needs
from graphdoc.resolve.order.steps import Step
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["wave_inversion"]

_FEW = 3


@rule("wave-inversion", severity=Severity.ERROR)
def wave_inversion(estate: Estate) -> Iterator[Problem]:
    """Something needs what a later sync wave brings.

    Within one Application, and between the Applications of one parent: a Pod before the Secret,
    SealedSecret or ConfigMap that it cannot start without, or before the policy that copies that
    Secret or must see the Pod being created; a custom resource before its definition or its
    operator, content before its Namespace. Where Argo CD is not told to wait for child Applications
    (see [`unenforced-waves`](unenforced-waves.md)) they start almost together: the order written is
    still the wrong one, and holds the earlier back as soon as somebody turns the waiting on.

    Only needs are reported whose both ends are in Git, on one cluster, below one Application, and
    for which nothing else may stand in. More than three that need one thing are one finding, and so
    is what comes late by a wave of its own, or a hook that comes before several things. What is
    wrong only for a wave that is no number is told as
    [`invalid-sync-wave`](invalid-sync-wave.md).

    ## Why is this bad?

    Argo CD applies waves in ascending order and waits for each to become healthy. What needs a
    later wave never does, so the later wave is never applied: the first sync of a new cluster
    hangs.

    ## Example

    ```yaml
    -- launchpad/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/launchpad, path: web}
    -- launchpad/web/deployment.yaml --
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
      annotations:
        argocd.argoproj.io/sync-wave: "1"  # expect: wave-inversion
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
            - name: web
              image: registry.example.com/web:1.0.0
              envFrom:
                - secretRef: {name: app-credentials}
    -- launchpad/web/credentials.yaml --
    apiVersion: bitnami.com/v1alpha1
    kind: SealedSecret
    metadata:
      name: app-credentials
      annotations:
        argocd.argoproj.io/sync-wave: "2"
    spec:
      encryptedData: {API_KEY: AgBmadeUpCiphertext}
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/web/credentials.yaml --
    apiVersion: bitnami.com/v1alpha1
    kind: SealedSecret
    metadata:
      name: app-credentials
      annotations:
        argocd.argoproj.io/sync-wave: "0"
    spec:
      encryptedData: {API_KEY: AgBmadeUpCiphertext}
    ```

    ## References

    - [Argo CD: sync phases and waves](https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/)
    """
    needs = tuple(find_needs(estate))
    loops = find_wave_loops(needs)
    inverted = [n for n in needs if n.is_inverted and not any(loop.holds(n) for loop in loops)]
    causes = _by_cause(inverted)
    hooks = _by_early_hook(causes)
    yield from map(_of_hook, hooks)
    told = {id(cause) for hook in hooks for cause in hook}
    yield from map(_of_late, _by_what_is_late([c for c in causes if id(c) not in told]))


def _by_cause(needs: list[Need]) -> list[list[Need]]:
    """Needs between the same two places are one cause, on however many clusters."""
    groups = grouped(((need.before.span, need.after.span), need) for need in needs)
    return [sorted(groups[key], key=lambda need: (need.span, need.what)) for key in sorted(groups)]


def _by_early_hook(causes: list[list[Need]]) -> list[tuple[list[Need], ...]]:
    """What a hook needs that a later phase brings is one cause, where it is several things."""
    early = (cause for cause in causes if cause[0].before.phase < cause[0].after.phase)
    hooks = grouped((cause[0].before.span, cause) for cause in early)
    return [hook for hook in hooks.values() if len(hook) > 1]


def _of_hook(causes: tuple[list[Need], ...]) -> Problem:
    first = causes[0][0]
    before = first.before
    needed = f"{first.what}, which {_step(first.after)} brings, and {len(causes) - 1} more"
    return Problem(
        f"{_step(before)} needs {needed}",
        Location(before.span, "applied earlier"),
        locations(sorted({cause[0].after.span for cause in causes}), "applied later"),
        before.owner,
        identity=f"{before.item} {before.phase.name}",
    )


def _by_what_is_late(causes: list[list[Need]]) -> Iterator[tuple[list[Need], ...]]:
    """Many needs of one thing are one finding; few are, where its own wave is to change."""
    for group in gather(causes, lambda cause: (cause[0].after.span, cause[0].what), 1):
        if len(group) > _FEW:
            yield group
            continue
        is_late = any(_is_put_off(cause[0], 1) for cause in group)
        sides = grouped((is_late and _is_of_one_phase(cause[0]), cause) for cause in group)
        yield from ((cause,) for cause in sides.get(False, ()))
        if True in sides:
            yield sides[True]


def _of_late(causes: tuple[list[Need], ...]) -> Problem:
    first = causes[0][0]
    before, after = first.before, first.after
    ends = Location(before.span, "applied earlier"), Location(after.span, "applied later")
    place, other = reversed(ends) if _is_put_off(first, len(causes)) else ends
    others = {need.span for group in causes for need in group} - {place.span, other.span}
    needed = f"{first.what}, which {_step(after)} brings"
    several = f"{_step(before)} and {len(causes) - 1} more need {needed}"
    return Problem(
        several if len(causes) > 1 else f"{_step(before)} needs {needed}",
        place,
        (other, *locations(sorted(others), "needed here")),
        before.item if _is_application(before) else before.owner,
        identity=f"{first.what} {after.item}" if len(causes) > 1 else "",
    )


def _is_of_one_phase(need: Need) -> bool:
    return need.before.phase is need.after.phase


def _is_put_off(need: Need, count: int) -> bool:
    """Whether the one wave to change is that of what is needed."""
    before, after = need.before, need.after
    is_one = count > 1 or not before.wave
    return _is_of_one_phase(need) and after.wave > 0 and is_one


def _is_application(step: Step) -> bool:
    return step.item.startswith("application:")


def _step(step: Step) -> str:
    if _is_application(step):
        return f"Application {step.item.rpartition('/')[2]} (wave {step.wave})"
    phase = "" if step.phase.name == "SYNC" else f"{step.phase.name.replace('_', '').lower()} "
    return f"{step.item.partition('/')[2]} ({phase}wave {step.wave})"
