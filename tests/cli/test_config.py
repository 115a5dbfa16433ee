"""``graphdoc.yaml``: what it says, and what a mistake in it is answered with."""

import re
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from graphdoc.config import Config, config_for_clones, find_config, load_config, today
from graphdoc.config.load import KEYS, check_rules
from graphdoc.config.values import (
    ClusterFacts,
    HostKind,
    RepositorySettings,
    Tracked,
)
from graphdoc.model.finding import Severity
from graphdoc.model.limits import Limits
from graphdoc.model.mistake import ConfigError
from graphdoc.model.secret import SecretHints
from tests.written import git, write_files

CLONE = "repositories: [{name: a, path: clone}]\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "clone").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def load(text: str, environment: dict[str, str] | None = None) -> Config:
    Path("graphdoc.yaml").write_text(text, "utf-8")
    return load_config(Path("graphdoc.yaml"), environment or {})


def fail(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(text)
    return str(caught.value)


EVERYTHING = """\
repositories:
  - name: a
    path: clone
    urls: [https://git.example.com/a]
    aliases: [git@git.example.com:a.git]
roots: ["a/root-{cluster}.yaml", {path: a/apps, cluster: dev}]
clusters:
  dev:
  prod: {provider: AWS, production: true, aliases: [p], server: https://p, labels: {tier: gold},
    annotations: {repo: r}}
production: ["p*"]
secrets: {consumer_keys: [envSecretName], made_elsewhere: [kube-system/*]}
drift: {track: [image-tags]}
site: {name: Map, groups: {Web: ["web-*"]}}
hosts: {git.example.com: gitea}
helm: {kube_version: 1.30, api_versions: [batch/v1]}
limits: {file_size: 1000, depth: 10}
chart_cache: clone
placeholders: {GIT_BASEURL: https://git.example.com}
"""


def test_every_section_is_read(folder: Path) -> None:
    config = load(EVERYTHING)
    assert config.repositories[0].urls == ("https://git.example.com/a", "git@git.example.com:a.git")
    assert config.repositories[0].path == "clone"
    assert [(r.text, r.cluster) for r in config.roots] == [
        ("a/root-{cluster}.yaml", ""),
        ("a/apps", "dev"),
    ]
    assert config.clusters == (
        ClusterFacts("dev"),
        ClusterFacts(
            "prod",
            "AWS",
            production=True,
            aliases=("p",),
            server="https://p",
            labels={"tier": "gold"},
            annotations={"repo": "r"},
        ),
    )
    assert config.production == ("p*",)
    assert config.secrets == SecretHints(("kube-system/*",), ("envSecretName",))
    assert config.track == {Tracked.IMAGE_TAGS}
    assert (config.site.name, config.site.groups) == ("Map", {"Web": ("web-*",)})
    assert config.hosts == {"git.example.com": HostKind.GITEA}
    assert (config.helm.kube_version, config.helm.api_versions) == ("1.30", ("batch/v1",))
    assert (config.limits.file_size, config.limits.depth, config.limits.nodes) == (
        1000,
        10,
        1_000_000,
    )
    assert config.placeholders == {"GIT_BASEURL": "https://git.example.com"}
    assert config.chart_cache == folder.resolve() / "clone"
    assert config.lock_file == folder.resolve() / "architecture.lock.json"


@pytest.mark.usefixtures("folder")
def test_an_empty_file_is_a_configuration() -> None:
    assert load("# nothing\n").repositories == ()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("path", ["${CLONE:-clone}", "${CLONE:-nowhere}", "${CLONE}", "./${CLONE}"])
def test_paths_are_filled_in_from_the_environment(path: str) -> None:
    config = load(f"repositories: [{{path: '{path}'}}]\n", {"CLONE": "clone"})
    assert [(r.name, r.path) for r in config.repositories] == [("clone", "clone")]


@pytest.mark.usefixtures("folder")
def test_an_empty_variable_counts_as_unset() -> None:
    config = load("repositories: [{path: '${CLONE:-clone}'}]\n", {"CLONE": ""})
    assert config.repositories[0].path == "clone"


@pytest.mark.usefixtures("folder")
def test_a_windows_path_is_taken() -> None:
    config = load("repositories: [{path: '.\\clone'}]\n")
    assert config.repositories[0].path == "clone"


MISTAKES = [
    (
        "repositorys: []\n",
        "graphdoc.yaml:1:1: unknown key 'repositorys'; did you mean 'repositories'?",
    ),
    (
        CLONE + "site: {nmae: x}\n",
        "graphdoc.yaml:2:8: unknown key 'nmae' in site; did you mean 'name'?",
    ),
    (
        "repositories: [{name: a, path: gone}]\n",
        "graphdoc.yaml:1:32: repositories[0].path: no directory 'gone'",
    ),
    (
        CLONE + f"chart_cache: {'x' * 300}\n",
        f"graphdoc.yaml:2:14: chart_cache: no directory '{'x' * 300}'",
    ),
    (
        "repositories: clone\n",
        "graphdoc.yaml:1:15: repositories: expected a list, found the text 'clone'",
    ),
    (
        "repositories: [{name: a}]\n",
        "graphdoc.yaml:1:16: repositories[0]: the key 'path' is missing",
    ),
    (
        "repositories: [{path: '${GONE}'}]\n",
        "graphdoc.yaml:1:23: repositories[0].path: the variable GONE is not set and has no default",
    ),
    (
        "repositories: [{name: a, path: clone}, {name: a, path: clone}]\n",
        "graphdoc.yaml:1:40: a second repository is named 'a'",
    ),
    (
        "repositories: [{name: a, path: clone}, {name: b, path: ./clone}]\n",
        "graphdoc.yaml:1:40: repositories[1].path: 'clone' is the directory of a already",
    ),
    (
        "repositories: [{name: a/b, path: clone}]\n",
        "graphdoc.yaml:1:23: repositories[0].name: 'a/b' cannot be the name of a repository",
    ),
    (
        CLONE + "clusters: {dev: {production: no}}\n",
        "graphdoc.yaml:2:30: clusters.dev.production: expected true or false, found the text 'no'",
    ),
    (
        CLONE + "limits: {depth: 0}\n",
        "graphdoc.yaml:2:17: limits.depth: expected a whole number above zero, found the number 0",
    ),
    (
        CLONE + "hosts: {git.example.com: gitae}\n",
        "graphdoc.yaml:2:26: hosts.git.example.com: 'gitae' is none of "
        "github, gitlab, gitea, bitbucket, azure; did you mean 'gitea'?",
    ),
    (
        CLONE + "rules: {wave-inversion: off}\n",
        "graphdoc.yaml:2:25: rules.wave-inversion: the reason is missing: "
        "{severity: off, reason: ...}",
    ),
    (
        CLONE + "rules: {wave-inversion: {severity: info, paths: [a]}}\n",
        "graphdoc.yaml:2:25: rules.wave-inversion: the reason is missing: 'reason: ...'",
    ),
    (
        CLONE + "rules: {wave-inversion: {severity: info, reason: a, expires: soon}}\n",
        "graphdoc.yaml:2:62: rules.wave-inversion.expires: expected a date as in 2027-01-31, "
        "found the text 'soon'",
    ),
    (
        CLONE + "roots: [a/x, aa/x]\n",
        "graphdoc.yaml:2:14: roots[1]: no repository 'aa'; did you mean 'a'?",
    ),
    (
        CLONE + "helm: {kube_version: latest}\n",
        "graphdoc.yaml:2:22: helm.kube_version: expected a version, as in 1.33.0, "
        "found the text 'latest'",
    ),
    (CLONE + "roots: [a, [b]]\n", "graphdoc.yaml:2:12: roots[1]: expected text, found a list"),
    (
        CLONE + "roots: [./a]\n",
        "graphdoc.yaml:2:9: roots[0]: a root starts with a repository's name, as in "
        "launchpad/root.yaml",
    ),
    ("- a\n", "graphdoc.yaml:1:1: expected a mapping, found a list"),
    ("a: [\n", "graphdoc.yaml:2:1: "),
    ("site: {}\nsite: {}\n", "graphdoc.yaml:2:1: the key 'site' stands here twice"),
    ("site: {}\n---\nsite: {}\n", "graphdoc.yaml:3:1: one YAML document expected, found several"),
]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("text", "answer"), MISTAKES, ids=[answer for _, answer in MISTAKES])
def test_a_mistake_names_place_and_remedy(text: str, answer: str) -> None:
    assert fail(text).startswith(answer)


@pytest.mark.usefixtures("folder")
def test_rules_are_set_by_mapping_or_list() -> None:
    config = load(
        CLONE
        + """\
rules:
  one: {severity: info, reason: a}
  two: {severity: off, paths: [a/x/**], reason: " known ", expires: 2027-01-31}
  three: [{severity: warning, paths: [a/y], reason: b}, {severity: error, reason: c}]
"""
    )
    assert [(s.rule, s.severity, s.paths, s.reason, s.expires) for s in config.rules] == [
        ("one", Severity.INFO, (), "a", None),
        ("two", None, ("a/x/**",), "known", date(2027, 1, 31)),
        ("three", Severity.WARNING, ("a/y",), "b", None),
        ("three", Severity.ERROR, (), "c", None),
    ]


@pytest.mark.parametrize("epoch", ["soon", "9" * 30])
def test_the_day_is_that_of_the_environment_where_it_says_one(epoch: str) -> None:
    assert today({"SOURCE_DATE_EPOCH": "86400"}) == date(1970, 1, 2)
    assert today({}) > date(2026, 1, 1)
    with pytest.raises(ConfigError, match=f"SOURCE_DATE_EPOCH: '{epoch}' is no number of seconds"):
        today({"SOURCE_DATE_EPOCH": epoch})


@pytest.mark.usefixtures("folder")
def test_an_unknown_rule_is_named_with_the_nearest() -> None:
    config = load(CLONE + "rules: {wave-inversoin: {severity: info, reason: a}}\n")
    expected = "graphdoc.yaml:2:25: no rule 'wave-inversoin'; did you mean 'wave-inversion'?"
    with pytest.raises(ConfigError, match=re.escape(expected)):
        check_rules(config, frozenset({"wave-inversion", "plain-secret"}))


def test_the_nearest_parent_has_the_configuration(folder: Path) -> None:
    load(CLONE)
    inner = folder / "x" / "y"
    inner.mkdir(parents=True)
    assert find_config(inner) == folder.resolve() / "graphdoc.yaml"


def test_named_clones_replace_the_configured_ones(folder: Path) -> None:
    clones = "repositories: [{name: a, path: clone}, {name: b, path: .}]\n"
    base = load(f"{clones}roots: [a/x, b/y]\nproduction: [p]\n")
    (folder / "other").mkdir()
    config = config_for_clones([Path("other")], base)
    assert [(r.name, r.path) for r in config.repositories] == [("other", "other")]
    assert config.roots == ()
    assert config.production == ("p",)


def test_a_named_clone_that_is_configured_keeps_its_name(folder: Path) -> None:
    base = load("repositories: [{name: a, path: clone, urls: [u]}]\nroots: [a/x]\n")
    config = config_for_clones([folder / "clone"], base)
    expected = RepositorySettings("a", "clone", folder / "clone", ("u",))
    assert config.repositories == (expected,)
    assert [root.text for root in config.roots] == ["a/x"]


def test_a_folder_of_clones_stands_for_each(folder: Path) -> None:
    for name in ("one", "two"):
        (folder / "all" / name / ".git").mkdir(parents=True)
    (folder / "all" / "notes").mkdir()
    config = config_for_clones([Path("all")], Config(folder))
    assert [(r.name, r.path) for r in config.repositories] == [
        ("one", "all/one"),
        ("two", "all/two"),
    ]


def test_clones_of_one_name_are_told_apart(folder: Path) -> None:
    for parent in ("x", "y"):
        (folder / parent / "app").mkdir(parents=True)
    config = config_for_clones([Path("x/app"), Path("y/app"), Path("x/../x/app")], Config(folder))
    assert [r.name for r in config.repositories] == ["app", "app-2"]


def test_a_configured_clone_keeps_its_name_beside_another_of_that_name(folder: Path) -> None:
    (folder / "x" / "a").mkdir(parents=True)
    base = load("repositories: [{name: a, path: clone}]\n")
    config = config_for_clones([Path("x/a"), folder / "clone"], base)
    assert [(r.name, r.path) for r in config.repositories] == [("a-2", "x/a"), ("a", "clone")]


@pytest.mark.parametrize(
    ("files", "is_whole"),
    [
        ("-- apps/a.yaml --\nkind: ConfigMap\n", False),
        (
            "-- apps/a.yaml --\nspec: {source: {repoURL: 'https://git.example.com/platform'}}\n",
            True,
        ),
        ("-- apps/a.yaml --\nspec: {source: {repoURL: https://git.example.com/other}}\n", False),
        ("-- apps/x/kustomization.yaml --\nresources: [../../base]\n", True),
        ("-- apps/Kustomization --\nresources:\n- ..\n", True),
        ("-- apps/x/kustomization.yaml --\nresources: [../y, ../../apps/z, ../../../x]\n", False),
        ("-- apps/x/notes.yaml --\nsee: ../../base\n", False),
        ("-- apps/a.txt --\nrepoURL: https://git.example.com/platform\n", False),
        ("-- other/kustomization.yaml --\nresources: [../base]\n", False),
    ],
)
def test_a_folder_of_a_clone_is_read_with_all_that_its_files_lead_to(
    folder: Path, files: str, *, is_whole: bool
) -> None:
    write_files(folder / "platform", f"{files}-- apps/README.md --\n-- infra/b.yaml --\n")
    git(folder / "platform", "init", "--quiet")
    git(folder / "platform", "add", "--all")
    git(folder / "platform", "commit", "--quiet", "--message", "one")
    config = config_for_clones([Path("platform/apps"), Path("platform/infra")], Config(folder))
    remarks = [repository.remark for repository in config.repositories]
    told = "graphdoc: platform/{} is a folder of the clone platform"
    rest = ": what the rest of that brings looks missing; name platform to see it"
    if is_whole:
        assert [(r.name, r.path) for r in config.repositories] == [("platform", "platform")]
        more = ", and leads to more of it: all of that clone is read"
        assert remarks == [f"{told.format('apps')}{more}"]
    else:
        assert [r.path for r in config.repositories] == ["platform/apps", "platform/infra"]
        assert remarks == [f"{told.format(name)}{rest}" for name in ("apps", "infra")]


def test_a_folder_that_the_clone_around_does_not_track_is_no_part_of_it(folder: Path) -> None:
    write_files(folder, "-- all/one/a.yaml --\nrepoURL: https://git.example.com/folder\n")
    git(folder, "init", "--quiet")
    git(folder, "commit", "--quiet", "--message", "one", "--allow-empty")
    config = config_for_clones([Path("all/one")], Config(folder))
    assert [(r.path, r.remark) for r in config.repositories] == [("all/one", "")]


def test_a_folder_that_is_configured_is_no_part(folder: Path) -> None:
    write_files(folder, "-- clone/kustomization.yaml --\nresources: [../base]\n")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "one")
    config = config_for_clones([Path("clone")], load(CLONE))
    assert [(r.path, r.remark) for r in config.repositories] == [("clone", "")]


@pytest.mark.parametrize(
    ("path", "reason"),
    [("gone", "there is no such directory"), ("file", "is a file, not a directory")],
)
def test_a_path_that_is_no_directory_is_refused(folder: Path, path: str, reason: str) -> None:
    (folder / "file").touch()
    with pytest.raises(ConfigError, match=f"{path}: {reason}"):
        config_for_clones([Path(path)], Config(folder))


@pytest.mark.usefixtures("folder")
def test_the_page_about_the_configuration_is_true(project: Path) -> None:
    text = (project / "docs_src" / "configuration.md").read_text("utf-8")
    example = text.partition("```yaml\n")[2].partition("```")[0]
    config = load(example.replace("../charts", "clone"), {"LAUNCHPAD": "clone"})
    told = set(re.findall(r"^(\w+):", example, re.MULTILINE))
    assert told == set(KEYS)
    assert [root.cluster for root in config.roots] == ["", "tools"]
    assert config.limits == Limits()
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|", text, re.MULTILINE)
    assert {key: int(number) for key, number in rows} == asdict(Limits())
