"""What brings, copies and uses Secrets, as rendered resources show it; names only, never values."""

from graphdoc.model.secret import (
    ClonePolicy,
    ConsumerKind,
    LabelSelector,
    NamespaceFilter,
    ProducerKind,
    SealedScope,
    SecretConsumer,
    SecretProducer,
)
from graphdoc.resolve.secrets.clones import find_clone_policies
from graphdoc.resolve.secrets.consumers import find_consumers, find_consumers_in_values
from graphdoc.resolve.secrets.producers import find_producers

__all__ = [
    "ClonePolicy", "ConsumerKind", "LabelSelector", "NamespaceFilter", "ProducerKind",
    "SealedScope", "SecretConsumer", "SecretProducer", "find_clone_policies", "find_consumers",
    "find_consumers_in_values", "find_producers",
]  # fmt: skip
