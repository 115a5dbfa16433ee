import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphdoc.model.helm import LayerKind, ValueLayer
from graphdoc.model.location import SourceFile, file_start
from graphdoc.model.node import NOTHING, Mapping, Node, Plain, Scalar, to_plain, walk
from graphdoc.parse.yaml import YamlError, parse_documents
from graphdoc.resolve.helm.layering import (
    layer_values,
    override_values,
    parse_inline_values,
    to_helm,
)


def layer(text: str, path: str = "values.yaml", kind: LayerKind = LayerKind.FILE) -> ValueLayer:
    file = SourceFile("values", path)
    root = parse_documents(text.encode(), file)[0].root
    assert isinstance(root, Mapping)
    return ValueLayer(file, kind, root)


def defaults(text: str) -> ValueLayer:
    return layer(text, "chart/values.yaml", LayerKind.CHART_DEFAULTS)


def origins(values: Mapping, *route: str) -> list[str]:
    node = values.find(*route)
    assert node is not None
    return [f"{span.file.path}:{span.line}" for span in node.origins]


def test_maps_merge_and_lists_and_scalars_are_replaced() -> None:
    base = layer("image: {tag: 1, name: x}\nports: [1, 2]\nn: 1\nkept: yes\n", "a.yaml")
    over = layer("image: {tag: 2}\nports: [3]\nn: {deep: 1}\nnew: 1\n", "b.yaml")
    assert to_plain(layer_values([base, over])) == {
        "image": {"tag": 2, "name": "x"},
        "ports": [3],
        "n": {"deep": 1},
        "kept": True,
        "new": 1,
    }


def test_each_leaf_knows_who_set_it_and_what_it_overrode() -> None:
    values = layer_values(
        [
            defaults("image:\n  tag: 1\n"),
            layer("other: 1\nimage:\n  tag: 2\n", "a.yaml"),
            layer("image:\n\n\n  tag: 3\n", "b.yaml"),
        ]
    )
    assert origins(values, "image", "tag") == ["chart/values.yaml:2", "a.yaml:3", "b.yaml:4"]
    assert origins(values, "other") == ["a.yaml:1"]
    assert values.mapping("image").keys["tag"].line == 4  # type: ignore[union-attr] # it is there


def test_a_default_of_null_is_none_and_is_remembered_where_it_is_overridden() -> None:
    values = layer_values([defaults("a:\nb:\n  c:\n  d: 1\n"), layer("a: 1\n", "a.yaml")])
    assert to_plain(values) == {"a": 1, "b": {"d": 1}}
    assert origins(values, "a") == ["chart/values.yaml:1", "a.yaml:1"]


def test_null_deletes_a_default_and_a_later_layer_can_set_it_again() -> None:
    base = defaults("a: {x: 1, y: 2}\nb: {x: 1}\nc: 1\n")
    null = layer("a:\n  x:\nb:\nc:\nd:\n", "a.yaml")
    again = layer("c: 2\nb: {z: 1}\n", "b.yaml")
    assert to_plain(layer_values([base, null])) == {"a": {"y": 2}, "d": None}
    assert to_plain(layer_values([base, null, again])) == {
        "a": {"y": 2},
        "b": {"x": 1, "z": 1},
        "c": 2,
        "d": None,
    }


def test_what_helm_is_handed_keeps_null_and_leaves_the_defaults_out() -> None:
    layers = [defaults("a: 1\nb: 2\n"), layer("a:\n")]
    assert to_plain(override_values(layers)) == {"a": None}
    assert override_values([defaults("a: 1\n")]) is NOTHING


def test_values_are_read_in_helms_dialect() -> None:
    assert to_plain(layer_values([layer("a: on\nb: 'on'\n")])) == {"a": True, "b": "on"}


def test_helm_is_handed_the_keys_that_its_own_reader_would_make() -> None:
    root = layer("y: 1\n'n': 2\n0x10: 3\nl: [{off: 1}]\n1.5: 4\n").root
    assert to_helm(root) == {"true": 1, "n": 2, "16": 3, "l": [{"false": 1}], "1.5": 4}


_KEYS = st.sampled_from(["a", "b", "c"])
_LEAVES = st.one_of(st.none(), st.integers(0, 9), st.text("xyz", max_size=2))
_MAPPINGS: st.SearchStrategy[dict[str, Plain]] = st.dictionaries(
    _KEYS,
    st.recursive(
        _LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_KEYS, inner)
    ),
    max_size=3,
)


def tree(value: Plain) -> Node:
    import json  # noqa: PLC0415 -- JSON is YAML, and only this builder needs it

    root = parse_documents(json.dumps(value).encode(), SourceFile("v", "v.yaml"))[0].root
    assert root is not None
    return root


def as_layer(value: dict[str, Plain], kind: LayerKind = LayerKind.FILE) -> ValueLayer:
    root = tree(value)
    assert isinstance(root, Mapping)
    return ValueLayer(None, kind, root)


@given(_MAPPINGS)
def test_an_empty_layer_is_the_identity(value: dict[str, Plain]) -> None:
    for kind in (LayerKind.FILE, LayerKind.CHART_DEFAULTS):
        alone = layer_values([as_layer(value, kind)])
        assert layer_values([as_layer(value, kind), as_layer({})]) == alone
        assert layer_values([as_layer({}), as_layer(value, kind)]) == alone
    assert to_plain(layer_values([as_layer(value)])) == value


@given(_MAPPINGS, _MAPPINGS, _MAPPINGS)
def test_the_last_layer_wins(
    first: dict[str, Plain], second: dict[str, Plain], last: dict[str, Plain]
) -> None:
    values = layer_values([as_layer(first), as_layer(second), as_layer(last)])
    leaves = {p: n.value for p, n in walk(values) if isinstance(n, Scalar)}
    for pointer, node in walk(tree(last)):
        if isinstance(node, Scalar):
            assert leaves[pointer] == node.value


def inline(manifest: str) -> Mapping:
    root = parse_documents(manifest.encode(), SourceFile("launchpad", "app.yaml"))[0].root
    assert isinstance(root, Mapping)
    text = root.scalar("spec", "values")
    assert text is not None
    return parse_inline_values(text, manifest.split("\n"))


def placed(values: Mapping, manifest: str) -> dict[str, str]:
    """What stands in the manifest where each leaf is said to be."""
    lines = manifest.split("\n")
    spans = {p: n.span for p, n in walk(values) if isinstance(n, Scalar)}
    return {p: lines[s.line - 1][s.column - 1 : s.end_column - 1] for p, s in spans.items()}


BLOCK = """\
spec:
  values: |
    # comment

    image:
      tag: v1
    list:
    - a
    - b: 2
  other: 1
"""


@pytest.mark.parametrize("style", ["|", "|-", "|+", "|2"])
def test_values_in_a_block_keep_their_places_in_the_manifest(style: str) -> None:
    manifest = BLOCK.replace("|", style)
    values = inline(manifest)
    assert to_plain(values) == {"image": {"tag": "v1"}, "list": ["a", {"b": 2}]}
    assert placed(values, manifest) == {"/image/tag": "v1", "/list/0": "a", "/list/1/b": "2"}


@pytest.mark.parametrize("text", ['"a: 1\\nb: 2\\n"', ">\n    a: 1\n\n    b: 2"])
def test_values_in_quotes_and_folded_text_are_placed_at_the_whole(text: str) -> None:
    values = inline(f"spec:\n  values: {text}\n")
    assert to_plain(values) == {"a": 1, "b": 2}
    assert {n.span.line for _, n in walk(values)} == {2}


def test_broken_inline_values_are_a_problem_at_their_line() -> None:
    with pytest.raises(YamlError) as raised:
        inline("spec:\n  values: |\n    a: 1\n    b: [\n")
    assert raised.value.span.line == 4
    with pytest.raises(YamlError, match="not a mapping"):
        inline("spec:\n  values: |\n    - a\n")


@pytest.mark.parametrize("text", ["''", "|\n    # nothing\n", "5"])
def test_inline_values_that_say_nothing_are_empty(text: str) -> None:
    assert inline(f"spec:\n  values: {text}\n").entries == {}


def test_defaults_beside_an_empty_file_are_unchanged() -> None:
    base = defaults("a: 1\n")
    assert layer_values([base, ValueLayer(None, LayerKind.VALUES, NOTHING)]) == base.root
    assert (
        layer_values([base])._replace(span=file_start(SourceFile("", ""))).entries
        == base.root.entries
    )
