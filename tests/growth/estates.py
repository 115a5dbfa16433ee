"""Estates in which one thing is repeated: clones for each feature, the same for the same seed."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from random import Random

__all__ = [
    "FEATURES", "Files", "application", "below_root", "feature", "here", "made", "write",
]  # fmt: skip

# By path: a text, one document, or several. ``-x::`` before a path is a clone of its own, and HERE
# in a text is the feature's name, which its clone has, too.
Files = dict[str, object]

FEATURES: dict[str, Callable[[list[str]], Files]] = {}

_SYLLABLES = ("ba", "cor", "dul", "fen", "gri", "hal", "jo", "kem", "lur", "mos", "nil", "par")


def feature(make: Callable[[list[str]], Files]) -> Callable[[list[str]], Files]:
    """Know a function that repeats one thing for each of the names it is given."""
    FEATURES[make.__name__.replace("_", "-")] = make
    return make


def write(folder: Path, name: str, count: int, seed: int = 1) -> list[Path]:
    """Write the clones of a feature, and return where they are."""
    chance = Random(f"{seed} {name}")
    words = [f"{''.join(chance.choices(_SYLLABLES, k=3))}{n}" for n in range(count)]
    clones = set()
    for path, content in FEATURES[name](words).items():
        other, _, below = path.rpartition("::")
        clones.add(clone := folder / f"{name}{other}")
        place = clone / below
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(_text(content).replace("HERE", name), encoding="utf-8", newline="\n")
    return sorted(clones)


def below_root(applications: Iterable[tuple[str, dict[str, object]]]) -> Files:
    """A root, and the Applications that it brings, each with its source."""
    files: Files = {"root.yaml": application("root-HERE", here("apps"))}
    for name, source in applications:
        files[f"apps/{name}.yaml"] = application(name, source)
    return files


def application(name: str, *sources: dict[str, object], **more: object) -> dict[str, object]:
    """An Application of one source or several."""
    spec = {
        "project": "default",
        **({"source": sources[0]} if len(sources) == 1 else {"sources": list(sources)}),
        "destination": {"server": "https://kubernetes.default.svc", "namespace": name},
        **more,
    }
    return made("argoproj.io/v1alpha1", "Application", name, "argocd", spec=spec)


def here(path: str, **more: object) -> dict[str, object]:
    """A source in the feature's own clone."""
    repository = "https://git.example.com/HERE"
    return {"repoURL": repository, "path": path, "targetRevision": "HEAD", **more}


def made(
    version: str, kind: str, name: str, namespace: str = "", **more: object
) -> dict[str, object]:
    """A manifest."""
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **more}


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    documents = content if isinstance(content, list) else [content]
    return "---\n".join("".join(f"{line}\n" for line in _lines(one)) for one in documents)


def _lines(value: object, pad: str = "") -> Iterator[str]:
    """Block style, as people write it."""
    if isinstance(value, str) and "\n" in value:
        raise ValueError(value)
    entries = value.items() if isinstance(value, dict) else [("", one) for one in value]  # type: ignore[attr-defined]
    for key, inner in entries:
        head = f"{pad}{key}:" if isinstance(value, dict) else f"{pad}-"
        if not isinstance(inner, (dict, list)) or not inner:
            yield f"{head} {json.dumps(inner)}"
        elif isinstance(value, dict):
            yield head
            yield from _lines(inner, f"{pad}  ")
        else:
            first, *rest = _lines(inner, f"{pad}  ")
            yield f"{head} {first.lstrip()}"
            yield from rest
