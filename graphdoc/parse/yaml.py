"""YAML text to nodes with places.

Most files are read line by line; whatever is not as people usually write it is read by libyaml.
Both make the same trees: ``tests/parse/test_yaml_lines.py`` holds them against each other.
"""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE

from graphdoc.model.limits import DEFAULT_LIMITS, Limits
from graphdoc.model.location import SourceFile, Span
from graphdoc.parse.document import Document, DuplicateKey, YamlError
from graphdoc.parse.libyaml import read_events
from graphdoc.parse.lines import read_lines

__all__ = ["Document", "DuplicateKey", "YamlError", "parse_documents"]

_MANY, _MARKS = 100_000, (b"\n", b":", b",", b"-", b"[", b"{", b"?")
# Other encodings than UTF-8 are known by their mark, as to Go.
_UTF_16 = frozenset({BOM_UTF16_LE, BOM_UTF16_BE})


def parse_documents(
    data: bytes, file: SourceFile, limits: Limits = DEFAULT_LIMITS
) -> tuple[Document, ...]:
    """Every document of a stream, the empty ones too.

    Raises:
        YamlError: the text is not UTF-8, not YAML, or exceeds the limits.
    """
    text = _decode(data, file)
    if _most_values(data) > limits.nodes:
        return read_events(text, file, limits, may_be_many=True)
    documents = read_lines(text, file, limits)
    if documents is not None:
        return documents
    return read_events(text, file, limits, may_be_many=False)


def _most_values(data: bytes) -> int:
    """How many values a text holds at most: a value takes two bytes, of which one tells it apart.

    What stands behind one mark is at most a sequence, a mapping and its first key.
    """
    most = len(data) // 2
    return most if most < _MANY else min(most, 3 + 3 * sum(map(data.count, _MARKS)))


def _decode(data: bytes, file: SourceFile) -> str:
    try:
        return data.decode("utf-16" if data[:2] in _UTF_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        span = Span(file, line, column, line, column)
        raise YamlError(span, "not UTF-8") from error
