"""Reading YAML: places, Go's scalars, and input made to hurt."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphdoc.model.limits import Limits
from graphdoc.model.location import SourceFile
from graphdoc.model.node import Mapping, Plain, Scalar, Sequence, to_plain
from graphdoc.parse.scalars import as_kubectl
from graphdoc.parse.yaml import YamlError, parse_documents
from tests.txtar import MemoryClone, underlined

FILE = SourceFile("platform", "a.yaml")


NO_LIMITS = Limits()


def roots(text: str, limits: Limits = NO_LIMITS) -> list[Plain]:
    documents = parse_documents(text.encode(), FILE, limits)
    return [to_plain(d.root) if d.root is not None else None for d in documents]


def root(text: str) -> Mapping:
    (document,) = parse_documents(text.encode(), FILE)
    assert isinstance(document.root, Mapping)
    return document.root


def shown(text: str, *route: str) -> str:
    node = root(text).find(*route)
    assert node is not None
    clone = MemoryClone("platform", {"a.yaml": text.encode()})
    return underlined((clone,), node.span)


def test_every_document_is_read_the_empty_ones_too() -> None:
    assert roots("a: 1\n---\n---\n- b\n") == [{"a": 1}, None, ["b"]]


def test_a_span_covers_the_value_and_the_key() -> None:
    text = "spec:\n  image: 'nginx:1'  # note\n"
    assert shown(text, "spec", "image") == "'nginx:1'"
    spec = root(text).mapping("spec")
    assert spec is not None
    assert (spec.keys["image"].line, spec.keys["image"].column) == (2, 3)


def test_a_block_mapping_ends_with_its_last_value() -> None:
    span = root("a:\n  b: 1\n\n\nc: 2\n").entries["a"].span
    assert (span.line, span.column, span.end_line, span.end_column) == (2, 3, 2, 7)


def test_byte_order_mark_and_carriage_returns_do_not_move_columns() -> None:
    data = "\ufeffa: x\r\nb: y\r\n".encode()
    (document,) = parse_documents(data, FILE)
    assert isinstance(document.root, Mapping)
    span = document.root.entries["b"].span
    assert (span.line, span.column) == (2, 4)
    assert to_plain(document.root) == {"a": "x", "b": "y"}


def test_aliases_and_merges_keep_the_place_of_the_anchor() -> None:
    text = "base: &b {x: 1, y: 2}\nmine:\n  <<: *b\n  y: 3\n"
    assert roots(text) == [{"base": {"x": 1, "y": 2}, "mine": {"y": 3, "x": 1}}]
    assert shown(text, "mine", "x") == "1"


def test_a_key_that_stands_twice_is_kept_with_both_places() -> None:
    (document,) = parse_documents(b"a: 1\na: 2\n", FILE)
    assert [(d.key, d.first.line, d.second.line) for d in document.duplicates] == [("a", 1, 2)]
    assert document.root is not None
    assert to_plain(document.root) == {"a": 2}


@pytest.mark.parametrize(
    ("text", "problem", "line"),
    [
        ("a: b\nc: !!binary é\n", "!!binary value contains invalid base64 data", 2),
        ("c: !!binary '='\n", "!!binary value contains invalid base64 data", 1),
        ("a: [1\nb: 2", "expected ',' or ']'", 2),
        ("a: 1\n b: 2", "mapping values are not allowed", 2),
        ("a:\n\t- b", "cannot start any token", 2),
        ("a: *nowhere", "unknown anchor referenced", 1),
        ("a: &x [*x]", "value contains itself", 1),
        ("? [a]\n: b", "as a key", 1),
        ("%YAML 1.2\n---\na: 1", "incompatible", 1),
        ("a: \x07", "does not allow", 1),
        ("a:\n  b: 1\n\u00a0 c: 2\n  d: 3", "; line 3 is indented with a non-breaking space", 4),
        ("a:\n  b: 1\n\u3000 c: 2\n  d: 3", "; line 3 is indented with a blank U+3000", 4),
    ],
)
def test_what_is_not_yaml_is_refused_at_its_line(text: str, problem: str, line: int) -> None:
    with pytest.raises(YamlError) as caught:
        roots(text)
    assert problem in str(caught.value)
    assert caught.value.span.line == line


def test_a_file_that_is_not_utf8_is_refused_at_its_byte() -> None:
    with pytest.raises(YamlError, match="not UTF-8") as caught:
        parse_documents(b"a: 1\nb: \xff\n", FILE)
    assert (caught.value.span.line, caught.value.span.column) == (2, 4)


def test_depth_documents_and_aliases_are_bounded() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
    )
    with pytest.raises(YamlError, match="nodes after alias expansion"):
        roots(bomb)
    with pytest.raises(YamlError, match="nested deeper than 10"):
        roots("[" * 20 + "]" * 20, Limits(depth=10))
    with pytest.raises(YamlError, match="more than 3 documents"):
        roots("a\n---\n" * 5, Limits(documents=3))


def test_limits_allow_what_they_name() -> None:
    assert roots("[" * 10 + "]" * 10, Limits(depth=10)) != []
    assert len(roots("a\n---\nb\n---\nc\n", Limits(documents=3))) == 3


# What `kubectl kustomize` and Helm's `toJson` make of each spelling; both were asked.
SCALARS: list[tuple[str, Plain, Plain]] = [
    ("true", True, True),
    ("False", False, False),
    ("tRue", "tRue", "tRue"),
    ("on", "on", True),
    ("Off", "Off", False),
    ("y", "y", True),
    ("N", "N", False),
    ("yes", "yes", True),
    ("~", None, None),
    ("null", None, None),
    ("nUll", "nUll", "nUll"),
    ("0777", 511, 511),
    ("0o17", 15, 15),
    ("08", 8, 8),
    ("0x1F", 31, 31),
    ("0b101", 5, 5),
    ("1_000", 1000, 1000),
    ("+5", 5, 5),
    ("-5", -5, -5),
    ("1e3", 1000.0, 1000.0),
    ("1.", 1.0, 1.0),
    (".5", 0.5, 0.5),
    ("1.2.3", "1.2.3", "1.2.3"),
    ("12:30", "12:30", "12:30"),
    ("190:20:30", "190:20:30", "190:20:30"),
    ("2001-01-01", "2001-01-01", "2001-01-01"),
    ("=", "=", "="),
    ("18446744073709551615", 18446744073709551615, 18446744073709551615),
    ("0x", "0x", "0x"),
    ("_1", "_1", "_1"),
]


@pytest.mark.parametrize(("text", "kustomize", "kubectl"), SCALARS)
def test_plain_scalars_are_read_as_the_go_programs_read_them(
    text: str, kustomize: Plain, kubectl: Plain
) -> None:
    (document,) = parse_documents(f"a: {text}\n".encode(), FILE)
    assert isinstance(document.root, Mapping)
    assert [to_plain(document.root), to_plain(as_kubectl(document.root))] == [
        {"a": kustomize},
        {"a": kubectl},
    ]


def test_quoted_words_are_strings_in_both_dialects() -> None:
    tree = root("a: 'on'\nb: \"123\"\nc: !!str 5\nd: !vault x\n")
    assert to_plain(as_kubectl(tree)) == {"a": "on", "b": "123", "c": "5", "d": "x"}


TEXT = st.text("abé☃😀 :#-'\"\\\n\t0", max_size=8)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(PLAIN)
def test_json_is_read_as_what_it_means(value: Plain) -> None:
    (document,) = parse_documents(json.dumps(value, ensure_ascii=False).encode(), FILE)
    expected = {} if value == {} else value
    assert (to_plain(document.root) if document.root is not None else None) == expected


def test_numbers_keep_how_they_were_written() -> None:
    node = root("tag: 2.10\n").entries["tag"]
    assert isinstance(node, Scalar)
    assert (node.value, node.text) == (2.1, "2.10")


def test_items_keep_their_places() -> None:
    node = root("list:\n- a\n- b\n").entries["list"]
    assert isinstance(node, Sequence)
    assert [item.span.line for item in node.items] == [2, 3]
