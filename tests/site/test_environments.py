"""Environments that are words in names, and no clusters."""

import pytest

from graphdoc.site.atlas.environments import find_environments, place_words
from graphdoc.site.generate import Site
from tests.site.test_roll_back import BEGIN, app, git
from tests.site.test_runbooks import from_text, rows, words


def made(*apps: str, cluster: str = "dev") -> Site:
    return from_text(BEGIN.replace("root-dev", f"root-{cluster}") + "".join(apps))


def names(site: Site) -> dict[str, list[str]]:
    found = find_environments(site.atlas)
    return {word: [node.name for node in nodes] for word, nodes in found.items()}


def test_an_environment_is_named_by_a_name_else_a_namespace_else_a_folder() -> None:
    web = app("web", git("HEAD", "web")).replace("namespace: web", "namespace: web-staging")
    found = made(
        app("prod-shop", git("HEAD", "shop/test")),
        web,
        app("pay", git("HEAD", "envs/qa/pay")),
        app("pay-prd", git("HEAD")),
        app("pay-tst", git("HEAD")),
        app("latest-staging", git("HEAD")),
        app("plain", git("HEAD")),
    )
    assert names(found) == {
        "prd": ["pay-prd"],
        "prod": ["prod-shop"],
        "qa": ["pay"],
        "staging": ["latest-staging", "web"],
        "tst": ["pay-tst"],
    }
    assert place_words(found.atlas) == ["dev", "prd", "prod", "qa", "staging", "tst"]
    assert rows(found, "clusters/index.md", "qa") == [["qa", "pay", "values of qa"]]
    assert (
        'href="../where.html?changes=qa&amp;parts=qa"' in found.pages["clusters/index.md"].markdown
    )


@pytest.mark.parametrize(
    ("names_", "cluster"),
    [(("shop-prod", "pay-prod"), "dev"), (("shop-prod", "shop-qa"), "prod-2")],
)
def test_one_alone_or_beside_a_cluster_of_its_name_is_none(
    names_: tuple[str, ...], cluster: str
) -> None:
    found = made(*(app(name, git("HEAD")) for name in names_), cluster=cluster)
    assert names(found) == {}
    assert "Environments by name" not in words(found, "clusters/index.md")
