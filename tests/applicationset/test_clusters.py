"""Cluster generators: Secrets in Git, the inventory, and what is assumed without either."""

import pytest

from graphdoc.model.applicationset import Inventory, InventoryCluster
from graphdoc.resolve.applicationset.assumed import is_stand_in
from tests.applicationset.sets import REPO, SECRETS, a_set, generate, names, notes, problems, shown


def test_clusters_come_from_secrets_and_the_local_one_is_added() -> None:
    text = SECRETS + a_set(
        "- clusters: {values: {base: '{{server}}/api'}}",
        "{{nameNormalized}}",
        a="{{name}} {{server}} {{project}} {{values.base}}",
        b="{{metadata.labels.env}} {{metadata.annotations.region}}",
    )
    generated = generate(text)
    assert list(zip(names(generated), shown(generated), strict=True)) == [
        (
            "prod-1",
            {
                "a": "Prod_1 https://prod.example.com p https://prod.example.com/api",
                "b": "prod eu",
            },
        ),
        (
            "dev",
            {
                "a": "dev https://dev.example.com  https://dev.example.com/api",
                "b": "dev {{metadata.annotations.region}}",
            },
        ),
        (
            "in-cluster",
            {
                "a": "in-cluster https://kubernetes.default.svc  https://kubernetes.default.svc/api",
                "b": "{{metadata.labels.env}} {{metadata.annotations.region}}",
            },
        ),
    ]
    assert notes(generated) == []


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("matchLabels: {env: prod}", ["prod-1"]),
        ("matchExpressions: [{key: env, operator: In, values: [dev, test]}]", ["dev"]),
        ("matchExpressions: [{key: env, operator: NotIn, values: [dev]}]", ["prod-1"]),
        ("matchExpressions: [{key: env, operator: Exists}]", ["prod-1", "dev"]),
        ("matchExpressions: [{key: env, operator: DoesNotExist}]", []),
        ("matchLabels: {env: none}", []),
    ],
)
def test_selector_chooses_clusters_and_leaves_the_local_one_out(
    selector: str, expected: list[str]
) -> None:
    text = SECRETS + a_set(f"- clusters: {{selector: {{{selector}}}}}", "{{nameNormalized}}")
    assert names(generate(text)) == expected


def test_unknown_operator_is_a_problem() -> None:
    text = a_set(
        "- clusters: {selector: {matchExpressions: [{key: a, operator: Near, values: [b]}]}}", "x"
    )
    assert problems(generate(text)) == [(8, "'Near' is not a valid selector operator")]


def test_inventory_names_clusters_and_wins_over_a_secret() -> None:
    inventory = Inventory(
        (
            InventoryCluster("dev", "https://new.example.com", (("env", "dev"),)),
            InventoryCluster("here", "https://kubernetes.default.svc"),
        )
    )
    generated = generate(SECRETS + a_set("- clusters: {}", "{{name}}", s="{{server}}"), inventory)
    assert list(zip(names(generated), shown(generated), strict=True)) == [
        ("Prod_1", {"s": "https://prod.example.com"}),
        ("dev", {"s": "https://new.example.com"}),
        ("here", {"s": "https://kubernetes.default.svc"}),
    ]


GO = "goTemplate: true\ngoTemplateOptions: [missingkey=error]\n"


def test_each_argo_cd_knows_the_clusters_of_its_own_namespace() -> None:
    secret = (
        "\n-- platform/{0}.yaml --\napiVersion: v1\nkind: Secret\n"
        "metadata: {{labels: {{argocd.argoproj.io/secret-type: cluster}}{1}}}\n"
        "stringData: {{name: {0}, server: 'https://{0}'}}\n"
    )
    own, other, open_ = (
        secret.format("own", ", namespace: argocd"),
        secret.format("other", ", namespace: team"),
        secret.format("open", ""),
    )
    every = a_set("- clusters: {selector: {matchExpressions: []}}", "{{name}}")
    assert names(generate(own + other + open_ + every)) == ["open", "own", "in-cluster"]
    assert names(generate(other + open_ + every)) == ["open", "other", "in-cluster"]


UNKNOWN = "{{metadata.labels.env}} {{metadata.labels.tier}}"
UNREGISTERED = "the clusters meant are registered neither in Git nor in graphdoc.yaml"


def test_without_any_cluster_the_local_one_is_assumed_and_noted() -> None:
    generated = generate(a_set("- clusters: {}", "{{name}}"))
    assert names(generated) == ["in-cluster"]
    assert generated.assumed == {"in-cluster"}
    assert notes(generated) == [f"{UNREGISTERED}; assumed: 'in-cluster'"]


@pytest.mark.parametrize(
    ("selector", "name", "shown_labels"),
    [
        ("matchLabels: {env: prod}", "env=prod", "prod {{metadata.labels.tier}}"),
        ("matchLabels: {example.com/tier: gold}", "tier=gold", UNKNOWN),
        (
            "matchLabels: {argocd.argoproj.io/secret-type: cluster}",
            "any-cluster",
            UNKNOWN,
        ),
        (
            "matchLabels: {env: prod}, "
            "matchExpressions: [{key: tier, operator: In, values: [a, b]}]",
            "env=prod,tier=a",
            "prod a",
        ),
        (
            "matchExpressions: [{key: env, operator: Exists},"
            " {key: tier, operator: NotIn, values: [a]}]",
            "env=true",
            "true {{metadata.labels.tier}}",
        ),
    ],
)  # fmt: skip
def test_one_cluster_stands_for_all_that_a_selector_asks_for(
    selector: str, name: str, shown_labels: str
) -> None:
    text = a_set(f"- clusters: {{selector: {{{selector}}}}}", "{{name}}", a=UNKNOWN, b="{{server}}")
    generated = generate(text)
    server = f"https://{name.replace('=', '-').replace(',', '-')}.invalid"
    assert names(generated) == [name]
    assert shown(generated) == [{"a": shown_labels, "b": server}]
    assert notes(generated) == [f"{UNREGISTERED}; assumed: '{name}'"]


def test_registered_clusters_with_other_labels_are_not_the_ones_meant() -> None:
    other = SECRETS + a_set("- clusters: {selector: {matchLabels: {tier: gold}}}", "{{name}}")
    assert names(generate(other)) == ["tier=gold"]
    listed = Inventory((InventoryCluster("prod", "https://p", (("tier", "silver"),)),))
    assert names(generate(other, listed)) == []
    assert notes(generate(other, listed)) == []
    neither = (
        "matchExpressions: [{key: tier, operator: NotIn, values: [silver]},"
        " {key: zone, operator: NotIn, values: [a]}]"
    )
    text = a_set(f"- clusters: {{selector: {{{neither}}}}}", "{{name}}")
    assert names(generate(text, listed)) == ["any-cluster"]


MERGE = """
- merge:
    mergeKeys: [nameNormalized]
    generators:
      - clusters: {SELECTOR, values: {dir: base}}
      - list:
          elements:
            - {nameNormalized: east, values.dir: eu}
            - {nameNormalized: west, values.dir: us}
"""


def test_a_merge_names_the_clusters_that_it_has_more_to_say_about() -> None:
    text = a_set(MERGE.replace("SELECTOR", "selector: {matchLabels: {member: 'yes'}}"), "{{name}}",
                 a="{{values.dir}} {{metadata.labels.member}}")  # fmt: skip
    generated = generate(text)
    assert list(zip(names(generated), shown(generated), strict=True)) == [
        ("east", {"a": "eu yes"}),
        ("west", {"a": "us yes"}),
    ]
    assert notes(generated) == [f"{UNREGISTERED}; assumed: 'east, west'"]
    listed = Inventory((InventoryCluster("c", "https://c", (("member", "yes"),), ()),))
    assert names(generate(text, listed)) == ["c", "east", "west"]
    listed = Inventory((InventoryCluster("East", "https://e", (("member", "yes"),)),))
    assert names(generate(text, listed)) == ["East"]
    by_folder = text.replace("mergeKeys: [nameNormalized]", "mergeKeys: [values.dir]")
    assert names(generate(by_folder)) == ["member=yes"]


def test_assumed_clusters_of_one_name_make_one_application() -> None:
    one = "- clusters: {selector: {matchLabels: {a: b}}}\n"
    generated = generate(a_set(one + one, "{{name}}"))
    assert (names(generated), problems(generated)) == (["a=b"], [])
    assert (is_stand_in("clusters/a=b"), is_stand_in("clusters/=b")) == (True, False)


def test_one_cluster_stands_for_what_a_resource_decides_on() -> None:
    selector = "labelSelector: {matchLabels: {example.com/placement: all}}"
    body = f"configMapRef: acm, {selector}, values: {{v: '{{{{name}}}}'}}"
    text = a_set(
        f"- clusterDecisionResource: {{{body}}}", "{{clusterName}}", a="{{server}} {{values.v}}"
    )
    generated = generate(text)
    assert (names(generated), [*generated.assumed]) == (["placement=all"], ["placement=all"])
    assert shown(generated) == [{"a": "https://placement-all.invalid placement=all"}]
    assert notes(generated) == [
        "the clusters meant are decided on by a resource that lives in a cluster;"
        " assumed: 'placement=all'"
    ]


def test_inventory_tells_annotations() -> None:
    text = a_set(
        "- clusters: {selector: {matchLabels: {a: b}}}", "x", r="{{metadata.annotations.repo}}"
    )
    listed = Inventory((InventoryCluster("c", "https://c", (("a", "b"),), (("repo", "r"),)),))
    assert shown(generate(text, listed)) == [{"r": "r"}]


def test_nobody_is_assumed_where_a_registered_cluster_lacks_a_label_as_asked() -> None:
    lacks = "{key: role, operator: NotIn, values: [hub]}"
    text = a_set(f"- clusters: {{selector: {{matchExpressions: [{lacks}]}}}}", "x-{{name}}")
    listed = Inventory((InventoryCluster("c", "https://c", (("a", "b"),), ()),))
    assert (names(generate(text, listed)), notes(generate(text, listed))) == (["x-c"], [])
    assert names(generate(text)) == ["x-any-cluster"]


def test_what_only_a_registered_cluster_tells_is_not_understood() -> None:
    source = f"source: {{repoURL: {REPO}, path: '{{{{metadata.annotations.path}}}}'}}"
    plain = a_set("- clusters: {}", "{{name}}").replace("project: default", source)
    assert (names(generate(plain)), problems(generate(plain))) == ([], [])
    assert notes(generate(plain))[1:] == [
        "Application 'in-cluster' of an assumed cluster keeps '{{metadata.annotations.path}}',"
        " which only a registered cluster fills in"
    ]
    strict = a_set("- clusters: {}", "{{.name}}", GO, a="{{.metadata.uid}}")
    assert (names(generate(strict)), problems(generate(strict))) == ([], [])
    assert notes(generate(strict))[1].endswith("; only a registered cluster can tell")


BRIDGE = """
-- platform/terraform/main.tf --
locals {
  path = var.addons_path  # beside the folder
  token = "t"
}
  annotations = {
    "addons_url"    = var.addons_url
    addons_basepath = "${var.base}/"
    addons_path     = local.path
    addons_token    = local.token
    addons_zone     = module.zone.name
    addons_twice    = "one"
    addons_loop     = local.addons_loop
    addons_stage    = var.stage
    addons_label    = "x"
    addons_odd      = "a\\tb"
  }
-- platform/terraform/variables.tf --
variable "addons_url" {
  type    = string
  default = "https://git.example.com/other"
}
variable "base" {
  default = "gitops"
}
variable "addons_path" {
  default = "addons"
}
variable "stage" {
  default = "dev"
}
-- platform/terraform/other.tf --
# metadata
addons_twice = "two"
-- platform/config/prod.tfvars --
addons_url = "https://git.example.com/platform"
stage = "a"
-- platform/config/test.tfvars --
stage = "b"
-- platform/elsewhere/main.tf --
addons_path = "elsewhere"
-- platform/gitops/addons/a.yaml --
"""


def test_terraform_tells_annotations_of_assumed_clusters() -> None:
    keys = "url", "basepath", "path", "token", "zone", "twice", "loop", "stage", "odd"
    known = {"url": REPO, "basepath": "gitops/", "path": "addons"}
    plain = {key: f"{{{{metadata.annotations.addons_{key}}}}}" for key in keys}
    plain["label"] = "{{metadata.labels.addons_label}}"
    generated = generate(a_set("- clusters: {}", "{{name}}", **plain) + BRIDGE)
    assert shown(generated) == [plain | known]
    assert notes(generated) == [
        f"{UNREGISTERED}; assumed: 'in-cluster', with 'addons_basepath, addons_path, addons_url' as"
        " Terraform says"
    ]
    strict = {key: f"{{{{.metadata.annotations.addons_{key}}}}}" for key in keys}
    generated = generate(a_set("- clusters: {}", "{{.name}}", GO, **strict) + BRIDGE)
    assert shown(generated) == [strict | known]  # every cluster must have what is read so


def test_address_that_only_a_cluster_tells_may_mean_the_repository_of_the_set() -> None:
    url = "{{metadata.annotations.url}}"
    text = a_set("- clusters: {}", "{{name}}").replace(
        "project: default", f"source: {{repoURL: '{url}', path: addons}}"
    )
    assert names(generate(text + "-- platform/addons/a.yaml --\n")) == ["in-cluster"]
    assert notes(generate(text))[1:] == [
        f"Application 'in-cluster' of an assumed cluster keeps '{url}', which only a registered"
        " cluster fills in"
    ]


def test_assumed_cluster_that_the_repository_refutes_makes_no_application() -> None:
    text = a_set("- clusters: {}", "{{name}}").replace(
        "project: default", f"source: {{repoURL: {REPO}, path: 'clusters/{{{{name}}}}'}}"
    )
    refuted = generate(text)
    assert names(refuted) == []
    assert notes(refuted)[1:] == [
        "Application 'in-cluster' of an assumed cluster has no source path"
    ]
    assert names(generate(text + "-- platform/clusters/in-cluster/a.yaml --\n")) == ["in-cluster"]
    registered = Inventory((InventoryCluster("prod", "https://kubernetes.default.svc"),))
    assert names(generate(text, registered)) == ["prod"]


def test_assumed_cluster_for_which_a_generator_yields_nothing_is_told() -> None:
    files = f"git: {{repoURL: {REPO}, files: [{{path: 'clusters/{{{{name}}}}.yaml'}}]}}"
    text = a_set(f"- matrix: {{generators: [{{clusters: {{}}}}, {{{files}}}]}}", "{{name}}")
    assert notes(generate(text))[1:] == [
        "the generator yields nothing for a cluster that is assumed: only a registered cluster can"
        " tell"
    ]


@pytest.mark.parametrize(
    "secret",
    [
        "stringData: {server: https://x.example.com}",
        "data: {name: '{{ .name }}'}",
        "data: {name: '!!'}",
        "data: {name: '/w=='}",
        "data: {name: 'größe'}",
    ],
)
def test_secret_without_a_readable_name_is_no_cluster(secret: str) -> None:
    text = (
        "-- platform/secret.yaml --\napiVersion: v1\nkind: Secret\n"
        f"metadata: {{labels: {{argocd.argoproj.io/secret-type: cluster}}}}\n{secret}\n"
    )
    assert names(generate(text + a_set("- clusters: {}", "{{name}}"))) == ["in-cluster"]


def test_templates_of_charts_are_no_secrets() -> None:
    text = SECRETS.replace("platform/dev", "platform/chart/templates/dev")
    assert names(generate(text + a_set("- clusters: {}", "{{name}}"))) == ["Prod_1", "in-cluster"]


def test_a_secret_that_its_kustomization_comments_out_is_no_cluster() -> None:
    a_set_of_all = a_set("- clusters: {}", "{{name}}")
    listing = "\n-- platform/kustomization.yaml --\nresources:\n  - prod.yaml\n  {}- dev.yaml\n"
    every = names(generate(SECRETS + listing.format("") + a_set_of_all))
    assert set(every) - set(names(generate(SECRETS + listing.format("# ") + a_set_of_all))) == {
        "dev"
    }
    elsewhere = listing.replace("platform/", "platform/other/").format("# ")
    assert names(generate(SECRETS + elsewhere + a_set_of_all)) == every


def test_match_expression_must_be_complete() -> None:
    text = a_set("- clusters: {selector: {matchExpressions: [x]}}", "x")
    assert problems(generate(text)) == [(8, "a match expression is not a mapping")]
    text = a_set("- clusters: {selector: {matchExpressions: [{key: a, operator: In}]}}", "x")
    assert problems(generate(text)) == [(8, "operator 'In' needs values")]
