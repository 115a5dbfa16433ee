"""A whole ``check`` against CSafeLoader merely loading the estate's YAML files, as processes."""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.kustomize import directories, run_kustomize
from benchmarks.measure import Cost, Estate, Row, copied, run, yaml_files

__all__ = ["check", "load", "measure", "measure_kustomize"]

_SETTLING = 3.5  # seconds until a file counts as unchanged, see graphdoc.cache.signature
_LOAD = """
import sys, yaml
for path in sys.stdin.buffer.read().split(b"\\0"):
    try:
        with open(path, "rb") as file:
            for _ in yaml.load_all(file.read(), yaml.CSafeLoader):
                pass
    except (yaml.YAMLError, ValueError):
        pass
"""


def measure(estate: Estate) -> Iterator[Row]:
    """Parse, resolve, graph and every rule, from nothing."""
    floor = load(estate)
    cold = check(estate)
    yield Row("cold check", estate.name, cold.seconds, floor.seconds, "CSafeLoader")
    with copied(estate) as own, tempfile.TemporaryDirectory() as cache:
        check(own, cache)  # what changed just now is not remembered
        time.sleep(_SETTLING)
        check(own, cache)
        warm = check(own, cache)
        yield Row("warm check", estate.name, warm.seconds, floor.seconds, "CSafeLoader")
        _change(own)
        changed = check(own, cache)
        yield Row("one file changed", estate.name, changed.seconds, floor.seconds, "CSafeLoader")
    yield Row("memory of a cold check", estate.name, cold.mebibytes, 4096, "4 GiB", "MiB")


def measure_kustomize(estate: Estate) -> Iterator[Row]:
    """The same against ``kubectl kustomize`` of every kustomization, one after the other."""
    places = [clone / name for clone in estate.clones for name in directories(clone)]
    floor = sum(run_kustomize(place).seconds for place in places)
    yield Row("cold check", estate.name, check(estate).seconds, floor, "kubectl kustomize")


def load(estate: Estate) -> Cost:
    """What CSafeLoader takes."""
    paths = b"\0".join(str(path).encode() for path in yaml_files(estate))
    return run([sys.executable, "-c", _LOAD], Path.cwd(), paths)


def check(estate: Estate, cache: str = "") -> Cost:
    """What ``graphdoc check`` takes."""
    folder = estate.clones[0].parent
    clones = [str(clone) for clone in estate.clones]
    return run([sys.executable, "-m", "graphdoc", "check", *clones], folder, cache=cache)


def _change(estate: Estate) -> None:
    """A line more in one file that is in nobody's way."""
    files = yaml_files(estate)
    with files[len(files) // 2].open("a", encoding="utf-8") as file:
        file.write("# changed\n")
