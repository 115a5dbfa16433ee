"""Kustomize, natively: the resources that a directory builds to, and where each value came from."""

from graphdoc.resolve.kustomize.charts import Inflator
from graphdoc.resolve.kustomize.kustomizer import Kustomizer
from graphdoc.resolve.kustomize.loader import DOUBLED_ANNOTATIONS, OUTSIDE
from graphdoc.resolve.kustomize.result import (
    AppliedPatch,
    Build,
    BuildProblem,
    BuildProblemKind,
    Include,
)
from graphdoc.resolve.kustomize.roots import is_kustomization

__all__ = [
    "DOUBLED_ANNOTATIONS", "OUTSIDE", "AppliedPatch", "Build", "BuildProblem",
    "BuildProblemKind", "Include", "Inflator", "Kustomizer", "is_kustomization",
]  # fmt: skip
