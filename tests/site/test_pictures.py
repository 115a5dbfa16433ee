"""What the pictures of pages hold: the order of a cluster, the estate as a whole."""

import pytest

from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.ordering import find_steps, place_of, sync_of
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.diagrams.cards import Card, Diagram, Lane
from graphdoc.site.generate import generate_site
from graphdoc.site.pictures.context import context_diagram
from graphdoc.site.pictures.order import order_diagram
from graphdoc.site.pictures.tree import tree_diagram
from tests.site.small_estate import TEXT, site_input

CONTROLLER = """\
-- platform/base/controller.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: controller, namespace: argocd}
spec:
  project: default
  source:
    repoURL: https://charts.example.com
    chart: sealed-secrets
    targetRevision: 2.17.1
  destination: {server: https://kubernetes.default.svc, namespace: kube-system}
"""
WITH_CONTROLLER = TEXT.replace("[shop.yaml,", "[controller.yaml, shop.yaml,") + CONTROLLER


def order(text: str) -> Diagram:
    """In which order the cluster dev of a small estate comes up."""
    has_roots = "-- platform/root-dev.yaml --" in text
    atlas = Atlas(site_input(text) if has_roots else site_input(text, roots=()))
    return order_diagram(Scope(atlas, "clusters/dev.md"), "dev")


def manual(diagram: Diagram) -> list[tuple[str, str, str]]:
    """The arrows that a person makes happen."""
    return [(e.source, e.label, e.target) for e in diagram.edges if e.css == "manual"]


def test_sealing_again_stands_between_the_controller_and_who_needs_the_secrets() -> None:
    found = order(WITH_CONTROLLER)
    [hand] = [node for node in found.nodes if node.id == "by-hand"]
    assert isinstance(hand, Card)
    assert (hand.name, hand.href, hand.ghost) == (
        "seal 1 Secret again",
        "../runbooks/rebuild-dev.html#secrets",
        True,
    )
    assert manual(found) == [
        ("wave-0", "then", "by-hand"),
        ("by-hand", "needed by", "wave-2"),
    ]


def test_without_a_controller_in_git_nobody_seals_in_the_picture() -> None:
    assert manual(order(TEXT)) == []


def test_secrets_that_only_the_controllers_wave_needs_lead_nowhere_else() -> None:
    first = WITH_CONTROLLER.replace('argocd.argoproj.io/sync-wave: "2"', "other: x")
    assert manual(order(first)) == [("wave", "then", "by-hand")]


def test_a_cluster_page_shows_the_order_only_where_there_is_one() -> None:
    flat = TEXT.replace('argocd.argoproj.io/sync-wave: "2"', "other: x")
    shown = {
        name: list(generate_site(site_input(text)).pages["clusters/dev.md"].figures)
        for name, text in (("waves", TEXT), ("flat", flat))
    }
    assert shown == {"waves": ["tree-dev", "order-dev"], "flat": ["tree-dev"]}


def test_with_many_waves_one_of_a_single_application_has_its_name() -> None:
    start = "-- platform/base/secrets.yaml --\n"
    old = "metadata: {name: secrets, namespace: argocd}"
    one = TEXT.partition(start)[2].partition("-- ")[0]
    new = "metadata: {{name: a{0}, annotations: {{argocd.argoproj.io/sync-wave: '{1}'}}}}"
    waves = enumerate((1, 2, 3, 4, 5, 6, 7, 8, 8), start=1)
    many = "---\n".join(one.replace(old, new.format(*pair)) for pair in waves)
    cards = order(TEXT.replace(start, f"{start}{many}---\n")).nodes
    found = [(card.type_line, card.name, card.folded) for card in cards if isinstance(card, Card)]
    assert found[-2:] == [("wave 7", "a7", 0), ("wave 8", "2 Applications", 2)]


def steps(text: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The steps of the cluster dev and what comes after what."""
    found = order(text)
    cards = [(card.id, card.type_line) for card in found.nodes if isinstance(card, Card)]
    return cards[1:], [(edge.source, edge.target) for edge in found.edges]


NESTED = TEXT.replace("path: secrets", "path: nested").replace(
    "-- platform/secrets/sealed",
    """\
-- platform/nested/two.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: late, namespace: argocd, annotations: {argocd.argoproj.io/sync-wave: "1"}}
spec:
  project: default
  source: {repoURL: https://git.example.com/platform, path: overlays}
  destination: {server: https://kubernetes.default.svc, namespace: shop}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: early, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/platform, path: overlays}
  destination: {server: https://kubernetes.default.svc, namespace: shop}
-- platform/secrets/sealed""",
)


def test_waves_below_an_app_of_apps_come_in_its_own_wave() -> None:
    assert steps(NESTED) == (
        [
            ("wave-0", "wave 0"),
            ("wave-0-0", "wave 0 below secrets"),
            ("wave-0-1", "wave 1 below secrets"),
            ("wave-2", "wave 2"),
        ],
        [
            ("application:dev/root", "wave-0"),
            ("wave-0", "wave-0-0"),
            ("wave-0-0", "wave-0-1"),
            ("wave-0-1", "wave-2"),
        ],
    )


ROOT = TEXT.partition("-- platform/root-dev.yaml --\n")[2].partition("-- ")[0]
BY_HAND = TEXT[TEXT.index("-- platform/base/kustomization.yaml --") :]
KEPT = BY_HAND.replace(
    "overlays/dev/kustomization.yaml --\nresources: [../../base]",
    f"overlays/dev/root.yaml --\n{ROOT}-- platform/overlays/dev/kustomization.yaml --\n"
    "resources: [../../base, root.yaml]",
)
SECOND = ROOT.replace("name: root", "name: more").replace("overlays/dev", "more")
TWO_ROOTS = f"{TEXT}-- platform/more/a.yaml --\n{ROOT.replace('name: root', 'name: last')}".replace(
    ROOT, f"{ROOT}---\n{SECOND}", 1
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BY_HAND, ["kustomization:platform/overlays/dev > wave"]),
        (KEPT, ["kustomization:platform/overlays/dev > wave", "wave > wave-0", "wave-0 > wave-2"]),
        (
            TWO_ROOTS,
            ["application:dev/root > wave-0", "wave-0 > wave-2", "application:dev/root > wave"],
        ),
    ],
)
def test_waves_order_what_one_application_brings_and_nothing_else(
    text: str, expected: list[str]
) -> None:
    assert [f"{before} > {after}" for before, after in steps(text)[1]] == expected


def test_an_application_set_hangs_below_what_brings_it_and_orders_nothing() -> None:
    made = """\
-- platform/base/set.yaml --
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: set, namespace: argocd, annotations: {argocd.argoproj.io/sync-wave: "3"}}
spec:
  generators: [{list: {elements: [{n: "1"}, {n: "4"}]}}]
  template:
    metadata: {name: "made-{{n}}", annotations: {argocd.argoproj.io/sync-wave: "{{n}}"}}
    spec:
      project: default
      source: {repoURL: https://git.example.com/platform, path: secrets}
      destination: {server: https://kubernetes.default.svc, namespace: shop}
"""
    text = TEXT.replace("resources: [shop.yaml,", "resources: [set.yaml, shop.yaml,") + made
    drawn = tree_diagram(Scope(Atlas(site_input(text)), "clusters/dev.md"), "dev").edges
    root, owner = "application:dev/root", "applicationset:dev/set"
    assert [(e.source, e.label, e.target) for e in drawn if owner in f"{e.source} {e.target}"] == [
        (root, "", owner),
        (f"{root}|2", "then", owner),
        (owner, "", f"{owner}|0"),
    ]
    assert ("wave-3", "wave 3") in steps(text)[0]


ROLLING = """\
-- platform/base/kustomization.yaml --
resources: [set.yaml]
-- platform/base/set.yaml --
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: set, namespace: argocd}
spec:
  generators: [{list: {elements: [{n: a}, {n: b}, {n: c}]}}]
  strategy:
    type: RollingSync
    rollingSync:
      steps:
        - matchExpressions: [{key: tier, operator: In, values: [b]}]
        - matchExpressions: [{key: tier, operator: In, values: [a]}]
  template:
    metadata:
      name: "made-{{n}}"
      labels: {tier: "{{n}}"}
      annotations: {argocd.argoproj.io/sync-wave: "1"}
    spec:
      project: default
      syncPolicy: {automated: {}}
      source: {repoURL: https://git.example.com/platform, path: secrets}
      destination: {server: https://kubernetes.default.svc, namespace: shop}
"""


def test_a_rolling_sync_orders_what_its_application_set_makes() -> None:
    text = TEXT.replace("-- platform/base/kustomization.yaml --\nresources: [", ROLLING + "#")
    atlas = Atlas(site_input(text))
    tree = tree_diagram(Scope(atlas, "clusters/dev.md"), "dev")
    owner = "applicationset:dev/set"
    lanes = {n.name: [c.text for c in n.chips] for n in tree.nodes if isinstance(n, Lane)}
    assert lanes == {"in no step": ["made-c"], "step 1": ["made-b"], "step 2": ["made-a"]}
    assert [
        (e.source, e.label, e.target) for e in tree.edges if e.source != "application:dev/root"
    ] == [
        (owner, "", f"{owner}|0"),
        (owner, "", f"{owner}|1"),
        (owner, "", f"{owner}|2"),
        (f"{owner}|1", "then", f"{owner}|2"),
    ]
    assert {sync_of(atlas, node) for name in "abc" for node in atlas.by_name[f"made-{name}"]} == {
        "RollingSync, step 1",
        "RollingSync, step 2",
        "by hand",
    }
    found = find_steps(atlas, "dev")
    steps = {str(step): [node.name for node in nodes] for step, nodes in found.items()}
    assert (steps["step 1 of set"], steps["step 2 of set"]) == (["made-b"], ["made-a"])
    assert "made-c" in steps["at once"]
    places = {name: place_of(atlas, atlas.by_name[f"made-{name}"][0]) for name in "abc"}
    assert places == {"a": "step 2", "b": "step 1", "c": "\N{EN DASH}"}
    verdict = generate_site(site_input(text)).pages["waves/index.md"].markdown
    assert "The steps of a RollingSync are kept where progressive syncs are" in verdict
    assert "The order is not enforced" not in verdict
    assert (
        "made-a is an Application. It runs on 2 of 2 clusters, in namespace shop. Its sync wave "
        "orders nothing: waves count among what one Application brings."
    ) in generate_site(site_input(text)).pages["apps/made-a.md"].markdown


def rolled_out(count: int) -> str:
    """The estate with so many ApplicationSets, each of which rolls out in two steps."""
    made = ROLLING.partition("-- platform/base/set.yaml --\n")[2]
    names = [f"set-{number}" for number in range(count)]
    sets = "".join(
        f"-- platform/base/{name}.yaml --\n"
        + made.replace("name: set,", f"name: {name},").replace("made-", f"{name}-")
        for name in names
    )
    listed = "".join(f"{name}.yaml, " for name in names)
    return TEXT.replace("resources: [shop.yaml,", f"resources: [{listed}shop.yaml,") + sets


def test_the_steps_of_two_application_sets_do_not_wait_for_each_other() -> None:
    named, arrows = steps(rolled_out(2))
    assert [name for _, name in named if "step" in name] == [
        "step 1 of set-0",
        "step 1 of set-1",
        "step 2 of set-0",
        "step 2 of set-1",
    ]
    assert [arrow for arrow in arrows if "step" in arrow[1]] == [
        ("wave-0", "step-0-1-set-0"),
        ("step-0-1-set-0", "step-0-2-set-0"),
        ("wave-0", "step-0-1-set-1"),
        ("step-0-1-set-1", "step-0-2-set-1"),
    ]


def test_the_steps_of_three_application_sets_share_their_cards() -> None:
    named, _ = steps(rolled_out(3))
    assert [name for _, name in named if "step" in name] == [
        "step 1 of 3 ApplicationSets each",
        "step 2 of 3 ApplicationSets each",
    ]


def clusters(count: int) -> list[str]:
    """The cards below Argo CD in the picture of an estate of so many clusters."""
    root = TEXT.partition("-- platform/root-prod.yaml --\n")[2].partition("-- ")[0]
    more = "".join(
        f"-- platform/root-c{number}.yaml --\n{root.replace('name: root', f'name: r{number}')}"
        for number in range(count - 2)
    )
    diagram = context_diagram(Scope(Atlas(site_input(TEXT + more)), "index.md"))
    return [
        f"{node.name}, {len(node.rows)} rows"
        for node in diagram.nodes
        if isinstance(node, Card) and node.kind == "cluster"
    ]


def test_more_clusters_than_a_page_is_wide_become_one_list() -> None:
    assert clusters(5) == ["Cloud, 2 rows", *(f"c{number}, 0 rows" for number in range(3))]
    assert clusters(9) == ["Cloud, 2 rows", "7 clusters, 7 rows"]
    assert clusters(14) == ["12 clusters, 7 rows", "Cloud, 2 rows"]


def test_more_repositories_than_three_are_the_rows_of_one_card() -> None:
    def cards(text: str) -> list[Card]:
        diagram = context_diagram(Scope(Atlas(site_input(text)), "index.md"))
        named = [card for card in diagram.nodes if isinstance(card, Card)]
        return [card for card in named if card.kind == "repository"]

    assert [card.name for card in cards(TEXT)] == ["charts", "platform", "values"]
    listed = cards(f"{TEXT}-- more/README.md --\nx\n")
    assert [(card.name, card.folded) for card in listed] == [("4 repositories", 0)]
    assert listed[0].rows[0].text == "platform"


def test_a_repository_of_kustomizations_alone_says_so() -> None:
    plain = "-- plain/{}/kustomization.yaml --\nresources: []\n"
    made = TEXT + plain.format("a") + plain.format("b")
    for text, said in (
        (made, ("2 kustomizations",)),
        (made + "-- plain/Chart.yaml --\n{name: a, version: 1.0.0}\n", ("1 chart",)),
    ):
        diagram = context_diagram(Scope(Atlas(site_input(text)), "index.md"))
        cards = (card for card in diagram.nodes if isinstance(card, Card))
        rows = [row for card in cards for row in card.rows if row.text == "plain"]
        assert [row.note for row in rows] == [said[0]]


def test_a_secret_is_drawn_with_what_makes_it_unless_it_stands_alone() -> None:
    more = """\
-- platform/secrets/store.yaml --
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: fetched, namespace: shop}
spec: {secretStoreRef: {name: vault}, data: [{secretKey: KEY}]}
"""
    pages = generate_site(site_input(TEXT + more)).pages
    assert ">store.yaml:1<" in pages["secrets/fetched.md"].figures["secret-dev"]
    assert pages["secrets/plain.md"].figures == {}
