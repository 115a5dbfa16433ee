"""JSON patches after RFC 6902, its appendix A, and where Go's json-patch departs from it."""

import pytest

from graphdoc.model.location import SourceFile
from graphdoc.model.node import Mapping, Plain, Sequence, to_plain
from graphdoc.parse.yaml import parse_documents
from graphdoc.resolve.kustomize.patches.jsonpatch import apply_operations
from graphdoc.resolve.kustomize.resources.trees import KustomizeError


def apply(document: str, patch: str) -> Plain:
    target = parse_documents(document.encode(), SourceFile("r", "doc.yaml"))[0].root
    operations = parse_documents(patch.encode(), SourceFile("r", "patch.yaml"))[0].root
    assert isinstance(target, Mapping)
    assert isinstance(operations, Sequence)
    return to_plain(apply_operations(target, operations))


@pytest.mark.parametrize(
    ("document", "patch", "expected"),
    [
        pytest.param(
            "{foo: bar}",
            "[{op: add, path: /baz, value: qux}]",
            {"foo": "bar", "baz": "qux"},
            id="A.1 adding an object member",
        ),
        pytest.param(
            "{foo: [bar, baz]}",
            "[{op: add, path: /foo/1, value: qux}]",
            {"foo": ["bar", "qux", "baz"]},
            id="A.2 adding an array element",
        ),
        pytest.param(
            "{baz: qux, foo: bar}",
            "[{op: remove, path: /baz}]",
            {"foo": "bar"},
            id="A.3 removing an object member",
        ),
        pytest.param(
            "{foo: [bar, qux, baz]}",
            "[{op: remove, path: /foo/1}]",
            {"foo": ["bar", "baz"]},
            id="A.4 removing an array element",
        ),
        pytest.param(
            "{baz: qux, foo: bar}",
            "[{op: replace, path: /baz, value: boo}]",
            {"baz": "boo", "foo": "bar"},
            id="A.5 replacing a value",
        ),
        pytest.param(
            "{foo: {bar: baz, waldo: fred}, qux: {corge: grault}}",
            "[{op: move, from: /foo/waldo, path: /qux/thud}]",
            {"foo": {"bar": "baz"}, "qux": {"corge": "grault", "thud": "fred"}},
            id="A.6 moving a value",
        ),
        pytest.param(
            "{foo: [all, grass, cows, eat]}",
            "[{op: move, from: /foo/1, path: /foo/3}]",
            {"foo": ["all", "cows", "eat", "grass"]},
            id="A.7 moving an array element",
        ),
        pytest.param(
            "{baz: qux, foo: [a, 2, c]}",
            "[{op: test, path: /baz, value: qux}, {op: test, path: /foo/1, value: 2}]",
            {"baz": "qux", "foo": ["a", 2, "c"]},
            id="A.8 testing a value, success",
        ),
        pytest.param(
            "{foo: bar}",
            "[{op: add, path: /child, value: {grandchild: {}}}]",
            {"foo": "bar", "child": {"grandchild": {}}},
            id="A.10 adding a nested member object",
        ),
        pytest.param(
            "{foo: bar}",
            "[{op: add, path: /baz, value: qux, xyz: 123}]",
            {"foo": "bar", "baz": "qux"},
            id="A.11 ignoring unrecognized elements",
        ),
        pytest.param(
            '{"/": 9, "~1": 10}',
            "[{op: test, path: /~01, value: 10}]",
            {"/": 9, "~1": 10},
            id="A.14 escape ordering",
        ),
        pytest.param(
            "{foo: [bar]}",
            "[{op: add, path: /foo/-, value: [abc, def]}]",
            {"foo": ["bar", ["abc", "def"]]},
            id="A.16 adding an array value",
        ),
        pytest.param(
            "{foo: {a: 1}}",
            "[{op: copy, from: /foo, path: /bar}, {op: add, path: /bar/b, value: 2}]",
            {"foo": {"a": 1}, "bar": {"a": 1, "b": 2}},
            id="a copy is no alias",
        ),
        pytest.param(
            "{foo: [1, 2, 3]}",
            "[{op: remove, path: /foo/-1}]",
            {"foo": [1, 2]},
            id="json-patch: a negative index counts from the end",
        ),
        pytest.param(
            "{foo: bar}",
            "[{op: replace, path: /baz, value: qux}]",
            {"foo": "bar", "baz": "qux"},
            id="json-patch: replacing a missing member adds it",
        ),
        pytest.param(
            "{foo: bar}",
            "[]",
            {"foo": "bar"},
            id="nothing to do",
        ),
    ],
)
def test_operation(document: str, patch: str, expected: Plain) -> None:
    assert apply(document, patch) == expected


@pytest.mark.parametrize(
    ("document", "patch", "reason"),
    [
        pytest.param(
            "{baz: qux}",
            "[{op: test, path: /baz, value: bar}]",
            "test operation does not apply: the value is another: /baz",
            id="A.9 testing a value, error",
        ),
        pytest.param(
            "{foo: bar}",
            "[{op: add, path: /baz/bat, value: qux}]",
            "add operation does not apply: doc is missing path: /baz/bat",
            id="A.12 adding to a nonexistent target",
        ),
        pytest.param(
            '{"/": 9, "~1": 10}',
            "[{op: test, path: /~01, value: '10'}]",
            "test operation does not apply: the value is another: /~01",
            id="A.15 comparing strings and numbers",
        ),
        pytest.param(
            "{foo: bar}",
            "[{op: remove, path: /baz}]",
            "remove operation does not apply: unable to remove nonexistent key: /baz",
            id="removing what is not there",
        ),
        pytest.param(
            "{foo: [1]}",
            "[{op: add, path: /foo/2, value: 1}]",
            "add operation does not apply: unable to access invalid index 2: /foo/2",
            id="adding beyond the end",
        ),
        pytest.param(
            "{foo: [1]}",
            "[{op: replace, path: /foo/x, value: 1}]",
            "replace operation does not apply: 'x' is no array index: /foo/x",
            id="an index that is none",
        ),
        pytest.param(
            "{foo: bar}",
            "[{op: replace, path: '', value: {}}]",
            "replace operation does not apply: no pointer: ''",
            id="json-patch: the whole document cannot be replaced",
        ),
        pytest.param(
            "{foo: bar}",
            "[{op: spam, path: /foo}]",
            "unexpected kind of operation: 'spam'",
            id="an unknown operation",
        ),
        pytest.param(
            "{foo: bar}",
            "[{op: remove}]",
            "remove operation has no path",
            id="no path",
        ),
    ],
)
def test_operation_that_does_not_apply(document: str, patch: str, reason: str) -> None:
    with pytest.raises(KustomizeError) as caught:
        apply(document, patch)
    assert caught.value.reason == reason


def test_the_target_is_never_changed_in_place() -> None:
    target = parse_documents(b"{foo: [{a: 1}]}", SourceFile("r", "doc.yaml"))[0].root
    patch = b"[{op: replace, path: /foo/0/a, value: 2}, {op: add, path: /foo/-, value: 3}]"
    operations = parse_documents(patch, SourceFile("r", "patch.yaml"))[0].root
    assert isinstance(target, Mapping)
    assert isinstance(operations, Sequence)
    changed = apply_operations(target, operations)
    assert to_plain(target) == {"foo": [{"a": 1}]}
    assert to_plain(changed) == {"foo": [{"a": 2}, 3]}
