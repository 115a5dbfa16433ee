"""Whom a newcomer can ask: owners that Git names, and who has changed most lately."""

from collections import Counter
from collections.abc import Iterator

from graphdoc.model.redact import without_credentials
from graphdoc.site.atlas.facts import texts
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.writing.markup import Markup, html, join, paragraph
from graphdoc.site.writing.steps import bullets

__all__ = ["people"]

_NAMED = 3
_SLOT = "_slots/page/day-1/after.md"


def people(scope: Scope) -> Markup:
    """The owners and the busiest authors, or where the team can write whom to ask."""
    said = [*_owners(scope), *_authors(scope)]
    if said:
        return bullets(said)
    return paragraph(
        "Git names nobody here. The team can write whom to ask into {}.",
        html("<code>{}</code>", _SLOT),
    )


def _owners(scope: Scope) -> Iterator[Markup]:
    owned = Counter(
        o for node in scope.atlas.applications for o in texts(node.attributes, "owners")
    )
    if owned:
        names = ", ".join(without_credentials(name) for name, _ in owned.most_common(_NAMED))
        listed = scope.page("Applications", "apps/index.md")
        yield html("Owners that Git names: {}. Each of the {} says whose it is.", names, listed)


def _authors(scope: Scope) -> Iterator[Markup]:
    history = scope.atlas.site.history
    authors = [commit.author for commit in history if not commit.author.endswith("[bot]")]
    # One who writes the own name in two ways is one.
    names = {author.casefold(): author for author in reversed(authors)}
    wrote = Counter(map(str.casefold, authors))
    if wrote:
        most = wrote.most_common(_NAMED)
        busiest = (html("{} ({})", names[who], str(count)) for who, count in most)
        yield html(
            "Of the {} newest commits, most are by {}: see {}.",
            str(len(history)),
            join(busiest, ", "),
            scope.page("Changes", "changes.md"),
        )
