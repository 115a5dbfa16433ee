"""What depends on the cloud: told by the values files of clusters, rooted or not."""

import re

import pytest

from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.clouds import cloud_settings
from graphdoc.site.atlas.input import SiteSettings
from graphdoc.site.atlas.other_names import other_names
from graphdoc.site.generate import generate_site
from tests.site.small_estate import TEXT, site_input

_CLOUDS = {"dev": "Red", "live": "Blue", "prod": "Blue"}
_FILES = """\
-- values/db/dev.yaml --
disk: {class: fast, size: 1Gi}
cluster: dev
same: 1
password: hunter2
-- values/db/values-prod.yaml --
disk: {class: other}
-- values/env/dev/db.yaml --
disk: {class: red, size: 1Gi}
cluster: dev
same: 1
extra: [1]
empty: []
password: canary-in-a-value
-- values/env/live/db.yaml --
disk: {class: blue, size: 2Gi}
cluster: live
same: 1
empty: []
-- values/env/blue-prod/db.yaml --
disk: {class: blue, size: 3Gi}
cluster: blue-prod
same: 1
empty: []
"""


def found(text: str = _FILES, providers: dict[str, str] = _CLOUDS) -> dict[str, list[str]]:
    """The clouds that set each key, by its file and pointer."""
    settings = SiteSettings(providers=providers, aliases={"prod": ("blue-prod",)})
    return {
        f"{one.file}{one.pointer}": [
            cloud for cloud, said in one.clouds.items() if any(s.node for s in said)
        ]
        for one in cloud_settings(Atlas(site_input(TEXT + text, settings)))
        if "shop" not in one.file
    }


def test_only_what_a_cloud_sets_alike_depends_on_it() -> None:
    assert found() == {
        "values env/*/db.yaml/disk/class": ["Blue", "Red"],
        "values env/*/db.yaml/extra/0": ["Red"],
        "values env/*/db.yaml/password": ["Red"],
    }


def test_with_one_cloud_nothing_depends_on_it() -> None:
    assert found(providers=dict.fromkeys(_CLOUDS, "Red")) == {}


def test_manifests_and_what_cannot_be_read_are_no_values() -> None:
    manifest = "-- values/env/live/db.yaml --\napiVersion: v1\nkind: ConfigMap\n"
    broken = "-- values/env/blue-prod/db.yaml --\na: [\n"
    kept = _FILES.partition("-- values/env/live/db.yaml --")[0]
    assert found(kept + manifest + broken) == {}


def test_the_table_hides_what_may_be_a_secret_and_names_the_line() -> None:
    settings = SiteSettings(providers=_CLOUDS, aliases={"prod": ("blue-prod",)})
    page = generate_site(site_input(TEXT + _FILES, settings)).pages["clusters/index.md"].markdown
    assert "canary-in-a-value" not in page
    rows = page.replace("<wbr>", "").replace("</tr>", "\n")
    text = re.sub(r"<[^>]*>", " ", rows)
    row = next(line for line in text.splitlines() if "disk.class" in line)
    assert row.split() == [
        "disk.class", "db.yaml",
        "blue", "values", "env/blue-prod/db.yaml:1", "red", "values", "env/dev/db.yaml:1",
    ]  # fmt: skip


def test_a_clusters_own_name_is_no_difference() -> None:
    keys = found(providers={"dev": "Red", "live": "Blue"})
    assert "values env/*/db.yaml/disk/size" in keys
    assert "values env/*/db.yaml/cluster" not in keys


_APP = """\
kind: Application
apiVersion: argoproj.io/v1alpha1
metadata: {name: web}
spec:
  destination: {name: x}
  source: {repoURL: https://git.example.com/platform, path: web, helm: {valueFiles: [FILE]}}
"""


@pytest.mark.parametrize(
    ("folders", "expected"),
    [
        ({"eks": "aws", "gke": "gcp", "upc": "upc"}, {("eks", "aws"), ("gke", "gcp")}),
        ({"eks": "aws"}, set()),
        ({"eks": "aws", "gke": "aws"}, set()),
        ({"eks": "aws/here", "gke": "gcp"}, {("gke", "gcp")}),
        ({"eks": "values-eks", "gke": "gcp"}, {("gke", "gcp")}),
    ],
    ids=["other names", "alone", "shared", "two of its own", "its own name"],
)
def test_an_overlay_goes_by_the_folder_that_it_alone_layers(
    folders: dict[str, str], expected: set[tuple[str, str]]
) -> None:
    files = (
        f"-- platform/over/{name}/kustomization.yaml --\nresources: [web.yaml]\n"
        f"-- platform/over/{name}/web.yaml --\n"
        + _APP.replace("FILE", f"/values/{folder}/web.yaml")
        for name, folder in folders.items()
    )
    atlas = Atlas(site_input("".join((TEXT, *files))))
    assert {(one.cluster, one.name) for one in other_names(atlas)} == expected
    assert all(one.span and one.cluster in one.span.file.path for one in other_names(atlas))
