"""Plain data to YAML text that every program of the field reads back alike."""

from typing import Any

import yaml

from graphdoc.model.node import Plain
from graphdoc.parse.scalars import kubectl_boolean, resolve_scalar

__all__ = ["to_yaml"]


class _Dumper(yaml.SafeDumper):
    """Indents lists under their key's own column, as kubectl does, and writes no aliases."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002 -- PyYAML's signature
        return True


def to_yaml(document: Plain) -> str:
    """One document, its keys in the order given."""
    text: str = yaml.dump(
        document, Dumper=_Dumper, sort_keys=False, allow_unicode=False, width=1 << 20
    )
    return text


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if "\n" in text and _is_block(text):
        style = "|"
    elif text == "" or resolve_scalar(text) != text or kubectl_boolean(text) is not None:
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _is_block(text: str) -> bool:
    """Whether a literal block can hold the text without losing anything."""
    lines = text.split("\n")
    return all(line.isprintable() for line in lines) and not any(
        line.endswith(" ") for line in lines
    )


_Dumper.add_representer(str, _represent_text)
