"""Scalars with an explicit tag, as Go's YAML decodes them."""

import base64

from graphdoc.model.location import Span
from graphdoc.model.node import Scalar
from graphdoc.parse.scalars import kubectl_boolean, resolve_scalar

__all__ = ["TagError", "tagged"]

_TAG = "tag:yaml.org,2002:"
_FITTING: dict[str, tuple[type, ...]] = {
    f"{_TAG}int": (int,),
    f"{_TAG}float": (int, float),
    f"{_TAG}null": (type(None),),
}


class TagError(Exception):
    """The text is nothing that its tag can mean."""


def tagged(tag: str, text: str, span: Span) -> Scalar:
    """The value; a tag of an application's own means a string.

    Raises:
        TagError: Go could not decode it.
    """
    if tag in _FITTING:
        value = resolve_scalar(text)
        if not isinstance(value, _FITTING[tag]) or isinstance(value, bool):
            name = tag.removeprefix(_TAG)  # and not what is there: it may be a Secret's
            raise TagError(f"cannot decode the value as a !!{name}")
        return Scalar(value, span, text=text)
    if tag == f"{_TAG}bool":
        value = resolve_scalar(text)
        boolean = kubectl_boolean(text)
        return Scalar(value if isinstance(value, bool) else boolean, span, text=text)
    if tag == f"{_TAG}binary":
        decoded = _decoded(text)
        return Scalar(decoded, span, text=decoded)
    return Scalar(text, span, plain=tag == f"{_TAG}timestamp", text=text)


def _decoded(text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode(errors="replace")
    except ValueError as error:  # of which binascii.Error is one
        raise TagError("!!binary value contains invalid base64 data") from error
