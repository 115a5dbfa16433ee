"""What a kustomization asks of resources that are not at hand, which no resource shows."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from graphdoc.model.kustomize import Kustomization
from graphdoc.model.node import Plain
from graphdoc.model.redact import to_public
from graphdoc.parse.kustomization import patch_entries
from graphdoc.resolve.kustomize.patches.patches import Patch, PatchReader
from graphdoc.resolve.kustomize.resources.trees import KustomizeError

__all__ = ["find_pending"]

_FIELDS = (
    "namespace", "namePrefix", "nameSuffix", "labels", "commonLabels", "commonAnnotations",
    "images", "replicas", "replacements",
)  # fmt: skip


def find_pending(kustomization: Kustomization, reader: PatchReader) -> str:
    """A digest of it, without values of Secrets; empty where nothing is asked."""
    entries = kustomization.root.entries
    fields = {name: to_public(entries[name]) for name in _FIELDS if name in entries}
    patches = [_said(patch) for patch in _patches(kustomization, reader)]
    if not fields and not patches:
        return ""
    text = json.dumps([fields, patches], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _patches(kustomization: Kustomization, reader: PatchReader) -> Iterator[Patch]:
    reads: list[Callable[[], Patch]] = [
        *(partial(reader.read, entry) for entry in patch_entries(kustomization, "patches")),
        *(
            partial(reader.read_json, entry)
            for entry in patch_entries(kustomization, "patchesJson6902")
        ),
        *(
            partial(reader.read_merge, scalar)
            for scalar in kustomization.scalars("patchesStrategicMerge")
        ),
    ]
    for read in reads:
        with suppress(KustomizeError):  # the step itself says it
            yield read()


def _said(patch: Patch) -> Plain:
    """What a patch says; of operations that may be about a Secret not even the values."""
    target = patch.entry.target
    kind = target.kind if target is not None else ""
    is_open = kind.isalpha() and "Secret" not in kind
    operations = patch.operations.items if patch.operations is not None and is_open else ()
    parts = map(to_public, (*patch.manifests, *operations))
    return [list(target) if target is not None else None, list(parts)]
