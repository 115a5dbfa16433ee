"""Plain expressions, which Python matches, against RE2, whose syntax is Go's."""

import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from graphdoc.resolve.kustomize.resources.expressions import compile_expression
from graphdoc.resolve.kustomize.resources.trees import KustomizeError

_PIECES = st.sampled_from(
    [*"ab-/ .^$|)*+?", "(", "(?:", "[ab]", "[^a]", "[a-b.]", "[b-a]", "[^a-]", "\\.", "\\$", "\\d",
     "\\w", ".*", "a|b", "(a|)", "\n"]
)  # fmt: skip
_EXPRESSIONS = st.lists(_PIECES, max_size=7).map("".join)
_TEXTS = st.text("ab1-. \n$é", max_size=5)
_QUIET = re2.Options()
_QUIET.log_errors = False


@settings(max_examples=700, deadline=None, derandomize=True, database=None)
@given(_EXPRESSIONS, _TEXTS, st.sampled_from([("", ""), ("^(?:", ")$"), ("^", "(:[a-z]*)?$")]))
def test_expressions_mean_what_they_mean_to_re2(
    expression: str, text: str, around: tuple[str, str]
) -> None:
    assert _ours(expression, text, around) is _real(expression, text, around)


def _ours(expression: str, text: str, around: tuple[str, str]) -> bool | None:
    try:
        return compile_expression(expression, *around).search(text) is not None
    except KustomizeError:
        return None


def _real(expression: str, text: str, around: tuple[str, str]) -> bool | None:
    before, after = around
    try:
        return re2.compile(f"{before}{expression}{after}", _QUIET).search(text) is not None
    except re2.error:
        return None
