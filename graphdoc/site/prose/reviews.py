"""Whether handwritten text is older than the files that it describes."""

from collections.abc import Iterator, Sequence

from graphdoc.model.commit import Commit
from graphdoc.model.mistake import nearest
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.pages.history import day
from graphdoc.site.prose.identities import UnknownNameError
from graphdoc.site.writing.markup import Markup, code, html, join

__all__ = ["review_note"]


def review_note(scope: Scope, covers: Sequence[str], reviewed: str) -> Markup:
    """A warning where covered files changed since the review; else when the review was.

    Raises:
        UnknownNameError: a covered file does not exist.
    """
    for path in covers:
        _check(scope.atlas, path)
    if not covers:
        return Markup()
    changed = [found for path in covers for found in _changed(scope.atlas, path, reviewed)]
    if not reviewed or not changed:
        return _fresh(scope.atlas, covers, reviewed)
    newest = max(changed, key=lambda found: found[1].time)
    files = dict.fromkeys(path for path, _ in changed)
    return html(
        '<p class="gd-stale">Older than the code it describes: {} changed since this was reviewed '
        "at {}, the last time on {}.</p>",
        join(map(code, files), ", "),
        code(reviewed[:8]),
        day(newest[1].time),
    )


def _check(atlas: Atlas, path: str) -> None:
    repository, _, file = path.partition("/")
    clones = atlas.site.estate.clones_by_name
    if repository not in clones:
        raise UnknownNameError(f"covers: no repository '{repository}'{nearest(repository, clones)}")
    clone = clones[repository]
    if not clone.is_file(file) and not clone.is_directory(file):
        raise UnknownNameError(f"covers: no file '{file}' in {repository}")


def _fresh(atlas: Atlas, covers: Sequence[str], reviewed: str) -> Markup:
    described = join(map(code, covers), ", ")
    if reviewed and not _cut(atlas.site.history, reviewed):
        return html(
            '<p class="gd-said">Describes {}; reviewed at {}, which is none of the newest '
            "commits.</p>",
            described,
            code(reviewed[:8]),
        )
    when = html("; reviewed at {}", code(reviewed[:8])) if reviewed else Markup()
    return html('<p class="gd-said">Describes {}{}.</p>', described, when)


def _cut(history: Sequence[Commit], reviewed: str) -> Commit | None:
    return next((commit for commit in history if commit.id.startswith(reviewed)), None)


def _changed(atlas: Atlas, path: str, reviewed: str) -> Iterator[tuple[str, Commit]]:
    """The commits after the review that touched a file, or anything in a folder."""
    history = atlas.site.history
    review = _cut(history, reviewed) if reviewed else None
    repository, _, file = path.partition("/")
    for commit in history[: history.index(review)] if review else ():
        if commit.repository == repository and _touches(commit, file.rstrip("/")):
            yield path, commit


def _touches(commit: Commit, file: str) -> bool:
    return any(path == file or path.startswith(f"{file}/") for path in commit.files)
