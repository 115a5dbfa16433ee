"""YAML read line by line: what is read is what libyaml reads, with the same places."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphdoc.model.limits import Limits
from graphdoc.model.location import SourceFile
from graphdoc.parse.document import Document, YamlError
from graphdoc.parse.libyaml import read_events
from graphdoc.parse.lines import read_lines
from graphdoc.parse.yaml import parse_documents

FILE = SourceFile("platform", "a.yaml")

READ = [
    "a: 1\n",
    "a: 1",
    "\n# c\na: x # c\n\nb:   y  \n",
    "a:\n  b:\n    c: x\n  d: y\ne: z\n",
    "a:\n- x\n-   b: 1\n    c: 2\n-\n-\n  d: 3\nb:\n  - # c\n  - x\n",
    "- a\n- b: c\n",
    "a:\nb:\n  # c\nc: # c\n  d: x\ne:\n",
    "a: ~\nb: null\nc: true\nd: 0777\ne: 1_000\nf: 1.5\ng: 2020-01-01\nh: .inf\n",
    "1: a\non: b\nnull: c\n",
    "a: long\n  words\n\n\n  and - more\nb: |-\n  x\n",
    "a:\n  long\n  words\n",
    "- long\n  words\n -x\n",
    "a: -x\nb: :8080\nc: ?x\nd: a:b#c\ne: --x\n",
    "\"a b\": \"x\\n\\t\\\"y\\\\\" # c\n'c': 'it''s'\n\"\": ''\n",
    "a: \"x\n  y\n\n  z\\\n   w\\ v\n  \"\nb: 'x  \n  y''\n\n\n  z '\n",
    "a: []\nb: {}\nc: [a, 'b', \"c\", 1, -x]\nd: {a: b c, \"e\":1, 'f': [x, {g: h}]} # c\n",
    "a: [\n  x,\n\n  y z,\n]\nb: {\n  c: d\n  }\n",
    "a: |\n  x\n   y\n\n\nb: |+\n  x\n\n\nc: |-\n\n  x\n    \n  y\n\n# c\n",
    "a: >\n  x\n  y\n\n  z\n   w\n  v\n",
    "a: >-\n    x\n\n     y\n\n    z\nb: >+\n  x\n\n",
    "a: |\n  x",
    "a: |\n  x\n\n",
    "a: |\n  x\ty\n  \tz\n",
    "---\na: 1\n--- # c\nb: 2\n---\n---\n# c\n",
    "---",
    "# nothing\n",
    "",
    "a: x\r\nb: |\r\n  y\r\n",
    "é: ü\nb: 'ß' # ö\nc: 世界\n",
    "  a: x\n  b: y\n",
    "http://x: y\nk:c: d\n(n): x\n",
]

# Aliases, tags, directives, keys and values of other kinds, and whatever is no YAML.
LEFT = [
    "a: &x 1\nb: *x\n",
    "a: !!str 1\n",
    "a: !x y\n",
    "%YAML 1.1\n---\na: 1\n",
    "<<: {a: b}\n",
    "'<<': {a: b}\n",
    "a: 1\na: 2\n",
    "a: {b: 1, b: 2}\n",
    "a: {<<: x}\n",
    "? a\n: b\n",
    "a b: c\n",
    "- - a\n",
    "a\n",
    "'a'\n",
    "[a]\n",
    "{a: b}\n",
    "a: |2\n   x\n",
    "a: |\nb: c\n",
    "a: |\n    \n  x\n",
    "a: |\n  x\n     ",
    "a: |\n \tx\n",
    'a: "\\x41"\n',
    "'a\\b': c\n",
    "a: 'x\ny'\n",
    "a: 'x' y\n",
    "a: [a: b]\n",
    "a: [b,,c]\n",
    "a: [b c: d]\n",
    "a: [b] c\n",
    "a: {b}\n",
    "a: {b: }\n",
    "a: [b\n",
    "a: [b # c\n  ]\n",
    "a: [b\n---\n]\n",
    "a: 'b\n",
    "a: b: c\n",
    "a: b:\n",
    "a: x\n  y: z\n",
    "a: x # c\n  y\n",
    "a: x\n  # c\n  y\n",
    "a: x\n  y # c\n",
    "a: 'x'\n  y\n",
    "a:\n  b: x\n c: y\n",
    "a:\n- b\n - c: d\n",
    "a: - b\n",
    "a: -\n",
    "a: @x\n",
    "- a\nb: c\n",
    "a: b\n- c\n",
    "\ta: b\n",
    "a: b\tc\n",
    "a: 1\n...\n",
    "--- a\n",
    "---#\n",
    "a: \x85\n",
    "a: \u2028x\n",
    "a: \ufeffx\n",
    "a: \x07\n",
    "a: b\rc: d\n",
    'a: "x\\ \n  y"\n',
    'a: "x\\\n\n  y"\n',
    "a:" + " [" * 70 + "]" * 70 + "\n",
    "".join(f"{' ' * n}a:\n" for n in range(70)),
]


def by_libyaml(text: str) -> tuple[Document, ...]:
    return read_events(text, FILE, Limits(), may_be_many=False)


@pytest.mark.parametrize("text", READ)
def test_common_yaml_is_read_as_libyaml_reads_it(text: str) -> None:
    assert read_lines(text, FILE, Limits()) == by_libyaml(text)


@pytest.mark.parametrize("text", LEFT)
def test_the_rest_is_left_to_libyaml(text: str) -> None:
    assert read_lines(text, FILE, Limits()) is None


@pytest.mark.parametrize(
    ("text", "limits"),
    [("a:\n  b:\n    c: x\n", Limits(depth=2)), ("---\n---\n---\n", Limits(documents=2))],
)
def test_what_exceeds_a_limit_is_left_to_who_tells_of_it(text: str, limits: Limits) -> None:
    with pytest.raises(YamlError):
        parse_documents(text.encode(), FILE, limits)


KEYS = st.sampled_from(["a", "b", "x.y/z", "'q'", '"r"', "on", "1", "<<", "~", "k:c", "-k", "a b"])
VALUES = st.sampled_from(
    [
        *(
            "x",
            "foo bar",
            "1",
            "-1",
            "- x",
            "-",
            "--x",
            "'q'",
            "it's",
            "# c",
            "x # c",
            "x#c",
            "é",
            "…",
        ),
        *("x: y", "x:", ":x", "*a", "&a x", "!t x", "@x", "~"),
        *("[]", "{}", "[a, b]", "{a: b}", "[a", '{"a":1}', "[a,]", "{a}", "]", ", b]", "[é, ü x]"),
        *(
            '"q"',
            '"a\\"b"',
            "'it''s'",
            '"open',
            "'open",
            "'x' # c",
            '"a" "b"',
            '"x \\',
            'end"',
            "end'",
        ),
        *("0777", "2020-01-01", ".5", "x  ", "more words", "text\\", "---", "...", "\xa0"),
        *("|", "|-", ">", ">+", "> # c", "|2", ""),
    ]
)
LINES = st.builds(
    lambda indent, dash, key, value: " " * indent + dash + key + value,
    st.sampled_from([0, 0, 2, 2, 4, 1, 3]),
    st.sampled_from(["", "", "", "- ", "-  "]),
    st.one_of(st.just(""), st.builds("{}: ".format, KEYS), st.builds("{}:".format, KEYS)),
    VALUES,
)


@given(st.lists(LINES, max_size=8), st.sampled_from(["", "\n"]))
@settings(max_examples=300)
def test_whatever_is_read_is_what_libyaml_reads(lines: list[str], end: str) -> None:
    text = "\n".join(lines) + end
    documents = read_lines(text, FILE, Limits())
    assert documents is None or documents == by_libyaml(text)
