import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphdoc.model.helm import HelmParameter
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Mapping, Plain, to_plain
from graphdoc.parse.yaml import parse_documents
from graphdoc.resolve.helm.strvals import ParameterError, file_parameter_layer, parameter_layer

helm_python = pytest.importorskip("helm_python")

APPLICATION = SourceFile("launchpad", "app.yaml")
SPAN = Span(APPLICATION, 7, 11, 7, 20)


def parameter(name: str, value: str, *, force_string: bool = False) -> HelmParameter:
    return HelmParameter(name, value, force_string, SPAN)


def mapping(text: str) -> Mapping:
    root = parse_documents(text.encode(), SourceFile("values", "values.yaml"))[0].root
    assert isinstance(root, Mapping)
    return root


def values_of(*parameters: HelmParameter, below: str = "{}") -> Plain:
    return to_plain(parameter_layer(parameters, mapping(below)).root)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("a", "1"), ("a", "01"), ("a", "-0"), ("a", "+5"), ("a", "1.5"), ("a", "TRUE"),
        ("a", "null"), ("a", ""), ("a", "{}"), ("a", "{x}"), ("a", "{x,}"),
        ("a", "{1,true,null,01}"),
        ("a", "{ x, y }"), ("a", r"{\,,b}"), ("a", "b=c"), ("a", "9223372036854775808"),
        ("a", "1_0"), ("a", r"\{x"), ("a", '"q"'), ("a[2]", "x"), ("a[1].b", "1"), ("a[0][1]", "q"),
        (r"a.b\.c", "1"), ("a[0]", "{x,y}"), ("a[0].b[1].c", "1"), (r"a\=b", "1"), (" a", " 1"),
    ],
)  # fmt: skip
def test_a_parameter_is_read_as_helm_reads_it(name: str, value: str) -> None:
    assert values_of(parameter(name, value)) == helm_python.parse_set_string(f"{name}={value}")


@pytest.mark.parametrize(
    "name", ["a..b", "a.", "a[x]", "a[-1]", "a[0]b", "a[99999]", "a[1", "a,b", "a[0]."]
)
def test_a_malformed_name_is_refused_at_the_parameter(name: str) -> None:
    with pytest.raises(ParameterError) as raised:
        values_of(parameter(name, "correct-horse"))
    assert raised.value.span == SPAN
    assert "horse" not in str(raised.value)


def test_a_list_without_an_end_is_refused() -> None:
    with pytest.raises(ParameterError, match="list must terminate"):
        values_of(parameter("a", "{x"))


def test_a_comma_outside_braces_belongs_to_the_value() -> None:
    assert values_of(parameter("a", "x,y"), parameter("b", r"x\,y")) == {"a": "x,y", "b": "x,y"}
    assert values_of(parameter("a", "x,y}")) == {"a": "x,y}"}


def test_a_forced_string_stays_a_string_and_comes_last() -> None:
    given = (parameter("a", "1", force_string=True), parameter("a", "2"), parameter("b", "true"))
    assert values_of(*given) == {"a": "1", "b": True}


def test_an_index_changes_one_item_of_the_list_below() -> None:
    layer = parameter_layer(
        [parameter("a[1].tag", "2")], mapping("a:\n- {name: x}\n- {name: y, tag: 1}\nb: 1\n")
    )
    assert to_plain(layer.root) == {"a": [{"name": "x"}, {"name": "y", "tag": 2}]}
    item = layer.root.items_at("a")[1]
    assert isinstance(item, Mapping)
    tag = item.scalar("tag")
    assert tag is not None
    assert [span.file.path for span in tag.origins] == ["values.yaml", "app.yaml"]


def test_a_key_inside_a_scalar_below_is_refused() -> None:
    with pytest.raises(ParameterError, match="no mapping"):
        values_of(parameter("a.b", "1"), below="a: 2")
    with pytest.raises(ParameterError, match="no list"):
        values_of(parameter("a[0]", "1"), below="a: {b: 1}")
    with pytest.raises(ParameterError, match="no mapping"):
        values_of(parameter("a[0].b", "1"), below="a: [1]")


def test_a_key_beside_a_null_below_makes_the_mapping() -> None:
    assert values_of(parameter("a.b", "1"), parameter("c[0][1]", "x"), below="a:\nc: [[y]]\n") == {
        "a": {"b": 1},
        "c": [["y", "x"]],
    }


def test_a_file_parameter_is_the_text_as_it_is() -> None:
    layer = file_parameter_layer([parameter("a.b", "x.json")], ['{"c": 1, "d": 2}\n'])
    assert to_plain(layer.root) == {"a": {"b": '{"c": 1, "d": 2}\n'}}
    assert layer.root.span == SPAN


@given(st.text(st.sampled_from("ab0[].\\{},=-+1 "), max_size=12))
def test_helm_and_we_agree_on_every_assignment(text: str) -> None:
    expected: Plain
    try:
        expected = helm_python.parse_set_string(f"k{text}=1")
    except helm_python.HelmError:
        expected = None
    try:
        got = values_of(HelmParameter(f"k{text}", "1", force_string=False, span=SPAN))
    except ParameterError:
        got = None
    if got is not None and expected is not None:
        assert got == expected
