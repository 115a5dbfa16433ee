"""Find ``graphdoc.yaml``, read it, and check it against the disk."""

import os
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path

from graphdoc.config.decode import Entry, refuse_twins
from graphdoc.config.sections import read_sections
from graphdoc.config.values import Config, RepositorySettings
from graphdoc.model.location import SourceFile
from graphdoc.model.mistake import ConfigError, nearest

__all__ = [
    "CONFIG_NAME", "KEYS", "check_rules", "config_for_clones", "config_places", "find_config",
    "free_name", "load_config", "shown_path", "today",
]  # fmt: skip

CONFIG_NAME = "graphdoc.yaml"
KEYS = (
    "repositories", "roots", "clusters", "production", "secrets", "rules", "contracts", "drift",
    "site", "hosts", "helm", "limits", "chart_cache", "placeholders",
)  # fmt: skip
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
_IMAGE = re.compile(r"\.(svg|png|jpe?g|gif|webp)$", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def find_config(start: Path) -> Path | None:
    """The configuration of a directory: its own, or that of the nearest parent."""
    return next((place for place in config_places(start) if place.is_file()), None)


def config_places(start: Path) -> Iterator[Path]:
    """Where the configuration of a directory may lie, the nearest place first."""
    directory = start.resolve()
    yield from (parent / CONFIG_NAME for parent in (directory, *directory.parents))


def load_config(file: Path, environment: Mapping[str, str]) -> Config:
    """The configuration in a file.

    Raises:
        ConfigError: it cannot be read, says something unknown, or names a missing clone.
    """
    shown = shown_path(file)
    entry = _parse(file, shown)
    config = Config(file.resolve().parent, file.resolve(), today=today(environment))
    if entry is None:
        return config
    table = entry.table(*KEYS)
    config = replace(config, **read_sections(table))
    repositories = _repositories(table.get("repositories"), config.directory, environment)
    _refuse_lost_roots(table.get("roots"), config, {one.name for one in repositories})
    return replace(
        config,
        repositories=repositories,
        chart_cache=_chart_cache(table.get("chart_cache"), config.directory, environment),
        site=replace(config.site, logo_file=_logo(table.get("site"), config)),
    )


def today(environment: Mapping[str, str]) -> date:
    """The day by which exceptions expire, in UTC; that of ``SOURCE_DATE_EPOCH`` where it is set.

    Raises:
        ConfigError: the variable holds no number of seconds.
    """
    epoch = environment.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(UTC).date()
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date()
    except (ValueError, OverflowError, OSError) as error:
        raise ConfigError(f"SOURCE_DATE_EPOCH: '{epoch}' is no number of seconds") from error


def config_for_clones(paths: Sequence[Path], base: Config) -> Config:
    """The same configuration for the clones at these paths instead of its own.

    A path that holds several clones stands for each of them, a folder of a clone for all of it
    where its files lead there, and one that the configuration knows keeps its name and addresses.

    Raises:
        ConfigError: a path is no directory.
    """
    known = {repository.root.resolve(): repository for repository in base.repositories}
    roots = _roots((clone for path in paths for clone in _expand(path)), known)
    taken = {known[place].name for place in roots if place in known}
    repositories: list[RepositorySettings] = []
    for place, (root, remark) in roots.items():
        name = known[place].name if place in known else free_name(place, taken)
        taken.add(name)
        shown, urls = _relative(place, base.directory), known[place].urls if place in known else ()
        repositories.append(RepositorySettings(name, shown, root, urls, remark=remark))
    return replace(
        base,
        repositories=tuple(repositories),
        roots=tuple(pattern for pattern in base.roots if pattern.repository in taken),
        is_partial=not known.keys() <= roots.keys(),
    )


def _roots(folders: Iterable[Path], known: Container[Path]) -> dict[Path, tuple[Path, str]]:
    """The clones of some folders, each with what is to be said of it, by where they really are."""
    roots: dict[Path, tuple[Path, str]] = {}
    for root in folders:
        whole, remark = (root, "") if root.resolve() in known else _whole(root)
        roots.setdefault(whole.resolve(), (whole, remark))
    for place in [place for place, (_, remark) in roots.items() if remark]:
        if not roots.keys().isdisjoint(place.parents):
            del roots[place]  # with the clone that it is a part of
    return roots


def free_name(place: Path, taken: Container[str]) -> str:
    """The name of a clone after its folder, told apart from those that are there."""
    name = place.name or "root"
    number = 2
    while name in taken:
        name = f"{place.name}-{number}"
        number += 1
    return name


def check_rules(config: Config, known: frozenset[str]) -> None:
    """Refuse a configuration that speaks of a rule which does not exist.

    Raises:
        ConfigError: it does.
    """
    for setting in config.rules:
        if setting.rule not in known:
            message = f"no rule '{setting.rule}'{nearest(setting.rule, known)}"
            raise ConfigError(message, shown_path(config.file) if config.file else "", setting.span)


def shown_path(path: Path) -> str:
    """A path as messages name it: POSIX, and relative to the working directory where it can be."""
    try:
        return Path(os.path.relpath(path)).as_posix()
    except ValueError:  # another drive on Windows
        return path.as_posix()


def _parse(file: Path, shown: str) -> Entry | None:
    from graphdoc.parse.yaml import YamlError, parse_documents  # noqa: PLC0415 -- slow

    try:
        documents = parse_documents(file.read_bytes(), SourceFile("", shown))
    except OSError as error:
        raise ConfigError(error.strerror or "cannot be read", shown) from error
    except YamlError as error:
        raise ConfigError(error.problem, shown, error.span) from error
    roots = [document.root for document in documents if document.root is not None]
    if len(roots) > 1:
        raise ConfigError("one YAML document expected, found several", shown, roots[1].span)
    for key in chain.from_iterable(document.duplicates for document in documents):
        raise ConfigError(f"the key '{key.key}' stands here twice", shown, key.second)
    return Entry(shown, "", roots[0]) if roots else None


def _repositories(
    entry: Entry | None, directory: Path, environment: Mapping[str, str]
) -> tuple[RepositorySettings, ...]:
    items = entry.items() if entry else ()
    repositories = tuple(_repository(item, directory, environment) for item in items)
    refuse_twins(zip(items, (one.name for one in repositories), strict=True), "repository")
    names: dict[Path, str] = {}
    for item, one in zip(items, repositories, strict=True):
        first = names.setdefault(one.root.resolve(), one.name)
        if first != one.name:
            item.fail(f"{item.name}.path: '{one.path}' is the directory of {first} already")
    return repositories


def _repository(item: Entry, directory: Path, environment: Mapping[str, str]) -> RepositorySettings:
    table = item.table("name", "path", "urls", "aliases")
    if "path" not in table:
        item.fail(f"{item.name}: the key 'path' is missing")
    root = _place(table["path"], directory, environment)
    if not _is_there(root.is_dir):
        table["path"].fail(f"{table['path'].name}: no directory '{_relative(root, directory)}'")
    name = table["name"].text() if "name" in table else root.resolve().name
    if not name or "/" in name or name in {".", ".."}:
        table.get("name", item).fail(
            f"{item.name}.name: '{name}' cannot be the name of a repository"
        )
    addresses = tuple(u for key in ("urls", "aliases") if key in table for u in table[key].texts())
    return RepositorySettings(name, _relative(root, directory), root, addresses)


def _refuse_lost_roots(entry: Entry | None, config: Config, names: set[str]) -> None:
    """A root in a repository that is not there would leave its clusters out without a word."""
    for index, root in enumerate(config.roots if entry and names else ()):
        if entry and root.repository not in names:
            hint = nearest(root.repository, names)
            entry.fail(f"roots[{index}]: no repository '{root.repository}'{hint}", root.span)


def _is_there(is_so: Callable[[], bool]) -> bool:
    """What the disk answers; nothing has a name that is too long for it."""
    try:
        return is_so()
    except OSError:
        return False


def _chart_cache(
    entry: Entry | None, directory: Path, environment: Mapping[str, str]
) -> Path | None:
    if entry is None:
        return None
    place = _place(entry, directory, environment)
    if not _is_there(place.is_dir):
        entry.fail(f"{entry.name}: no directory '{_relative(place, directory)}'")
    return place


def _logo(entry: Entry | None, config: Config) -> Path | None:
    """The image that the site's logo names; ``None`` where it is an icon of the theme."""
    logo = config.site.logo
    if entry is None or logo is None or not _IMAGE.search(logo):
        return None
    file = config.directory / logo.replace("\\", "/")
    if not _is_there(file.is_file):
        entry.members()["logo"].fail(f"site.logo: no file '{_relative(file, config.directory)}'")
    return file


def _place(entry: Entry, directory: Path, environment: Mapping[str, str]) -> Path:
    """A path of the configuration, its variables filled in; Windows spellings are taken too."""

    def fill(match: re.Match[str]) -> str:
        value = environment.get(match[1]) or match[2]
        if value is None:
            entry.fail(f"{entry.name}: the variable {match[1]} is not set and has no default")
        return value

    text = _VARIABLE.sub(fill, entry.text())
    if not text:
        entry.expected("a path")
    if _DRIVE.match(text):
        return Path(text)
    return directory / text.replace("\\", "/")


def _relative(place: Path, directory: Path) -> str:
    try:
        return Path(os.path.relpath(place, directory)).as_posix()
    except ValueError:  # another drive on Windows
        return place.as_posix()


def _whole(folder: Path) -> tuple[Path, str]:
    """What is read where a folder is named, and what the reader must know of it."""
    if (folder / ".git").exists():
        return folder, ""
    from graphdoc.config.part import clone_around, leads_out  # noqa: PLC0415 -- slow

    clone = clone_around(folder)
    if clone is None:
        return folder, ""
    shown, around = shown_path(folder), shown_path(clone.root)
    told = f"graphdoc: {shown} is a folder of the clone {around}"
    if leads_out(folder, clone):
        return clone.root, f"{told}, and leads to more of it: all of that clone is read"
    return folder, f"{told}: what the rest of that brings looks missing; name {around} to see it"


def _expand(path: Path) -> tuple[Path, ...]:
    """A clone itself, or the clones that a folder holds."""
    if not path.is_dir():
        kind = "is a file, not a directory" if path.exists() else "there is no such directory"
        raise ConfigError(f"{path.as_posix()}: {kind}")
    if (path / ".git").exists():
        return (path,)
    clones = sorted(child for child in path.iterdir() if (child / ".git").exists())
    return tuple(clones) or (path,)
