"""The kinds of edges, which the configuration names without drawing a graph."""

from enum import StrEnum

__all__ = ["EdgeKind"]


class EdgeKind(StrEnum):
    """Why one node depends on, or acts on, another."""

    MANAGES = "manages"
    TARGETS = "targets"
    READS = "reads"
    RENDERS = "renders"
    INCLUDES = "includes"
    PATCHES = "patches"
    LAYERS = "layers"
    REQUIRES = "requires"
    UNSEALS = "unseals"
    CLONES = "clones"
    USES = "uses"
    SERVES = "serves"
    RUNS = "runs"
    WRITES = "writes"
    BOOTSTRAPS = "bootstraps"
