"""Schemas of values (``values.schema.json``), of which Helm would fetch what lies elsewhere."""

import json
import re

from graphdoc.model.node import Plain

__all__ = ["SCHEMA_NAME", "find_doubt"]

SCHEMA_NAME = "values.schema.json"
_REFERENCES = frozenset({"$ref", "$dynamicRef", "$recursiveRef"})
# The dialects that Helm has built in; it fetches the description of any other.
_DIALECT = re.compile(r"https?://json-schema\.org/(draft-0[467]|draft/20(19-09|20-12))/schema#?")


def find_doubt(data: bytes) -> str | None:
    """Why Helm must not be given a schema: it leads outside of itself, or cannot be read.

    Helm reads more than strict JSON (text that is no UTF-8, say), so that what is not understood
    here may be understood there.
    """
    try:
        schema: Plain = json.loads(data.decode())
    except (ValueError, RecursionError):
        return "the schema of the values is no JSON and is left out"
    target = _find_outside(schema)
    if target is None:
        return None
    return f"the schema of the values is left out, for it refers to '{target}'"


def _find_outside(root: Plain) -> str | None:
    pending = [root]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending += value
        elif isinstance(value, dict):
            found = next((str(t) for key, t in value.items() if _leads_outside(key, t)), None)
            if found is not None:
                return found
            pending += value.values()
    return None


def _leads_outside(key: str, target: Plain) -> bool:
    if not isinstance(target, str):
        return False
    if key in _REFERENCES:
        return not target.startswith("#")
    return key == "$schema" and _DIALECT.fullmatch(target) is None
