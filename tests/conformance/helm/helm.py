"""What Kustomize asks of the program ``helm``, answered by Helm's engine from the SDK."""

import sys
from argparse import ArgumentParser
from pathlib import Path

from graphdoc.model.location import SourceFile
from graphdoc.model.node import NOTHING, Mapping
from graphdoc.parse.yaml import parse_documents
from graphdoc.resolve.helm.layering import merge_values, to_helm


def main() -> None:
    if sys.argv[1] == "version":
        sys.stdout.write("v3.18.0\n")
        return
    parser = ArgumentParser()
    for name in ("--namespace", "--name-template", "--kube-version"):
        parser.add_argument(name, default="")
    for name in ("-f", "--api-versions"):
        parser.add_argument(name, action="append", default=[])
    for name in ("--include-crds", "--skip-tests", "--no-hooks", "--generate-name"):
        parser.add_argument(name, action="store_true")
    parser.add_argument("words", nargs="+")
    given = parser.parse_args(sys.argv[1:])
    _template(given.words[1:], vars(given))


def _template(words: list[str], given: dict[str, object]) -> None:
    from graphdoc.resolve.helm.worker import render  # noqa: PLC0415 -- needs the SDK

    values = NOTHING
    for path in given["f"]:  # type: ignore[attr-defined]
        for document in parse_documents(Path(path).read_bytes(), SourceFile("", path))[:1]:
            root = document.root
            values = merge_values(values, root) if isinstance(root, Mapping) else values
    options = {
        "name": given["name_template"] or words[0],
        "namespace": given["namespace"] or "default",
        "api_versions": given["api_versions"],
    }
    if given["kube_version"]:
        options["kube_version"] = given["kube_version"]
    request = {"values": to_helm(values), "options": options, "crds": given["include_crds"]}
    for path, text in render(words[-1], request):
        if not path.endswith("NOTES.txt") and text.strip() and _is_wanted(text, given):
            sys.stdout.write(f"---\n# Source: {path}\n{text}\n")


def _is_wanted(text: str, given: dict[str, object]) -> bool:
    is_hook, is_test = "helm.sh/hook" in text, "helm.sh/hook: test" in text
    return not (is_hook and given["no_hooks"]) and not (is_test and given["skip_tests"])


if __name__ == "__main__":
    main()
