"""What the generator KSOPS brings: Secrets of which SOPS leaves everything but values readable."""

from collections.abc import Iterator

from graphdoc.model.node import Mapping, texts_within
from graphdoc.parse.yaml import YamlError, parse_documents
from graphdoc.resolve.kustomize.files.loader import manifests_in
from graphdoc.resolve.kustomize.resources.ids import Item
from graphdoc.resolve.kustomize.resources.items import Items
from graphdoc.resolve.kustomize.resources.trees import KustomizeError, NotUnderstoodError, without
from graphdoc.resolve.kustomize.transformers.generators import FileReader, absorb

__all__ = ["ENCRYPTED", "add_encrypted", "is_ksops"]

ENCRYPTED = "values that SOPS encrypts"

_KINDS = frozenset({"ksops", "ksops-exec"})
_FIELDS = frozenset({"apiVersion", "kind", "metadata", "files"})
_VALUES = frozenset({"data", "stringData", "sops"})
# What it hands on as options. A hash of the values nobody knows, so names and references go
# without; by a behavior the content depends on what is there.
_HASHED = ("metadata", "annotations", "kustomize.config.k8s.io/needs-hash")
_BEHAVIOR = ("metadata", "annotations", "kustomize.config.k8s.io/behavior")


def is_ksops(config: Mapping) -> bool:
    """Whether it is a generator of KSOPS that does no more than decrypt files."""
    is_its = config.text("apiVersion") == "viaduct.ai/v1" and config.text("kind").lower() in _KINDS
    return is_its and _FIELDS.issuperset(config.entries)


def add_encrypted(config: Mapping, items: Items, reader: FileReader) -> None:
    """Add its Secrets as they are encrypted.

    Raises:
        NotUnderstoodError: not all that it makes can be read, or the file is not there.
    """
    try:
        secrets = tuple(_secrets(config, reader))
    except (KustomizeError, YamlError) as error:
        raise _not_understood(config) from error
    if not secrets or not all(map(_is_readable, secrets)):
        raise _not_understood(config)
    for secret in secrets:
        absorb(items, Item(without(secret, *_HASHED)))


def _secrets(config: Mapping, reader: FileReader) -> Iterator[Mapping]:
    for entry in config.scalars_at("files"):
        file, content = reader.read(entry, entry.text)
        yield from manifests_in(parse_documents(content, file))


def _is_readable(secret: Mapping) -> bool:
    if secret.find(*_BEHAVIOR) is not None:
        return False
    read = (node for key, node in secret.entries.items() if key not in _VALUES)
    texts = (text for node in read for text, _ in texts_within(node))
    is_sealed = any(text.startswith("ENC[") for text in texts)
    return secret.text("kind") == "Secret" and "sops" in secret.entries and not is_sealed


def _not_understood(config: Mapping) -> NotUnderstoodError:
    return NotUnderstoodError(f"a generator of kind {config.text('kind')}", config.span)
