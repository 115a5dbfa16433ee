"""A whole ``check`` against CSafeLoader merely loading the estate's YAML files, as processes."""

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.kustomize import directories, run_kustomize
from benchmarks.measure import Cost, Estate, Row, run, yaml_files

__all__ = ["check", "load", "measure", "measure_kustomize"]

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


def check(estate: Estate, *options: str) -> Cost:
    """What ``graphdoc check`` takes."""
    folder = estate.clones[0].parent
    clones = [str(clone) for clone in estate.clones]
    return run([sys.executable, "-m", "graphdoc", "check", *clones, *options], folder)
