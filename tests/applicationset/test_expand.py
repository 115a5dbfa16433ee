"""Lists, templates and problems of ApplicationSets, by the semantics that Argo CD documents."""

import pytest

from graphdoc.model.node import Plain, to_plain
from graphdoc.resolve.applicationset import Generated
from tests.applicationset.sets import (
    TREE,
    a_set,
    generate,
    git,
    manifests,
    names,
    notes,
    problems,
    shown,
)
from tests.txtar import read_clones, underlined

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
    deep = generate(a_set("- list: {elements: [{app: {a: b}}]}", "{{app}}"))
    assert problems(deep) == problems(generated)
    flat = generate(a_set("- list: {elements: [{values: a}]}", "{{values}}"))
    assert problems(flat) == [(8, "'values' of a list element is no mapping")]


def test_elements_must_be_objects() -> None:
    generated = generate(a_set("- list: {elements: [blue, {app: a}]}", "{{app}}"))
    assert problems(generated) == [(8, "an element of a list generator is not an object")]


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


def test_tag_over_two_lines_is_no_tag() -> None:
    text = a_set("- list: {elements: [{app: a}]}", "{{app}}", x="-").replace("'-'", '"{{app\\n}}"')
    assert shown(generate(text)) == [{"x": "{{app\n}}"}]


def test_tag_without_an_end_is_a_problem_at_its_line() -> None:
    for text in ("{{app}} {{app", "{{}} {{"):
        generated = generate(a_set("- list: {elements: [{app: a}]}", "{{app}}", x=text))
        assert problems(generated) == [(13, "cannot find the end of a tag: '}}' is missing")]


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
        "          destination: {}\n          sources: []\n  template:\n",
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


@pytest.mark.parametrize("kind", ["pullRequest", "scmProvider", "plugin"])
def test_generators_that_ask_a_service_are_not_understood(kind: str) -> None:
    generated = generate(
        a_set(f"- {kind}: {{a: b}}\n- list: {{elements: [{{app: a}}]}}", "{{app}}")
    )
    assert notes(generated) == [f"generator '{kind}' asks a service outside of the repositories"]
    assert names(generated) == ["a"]


def test_an_empty_generator_yields_nothing() -> None:
    generated = generate(a_set("- {}\n- list: {elements: [{app: a}]}", "{{app}}"))
    assert (names(generated), problems(generated)) == (["a"], [])


def test_a_template_that_needs_no_parameter_makes_its_one_application() -> None:
    asking = "- plugin: {configMapRef: {name: secrets}}"
    spec = (
        "destination: {server: 'https://a'}, "
        "source: {repoURL: 'https://r', path: p, helm: {values: 'a: {{b}}'}}"
    )
    text = a_set(asking, "web").replace("spec:\n      project: default", f"spec: {{{spec}}}")
    made = generate(text)
    assert (names(made), [*made.assumed]) == (["web"], ["web"])
    assert names(generate(text.replace("path: p", "path: '{{b}}'"))) == []
    assert names(generate(text.replace("name: 'web'", "name: '{{b}}'"))) == []
    assert names(generate(a_set(asking, "web"))) == []


def test_generator_that_nobody_knows_is_a_problem() -> None:
    assert problems(generate(a_set("- lists: {}\n- list", "x"))) == [
        (8, "a generator that Argo CD does not know"),
        (9, "a generator that Argo CD does not know"),
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


def test_many_applications_of_a_name_are_one_problem() -> None:
    elements = ", ".join(f"{{app: {name}}}" for name in "aabbbc")
    generated = generate(a_set(f"- list: {{elements: [{elements}]}}", "{{app}}"))
    assert names(generated) == ["a", "b", "c"]
    (problem,) = generated.problems
    assert problem.message == "two parameter sets make Applications 'a' and 'b'"
    assert [place.span.column for place in problem.related] == [25, 35, 45, 55, 65]


def test_application_without_a_name_is_a_problem() -> None:
    generated = generate(a_set("- list: {elements: [{app: ''}]}", "{{app}}"))
    assert (names(generated), [m for _, m in problems(generated)]) == (
        [],
        ["a generated Application has no name"],
    )


def test_generators_that_yield_nothing_make_nothing() -> None:
    generated = generate(TREE + a_set(git("directories: [{path: nothing/*}]"), "{{path}}"))
    assert generated == Generated(())


def test_set_without_a_template_is_a_problem() -> None:
    text = LIST[: LIST.index("  template:")]
    assert problems(generate(text)) == [(1, "an ApplicationSet without a template")]


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
