"""Helm's engine in a process of its own: JSON requests in, JSON answers out, one a line.

Charts are hostile input: what crashes, hangs or fills the memory here does so without the caller,
and what Helm's library writes to the standard streams reaches nobody. Run as a script; why there is
one at all is told in docs_src/decisions/0008-helm-in-a-worker.md.
"""

import json
import os
import sys
from contextlib import suppress

import helm_python
from helm_python import _native

__all__ = ["render"]

_MEMORY_LIMIT = 2 * 1024**3
_TEXT_LIMIT = 64 * 1024**2


def render(directory: str, request: dict[str, object]) -> list[tuple[str, str]]:
    """The files that a chart in a directory renders to, its definitions first where asked for."""
    with helm_python.Chart.load(directory) as chart:
        values, options = json.dumps(request["values"]), json.dumps(request["options"])
        # The public method does not take the versions of Kubernetes and its API.
        text = _native.call_string("helm_render", chart._raw(), values, options)
        rendered: dict[str, str] = json.loads(text)
        # Rendering has taken the disabled subcharts out of the chart, and so out of these.
        crds = [(crd["filename"], crd["data"]) for crd in chart.crds] if request["crds"] else []
    if len(text) > _TEXT_LIMIT:
        raise helm_python.HelmError(f"renders more than {_TEXT_LIMIT // 1024**2} MiB")
    return [*crds, *rendered.items()]


def _main() -> None:
    """Answer requests until the caller closes the pipe."""
    _limit_memory()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # the library may write to standard output
    for line in sys.stdin:
        answers.write(json.dumps(_answer(json.loads(line))) + "\n")
        answers.flush()


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):  # not on Windows
        import resource  # noqa: PLC0415 -- POSIX only

        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY_LIMIT, _MEMORY_LIMIT))


def _answer(request: dict[str, object]) -> dict[str, object]:
    try:
        return {"templates": render(str(request["chart"]), request)}
    except helm_python.HelmError as error:
        return {"error": str(error)}


if __name__ == "__main__":
    _main()
