"""Addresses of lines, host by host."""

import pytest

from graphdoc.site.atlas.hosting import Checkout, web_address
from graphdoc.site.atlas.input import HostForm

SHA = "c0ffee00" * 5
PATH = "infra/base/a b.yaml"


def checkout(form: HostForm, address: str = "https://git.example.com/o/r") -> Checkout:
    return Checkout(address, form, SHA, "main")


@pytest.mark.parametrize(
    ("form", "line", "edit"),
    [
        (HostForm.GITEA, "/src/commit/{sha}/{path}#L10", "/_edit/main/{path}"),
        (HostForm.GITHUB, "/blob/{sha}/{path}#L10", "/edit/main/{path}"),
        (HostForm.GITLAB, "/-/blob/{sha}/{path}#L10", "/-/edit/main/{path}"),
        (
            HostForm.BITBUCKET,
            "/src/{sha}/{path}#lines-10",
            "/src/main/{path}?mode=edit",
        ),
    ],
)
def test_each_host_has_its_own_form(form: HostForm, line: str, edit: str) -> None:
    found, quoted = checkout(form), "infra/base/a%20b.yaml"
    address = "https://git.example.com/o/r"
    assert found.view(PATH, 10) == address + line.format(sha=SHA, path=quoted)
    assert found.edit(PATH) == address + edit.format(path=quoted)


def test_azure_says_path_commit_and_line_in_its_query() -> None:
    found = checkout(HostForm.AZURE, "https://dev.azure.com/o/p/_git/r").view("a.yaml", 3)
    assert found == (
        f"https://dev.azure.com/o/p/_git/r?path=/a.yaml&version=GC{SHA}"
        "&line=3&lineEnd=4&lineStartColumn=1&lineEndColumn=1"
    )


def test_github_shows_lines_of_markdown_only_as_plain_text() -> None:
    assert checkout(HostForm.GITHUB).view("README.md", 3).endswith("/README.md?plain=1#L3")
    assert checkout(HostForm.GITHUB).view("README.md").endswith("/README.md")


@pytest.mark.parametrize(
    "unlinked",
    [
        Checkout("https://git.example.com/o/r", HostForm.GITEA),
        Checkout("https://git.example.com/o/r", HostForm.GITEA, SHA, "main", dirty=True),
        Checkout("https://git.example.com/o/r", HostForm.NONE, SHA, "main"),
        Checkout("", HostForm.GITHUB, SHA, "main"),
    ],
)
def test_what_is_not_in_git_as_it_was_analysed_has_no_link(unlinked: Checkout) -> None:
    assert (unlinked.view("a.yaml", 1), unlinked.edit("a.yaml")) == ("", "")


def test_the_state_says_when_no_commit_was_analysed() -> None:
    assert Checkout().state == "working tree, not in Git"
    assert Checkout(commit=SHA).state == "c0ffee00"
    assert Checkout(commit=SHA, dirty=True).state == "c0ffee00 with local changes"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (
            "git@github.com:fortedigital/helm-prod-values.git",
            "https://github.com/fortedigital/helm-prod-values",
        ),
        ("https://user:token@github.com/o/r.git", "https://github.com/o/r"),
        ("ssh://git@github.com:22/o/r", "https://github.com/o/r"),
        ("https://github.com:8443/o/r", "https://github.com:8443/o/r"),
    ],
)
def test_every_spelling_of_a_remote_is_an_address_without_credentials(
    url: str, address: str
) -> None:
    assert web_address([url], {}) == (address, HostForm.GITHUB)


@pytest.mark.parametrize("url", ["/srv/git/r", "file:///srv/git/r", "https://host:port/r", ""])
def test_what_no_browser_opens_has_no_address(url: str) -> None:
    assert web_address([url], {}) == ("", HostForm.NONE)


def test_the_configuration_names_the_form_of_a_host() -> None:
    urls = ["https://git.forteapps.net/Forte/launchpad"]
    assert web_address(urls, {})[1] is HostForm.NONE
    assert web_address(urls, {"git.forteapps.net": HostForm.GITEA})[1] is HostForm.GITEA


def test_an_address_whose_form_is_known_comes_before_others() -> None:
    urls = ["https://git.example.com/o/r", "https://gitlab.com/o/r"]
    assert web_address(urls, {}) == ("https://gitlab.com/o/r", HostForm.GITLAB)
