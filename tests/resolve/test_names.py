"""Names that lead somewhere: addresses, paths, globs, clusters and scripts."""

import pytest

from graphdoc.resolve.evidence.scripts import documented_paths, scripted_paths
from graphdoc.resolve.names.alike import closest
from graphdoc.resolve.repositories.addresses import Repositories, url_identity
from graphdoc.resolve.repositories.paths import join_path, matches_glob, matches_segments, normalise
from graphdoc.resolve.roots.cluster_names import cluster_name
from graphdoc.resolve.roots.pattern import RootPattern
from tests.txtar import MemoryClone, read_clones


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/FORTEDIGITAL/helm-prod-values",
        "git@github.com:fortedigital/helm-prod-values.git",
        "ssh://git@github.com:22/fortedigital/helm-prod-values.git/",
        "https://token:x@github.com/fortedigital/helm-prod-values/",
        "http://github.com:8080/fortedigital/helm-prod-values.git",
    ],
)
def test_spellings_of_one_repository_are_one(url: str) -> None:
    assert url_identity(url) == "github.com/fortedigital/helm-prod-values"


def test_other_repositories_are_others() -> None:
    assert url_identity("https://github.com/a/b") != url_identity("https://github.com/a/c")
    assert url_identity("https://github.com/a/b") != url_identity("https://gitlab.com/a/b")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://org@dev.azure.com/Org/My%20Project/_git/Repo", "org/my project/_git/repo"),
        ("git@ssh.dev.azure.com:v3/org/my project/repo", "org/my project/_git/repo"),
        ("org@vs-ssh.visualstudio.com:v3/org/p/repo", "org/p/_git/repo"),
        ("https://org.visualstudio.com/DefaultCollection/p/_git/repo", "org/p/_git/repo"),
        ("https://org.visualstudio.com/p/_git/repo", "org/p/_git/repo"),
        ("https://dev.azure.com/org/_git/repo", "org/repo/_git/repo"),
    ],
)
def test_azure_devops_has_several_addresses_of_one_repository(url: str, expected: str) -> None:
    assert url_identity(url) == f"dev.azure.com/{expected}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ssh://git@ssh.github.com:443/a/b.git", "https://www.github.com/a/b"),
        ("ssh://git@altssh.gitlab.com:443/a/b/c.git", "https://gitlab.com/a/b/c"),
        ("ssh://git@altssh.bitbucket.org:443/a/b.git", "https://bitbucket.org/a/b"),
        ("ssh://git@git.example.com:7999/proj/b.git", "https://git.example.com/scm/PROJ/b.git"),
    ],
)
def test_a_forge_has_an_address_for_ssh_alone(one: str, other: str) -> None:
    assert url_identity(one) == url_identity(other)


def test_a_clone_is_found_by_address_then_by_name() -> None:
    clone = MemoryClone("charts", {}, urls=("https://git.example.com/org/charts",))
    repositories = Repositories((clone,))
    by_url = repositories.find("git@git.example.com:org/charts.git")
    by_name = repositories.find("https://git.example.com/fork/charts")
    assert by_url is not None
    assert by_url.certain
    assert by_name is not None
    assert not by_name.certain
    assert repositories.find("https://git.example.com/org/other") is None


def test_two_clones_of_one_name_are_not_guessed_between() -> None:
    clones = tuple(MemoryClone(f"c{n}", {}, urls=(f"https://h{n}.example/x/same",)) for n in (1, 2))
    assert Repositories(clones).find("https://elsewhere.example/y/same") is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [(".", ""), ("./a/", "a"), ("/a/b", "a/b"), ("a/../b", "b"), ("..", None), ("a/../../b", None)],
)
def test_paths_stay_in_the_repository(path: str, expected: str | None) -> None:
    assert normalise(path) == expected


def test_relative_values_files_are_seen_from_the_chart() -> None:
    assert join_path("charts/web", "values-prod.yaml") == "charts/web/values-prod.yaml"
    assert join_path("charts/web", "../shared.yaml") == "charts/shared.yaml"
    assert join_path("charts/web", "/values.yaml") == "values.yaml"
    assert join_path("web", "../../../etc/passwd") is None


def test_directory_globs_cross_slashes_and_values_globs_do_not() -> None:
    assert matches_glob("a/b/c.yaml", "*.yaml")
    assert matches_glob("x.json", "{*.yaml,*.json}")
    assert not matches_segments("a/b/c.yaml", "a/*.yaml")
    assert matches_segments("a/b/c.yaml", "a/**/*.yaml")
    assert matches_segments("a/c.yaml", "a/**/*.yaml")
    assert matches_segments("a1", "a[0-9]")
    assert not matches_segments("ab", "a[!b]")


@pytest.mark.parametrize(
    ("rendered", "name", "path", "expected"),
    [
        (["infra/overlays/upc-dev"], "infrastructure-apps", "_root.yaml", "upc-dev"),
        (["apps"], "root-prod", "root.yaml", "prod"),
        (["clusters/apps"], "_app-of-apps-upc-dev", "x.yaml", "upc-dev"),
        (["apps"], "root", "clusters/east/root.yaml", "east"),
        (["apps"], "root", "root.yaml", "platform"),
        (["bootstrap/initial"], "initial", "bootstrap/initial", "platform"),
        (["apps/*"], "pilot-apps", "root.yaml", "pilot"),
        (["<path>", "${ENV}"], "root", "root.yaml", "platform"),
    ],
)
def test_a_cluster_is_named_by_what_its_root_renders(
    rendered: list[str], name: str, path: str, expected: str
) -> None:
    assert cluster_name(rendered, name, path, "platform") == expected


def test_a_pattern_captures_the_cluster() -> None:
    pattern = RootPattern("launchpad", "_app-of-apps-{cluster}.yaml")
    assert pattern.match("launchpad", "_app-of-apps-upc-dev.yaml") == "upc-dev"
    assert pattern.match("launchpad", "infra/_app-of-apps-upc-dev.yaml") is None
    assert pattern.match("other", "_app-of-apps-upc-dev.yaml") is None
    assert (
        RootPattern("l", "clusters/*/root.yaml", "hub").match("l", "clusters/x/root.yaml") == "hub"
    )


SCRIPTS = """
-- platform/bootstrap.sh --
kubectl apply -n argocd -f https://example.com/install.yaml
# kubectl apply -f commented.yaml
echo "now run kubectl apply -f said.yaml"
kubectl apply -f "_app-of-apps-${CLUSTER}.yaml"
kubectl apply -k "$ROOT_DIR/clusters/dev" --server-side
cat x | kubectl apply -f -
-- platform/notes.md --
kubectl apply -f notes.yaml
```sh
argocd app create root \\
  --path base/root \\
  --dest-namespace argocd
```
"""


def test_scripts_name_roots() -> None:
    (clone,) = read_clones(SCRIPTS)
    applied = scripted_paths((clone,))
    paths = ("_app-of-apps-upc-dev.yaml", "_app-of-apps-a/b.yaml", "clusters/dev", "clusters/pro")
    spans = [applied.find("platform", path) for path in paths]
    assert [span and span.line for span in spans] == [4, None, 5, None]
    assert applied.find("other", "clusters/dev") is None


def test_examples_in_documents_name_roots_too() -> None:
    (clone,) = read_clones(SCRIPTS)
    span = documented_paths((clone,)).find("platform", "base/root")
    assert span is not None
    assert span.line == 3


def test_of_many_names_one_is_found_wherever_it_stands_in_the_alphabet() -> None:
    many = {f"{chr(ord('c') + number % 12)}{number}-service" for number in range(400)}
    assert closest("pilling-portal", {*many, "billing-portal"}) == "billing-portal"
    assert closest("pilling-portal", many) == ""
