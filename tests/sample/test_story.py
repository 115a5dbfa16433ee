"""Twelve edits of the sample estate, each as drift and diff tell it; the last three say nothing."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from graphdoc.cli import run
from tests.written import git

CLONES = ("forte-helm", "helm-prod-values", "launchpad")
MUSICMAN = "launchpad/apps/base/musicman.yaml"
TRAEFIK = "launchpad/infra/base/traefik-application.yaml"
INFRA = "launchpad/infra/base/kustomization.yaml"
SEALED = "launchpad/secrets/upc-dev/musicman-db-sealed.yaml"
VALUES = "helm-prod-values/musicman/values.yaml"
BASE, DEV = (f"$values/infra/values/{folder}/traefik-values.yaml" for folder in ("base", "upc-dev"))
NOTHING = "nothing changed"


class Told(NamedTuple):
    """Lines that a report must hold, and its last line, which says that there is no more."""

    lines: tuple[str, ...]
    totals: str


class Edit(NamedTuple):
    """One change to the files, what drift says of it, and what diff says."""

    name: str
    apply: Callable[[Path], None]
    drift: Told
    diff: Told


def replace(path: str, old: str, new: str) -> Callable[[Path], None]:
    def apply(estate: Path) -> None:
        text = (estate / path).read_text("utf-8")
        assert old in text
        (estate / path).write_text(text.replace(old, new), "utf-8")

    return apply


def delete(path: str) -> Callable[[Path], None]:
    return lambda estate: (estate / path).unlink()


def rename_chart(estate: Path) -> None:
    (estate / "forte-helm/forteapp").rename(estate / "forte-helm/webapp")
    replace("forte-helm/webapp/Chart.yaml", "name: forteapp", "name: webapp")(estate)
    for name in ("argo-mcp", "mcp10x", "musicman"):
        replace(f"launchpad/apps/base/{name}.yaml", "path: forteapp", "path: webapp")(estate)


def add_cluster(estate: Path) -> None:
    text = (estate / "launchpad/_app-of-apps-upc-dev.yaml").read_text("utf-8")
    file = estate / "launchpad/_app-of-apps-eks-dev.yaml"
    file.write_text(text.replace("upc-dev", "eks-dev"), "utf-8")


def swap_layers(estate: Path) -> None:
    indent = "          - "
    old, new = (f"{indent}{a}\n{indent}{b}\n" for a, b in ((BASE, DEV), (DEV, BASE)))
    replace(TRAEFIK, old, new)(estate)


def rename_application(estate: Path) -> None:
    replace(MUSICMAN, "name: musicman\n", "name: music\n")(estate)
    overlay = "launchpad/apps/overlays/upc-prod/kustomization.yaml"
    replace(overlay, "name: musicman\n", "name: music\n")(estate)


def reformat(estate: Path) -> None:
    for path in (MUSICMAN, TRAEFIK, VALUES):
        text = (
            (estate / path).read_text("utf-8").replace("\n", "\r\n").replace(": true", ":   true")
        )
        text = re.sub(r"(?m)(name|namespace|path): ([\w-]+)(?=\s*(#|\r))", r'\1: "\2"', text)
        (estate / path).write_text(text, "utf-8", newline="")


def reorder(estate: Path) -> None:
    text = (estate / INFRA).read_text("utf-8")
    head, _, entries = text.partition("resources:\n")
    backwards = reversed(entries.splitlines(keepends=True))
    (estate / INFRA).write_text(f"{head}resources:\n{''.join(backwards)}", "utf-8")
    kind, version = "kind: Application\n", "apiVersion: argoproj.io/v1alpha1\n"
    replace(TRAEFIK, version + kind, kind + version)(estate)


def comment(estate: Path) -> None:
    for path in (MUSICMAN, INFRA, VALUES, "launchpad/bootstrap.sh"):
        file = estate / path
        file.write_text(f"{file.read_text('utf-8')}\n# a remark\n", "utf-8")
    template = estate / "forte-helm/forteapp/templates/deployment.yaml"
    template.write_text("{{- /* a remark */ -}}\n" + template.read_text("utf-8"), "utf-8")


WAVE = (f"  ~ application traefik changed  ({TRAEFIK}:7)", "      sync wave 1 → 3")
INVERTED = (
    "  error[wave-inversion] Application enterprise-apps (wave 2) needs the operator of traefik.io,"
    " which Application traefik (wave 3) brings (launchpad/infra/base/enterprise-apps.yaml:7)"
)
DROPPED = (
    f"  ~ application musicman changed  ({MUSICMAN}:21)",
    "      spec.sources[0].helm.valueFiles[0] is gone (was $values/musicman/values.yaml)",
    "      no longer layers values:helm-prod-values/musicman/values.yaml (order 0)",
    "  - values helm-prod-values/musicman/values.yaml removed",
)
CHART = (
    f"  ~ application musicman changed  ({MUSICMAN}:18)",
    "      spec.sources[0].path is now webapp (was forteapp)",
    "      now renders chart:forte-helm/webapp",
    "      no longer renders chart:forte-helm/forteapp",
    "  - chart forteapp removed",
    f"  + chart webapp added  ({MUSICMAN}:18)",
)
UNLISTED = (
    "  - application tempo removed",
    "      no longer manages application:upc-dev/tempo",
    "      no longer manages application:upc-prod/tempo",
    f"  ~ kustomization launchpad/infra/base changed  ({INFRA}:1)",
    "      no longer includes file:launchpad/infra/base/tempo.yaml (entry resource)",
)
PRUNED = tuple(
    f"  application:{cluster}/tempo is deleted by application:{cluster}/infrastructure-apps, "
    "which prunes, and with it all that it deployed"
    for cluster in ("upc-dev", "upc-prod")
)
CLUSTER = (
    "eks-dev",
    "  + cluster eks-dev added  (launchpad/_app-of-apps-eks-dev.yaml:2)",
    "  + application infrastructure-apps added  (launchpad/_app-of-apps-eks-dev.yaml:2)",
    f"  + application traefik added  ({TRAEFIK}:1)",
)
RETAGGED = (
    f"  ~ application musicman changed  ({VALUES}:4)",
    "      runs image:ghcr.io/fortedigital/musicman with tag 2.0.0 (was 1.7.2)",
    "      tag 1.7.2 is run no longer",
    "      tag 2.0.0 is run now by application:upc-dev/musicman, application:upc-prod/musicman",
    "  Deployment/musicman/musicman: spec.template.spec.containers[app].image is now "
    "ghcr.io/fortedigital/musicman:2.0.0 (was ghcr.io/fortedigital/musicman:1.7.2) "
    "for application:upc-dev/musicman, application:upc-prod/musicman "
    "(forte-helm/forteapp/templates/deployment.yaml:41)",
    "  app.image.tag is now 2.0.0 (was 1.7.2) for application:upc-dev/musicman, "
    f"application:upc-prod/musicman ({VALUES}:4)",
)
SWAPPED = (
    f"      spec.sources[0].helm.valueFiles[0] is now {DEV} (was {BASE})",
    f"      spec.sources[0].helm.valueFiles[1] is now {BASE} (was {DEV})",
    "      layers values:launchpad/infra/values/base/traefik-values.yaml with order 1 (was 0)",
    "      now layers values:launchpad/infra/values/upc-dev/traefik-values.yaml (order 0)",
)
UNSEALED = (
    f"  ~ secret musicman/musicman-db changed  ({VALUES}:28)",
    "      nothing produces it any more",
    "  - sealedsecret musicman/musicman-db removed",
    "  ~ application secrets changed  (launchpad/infra/base/secrets.yaml:1)",
    "      no longer renders file:launchpad/secrets/upc-dev/musicman-db-sealed.yaml",
)
RENAMED = (
    "  - application musicman removed",
    f"  + application music added  ({MUSICMAN}:1)",
    "      now manages application:upc-prod/music",
    "      no longer manages application:upc-prod/musicman",
)
FEWER = "      renders 13 SealedSecrets (was 14)"
GONE = "  gone SealedSecret/musicman/musicman-db for application:upc-dev/secrets"
SILENT = Told((), NOTHING)

EDITS = [
    Edit(
        "move a wave",
        replace(TRAEFIK, 'sync-wave: "1"', 'sync-wave: "3"'),
        Told(WAVE, "0 added, 0 removed, 2 changed"),
        Told((*WAVE, INVERTED), "0 added, 0 removed, 2 changed; 1 finding new"),
    ),
    Edit(
        "drop a values file",
        replace(MUSICMAN, "          - $values/musicman/values.yaml", "          "),
        Told(DROPPED, "0 added, 1 removed, 2 changed"),
        Told(DROPPED, "0 added, 1 removed, 2 changed; "),
    ),
    Edit(
        "rename a chart",
        rename_chart,
        Told(CHART, "1 added, 1 removed, 6 changed"),
        Told(CHART, "1 added, 1 removed, 6 changed"),
    ),
    Edit(
        "unlist a resource",
        replace(INFRA, "  - tempo.yaml\n", ""),
        Told(UNLISTED, "0 added, 7 removed, 5 changed"),
        Told((*UNLISTED, *PRUNED), "0 added, 7 removed, 5 changed; "),
    ),
    Edit(
        "add a cluster",
        add_cluster,
        Told(CLUSTER, "61 added, 0 removed, 2 changed"),
        Told(CLUSTER, "61 added, 0 removed, 2 changed; "),
    ),
    Edit(
        "retag an image",
        replace(VALUES, "tag: 1.7.2", "tag: 2.0.0"),
        SILENT,
        Told(RETAGGED, "0 added, 0 removed, 3 changed; 1 value changed"),
    ),
    Edit(
        "swap two valueFiles",
        swap_layers,
        Told(SWAPPED, "0 added, 0 removed, 2 changed"),
        Told(SWAPPED, "0 added, 0 removed, 2 changed; "),
    ),
    Edit(
        "delete a SealedSecret",
        delete(SEALED),
        Told((*UNSEALED, FEWER), "0 added, 2 removed, 2 changed"),
        Told(
            (
                *UNSEALED,
                GONE,
                "  application:upc-dev/secrets deletes SealedSecret/musicman/musicman-db",
            ),
            "0 added, 2 removed, 2 changed; ",
        ),
    ),
    Edit(
        "rename an Application",
        rename_application,
        Told(RENAMED, "2 added, 2 removed, 3 changed"),
        Told(RENAMED, "2 added, 2 removed, 5 changed"),
    ),
    Edit("reformat only", reformat, SILENT, SILENT),
    Edit("reorder only", reorder, SILENT, SILENT),
    Edit("comment only", comment, SILENT, SILENT),
]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, project: Path, sample: Path) -> Path:
    """The sample in Git, with its architecture recorded."""
    root = tmp_path_factory.mktemp("story")
    for clone in CLONES:
        shutil.copytree(sample / clone, root / clone)
        git(root / clone, "init", "-q", "-b", "main")
        git(root / clone, "add", ".")
        git(root / clone, "commit", "-q", "-m", "as it was")
    text = (project / "graphdoc.yaml").read_text("utf-8").replace("graphdoc/sample/", "")
    (root / "graphdoc.yaml").write_text(text, "utf-8")
    assert run(["drift", "--accept", "--config", str(root / "graphdoc.yaml")]) == 0
    return root


@pytest.fixture
def estate(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(recorded)
    yield recorded
    for clone in CLONES:
        git(recorded / clone, "checkout", "-q", "--", ".")
        git(recorded / clone, "clean", "-fdq")


def check(told: Told, text: str) -> None:
    lines = text.splitlines()
    assert [line for line in told.lines if line not in lines] == [], text
    assert lines[-1].startswith(told.totals)
    if not told.totals.endswith("; "):
        assert lines[-1] == told.totals


@pytest.mark.slow
@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name.replace(" ", "-"))
def test_an_edit_is_told_in_words(
    estate: Path, capsys: pytest.CaptureFixture[str], edit: Edit
) -> None:
    edit.apply(estate)
    assert run(["drift"]) == (edit.drift is not SILENT)
    check(edit.drift, capsys.readouterr().out)
    assert run(["diff", "main", "--exit-code"]) == (edit.diff is not SILENT)
    check(edit.diff, capsys.readouterr().out)
