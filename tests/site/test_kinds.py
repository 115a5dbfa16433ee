"""The pages of charts, values files and policies, read as a reader would: without markup."""

import re
from functools import cache
from html import unescape

import pytest

from graphdoc.graph.repo_graph import GraphNode, NodeKind
from graphdoc.model.grouping import grouped
from graphdoc.site.atlas.families import find_families
from graphdoc.site.generate import Site, generate_site
from graphdoc.site.writing.markup import DASH
from tests.site.small_estate import TEXT, site_input

POLICY = """\
-- platform/secrets/policies.yaml --
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata:
  name: labels
  annotations: {policies.kyverno.io/description: Wants labels.}
spec:
  validationFailureAction: Enforce
  rules:
    - name: on-workloads
      match: {any: [{resources: {kinds: [apps/v1/Deployment], namespaces: ["sh*"]}}]}
      exclude: {any: [{resources: {names: [other]}}]}
      validate: {message: A label is missing.}
    - name: on-pods
      match: {all: [{resources: {kinds: [Pod], selector: {matchLabels: {app: shop}}}}]}
      exclude:
        all:
          - resources:
              selector:
                matchLabels: {tier: db}
                matchExpressions: [{key: env, operator: In, values: [dev, qa]}]
            subjects: [{kind: User, name: ann}]
          - {clusterRoles: [admin]}
      preconditions: {all: [{key: x, operator: Equals, value: x}]}
      mutate: {}
    - name: on-nothing
      match: {any: [{resources: {kinds: [Deployment], annotations: {absent: "*"}}}]}
      validate: {failureAction: Audit}
    - name: excluded
      match: {any: [{resources: {kinds: [Deployment]}}]}
      exclude: {any: [{resources: {names: [shop]}}]}
      validate: {}
---
apiVersion: kyverno.io/v2
kind: ClusterCleanupPolicy
metadata: {name: sweeper}
spec:
  match: {any: [{resources: {kinds: [Ingress]}}]}
  conditions: {all: []}
  schedule: "0 0 * * *"
"""


@cache
def site(text: str = TEXT + POLICY) -> Site:
    return generate_site(site_input(text))


def words(path: str) -> str:
    """The text of a page, its cells divided by bars."""
    markdown = (
        site()
        .pages[path]
        .markdown.replace("</th> <td", " | <td")
        .replace("</td>", " | ")
        .replace("</tr>", "\n")
    )
    return re.sub(r"[ \t]+", " ", unescape(re.sub(r"<[^>]*>", "", markdown)))


def rows(path: str, *first: str) -> list[list[str]]:
    """The rows of a page whose first cells are these, without the empty last one."""
    found = [[cell.strip() for cell in line.split(" | ")][:-1] for line in words(path).splitlines()]
    return [row for row in found if row[: len(first)] == list(first)]


def test_a_chart_page_says_who_renders_it_and_what_can_be_set() -> None:
    page = "charts/web.md"
    assert (
        "web is a Helm chart kept in Git, in charts, rendered by 1 Application on 2 clusters."
        in words(page)
    )
    assert rows(page, "shop") == [["shop", "dev, prod", "1.4.0", "platform base/shop.yaml:13"]]
    assert rows(page, "replicas") == [["replicas", "1", "shop", "line 1"]]
    assert rows(page, "image.repository") == [
        ["image.repository", "registry.example.com/shop", DASH, "line 2"]
    ]  # fmt: skip
    assert rows(page, "admin.password") == [["admin.password", "<redacted>", "shop", "line 3"]]
    assert rows(page, "charts web/templates/all.yaml:1") == [
        [
            "charts web/templates/all.yaml:1",
            "Deployment (1 Application), Ingress (1 Application), Secret (1 Application)",
        ]
    ]


def test_a_chart_that_another_requires_says_so() -> None:
    remote = "dependencies: [{name: redis, version: 9.0.0, repository: https://charts.example.com}]"
    made = site(TEXT.replace("version: 1.4.0\n", f"version: 1.4.0\n{remote}\n"))
    page = re.sub(r"<[^>]*>", "", made.pages["charts/redis.md"].markdown)
    assert "taken from outside, in https://charts.example.com, a part of 1 other chart." in page
    assert "## Required by" in page
    assert "Whoever renders a chart that requires it sets its values there" in page
    [row] = [r for r in made.pages["charts/index.md"].markdown.split("<tr") if "redis" in r]
    assert row.count("chart <a") == 1


def test_a_values_file_says_which_of_its_keys_are_in_force() -> None:
    page = "values/values-shop-base.yaml.md"
    assert "values/shop/base.yaml is a values file that shop reads on 2 clusters." in words(page)
    assert rows(page, "shop") == [
        ["shop", "dev, prod", "2 of 4", "platform base/shop.yaml:16"],
    ]
    assert rows(page, "image.tag") == [
        ["image.tag", "1.7.2", "line 2", "yes, in shop on dev, prod"]
    ]


def test_a_key_that_a_later_layer_sets_names_the_line_that_wins() -> None:
    over = TEXT.replace("host: shop.example.com\n", "host: shop.example.com\nimage: {tag: 2.0.0}\n")
    page = generate_site(site_input(over)).pages["values/values-shop-base.yaml.md"].markdown
    assert page.count('id="key-image.tag"') == 1
    text = re.sub(r"<[^>]*>", "", page)
    assert "yes, in shop on dev" in text
    assert "no, overridden at values shop/prod.yaml:2 in shop on prod" in text


def test_a_key_within_what_a_later_layer_replaces_is_not_in_force() -> None:
    over = TEXT.replace("host: shop.example.com\n", "host: shop.example.com\nimage: none\n")
    page = generate_site(site_input(over)).pages["values/values-shop-base.yaml.md"].markdown
    assert "no, overridden at values shop/prod.yaml:2 in shop on prod" in re.sub(
        r"<[^>]*>", "", page
    )


def test_a_policy_names_its_rules_and_the_applications_that_they_match() -> None:
    page = "policies/labels.md"
    assert "labels is a Kyverno ClusterPolicy on 2 clusters. Wants labels." in words(page)
    found = [row for row in rows(page, "shop") if row[2].startswith("on-")]
    assert found == [
        [
            "shop", "dev, prod", "on-pods", "Pod",
            "perhaps: the rule also asks what Git does not show",
        ],
        ["shop", "dev, prod", "on-workloads", "Deployment", "yes"],
    ]  # fmt: skip
    assert rows(page, "shop") == found
    told = [rows(page, name)[0][1:5] for name in ("on-workloads", "on-pods", "on-nothing")]
    assert told == [
        ["validate", "kinds apps/v1/Deployment and namespaces sh*", "names other",
         "refuses: A label is missing."],
        ["mutate", "kinds Pod and selector app: shop",
         "selector tier: db env In dev qa and subjects User ann; and clusterRoles admin",
         "changes it"],
        ["validate", "kinds Deployment and annotations absent: *", DASH, "only reports"],
    ]  # fmt: skip


def test_a_policy_without_rules_is_one_itself() -> None:
    assert "sweeper is a Kyverno ClusterCleanupPolicy on 2 clusters. It deletes Ingress." in words(
        "policies/sweeper.md"
    )
    assert [row[2:] for row in rows("policies/sweeper.md", "shop")] == [
        ["sweeper", "Ingress", "yes"]
    ]


def test_lists_and_pictures_lead_to_the_pages() -> None:
    atlas = site().atlas
    assert atlas.page("policy:dev/labels") == "policies/labels.md"
    assert atlas.page("values:values/shop/base.yaml") == "values/values-shop-base.yaml.md"
    assert atlas.page("chart:charts/web") == "charts/web.md#chart:charts-2Fweb"
    assert 'href="web.html#chart:charts-2Fweb"' in site().pages["charts/index.md"].markdown


_RENAMED = """\
  - target: {{kind: Application, name: {0}}}
    patch: |
      - {{op: replace, path: /metadata/name, value: {0}-prod}}
"""


def test_an_application_says_whom_it_belongs_to() -> None:
    owned = site(f"{TEXT}-- platform/CODEOWNERS --\n* @acme/<b> @ann\n").pages["apps/shop.md"]
    assert "owned by @acme/&lt;b&gt;, @ann<" in owned.markdown
    assert "owned by" not in site().pages["apps/shop.md"].markdown


def test_names_that_stand_on_one_cluster_each_make_no_matrix() -> None:
    renamed = "".join(map(_RENAMED.format, ("secrets", "odd", "shop")))
    apart = TEXT.replace("patches:\n", f"patches:\n{renamed}").replace(
        "target: {kind: Application, name: shop}\n    patch: |\n      - op:",
        "target: {kind: Application, name: shop-prod}\n    patch: |\n      - op:",
    )
    apart = apart.replace("name: root, namespace: argocd", "name: top, namespace: argocd", 1)
    page = site(apart).pages["clusters/index.md"].markdown
    assert "Usual version" in page
    assert "gd-matrix" not in page
    assert "gd-matrix" in site().pages["clusters/index.md"].markdown


def test_the_build_page_tells_two_copies_apart() -> None:
    assert "newest commit is of 2023-11-14 22:13 UTC." in words("about/build.md")
    assert rows("about/build.md", "platform") == [["platform", "c0ffee00", "main", "no"]]


def test_names_that_carry_their_cluster_stand_in_one_row() -> None:
    renamed = _RENAMED.format("shop")
    dev = renamed.replace("-prod", "-dev")
    text = TEXT.replace("patches:\n", f"patches:\n{renamed}", 1).replace(
        "resources: [../../base]\n", f"resources: [../../base]\npatches:\n{dev}", 1
    )
    text = text.replace(
        "name: shop}\n    patch: |\n      - op:", "name: shop-prod}\n    patch: |\n      - op:"
    )
    pages = site(text).pages
    row = next(r for r in pages["clusters/index.md"].markdown.split("<tr") if ">shop</th>" in r)
    assert 'data-k="root shop-dev shop-prod"' in row
    assert 'href="../apps/shop-prod.html#prod"' in row
    assert re.search(r">shop</td>.*replicas.* on .*dev.* on .*prod", pages["drift.md"].markdown)


def _named(*names: str) -> dict[str, tuple[GraphNode, ...]]:
    nodes = (name.partition("@") for name in names)
    return grouped((n, GraphNode(f"{c}/{n}", NodeKind.APPLICATION, n, c, ())) for n, _, c in nodes)


@pytest.mark.parametrize(
    ("names", "titles"),
    [
        (("web-dev@dev", "web-prod@prod"), {"web": 2}),
        (("dev.web@dev", "prod.web@prod"), {"web": 2}),
        (("web-dev@dev", "web-prod@dev"), {"web-dev": 1, "web-prod": 1}),
        (("web-dev@dev", "dev-web@dev"), {"dev-web": 1, "web-dev": 1}),
        (("web-dev@dev", "web-prod@prod", "web@dev"), {"web": 1, "web-dev": 1, "web-prod": 1}),
        (("dev@dev", "prod@prod", "webdev@dev"), {"dev": 1, "prod": 1, "webdev": 1}),
        (("web-dev@dev", "web-dev@prod"), {"web-dev": 2}),
    ],
)
def test_what_is_the_same_but_for_its_cluster(
    names: tuple[str, ...], titles: dict[str, int]
) -> None:
    assert {t: len(nodes) for t, nodes in find_families(_named(*names)).items()} == titles
