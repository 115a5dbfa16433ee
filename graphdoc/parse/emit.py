"""Plain data to YAML text that every program of the field reads back alike."""

from io import StringIO

from ruamel.yaml import YAML
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import SafeRepresenter

from graphdoc.model.node import Plain
from graphdoc.parse.scalars import kubectl_boolean, resolve_scalar

__all__ = ["to_yaml"]

_UNBROKEN = 1 << 20


class _Representer(SafeRepresenter):
    """Writes no aliases, and quotes what some program would not read as a string."""

    def ignore_aliases(self, _data: object) -> bool:
        return True

    def represent_text(self, text: str) -> ScalarNode:
        """A string in the plainest style that keeps it one."""
        style = None
        if "\n" in text and _is_block(text):
            style = "|"
        elif text == "" or resolve_scalar(text) != text or kubectl_boolean(text) is not None:
            style = '"'
        node: ScalarNode = self.represent_scalar("tag:yaml.org,2002:str", text, style=style)
        return node


_Representer.add_representer(str, _Representer.represent_text)


def to_yaml(document: Plain) -> str:
    """One document, its keys in the order given."""
    writer = YAML(typ="safe", pure=True)
    writer.Representer = _Representer
    writer.default_flow_style = False
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # untyped
    writer.allow_unicode = False
    writer.width = _UNBROKEN
    text = StringIO()
    writer.dump(document, text)
    return text.getvalue()


def _is_block(text: str) -> bool:
    """Whether a literal block can hold the text without losing anything."""
    lines = text.split("\n")
    return all(line.isprintable() for line in lines) and not any(
        line.endswith(" ") for line in lines
    )
