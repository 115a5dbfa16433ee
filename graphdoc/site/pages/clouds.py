"""The table of what depends on the cloud: storage classes, load balancers, all that values say."""

from graphdoc.site.atlas.clouds import CloudSetting, Said, cloud_settings
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.atlas.where import SETTINGS, kind_of
from graphdoc.site.writing.markup import DASH, Markup, html, join, paragraph, several
from graphdoc.site.writing.redact import Redactor
from graphdoc.site.writing.shown_values import dotted, shown
from graphdoc.site.writing.tables import Filter, Row, filtered, row

__all__ = ["cloud_table"]

_SAID = (
    "Keys that the values files of one cloud's clusters set alike, and those of another cloud "
    "otherwise or not at all, whether a root leads to the cluster or not. Where clusters agree, "
    "one line stands for all; of a cloud with a single cluster, every difference is listed."
)
_MOST = 3


def cloud_table(scope: Scope) -> Markup:
    """A row for each key, with what each cloud says and where; nothing where there is one cloud."""
    settings = sorted(cloud_settings(scope.atlas), key=_order)
    clouds = sorted({cloud for setting in settings for cloud in setting.clouds})
    redactor = Redactor(
        tuple(r for app in scope.atlas.site.estate.applications for r in app.resources)
    )
    rows = (_row(scope, setting, clouds, redactor) for setting in settings)
    head = ("What", *clouds)
    found = filtered(
        head,
        rows,
        Filter("cloud-settings", "Filter keys"),
        weight=40_000,
        more=scope.page("Values files", "values/index.md"),
    )
    return paragraph("{}", _SAID) + found if found else found


def _order(setting: CloudSetting) -> tuple[int, str, str]:
    """What has a name comes first, in the order of the list of settings."""
    what = kind_of(setting.pointer)
    return (SETTINGS.index(what) if what else len(SETTINGS), setting.file, setting.pointer)


def _row(scope: Scope, setting: CloudSetting, clouds: list[str], redactor: Redactor) -> Row:
    key = dotted(setting.pointer)
    cells = (_cell(scope, key, setting.clouds.get(cloud), redactor) for cloud in clouds)
    return row(_key(kind_of(setting.pointer) or "", key, setting.file), *cells)


def _key(what: str, key: str, file: str) -> Markup:
    """What a key means, where that is known, the key, and the file that is each cluster's own."""
    shown = html("<code>{}</code>", join(key.split("."), Markup(".<wbr>")))
    place = html('<span class="gd-dim" title="{}">{}</span>', file, file.rpartition("/")[2])
    parts = [html("{}", what), shown, place] if what else [shown, place]
    return join(parts, Markup(" <br>"))


def _cell(scope: Scope, key: str, said: tuple[Said, ...] | None, redactor: Redactor) -> Markup:
    if said is None:
        return html("{}", "no such file")
    values: dict[Markup, Markup] = {}
    for one in said:
        if one.node is not None:
            values.setdefault(shown(key, one.node, redactor), scope.source(one.node.span))
    parts = [
        html('<span class="gd-value">{} {}</span>', value, place) for value, place in values.items()
    ]
    return several(parts, _MOST, " ") or html("{}", DASH)
