"""What an Application's ``source.kustomize`` changes, as ``kustomize edit`` would write it."""

from graphdoc.model.kustomize import Kustomization, KustomizeOptions
from graphdoc.model.node import Mapping, Node, Scalar, Sequence
from graphdoc.resolve.kustomize.accumulator import Adjust
from graphdoc.resolve.kustomize.files.roots import Root, resolve
from graphdoc.resolve.kustomize.resources.trees import KustomizeError, put, string, text_of

__all__ = ["adjustment"]


def adjustment(options: KustomizeOptions, directory: Root) -> Adjust:
    """The change to the kustomization of a directory that Argo CD makes before it builds."""

    def adjust(kustomization: Kustomization) -> Kustomization:
        root = _with_scalars(kustomization.root, options)
        for field, entries in (
            ("images", tuple(map(_image, options.images))),
            ("replicas", tuple(map(_replica, options.replicas))),
        ):
            root = _merge_named(root, field, entries)
        root = _extend(root, "patches", options.patches)
        root = _extend(root, "components", _components(options, directory, root))
        return Kustomization(kustomization.file, _with_labels(root, options))

    return adjust


def _components(options: KustomizeOptions, directory: Root, root: Mapping) -> tuple[Scalar, ...]:
    """What is not in the kustomization already."""
    known = root.texts_at("components")
    new = tuple(c for c in options.components if text_of(c) not in known)
    if not options.ignore_missing_components:
        return new
    paths = {c: resolve(directory.directory, text_of(c)) for c in new}
    is_there = directory.clone.is_directory
    return tuple(c for c, path in paths.items() if path is not None and is_there(path))


def _replica(entry: Mapping) -> Mapping:
    """An Application may write the count as a text."""
    count = entry.scalar("count")
    if count is None or not isinstance(count.value, str) or not count.value.isdecimal():
        return entry
    return put(entry, "count", count._replace(value=int(count.value)), count.span)


def _with_scalars(root: Mapping, options: KustomizeOptions) -> Mapping:
    for field, scalar in (
        ("namePrefix", options.name_prefix),
        ("nameSuffix", options.name_suffix),
        ("namespace", options.namespace),
    ):
        if scalar is not None and scalar.value:
            root = put(root, field, scalar, scalar.span)
    return root


def _image(image: Scalar) -> Mapping:
    """``name=newName:tag`` or ``name:tag`` or ``name@digest`` as an entry of ``images``."""
    name, equals, new = str(image.value).partition("=")
    if not equals:
        name, new = "", name
    location, _, digest = new.partition("@")
    head, colon, tag = location.rpartition(":")
    new_name, tag = (head, tag) if colon and "/" not in tag else (location, "")
    entry = Mapping({}, {}, image.span)
    fields = {
        "name": name or new_name,
        "newName": new_name if name else "",
        "newTag": tag,
        "digest": digest,
    }
    for key, value in fields.items():
        entry = put(entry, key, string(value, image.span), image.span) if value else entry
    return entry


def _merge_named(root: Mapping, field: str, entries: tuple[Mapping, ...]) -> Mapping:
    """An entry replaces the one of the same name, and a later entry an earlier one."""
    if not entries:
        return root
    by_name = {entry.text("name"): entry for entry in entries}
    kept = [
        item
        for item in root.items_at(field)
        if not (isinstance(item, Mapping) and item.text("name") in by_name)
    ]
    items = Sequence((*kept, *by_name.values()), entries[0].span)
    return put(root, field, items, entries[0].span)


def _extend(root: Mapping, field: str, entries: tuple[Node, ...]) -> Mapping:
    if not entries:
        return root
    items = (*root.items_at(field), *entries)
    return put(root, field, Sequence(items, entries[0].span), entries[0].span)


def _with_labels(root: Mapping, options: KustomizeOptions) -> Mapping:
    if options.common_annotations is not None:
        is_forced = options.force_common_annotations
        root = _merge_pairs(root, "commonAnnotations", options.common_annotations, is_forced)
    labels = options.common_labels
    if labels is None:
        return root
    if not options.label_without_selector:
        return _merge_pairs(root, "commonLabels", labels, options.force_common_labels)
    entry = put(Mapping({}, {}, labels.span), "pairs", labels, labels.span)
    if options.label_include_templates:
        is_on = Scalar(value=True, span=labels.span, plain=True, text="true")
        entry = put(entry, "includeTemplates", is_on, labels.span)
    return _extend(root, "labels", (entry,))


def _merge_pairs(root: Mapping, field: str, pairs: Mapping, is_forced: bool) -> Mapping:  # noqa: FBT001
    known = root.mapping(field)
    if known is None:
        return put(root, field, pairs, pairs.span)
    for key in () if is_forced else pairs.entries:
        if key in known.entries:
            reason = f"{field} of the kustomization have '{key}' already, and nothing forces it"
            raise KustomizeError(reason, pairs.keys[key])
    merged = known._replace(
        entries={**known.entries, **pairs.entries}, keys={**known.keys, **pairs.keys}
    )
    return put(root, field, merged, pairs.span)
