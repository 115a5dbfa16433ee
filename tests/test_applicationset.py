"""Generators and templates of ApplicationSets, by the semantics that Argo CD documents."""

import textwrap

import pytest

from graphdoc.model.applicationset import Inventory, InventoryCluster
from graphdoc.model.node import Plain, to_plain
from graphdoc.resolve.applicationset import Generated, generate_applications
from graphdoc.resolve.files import Files
from graphdoc.resolve.repositories import Repositories
from tests.txtar import MemoryClone, read_clones, underlined

NO_INVENTORY = Inventory()
REPO = "https://git.example.com/platform"


def a_set(generators: str, name: str, more: str = "", **annotations: str) -> str:
    """A set whose template shows parameters in its annotations."""
    notes = "".join(f"        {key}: '{text}'\n" for key, text in annotations.items())
    return (
        "-- platform/set.yaml --\napiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\n"
        f"metadata:\n  name: set\n  namespace: argocd\nspec:\n{textwrap.indent(more, '  ')}"
        f"  generators:\n{textwrap.indent(textwrap.dedent(generators).strip(), '    ')}\n"
        f"  template:\n    metadata:\n      name: '{name}'\n"
        + (f"      annotations:\n{notes}" if notes else "")
        + "    spec:\n      project: default\n"
    )


def generate(text: str, inventory: Inventory = NO_INVENTORY) -> Generated:
    clones = read_clones(text)
    files = Files()
    (resource,) = files.parse(_clone(clones, "platform"), "set.yaml").resources
    return generate_applications(resource, Repositories(clones), files, inventory, None)


def _clone(clones: tuple[MemoryClone, ...], name: str) -> MemoryClone:
    (clone,) = (clone for clone in clones if clone.name == name)
    return clone


def manifests(generated: Generated) -> list[Plain]:
    return [to_plain(application.manifest) for application in generated.applications]


def names(generated: Generated) -> list[str]:
    return [application.name for application in generated.applications]


def shown(generated: Generated) -> list[Plain]:
    """The annotations of each Application."""
    found = (
        application.manifest.find("metadata", "annotations")
        for application in generated.applications
    )
    return [to_plain(node) if node is not None else None for node in found]


def problems(generated: Generated) -> list[tuple[int, str]]:
    return [(problem.primary.span.line, problem.message) for problem in generated.problems]


def notes(generated: Generated) -> list[str]:
    return [note.reason for note in generated.not_understood]


LIST = """
-- platform/set.yaml --
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata:
  name: guestbook
  namespace: argocd
  labels: {team: a}
spec:
  generators:
  - list:
      elements:
      - cluster: dev
        url: https://1.2.3.4
      - {cluster: prod, url: "https://2.4.6.8", values: {wave: "5"}}
  template:
    metadata:
      name: '{{cluster}}-guestbook'
      namespace: elsewhere
      labels:
        '{{ cluster }}': '{{ url }}'
      annotations:
        wave: '{{ values.wave }}'
    spec:
      project: default
      source:
        repoURL: https://git.example.com/apps
        targetRevision: HEAD
        path: guestbook/{{cluster}}
      destination:
        server: '{{url}}'
        namespace: guestbook
      syncPolicy:
        automated: {prune: true}
"""


def guestbook(cluster: str, url: str, wave: str) -> Plain:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": f"{cluster}-guestbook",
            "namespace": "argocd",
            "labels": {cluster: url},
            "annotations": {"wave": wave},
            "finalizers": ["resources-finalizer.argocd.argoproj.io"],
        },
        "spec": {
            "project": "default",
            "source": {
                "repoURL": "https://git.example.com/apps",
                "targetRevision": "HEAD",
                "path": f"guestbook/{cluster}",
            },
            "destination": {"server": url, "namespace": "guestbook"},
            "syncPolicy": {"automated": {"prune": True}},
        },
    }


def test_list_makes_an_application_for_each_element() -> None:
    generated = generate(LIST)
    assert manifests(generated) == [
        guestbook("dev", "https://1.2.3.4", "{{ values.wave }}"),
        guestbook("prod", "https://2.4.6.8", "5"),
    ]
    assert (generated.generators, generated.parameter_sets) == (("list",), 2)
    assert (generated.problems, generated.not_understood) == ((), ())


def test_places_are_those_of_the_template_and_of_the_element() -> None:
    clones = read_clones(LIST)
    generated = generate(LIST)
    first = generated.applications[0].manifest
    server = first.scalar("spec", "destination", "server")
    assert server is not None
    assert underlined(clones, server.span) == "https://1.2.3.4"
    assert [underlined(clones, span) for span in server.earlier] == ["'{{url}}'"]
    name = first.scalar("metadata", "name")
    assert name is not None
    assert (underlined(clones, name.span), name.earlier) == ("'{{cluster}}-guestbook'", ())
    assert first.span.line == 15
    assert [item.line for item in generated.items] == [11, 13]


def test_kept_resources_and_own_finalizers_get_no_finalizer() -> None:
    element = "- list: {elements: [{app: a}]}"
    kept = generate(
        a_set(element, "{{app}}", more="syncPolicy: {preserveResourcesOnDeletion: true}\n")
    )
    assert [a.manifest.find("metadata", "finalizers") for a in kept.applications] == [None]
    own = generate(
        a_set(element, "{{app}}").replace("    spec:\n", "      finalizers: [mine]\n    spec:\n")
    )
    assert [
        m.manifest.find(
            "metadata",
            "finalizers",
        )
        is not None
        for m in own.applications
    ] == [True]
    assert [
        to_plain(a.manifest.items_at("metadata", "finalizers")[0]) for a in own.applications
    ] == ["mine"]


def test_set_without_namespace_makes_applications_without_one() -> None:
    text = LIST.replace("  namespace: argocd\n", "")
    assert [a.namespace for a in generate(text).applications] == ["", ""]


def test_plain_elements_must_be_strings() -> None:
    generated = generate(a_set("- list: {elements: [{app: 1}]}", "{{app}}"))
    assert problems(generated) == [(8, "a list element without goTemplate takes strings only")]
    assert names(generated) == []


def test_elements_may_come_as_text() -> None:
    generated = generate(
        a_set('- list: {elements: [{app: a}], elementsYaml: "[{app: b}, {app: c}]"}', "{{app}}")
    )
    assert names(generated) == ["a", "b", "c"]
    broken = generate(a_set('- list: {elementsYaml: "app: b"}', "{{app}}"))
    assert problems(broken) == [(8, "elementsYaml is not a list")]


def test_unknown_tags_stay_and_the_rest_is_filled() -> None:
    generated = generate(
        a_set("- list: {elements: [{app: a}]}", "{{app}}", x="{{ app }}-{{m}}-{.{app}}-{{}}")
    )
    assert shown(generated) == [{"x": "a-{{m}}-{.{app}}-{{}}"}]


def test_tag_without_an_end_is_a_problem_at_its_line() -> None:
    generated = generate(a_set("- list: {elements: [{app: a}]}", "{{app}}", x="{{app}} {{app"))
    assert problems(generated) == [(13, "cannot find the end of a tag: '}}' is missing")]


TREE = """
-- platform/addons/nginx/kustomization.yaml --
-- platform/addons/Cert_Manager/Chart.yaml --
-- platform/addons/Cert_Manager/templates/a.yaml --
-- platform/addons/.hidden/x/a.yaml --
-- platform/addons/readme.md --
-- platform/other/deep/er/a.yaml --
"""


def git(body: str) -> str:
    return f"- git:\n    repoURL: {REPO}\n    revision: HEAD\n{textwrap.indent(body, '    ')}"


def test_directories_are_matched_level_by_level_and_hidden_ones_never() -> None:
    text = TREE + a_set(
        git("directories: [{path: addons/*}]"), "{{path.basenameNormalized}}", p="{{path}}"
    )
    generated = generate(text)
    assert list(zip(names(generated), shown(generated), strict=True)) == [
        ("cert-manager", {"p": "addons/Cert_Manager"}),
        ("nginx", {"p": "addons/nginx"}),
    ]


def test_excluded_directories_stay_out_whatever_includes_them() -> None:
    body = "directories: [{path: addons/nginx}, {path: '*/*'}, {path: addons/n*, exclude: true}]"
    text = TREE + a_set(git(body), "{{path[1]}}")
    assert names(generate(text)) == ["Cert_Manager", "deep"]


def test_two_stars_are_as_one_in_a_directory() -> None:
    text = TREE + a_set(git("directories: [{path: other/**}]"), "{{path.basename}}")
    assert names(generate(text)) == ["deep"]


def test_path_parameters_take_a_prefix() -> None:
    text = TREE + a_set(
        git(
            "directories: [{path: addons/nginx}]\npathParamPrefix: mine\n"
            "values: {url: '{{mine.path}}!'}"
        ),
        "{{mine.path.basename}}",
        a="{{mine.path}} {{mine.path[0]}} {{path}} {{values.url}}",
    )
    assert shown(generate(text)) == [{"a": "addons/nginx addons {{path}} addons/nginx!"}]


def test_directories_come_from_the_revision() -> None:
    text = (
        a_set(git("directories: [{path: apps/*}]").replace("HEAD", "next"), "{{path.basename}}")
        + "-- platform/apps/old/a.yaml --\n-- platform@next/apps/new/a.yaml --\n"
    )
    assert names(generate(text)) == ["new"]
    unknown = generate(text.replace("revision: next", "revision: gone"))
    assert names(unknown) == ["old"]
    assert notes(unknown) == [
        "revision 'gone' is not in the clone of platform; its checkout was read instead"
    ]


def test_repository_that_is_not_at_hand_is_not_understood() -> None:
    body = git("directories: [{path: '*'}]").replace(REPO, "https://me:secret@git.example.com/gone")
    generated = generate(a_set(body, "{{path}}"))
    assert notes(generated) == [
        "repository 'https://git.example.com/gone' is not among the analysed clones"
    ]


CONFIG = """
-- platform/clusters/dev/config.json --
{"cluster": {"name": "dev", "ports": [80, 1000000]}, "on": true, "none": null}
-- platform/clusters/prod/eu/config.yaml --
- cluster: {name: eu-1}
- cluster: {name: eu-2}
"""


def test_files_give_flat_keys_in_the_plain_dialect() -> None:
    text = CONFIG + a_set(
        git("files: [{path: clusters/*/config.json}]"),
        "{{cluster.name}}",
        a="{{cluster.ports.0}} {{cluster.ports.1}} {{on}} {{none}}",
        b="{{path}} {{path.basename}} {{path.filename}} {{path.filenameNormalized}} {{path[1]}}",
    )
    generated = generate(text)
    assert names(generated) == ["dev"]
    assert shown(generated) == [
        {"a": "80 1e+06 true <nil>", "b": "clusters/dev dev config.json config.json dev"}
    ]


def test_stars_in_files_cross_directories_and_a_list_makes_several() -> None:
    text = CONFIG + a_set(git("files: [{path: clusters/*.yaml}]"), "{{cluster.name}}")
    generated = generate(text)
    assert names(generated) == ["eu-1", "eu-2"]
    assert [str(item) for item in generated.items] == [
        "platform/clusters/prod/eu/config.yaml:1:3",
        "platform/clusters/prod/eu/config.yaml:2:3",
    ]


def test_files_may_be_excluded_and_a_directory_means_all_in_it() -> None:
    text = CONFIG + a_set(
        git("files: [{path: clusters}, {path: 'clusters/prod/**', exclude: true}]"),
        "{{cluster.name}}",
    )
    assert names(generate(text)) == ["dev"]


def test_file_without_objects_is_a_problem_in_the_file() -> None:
    text = a_set(git("files: [{path: c.yaml}]"), "{{path}}") + "-- platform/c.yaml --\n- a\n- b\n"
    (problem,) = generate(text).problems
    assert (str(problem.primary.span), problem.message) == (
        "platform/c.yaml:1:3",
        "neither an object nor a list of objects",
    )


SECRETS = """
-- platform/prod.yaml --
apiVersion: v1
kind: Secret
metadata:
  name: prod-secret
  labels: {argocd.argoproj.io/secret-type: cluster, env: prod}
  annotations: {region: eu}
stringData: {name: Prod_1, server: "https://prod.example.com", project: p, config: '{}'}
-- platform/dev.yaml --
apiVersion: external-secrets.io/v1
kind: ExternalSecret
spec:
  target:
    template:
      metadata: {labels: {argocd.argoproj.io/secret-type: cluster, env: dev}}
      data: {name: dev, server: "https://dev.example.com", config: "{{ .token }}"}
-- platform/other.yaml --
apiVersion: v1
kind: Secret
metadata: {name: other, labels: {argocd.argoproj.io/secret-type: repository}}
stringData: {name: other}
"""


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


def test_without_any_cluster_the_local_one_is_assumed_and_noted() -> None:
    generated = generate(a_set("- clusters: {}", "{{name}}"))
    assert names(generated) == ["in-cluster"]
    assert notes(generated) == [
        "no cluster is registered in Git or in the inventory; only the local one is assumed"
    ]
    none = generate(a_set("- clusters: {selector: {matchLabels: {a: b}}}", "{{name}}"))
    assert names(none) == []
    assert notes(none) == ["no cluster is registered in Git or in the inventory; none is assumed"]


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


MATRIX = """
- matrix:
    generators:
    - list: {elements: [{a: "1"}, {a: "2"}]}
    - list: {elements: [{b: "3"}, {b: "4"}]}
"""


def test_matrix_is_every_pair() -> None:
    generated = generate(a_set(MATRIX, "{{a}}{{b}}"))
    assert names(generated) == ["13", "14", "23", "24"]
    assert generated.generators == ("matrix", "list")


def test_second_generator_of_a_matrix_uses_the_first() -> None:
    text = CONFIG + a_set(
        f"""
        - matrix:
            generators:
            - list: {{elements: [{{env: dev}}, {{env: prod}}]}}
            - git:
                repoURL: {REPO}
                files: [{{path: 'clusters/{{{{env}}}}/*'}}]
                values: {{who: '{{{{env}}}} {{{{cluster.name}}}}'}}
        """,
        "{{env}}-{{cluster.name}}",
        w="{{values.who}}",
    )
    generated = generate(text)
    assert list(zip(names(generated), shown(generated), strict=True)) == [
        ("dev-dev", {"w": "dev dev"}),
        ("prod-eu-1", {"w": "prod eu-1"}),
        ("prod-eu-2", {"w": "prod eu-2"}),
    ]


def test_selector_of_a_nested_generator_is_read_before_it_is_filled_in() -> None:
    text = a_set(
        """
        - matrix:
            generators:
            - list: {elements: [{a: x}]}
            - list: {elements: [{b: "{{a}}"}, {b: z}]}
              selector: {matchLabels: {b: "{{a}}"}}
        """,
        "{{a}}{{b}}",
    )
    assert names(generate(text)) == []
    assert names(generate(text.replace('{matchLabels: {b: "{{a}}"}}', "{}"))) == ["xx", "xz"]


def test_matrix_in_the_plain_dialect_refuses_two_values_for_a_key() -> None:
    generated = generate(a_set(MATRIX.replace('{b: "3"}', '{a: "3"}'), "{{a}}"))
    assert problems(generated) == [(11, "both generators of a matrix set 'a', and differently")]


@pytest.mark.parametrize(
    ("generators", "message"),
    [
        ("[{list: {elements: []}}]", "a matrix generator takes two generators"),
        (
            "[{list: {}, clusters: {}}, {list: {}}]",
            "a matrix generator takes one generator an entry",
        ),
        (
            "[{matrix: {generators: [{matrix: {generators: [{list: {}}, {list: {}}]}},"
            " {list: {}}]}}, {list: {}}]",
            "a matrix generator two levels deep is not allowed",
        ),
    ],
)
def test_matrix_that_argo_cd_refuses_is_a_problem(generators: str, message: str) -> None:
    generated = generate(a_set(f"- matrix: {{generators: {generators}}}", "x"))
    assert problems(generated) == [(8, message)]


MERGE = """
- merge:
    mergeKeys: [name]
    generators:
    - list: {elements: [{name: a, replicas: "1", zone: x}, {name: b, replicas: "1", zone: x}]}
    - list: {elements: [{name: b, replicas: "3"}, {name: c, replicas: "9"}]}
    - list: {elements: [{name: a, zone: w}]}
"""


def test_merge_overrides_the_first_generator_and_adds_nothing_to_it() -> None:
    generated = generate(a_set(MERGE, "{{name}}", r="{{replicas}}{{zone}}"))
    assert list(zip(names(generated), shown(generated), strict=True)) == [
        ("a", {"r": "1w"}),
        ("b", {"r": "3x"}),
    ]


def test_merge_refuses_two_sets_with_the_same_keys_and_none_at_all() -> None:
    twice = generate(a_set(MERGE.replace("name: c", "name: b"), "{{name}}"))
    assert problems(twice) == [
        (9, 'two parameter sets of one generator share the merge keys ["b"]')
    ]
    keyless = generate(a_set(MERGE.replace("mergeKeys: [name]", "mergeKeys: []"), "{{name}}"))
    assert problems(keyless) == [(9, "a merge generator names no mergeKeys")]


def test_selector_on_a_generator_filters_what_it_yields() -> None:
    text = a_set(
        """
        - list: {elements: [{app: a, url: "https://x/y"}, {app: b, url: z}]}
          selector: {matchLabels: {url: "https://x/y"}}
        - matrix:
            generators:
            - list: {elements: [{app: c}, {app: d}]}
              selector: {matchExpressions: [{key: app, operator: NotIn, values: [c]}]}
            - list: {elements: [{m: e}]}
        """,
        "{{app}}",
    )
    assert names(generate(text)) == ["a", "d"]


def test_template_of_a_generator_wins_over_the_one_of_the_set() -> None:
    text = LIST.replace(
        "  template:\n",
        "      template:\n        metadata: {labels: {own: 'y'}}\n"
        "        spec:\n          project: ''\n          source: {path: 'mine/{{cluster}}'}\n"
        "          destination: {}\n  template:\n",
        1,
    )
    (first, _) = generate(text).applications
    assert to_plain(first.manifest) == {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": "dev-guestbook",
            "namespace": "argocd",
            "labels": {"own": "y", "dev": "https://1.2.3.4"},
            "annotations": {"wave": "{{ values.wave }}"},
            "finalizers": ["resources-finalizer.argocd.argoproj.io"],
        },
        "spec": {
            "project": "default",
            "source": {
                "repoURL": "https://git.example.com/apps",
                "targetRevision": "HEAD",
                "path": "mine/dev",
            },
            "destination": {"server": "https://1.2.3.4", "namespace": "guestbook"},
            "syncPolicy": {"automated": {"prune": True}},
        },
    }


@pytest.mark.parametrize(
    "kind", ["pullRequest", "scmProvider", "plugin", "clusterDecisionResource"]
)
def test_generators_that_ask_a_service_are_not_understood(kind: str) -> None:
    generated = generate(
        a_set(f"- {kind}: {{a: b}}\n- list: {{elements: [{{app: a}}]}}", "{{app}}")
    )
    assert notes(generated) == [f"generator '{kind}' asks a service outside of the repositories"]
    assert names(generated) == ["a"]
    assert generated.generators == (kind, "list")


def test_generator_that_nobody_knows_is_a_problem() -> None:
    assert problems(generate(a_set("- lists: {}", "x"))) == [
        (8, "a generator that Argo CD does not know")
    ]


ROLLOUT = """
strategy:
  type: RollingSync
  rollingSync:
    steps:
    - matchExpressions: [{key: env, operator: In, values: [dev]}]
    - matchExpressions: [{key: env, operator: NotIn, values: [dev, none]}]
"""


def test_steps_of_a_progressive_sync_are_known_by_label() -> None:
    elements = "- list: {elements: [{app: a, env: dev}, {app: b, env: prod}, {app: c, env: none}]}"
    text = a_set(elements, "{{app}}", more=ROLLOUT).replace(
        "    spec:\n", "      labels: {env: '{{env}}'}\n    spec:\n"
    )
    assert generate(text).steps == (("a", 1), ("b", 2))
    assert generate(text.replace("RollingSync", "AllAtOnce")).steps == ()
    broken = generate(text.replace("NotIn", "Not"))
    assert (broken.steps, problems(broken)) == (
        (),
        [(13, "'Not' is not a valid selector operator")],
    )


def test_second_application_of_a_name_is_a_problem_with_both_items() -> None:
    generated = generate(a_set("- list: {elements: [{app: a}, {app: a}]}", "{{app}}"))
    assert names(generated) == ["a"]
    (problem,) = generated.problems
    assert problem.message == "two parameter sets make an Application 'a'"
    assert [place.span.column for place in problem.related] == [25, 35]


def test_application_without_a_name_is_a_problem() -> None:
    generated = generate(a_set("- list: {elements: [{app: ''}]}", "{{app}}"))
    assert (names(generated), [m for _, m in problems(generated)]) == (
        [],
        ["a generated Application has no name"],
    )


def test_generators_that_yield_nothing_make_nothing() -> None:
    generated = generate(TREE + a_set(git("directories: [{path: nothing/*}]"), "{{path}}"))
    assert generated == Generated((), generators=("git",))


def test_set_without_a_template_is_a_problem() -> None:
    text = LIST[: LIST.index("  template:")]
    assert problems(generate(text)) == [(1, "an ApplicationSet without a template")]


def test_git_generator_without_anything_to_find_is_a_problem() -> None:
    assert problems(generate(a_set(git("values: {}"), "x"))) == [
        (9, "a git generator names neither directories nor files")
    ]


@pytest.mark.parametrize(
    "secret",
    [
        "stringData: {server: https://x.example.com}",
        "data: {name: '{{ .name }}'}",
        "data: {name: '!!'}",
        "data: {name: '/w=='}",
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


def test_too_many_pairs_are_not_understood() -> None:
    many = ", ".join(f'{{a: "{i}"}}' for i in range(150))
    others = many.replace("a:", "b:")
    text = a_set(
        f"- matrix:\n    generators:\n    - list: {{elements: [{many}]}}\n"
        f"    - list: {{elements: [{others}]}}\n",
        "x",
    )
    assert notes(generate(text)) == ["more than 20000 parameter sets"]


def test_match_expression_must_be_complete() -> None:
    text = a_set("- clusters: {selector: {matchExpressions: [x]}}", "x")
    assert problems(generate(text)) == [(8, "a match expression is not a mapping")]
    text = a_set("- clusters: {selector: {matchExpressions: [{key: a, operator: In}]}}", "x")
    assert problems(generate(text)) == [(8, "operator 'In' needs values")]


def test_empty_file_gives_the_parameters_of_its_path() -> None:
    text = a_set(git("files: [{path: c.yaml}]"), "{{path.filename}}", p="{{path}}")
    generated = generate(text + "-- platform/c.yaml --\n")
    assert (names(generated), shown(generated)) == (["c.yaml"], [{"p": "."}])


def test_broken_file_is_a_problem_at_its_line() -> None:
    text = a_set(git("files: [{path: c.yaml}]"), "x") + "-- platform/c.yaml --\na: 1\nb: [\n"
    assert [line for line, _ in problems(generate(text))] == [3]


def test_element_without_parameters_leaves_the_template_alone() -> None:
    generated = generate(a_set("- list: {elements: [{}]}", "{{app}}"))
    assert manifests(generated) == [
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Application",
            "metadata": {"name": "{{app}}", "namespace": "argocd"},
            "spec": {"project": "default"},
        }
    ]
