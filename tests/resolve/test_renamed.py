"""Addresses that no clone has, taken for the clone that has what is read there."""

from graphdoc.resolve.estate.whole import resolve_estate
from graphdoc.resolve.resolved import Estate
from tests.resolve.test_estate import application, config_map
from tests.txtar import read_clones

FORK = f"""
-- platform/root.yaml --
{application("root", "clusters/prod", "upstream")}
-- platform/clusters/prod/web.yaml --
{application("web", "apps/web", "upstream")}
-- platform/clusters/prod/gone.yaml --
{application("gone", "apps/gone", "upstream")}
-- platform/clusters/prod/shop.yaml --
{application("shop", "apps/shop", "upstream")}
-- platform/apps/web/a.yaml --
{config_map("a")}
-- platform/apps/shop/b.yaml --
{config_map("b")}
"""


def resolve(text: str) -> Estate:
    return resolve_estate(read_clones(text), None)


def test_a_clone_with_most_of_what_is_read_is_meant() -> None:
    estate = resolve(FORK)
    assert [root.node for root in estate.roots] == ["application:prod/root"]
    resolved = {entry.application.name: entry.is_resolved for entry in estate.applications}
    assert resolved == {"root": True, "web": True, "shop": True, "gone": False}
    assert [note.reason for note in estate.not_understood] == [
        "no clone has the address 'https://git.example.com/upstream'; taken for platform, which has"
        " 3 of the 4 paths that are read there"
    ]
    blank = resolve(FORK.replace("https://git.example.com/upstream", "''"))
    (note,) = blank.not_understood
    assert note.reason == (
        "an address is left empty; taken for platform,"
        " which has 3 of the 4 paths that are read there"
    )
    gone = next(entry for entry in estate.applications if entry.application.name == "gone")
    assert gone.sources[0].broken == ()  # a guess accuses nobody


def _renamed(old: str = "old", own: int = 1, of: int = 10) -> str:
    texts = [f"-- platform/root.yaml --\n{application('root', 'clusters/prod', old)}"]
    for number in range(of):
        path, address = f"apps/{number}", old if number < of - own else "platform"
        one = application(f"web-{number}", path, address)
        texts.append(f"-- platform/clusters/prod/{number}.yaml --\n{one}")
        texts.append(f"-- platform/{path}/a.yaml --\n{config_map('a')}")
    return "\n".join(texts)


def test_what_an_owner_renamed_is_read_by_its_old_address_too() -> None:
    estate = resolve(_renamed())
    assert len(estate.applications) == 11
    assert all(entry.is_resolved for entry in estate.applications)
    (note,) = estate.not_understood
    assert note.reason.endswith(
        "taken for platform, which has 10 of the 10 paths that are read there"
    )


def test_a_repository_of_another_owner_or_with_little_evidence_is_not_renamed() -> None:
    assert resolve(_renamed("elsewhere/old")).guesses == ()
    assert resolve(_renamed(own=2)).guesses == ()  # fewer than ten paths
    assert resolve(_renamed(own=6, of=20)).guesses == ()  # not three times as many


SET = """
-- platform/set.yaml --
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: apps, namespace: argocd}
spec:
  generators:
  - git:
      repoURL: https://git.example.com/upstream
      directories: [{path: team/web/prod/apps/*}, {path: gone/*, exclude: true}]
  template:
    metadata: {name: "{{path.basename}}"}
    spec:
      project: default
      destination: {name: in-cluster, namespace: web}
      source: {repoURL: "https://git.example.com/upstream", path: "{{path}}"}
-- platform/team/web/prod/apps/shop/a.yaml --
"""


def test_the_patterns_of_a_generator_tell_it_too() -> None:
    estate = resolve(SET + config_map("a"))
    assert [entry.application.name for entry in estate.applications] == ["shop"]


def test_too_little_evidence_means_no_clone() -> None:
    few = FORK.replace("path: apps/web", "path: x").replace("path: apps/shop", "path: y")
    assert resolve(few).guesses == ()
    assert resolve(FORK.replace("/upstream", "/${NAME}")).guesses == ()


def test_of_two_clones_that_have_it_none_is_meant() -> None:
    twin = FORK.replace("-- platform/", "-- twin/")
    assert resolve(FORK + twin).guesses == ()


def test_a_clone_that_is_read_by_its_own_address_is_no_others() -> None:
    own = f"-- platform/clusters/prod/own.yaml --\n{application('own', 'apps/web', 'platform')}"
    assert resolve(FORK + own).guesses == ()


def test_a_chance_name_is_no_evidence() -> None:
    text = f"-- platform/root.yaml --\n{application('root', 'apps', 'upstream')}"
    assert resolve(f"{text}-- platform/apps/a.yaml --\n{config_map('a')}").guesses == ()
