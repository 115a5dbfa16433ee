"""The rows of "Where do I change…", equal ones of several clusters as one."""

from collections.abc import Iterable, Iterator, Mapping

from graphdoc.graph.repo_graph import EdgeKind, GraphNode
from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.location import SourceFile
from graphdoc.model.redact import without_credentials
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.scope import SHOWN_CLUSTERS, Scope
from graphdoc.site.atlas.where import SETTINGS, Setting
from graphdoc.site.writing.markup import NOTHING, Markup, Sole, breakable, code, html, join
from graphdoc.site.writing.tables import Row, row

__all__ = ["Change", "change_rows", "changes_of"]


@dataclass(frozen=True, slots=True)
class Change:
    """One setting of the Applications of one name, and the clusters where it stands so."""

    application: str
    setting: Setting
    clusters: tuple[str, ...]


def changes_of(atlas: Atlas, nodes: Iterable[GraphNode]) -> tuple[Change, ...]:
    """The settings of some Applications of one name, those that are equal joined."""
    found = grouped(
        ((node.name, setting), node.cluster or "")
        for node in nodes
        for setting in atlas.settings(node.id)
    )
    ordered = sorted(
        found.items(), key=lambda item: (SETTINGS.index(item[0][1].what), item[0][1].key, item[1])
    )
    return tuple(Change(name, setting, tuple(clusters)) for (name, setting), clusters in ordered)


def change_rows(scope: Scope, changes: Iterable[Change], *, name: bool = True) -> Iterator[Row]:
    """One row a change; ``name`` adds the Application's."""
    writers = _writers(scope.atlas)
    for change in changes:
        cells = (
            _what(change.setting),
            _on(scope, change.clusters) if name else scope.cluster_names(change.clusters),
            code(without_credentials(change.setting.value)),
            _place(scope, change.setting, writers),
        )
        linked = scope.application(change.application)
        # What the cells do not say themselves, for the filter.
        is_folded = len(change.clusters) > SHOWN_CLUSTERS or len(scope.atlas.clusters) == 1
        words = " ".join(change.clusters) if is_folded else ""
        yield row(*((cells[0], linked, *cells[1:]) if name else cells), words=words)


def _on(scope: Scope, clusters: tuple[str, ...]) -> Markup:
    """The clusters as plain words: a long list has no room for links."""
    if len(clusters) > SHOWN_CLUSTERS:
        return scope.cluster_names(clusters)
    named = join(clusters, Markup(", <wbr>"))
    return Sole(named) if len(scope.atlas.clusters) == 1 else named


def _what(setting: Setting) -> Markup:
    shown = (
        ""
        if setting.key in {"project", "destination.namespace", "syncPolicy.automated"}
        else setting.key
    )
    key = (
        html(' <span class="gd-dim gd-key-path">{}</span>', _broken(shown))
        if shown and "sync-wave" not in shown
        else NOTHING
    )
    return html("{}{}", setting.what, key)


def _broken(key: str) -> Markup:
    return join(map(breakable, key.split(".")), Markup(".<wbr>"))


def _place(scope: Scope, setting: Setting, writers: Mapping[SourceFile, str]) -> Markup:
    where = scope.source(setting.place)
    if setting.default:
        return html('{} <span class="gd-dim">chart default, set it in the values</span>', where)
    overrides = [span for span in setting.origins[:-1] if span != setting.place]
    note = (
        html(' <br><span class="gd-dim">overrides</span> {}', scope.source(overrides[-1]))
        if overrides
        else NOTHING
    )
    writer = writers.get(setting.place.file, "")
    by = (
        html(' <span class="gd-dim">written by {}</span>', writer)
        if writer and setting.what == "Image tag"
        else NOTHING
    )
    return html("{}{}{}", where, by, note)


def _writers(atlas: Atlas) -> Mapping[SourceFile, str]:
    """Which files a workflow writes."""
    found: dict[SourceFile, str] = {}
    for edge in atlas.graph.edges(EdgeKind.WRITES):
        source, target = atlas.graph.node(edge.source), atlas.graph.node(edge.target)
        if source and target and target.locations:
            found[target.locations[0].file] = f"CI ({source.name.rpartition('/')[2]})"
    return found
