import pytest

from graphdoc.model.location import SourceFile, file_start
from graphdoc.model.resource import Resource, ResourceId
from graphdoc.model.secret import LabelSelector, NamespaceFilter, ProducerKind, SecretProducer
from graphdoc.resolve.secrets import find_clone_policies
from tests.manifests import EXTERNAL_SECRETS, manifest, resource

CLONER = """
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: cloner}
spec:
  rules:
  - name: clone
    match: {any: [{resources: {kinds: [Namespace], selector: {matchLabels: {tenant: "true"}}}}]}
    exclude: {any: [{resources: {names: ["kube-*", default]}}]}
    generate:
      namespace: "{{request.object.metadata.name}}"
      cloneList:
        namespace: platform
        kinds: [v1/Secret]
        selector: {matchLabels: {allowedToBeCloned: "true"}}
"""


def producer_of(namespace: str, name: str, **labels: str) -> SecretProducer:
    span = file_start(SourceFile("r", "a.yaml"))
    id_ = ResourceId("", "Secret", namespace, name)
    pairs = tuple(labels.items())
    return SecretProducer(namespace, name, ProducerKind.SECRET, span, (), id_, pairs)


def test_kyverno_clones_what_is_labelled_into_the_namespaces_that_match() -> None:
    (policy,) = find_clone_policies(resource(CLONER))
    assert policy.span.line == 7
    allowed = producer_of("platform", "a", allowedToBeCloned="true")
    assert policy.selects(allowed)
    assert not policy.selects(producer_of("platform", "a"))
    assert not policy.selects(producer_of("other", "a", allowedToBeCloned="true"))
    assert policy.reaches("shop", {"tenant": "true"})
    assert not policy.reaches("shop", {})
    assert not policy.reaches("kube-system", {"tenant": "true"})
    assert policy.name_of_copy(allowed) == "a"


def rule(generate: str, match: str = "{resources: {kinds: [Namespace]}}") -> Resource:
    body = f"spec: {{rules: [{{name: r, match: {match}, generate: {generate}}}]}}"
    return manifest("kyverno.io/v1", "ClusterPolicy", body)


HERE = '"{{request.object.metadata.name}}"'


def test_kyverno_clones_one_secret_by_name_and_may_rename_it() -> None:
    generate = f"{{kind: Secret, name: b, namespace: {HERE}, clone: {{namespace: s, name: a}}}}"
    (policy,) = find_clone_policies(rule(generate))
    assert policy.selects(producer_of("s", "a"))
    assert not policy.selects(producer_of("s", "b"))
    assert policy.name_of_copy(producer_of("s", "a")) == "b"
    assert policy.reaches("anywhere", {})


def test_kyverno_may_make_a_secret_itself() -> None:
    generate = f"{{kind: Secret, name: made, namespace: {HERE}, data: {{}}}}"
    (policy,) = find_clone_policies(rule(generate, "{all: [{resources: {names: [a*]}}]}"))
    assert (policy.generated, policy.clone_name) == (True, "made")
    assert not policy.selects(producer_of("s", "made"))
    assert (policy.reaches("ab", {}), policy.reaches("b", {})) == (True, False)


def test_a_literal_namespace_is_the_only_target() -> None:
    generate = "{kind: Secret, name: a, namespace: only, clone: {namespace: s, name: a}}"
    (policy,) = find_clone_policies(rule(generate))
    assert (policy.reaches("only", {}), policy.reaches("other", {})) == (True, False)


def test_a_secret_that_triggers_a_rule_must_carry_its_labels() -> None:
    labelled = "{resources: {kinds: [v1/Secret], selector: {matchLabels: {sync: 'true'}}}}"
    match = f"{{all: [{{resources: {{names: [a*]}}}}, {labelled}]}}"
    clone = f"{{namespace: s, name: {HERE}}}"
    target = f"name: {HERE}, namespace: '{{{{element}}}}'"
    generate = f"{{foreach: [{{kind: Secret, {target}, clone: {clone}}}]}}"
    (policy,) = find_clone_policies(rule(generate, match))
    assert policy.selects(producer_of("s", "a", sync="true"))
    assert not policy.selects(producer_of("s", "a"))
    assert policy.name_of_copy(producer_of("s", "a")) == "a"
    assert policy.reaches("anywhere", {})


@pytest.mark.parametrize(
    "generate",
    [
        "{kind: ConfigMap, name: a, namespace: b, clone: {}}",
        "{kind: NetworkPolicy}",
        "{kind: Secret, name: a, namespace: b}",
        "{kind: Secret, name: '{{ a }}', namespace: b, data: {}}",
        "{namespace: a, cloneList: {kinds: [v1/ConfigMap]}}",
    ],
)
def test_rules_that_generate_other_things_clone_no_secret(generate: str) -> None:
    assert find_clone_policies(rule(generate)) == ()


def annotated(annotations: str) -> Resource:
    return manifest("v1", "Secret", f"metadata: {{name: x, annotations: {{{annotations}}}}}")


def test_reflector_and_replicator_copy_where_annotations_say() -> None:
    reflector = "reflector.v1.k8s.emberstack.com/reflection"
    replicator = "replicator.v1.mittwald.de/replicate-to"
    selector = "team==x, a != b, c, d notin (e, f)"
    assert find_clone_policies(annotated(f"{reflector}-allowed: 'true'"), "ns") == ()
    reflected = f"{reflector}-auto-enabled: 'true', {reflector}-auto-namespaces: 'a, b-.*'"
    (policy,) = find_clone_policies(annotated(reflected), "ns")
    assert policy.selects(producer_of("ns", "x"))
    assert [policy.reaches(name, {}) for name in ("a", "b-1", "c")] == [True, True, False]
    (policy,) = find_clone_policies(annotated(f"{reflector}-auto-enabled: 'true'"), "ns")
    assert policy.reaches("anywhere", {})
    (policy,) = find_clone_policies(annotated(f"{replicator}: 'a|b,c'"), "ns")
    assert [policy.reaches(name, {}) for name in ("a", "b", "c", "d")] == [True, True, True, False]
    (policy,) = find_clone_policies(annotated(f"{replicator}-matching: '{selector}'"), "ns")
    assert [policy.reaches("a", {"team": t}) for t in ("x", "y")] == [True, False]


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (
            manifest(
                EXTERNAL_SECRETS,
                "ClusterExternalSecret",
                "spec: {externalSecretName: e, namespaceSelectors: [{matchLabels: {a: b}}]}",
            ),
            [("e", [True, False])],
        ),
        (
            manifest(
                "trust.cert-manager.io/v1",
                "Bundle",
                "spec: {target: {secret: {key: k}, "
                "namespaceSelector: {matchExpressions: [{key: a, operator: Exists}]}}}",
            ),
            [("x", [True, False])],
        ),
        (
            manifest("trust.cert-manager.io/v1", "Bundle", "spec: {target: {configMap: {key: k}}}"),
            [],
        ),
        (
            manifest("clustersecret.io/v1", "ClusterSecret", "matchNamespace: [n.*]"),
            [("x", [True, True])],
        ),
        (
            manifest(
                "clustersecret.io/v1",
                "ClusterSecret",
                "matchNamespace: ['.*'], avoidNamespaces: [n]",
            ),
            [("x", [False, False])],
        ),
    ],
)
def test_resources_of_the_whole_cluster_make_a_secret_in_many_namespaces(
    one: Resource, expected: list[tuple[str, list[bool]]]
) -> None:
    found = [
        (policy.clone_name, [policy.reaches("n", labels) for labels in ({"a": "b"}, {})])
        for policy in find_clone_policies(one)
        if policy.generated
    ]
    assert found == expected


def test_a_selector_reads_all_operators() -> None:
    def matches(operator: str, *values: str) -> bool:
        return LabelSelector((), (("a", operator, values),)).matches({"a": "1"})

    assert (matches("In", "1"), matches("In", "2")) == (True, False)
    assert (matches("NotIn", "1"), matches("NotIn", "2")) == (False, True)
    assert (matches("Exists"), matches("DoesNotExist"), matches("Unknown")) == (True, False, False)
    assert LabelSelector((("a", "*"),)).matches({"a": "1"})


def test_a_pattern_that_cannot_be_judged_matches() -> None:
    assert NamespaceFilter(patterns=("^a[0-9]{2}$",)).matches("b", {})
