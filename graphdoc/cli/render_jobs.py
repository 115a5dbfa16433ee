"""Paths rendered one after another, or by several processes; the results come in their order."""

import pickle
from collections import deque
from collections.abc import Iterable, Iterator
from functools import lru_cache
from io import BytesIO
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from graphdoc.config import Config
from graphdoc.model.inert import inert
from graphdoc.pipeline.memory import deep_trees
from graphdoc.pipeline.render import Renderer, Rendering
from graphdoc.report.rendering import JsonWriter, to_yaml_documents
from graphdoc.resolve.secrets.known import hide_copies

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = ["Rendered", "Task", "render_each"]

# Neighbours share their bases, and so go to one process.
_CHUNK = 16
_AHEAD = 2


class Task(NamedTuple):
    """How every path is rendered."""

    config: Config | None
    enable_helm: bool
    as_json: bool
    origins: bool


class Rendered(NamedTuple):
    """The result for one path, and what is said about it on standard error."""

    pieces: tuple[str, ...]
    said: tuple[str, ...]
    has_failed: bool


def render_each(task: Task, paths: Iterable[str], jobs: int) -> Iterator[Rendered]:
    """Render every path; of several processes each reads files and builds bases for itself."""
    if jobs == 1:
        yield from _Worker(task).render_all(paths)
        return
    yield from _render_apart(_pack(task), paths, jobs)


def _pack(task: Task) -> bytes:
    """The task for another process; a configuration holds mappings that pickle does not know."""
    packed = BytesIO()
    pickler = pickle.Pickler(packed)
    pickler.dispatch_table = {MappingProxyType: lambda one: (_read_only, (dict(one),))}
    pickler.dump(task)
    return packed.getvalue()


def _read_only(mapping: dict[str, object]) -> MappingProxyType[str, object]:
    return MappingProxyType(mapping)


def _render_apart(given: bytes, paths: Iterable[str], jobs: int) -> Iterator[Rendered]:
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 -- few ask for it
    from multiprocessing import get_context  # noqa: PLC0415

    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))
    try:
        pending: deque[Future[list[Rendered]]] = deque()
        for chunk in _chunks(iter(paths)):
            pending.append(pool.submit(_render_chunk, given, chunk))
            if len(pending) > jobs * _AHEAD:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _chunks(paths: Iterator[str]) -> Iterator[tuple[str, ...]]:
    while chunk := tuple(islice(paths, _CHUNK)):
        yield chunk


def _render_chunk(given: bytes, paths: tuple[str, ...]) -> list[Rendered]:
    with deep_trees():
        return list(_worker(given).render_all(paths))


@lru_cache(maxsize=1)
def _worker(given: bytes) -> "_Worker":
    """One a process."""
    return _Worker(pickle.loads(given))


class _Worker:
    """Renders one path after another, and remembers what it has read and written."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._renderer = Renderer(task.config, task.enable_helm)
        self._writer = JsonWriter()

    def render_all(self, paths: Iterable[str]) -> Iterator[Rendered]:
        return (self._render(self._renderer.render(path)) for path in paths)

    def _render(self, done: Rendering) -> Rendered:
        has_failed, origins = done.error is not None, self._task.origins
        resources = hide_copies(done.resources)
        if not self._task.as_json:
            documents = to_yaml_documents(resources, origins=origins)
            return Rendered(tuple(documents), tuple(_trouble(done)), has_failed)
        line = self._writer.line(
            done.path, resources, done.not_understood, done.error, origins=origins
        )
        return Rendered((line,), (), has_failed)


def _trouble(done: Rendering) -> Iterator[str]:
    for note in done.not_understood:
        place = f"{note.location}: " if note.location.file.path else ""
        yield f"graphdoc render: {inert(done.path)}: {place}{note.reason}"
    if done.error is not None:
        yield f"graphdoc render: {inert(done.path)}: {done.error}"
