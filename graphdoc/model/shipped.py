"""Tables that the package brings beside its code, as JSON."""

import json
from importlib import resources
from typing import Any

__all__ = ["shipped_table"]


def shipped_table(package: str, name: str) -> Any:  # noqa: ANN401 -- the shape differs
    """The whole of a file of a package; whoever has it says of what shape it is."""
    return json.loads(resources.files(package).joinpath(name).read_text("utf-8"))
