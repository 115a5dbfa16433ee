"""What the browser tests share: a page that tells on itself, and one page of every kind."""

from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Request

__all__ = ["page_kinds", "watched"]

# Written by hand about graphdoc itself: one of them stands for all.
_HANDWRITTEN = frozenset(
    {
        "ci",
        "documents",
        "handwritten",
        "kustomize",
        "mutants",
        "performance",
        "portability",
        "proven",
    }
)
# Pages of one kind that differ so much that one of them does not stand for all.
_ALSO = (
    "apps/musicman.html",
    "apps/traefik.html",
    "clusters/upc-prod.html",
    "secrets/app-credentials.html",
    "findings/missing-secret.html",
    "runbooks/add-app.html",
    "runbooks/add-cluster.html",
    "runbooks/rebuild-upc-dev.html",
    "runbooks/roll-back.html",
    "runbooks/rotate-secret.html",
    "runbooks/upgrade-chart.html",
    "about/model.html",
)


def page_kinds(site: Path) -> tuple[str, ...]:
    """Every page at the top of a site; of each folder the index, the largest and what differs."""
    top = [path for path in site.glob("*.html") if path.stem not in {"404", *_HANDWRITTEN}]
    folders = {path.parent for path in site.glob("*/*.html")} - {site / "decisions"}
    largest = [
        max((p for p in folder.glob("*.html") if p.name != "index.html"), key=_size, default=None)
        for folder in folders
    ]
    indexes = [folder / "index.html" for folder in folders if (folder / "index.html").is_file()]
    names = {p.relative_to(site).as_posix() for p in (*top, *indexes, *largest) if p is not None}
    return tuple(sorted(names | set(_ALSO)))


def watched(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page, and what it asks of the network or complains about."""
    page, heard = context.new_page(), []

    def asked(request: Request) -> None:
        if not request.url.startswith(("file:", "data:", "blob:", "http://127.0.0.1:")):
            heard.append(request.url)

    page.on("request", asked)
    page.on(
        "console", lambda message: heard.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", lambda dialog: heard.append(dialog.message))
    return page, heard


def _size(path: Path) -> tuple[int, str]:
    return path.stat().st_size, path.name
