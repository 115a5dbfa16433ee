"""The first day: a path through the live pages, along one real request and one harmless change."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from graphdoc.graph.repo_graph import GraphNode, NodeKind
from graphdoc.model.location import Span
from graphdoc.model.redact import without_credentials
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.examples import (
    example_cluster,
    harmless_file,
    harmless_setting,
)
from graphdoc.site.atlas.facts import texts
from graphdoc.site.atlas.requests import Request, Run, example_request
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.writing.markup import NOTHING, Markup, chip, code, html, join, paragraph, plural
from graphdoc.site.writing.page import Block, Page, SearchRank
from graphdoc.site.writing.steps import bullets, command, steps

__all__ = ["day_one", "people"]

_DAY_ONE = "day-1.md"
_TITLE = "Your first day"
_AFTER = (
    "Ask what the change reaches, with the command below, before anybody else has to.",
    "Throw the branch away, or ask for a review.",
)
_NAMED = 3
_SLOT = "_slots/page/day-1/after.md"


class _Step(NamedTuple):
    title: str
    id: str
    minutes: int
    body: Markup


def day_one(atlas: Atlas) -> Page:
    """Steps with their minutes; one that this estate has no example for is left out."""
    scope = Scope(atlas, _DAY_ONE)
    found = tuple(_steps(scope))
    minutes = sum(step.minutes for step in found)
    blocks = (
        Block(f"{number}. {step.title}", step.id, step.body, aside=plural(step.minutes, "minute"))
        for number, step in enumerate(found, start=1)
    )
    sentence = (
        f"A path of {minutes} minutes in {plural(len(found), 'step')}, from the whole picture to "
        "a change of your own. Nothing on it can break anything."
    )
    strip = (chip(plural(minutes, "minute")), chip(scope.page("words used here", "glossary.md")))
    return scope.compose(_TITLE, sentence, strip, blocks, SearchRank.SUBJECT)


def _steps(scope: Scope) -> Iterator[_Step]:
    yield _Step("See the whole picture", "picture", 5, _picture(scope))
    cluster = example_cluster(scope.atlas)
    if cluster is not None:
        yield _Step(f"Look at one cluster: {cluster.name}", "cluster", 10, _cluster(scope, cluster))
    request = example_request(scope.atlas)
    if request is not None:
        yield _Step("Follow one request", "request", 20, _followed(scope, request))
    if scope.atlas.applications:
        yield _Step("Make a harmless change", "change", 15, _change(scope))
    yield _Step("Know what is wrong, and what is not known", "findings", 5, _health(scope))
    yield _Step("Know whom to ask", "people", 5, people(scope))


def _picture(scope: Scope) -> Markup:
    repositories = (scope.node(n.id) for n in scope.atlas.graph.nodes(NodeKind.REPOSITORY))
    return bullets(
        (
            html(
                "Open {} and {}.",
                scope.page("Start", "index.md"),
                "find Argo CD in it" if scope.atlas.applications else "see what there is",
            ),
            html(
                "Everything is in Git, in {}: {}. To read {} is all the access that today takes.",
                "one repository" if len(scope.atlas.checkouts) == 1 else "these repositories",
                join(repositories, ", "),
                "it" if len(scope.atlas.checkouts) == 1 else "them",
            ),
        )
    )


def _cluster(scope: Scope, cluster: GraphNode) -> Markup:
    count = len(scope.atlas.by_cluster.get(cluster.name, ()))
    if not count:
        opened = html("Open {}: Git shows none of its Applications.", scope.cluster(cluster.name))
        return bullets((opened,))
    others = html(
        "What is different on other clusters is in {}.",
        scope.page("Clusters", "clusters/index.md"),
    )
    applications = plural(count, "Application")
    return bullets(
        (
            html("Open {}: {} by sync wave.", scope.cluster(cluster.name), applications),
            html(
                "Which of them wait for others, and whether anything makes them wait, is in {}.",
                scope.page("Sync waves", "waves/index.md"),
            ),
            *((others,) if len(scope.atlas.clusters) > 1 else ()),
        )
    )


def _followed(scope: Scope, request: Request) -> Markup:
    app = request.application
    items = [
        html("A browser asks for {}.", scope.node(request.serves.target)),
        html(
            "{} on {} answers it, by {}.",
            scope.node(app.id, app.name),
            scope.cluster(app.cluster or ""),
            scope.source(request.serves.locations[-1]),
        ),
        html("Its Application is defined at {}.", scope.source(app.locations[0])),
    ]
    items += _run(scope, request.run, app.id) if request.run else ()
    items.append(
        html(
            "The line of any other value: {}",
            scope.page("Where do I change…", "where.md"),
        )
    )
    return steps(items)


def _run(scope: Scope, run: Run, answers: str) -> Iterator[Markup]:
    """The image that runs, with its tag where no other line sets it."""
    tag = str(run.image.value).removeprefix(run.runs.target.partition(":")[2]).lstrip(":@")
    who = run.application
    behind = html("Behind it is {}, which runs", scope.node(who.id, who.name))
    yield html(
        "{} the image {}{}, named at {}.",
        "It runs" if who.id == answers else behind,
        scope.node(run.runs.target),
        html(" with the tag {}", code(tag)) if tag and run.tag is None else NOTHING,
        scope.source(run.image.span),
    )
    if run.tag is not None:
        yield html(
            "The tag {} is set by {} at {}.",
            code(without_credentials(run.tag.value)),
            code(run.tag.key),
            scope.source(run.tag.place),
        )


def _change(scope: Scope) -> Markup:
    found = harmless_setting(scope.atlas)
    if found is None:
        return _comment(scope)
    node, setting = found
    items = (
        html("Make a branch of {}.", scope.node(f"repository:{setting.place.file.repository}")),
        html(
            "Change {} ({}) of {} on {}, now {}, at {}. No cluster of production reads this file.",
            setting.what.lower(),
            code(setting.key),
            scope.node(node.id, node.name),
            scope.cluster(node.cluster or ""),
            code(without_credentials(setting.value)),
            scope.source(setting.place),
        ),
        *_AFTER,
    )
    return steps(items) + _asked(setting.place)


def _comment(scope: Scope) -> Markup:
    """No number to play with: a comment shows the same way, and renders to nothing."""
    file = harmless_file(scope.atlas)
    if file is None:
        return _no_change(scope)
    place = file.locations[0]
    items = (
        html("Make a branch of {}.", scope.node(f"repository:{place.file.repository}")),
        html(
            "Add a comment to {}: it renders to nothing, and no cluster of production reads this "
            "file.",
            scope.source(place),
        ),
        *_AFTER,
    )
    return steps(items) + _asked(place)


def _no_change(scope: Scope) -> Markup:
    every = len(scope.atlas.production) == len(scope.atlas.clusters)
    why = "every cluster is one of production" if every else "production reads all that could be"
    if not scope.atlas.production:
        why = "nothing says which cluster is production"
    return paragraph(
        "No line was found that is surely harmless: {}. Practise with any line, on a branch that "
        "you never merge. {}",
        why,
        scope.page("Where do I change…", "where.md"),
    )


def _asked(place: Span) -> Markup:
    return command(f"graphdoc impact ../{place.file.repository}/{place.file.path}")


def _health(scope: Scope) -> Markup:
    found = scope.atlas.site.findings
    listed = scope.page("Findings", "findings/index.md")
    said = "{} has {} now, each with its line and its cure."
    wrong = html(said, listed, plural(len(found), "finding"))
    return bullets(
        (
            wrong if found else html("{} has none now, of what could be read.", listed),
            html(
                "{} says what could not be read or rendered, so that you know where to look by "
                "yourself.",
                scope.page("Coverage", "coverage.md"),
            ),
            html(
                "{} has what to do when you add, change or rebuild something.",
                scope.page("Runbooks", "runbooks/index.md"),
            ),
        )
    )


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
