"""The kinds of elements: word, icon, and the sprite that a page carries once."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from graphdoc.model.dataclass import dataclass

__all__ = [
    "KINDS", "LINES", "Kind", "has_icon", "icon", "kind_label", "sprite", "sprite_for", "symbols",
    "use_icon",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind is called in the key, and where Material keeps its icon."""

    label: str
    icon: str


KINDS: Mapping[str, Kind] = {
    "application": Kind("Application", "material/cube"),
    "applicationset": Kind("ApplicationSet", "material/view-grid-plus-outline"),
    "argocd": Kind("Argo CD", "simple/argo"),
    "chart": Kind("Helm chart", "simple/helm"),
    "cluster": Kind("cluster", "material/kubernetes"),
    "external": Kind("outside the analysed repositories", "material/account-group-outline"),
    "file": Kind("file", "material/file-document-outline"),
    "group": Kind("group", "material/folder-multiple-outline"),
    "host": Kind("host", "material/web"),
    "image": Kind("image", "material/package-variant-closed"),
    "infrastructure": Kind("infrastructure Application", "material/cube-outline"),
    "kustomization": Kind("kustomization", "material/layers-outline"),
    "namespace": Kind("namespace", "material/folder-outline"),
    "parent": Kind("app of apps", "material/sitemap-outline"),
    "policy": Kind("policy", "material/shield-check-outline"),
    "project": Kind("AppProject", "material/shape-outline"),
    "repository": Kind("repository", "material/source-repository"),
    "root": Kind("root Application", "simple/argo"),
    "script": Kind("script", "material/script-text-outline"),
    "sealedsecret": Kind("SealedSecret", "material/lock-outline"),
    "secret": Kind("Secret", "material/key-outline"),
    "values": Kind("values file", "material/tune-variant"),
    "workflow": Kind("workflow", "material/robot-outline"),
}

LINES: Mapping[str, str] = {
    "manual": "by hand",
    "network": "traffic",
    "notify": "notification",
    "other": "other relation",
    "policy": "policy",
    "secret": "Secret",
    "then": "order",
    "values": "values",
}

# A plain square, for a kind without an icon and where Material is not installed.
_FALLBACK = (
    '<path d="M4 4h16v16H4z" fill-opacity=".35"/>'
    '<path d="M4 4h16v2H4zm0 14h16v2H4zM4 6h2v12H4zm14 0h2v12h-2z"/>'
)
_SVG = re.compile(r"<svg[^>]*\bviewBox=\"([0-9. -]+)\"[^>]*>(.*)</svg>", re.DOTALL)
_REFERENCE = re.compile(r'href="#gi-([a-z]+)"')
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def kind_label(kind: str) -> str:
    """The word for a kind, which for an unknown one is itself."""
    known = KINDS.get(kind)
    return known.label if known else kind


def has_icon(name: str) -> bool:
    """Whether the theme brings an icon of this name."""
    directory = _icons()
    return directory is not None and (directory / f"{name}.svg").is_file()


def symbols(kinds: Iterable[str]) -> str:
    """The icons of these kinds as SVG symbols, each ``gi-<kind>``."""
    return "".join(map(_symbol, sorted(set(kinds) & set(KINDS))))


def sprite(kinds: Iterable[str]) -> str:
    """The hidden SVG that a page carries once, for all its pictures and chips."""
    return f'<svg class="gd-sprite" width="0" height="0" aria-hidden="true">{symbols(kinds)}</svg>'


def sprite_for(html: str) -> str:
    """The hidden SVG for all icons that some HTML refers to; empty where it refers to none."""
    kinds = _REFERENCE.findall(html)
    return sprite(kinds) if kinds else ""


def use_icon(kind: str, attributes: str = "") -> str:
    """A reference to the icon of a kind, or nothing for an unknown kind."""
    return f'<use href="#gi-{kind}"{attributes}/>' if kind in KINDS else ""


def icon(kind: str) -> str:
    """The icon of a kind as a small inline SVG for HTML."""
    use = use_icon(kind)
    return f'<svg class="gd-icon" aria-hidden="true" viewBox="0 0 24 24">{use}</svg>' if use else ""


@cache
def _symbol(kind: str) -> str:
    view_box, shapes = _drawing(KINDS[kind].icon)
    return f'<symbol id="gi-{kind}" viewBox="{view_box}">{shapes}</symbol>'


def _drawing(name: str) -> tuple[str, str]:
    directory = _icons()
    path = directory / f"{name}.svg" if directory else None
    text = path.read_text(encoding="utf-8") if path and path.is_file() else ""
    drawn = _SVG.search(text)
    return (drawn[1], _COMMENT.sub("", drawn[2]).strip()) if drawn else ("0 0 24 24", _FALLBACK)


@cache
def _icons() -> Path | None:
    """Where the installed Material theme keeps its icons."""
    spec = find_spec("material")
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) / "templates" / ".icons" if places else None
