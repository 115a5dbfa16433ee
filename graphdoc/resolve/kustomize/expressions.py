"""Go's regular expressions, by Python's engine where that is as quick.

Go's engine takes linear time for every expression, Python's may take for ever: what nests
repetition, or repeats in many places, is not followed.
"""

import re

from graphdoc.resolve.kustomize.trees import KustomizeError, NotUnderstoodError

__all__ = ["compile_expression"]

_REPETITIONS = 3
_REPEATED = re.compile(r"(?<!\\)[*+]|(?<!\\)\{[0-9]+,[0-9]*\}")
_NESTED = re.compile(r"[*+|}][^()]*\)+[*+{]")
# What Python has and Go has not: looking around, conditions, comments, references back.
_UNKNOWN_TO_GO = re.compile(r"\(\?(?!P<|:|[imsU-]+[:)])|\\[1-9Z]|[*+?}]\+")


def compile_expression(text: str) -> re.Pattern[str]:
    """The expression, to be matched as a whole or searched for.

    Raises:
        KustomizeError: Go cannot read it.
        NotUnderstoodError: Python may take too long for it.
    """
    if _UNKNOWN_TO_GO.search(text):
        raise KustomizeError(f"no regular expression of Go: {text}")
    if len(_REPEATED.findall(text)) > _REPETITIONS or _NESTED.search(text):
        raise NotUnderstoodError(f"a regular expression that may take too long: {text}")
    try:
        return re.compile(text, re.ASCII)
    except re.error as error:
        raise KustomizeError(f"no regular expression: {text}") from error
