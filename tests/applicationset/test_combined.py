"""Generators over generators: matrix, merge, and selectors on what they yield."""

import pytest

from tests.applicationset.sets import CONFIG, REPO, a_set, generate, names, notes, problems, shown

MATRIX = """
- matrix:
    generators:
    - list: {elements: [{a: "1"}, {a: "2"}]}
    - list: {elements: [{b: "3"}, {b: "4"}]}
"""


def test_matrix_is_every_pair() -> None:
    generated = generate(a_set(MATRIX, "{{a}}{{b}}"))
    assert names(generated) == ["13", "14", "23", "24"]
    inner = "- {matrix: {generators: [{list: {elements: [{a: x}]}}, {list: {elements: [{c: z}]}}]}}"
    within = MATRIX.replace('- list: {elements: [{a: "1"}, {a: "2"}]}', inner)
    assert names(generate(a_set(within, "{{a}}{{b}}{{c}}"))) == ["x3z", "x4z"]


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
        ("[{list: {}}, {list: {}}, {list: {}}]", "a matrix generator takes two generators"),
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


def test_too_many_pairs_are_not_understood() -> None:
    many = ", ".join(f'{{a: "{i}"}}' for i in range(150))
    others = many.replace("a:", "b:")
    text = a_set(
        f"- matrix:\n    generators:\n    - list: {{elements: [{many}]}}\n"
        f"    - list: {{elements: [{others}]}}\n",
        "x",
    )
    assert notes(generate(text)) == ["more than 20000 parameter sets"]
