"""Kustomize, natively: the resources that a directory builds to, and where each value came from.

Whatever Kustomize would refuse raises a ``KustomizeError``, with the place where that shows; what
is not followed here, a ``NotUnderstoodError``. Docstrings name them where that is news.
"""

from graphdoc.resolve.kustomize.charts import Inflator
from graphdoc.resolve.kustomize.files.loader import DOUBLED_ANNOTATIONS, OUTSIDE, UNFETCHED
from graphdoc.resolve.kustomize.files.result import (
    AppliedPatch,
    Build,
    BuildProblem,
    BuildProblemKind,
    Include,
)
from graphdoc.resolve.kustomize.files.roots import is_kustomization
from graphdoc.resolve.kustomize.kustomizer import Kustomizer
from graphdoc.resolve.kustomize.resources.items import TAKEN
from graphdoc.resolve.kustomize.resources.trees import Hidden
from graphdoc.resolve.kustomize.transformers.encrypted import ENCRYPTED

__all__ = [
    "DOUBLED_ANNOTATIONS", "ENCRYPTED", "OUTSIDE", "TAKEN", "UNFETCHED", "AppliedPatch", "Build",
    "BuildProblem", "BuildProblemKind", "Hidden", "Include", "Inflator", "Kustomizer",
    "is_kustomization",
]  # fmt: skip
