"""The plain dialect: ``{{ name }}`` becomes the parameter of that name; what is unknown stays."""

import re
from collections.abc import Sequence

from graphdoc.model.dataclass import dataclass
from graphdoc.model.node import Mapping, Scalar
from graphdoc.resolve.applicationset.dialect import Fault, Filled

__all__ = ["PlainDialect"]

_TAG = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_UNCLOSED = Fault("cannot find the end of a tag: '}}' is missing")


@dataclass(frozen=True, slots=True)
class PlainDialect:
    """Replaces tags, and nothing else."""

    is_go = False

    def fill(self, texts: Sequence[str], parameters: Sequence[Mapping]) -> list[Filled]:
        """Every text with every parameter set."""
        return [{text: _fill(text, one) for text in texts} for one in parameters]

    def fill_leniently(self, texts: Sequence[str], parameters: Sequence[Mapping]) -> list[Filled]:
        """The same, for unknown names always stay."""
        return self.fill(texts, parameters)

    def parameter(self, text: str, parameters: Mapping) -> Scalar | None:
        """The parameter that the text as a whole is replaced by."""
        match = _TAG.fullmatch(text)
        return _find(parameters, match[1]) if match else None


def _fill(text: str, parameters: Mapping) -> str | Fault:
    if not any(map(_has_tag, text.split("\n"))):
        return text
    end = text.rfind("}}") + 2  # no tag ends behind it, so that none is looked for in vain
    if "{{" in text[end:]:
        return _UNCLOSED
    return _TAG.sub(lambda match: _replacement(match, parameters), text[:end]) + text[end:]


def _has_tag(line: str) -> bool:
    """Argo CD leaves a text alone unless an opening and a closing stand on one line."""
    start = line.find("{{")
    return start >= 0 and line.rfind("}}") >= start + 2


def _replacement(match: re.Match[str], parameters: Mapping) -> str:
    found = _find(parameters, match[1])
    return str(found.value) if found is not None else match[0]


def _find(parameters: Mapping, tag: str) -> Scalar | None:
    node = parameters.entries.get(tag.strip()) if tag.strip() else None
    return node if isinstance(node, Scalar) and isinstance(node.value, str) else None
