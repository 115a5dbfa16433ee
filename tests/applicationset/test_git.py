"""Git generators: directories and files, by path, revision and content."""

import pytest

from graphdoc.model.location import SourceFile
from tests.applicationset.sets import (
    CONFIG,
    REPO,
    TREE,
    a_set,
    generate,
    git,
    names,
    notes,
    problems,
    shown,
)


def test_directories_are_matched_level_by_level_and_hidden_ones_never() -> None:
    text = TREE + a_set(
        git("directories: [{path: addons/*}]"), "{{path.basenameNormalized}}", p="{{path}}"
    )
    generated = generate(text)
    assert list(zip(names(generated), shown(generated), strict=True)) == [
        ("cert-manager", {"p": "addons/Cert_Manager"}),
        ("nginx", {"p": "addons/nginx"}),
    ]


def test_excluded_directories_stay_out_whatever_includes_them() -> None:
    body = "directories: [{path: addons/nginx}, {path: '*/*'}, {path: addons/n*, exclude: true}]"
    text = TREE + a_set(git(body), "{{path[1]}}")
    assert names(generate(text)) == ["Cert_Manager", "deep"]


def test_two_stars_are_as_one_in_a_directory() -> None:
    text = TREE + a_set(git("directories: [{path: other/**}]"), "{{path.basename}}")
    assert names(generate(text)) == ["deep"]


def test_path_parameters_take_a_prefix() -> None:
    text = TREE + a_set(
        git(
            "directories: [{path: addons/nginx}]\npathParamPrefix: mine\n"
            "values: {url: '{{mine.path}}!'}"
        ),
        "{{mine.path.basename}}",
        a="{{mine.path}} {{mine.path[0]}} {{path}} {{values.url}}",
    )
    assert shown(generate(text)) == [{"a": "addons/nginx addons {{path}} addons/nginx!"}]


def test_directories_come_from_the_revision() -> None:
    text = (
        a_set(git("directories: [{path: apps/*}]").replace("HEAD", "next"), "{{path.basename}}")
        + "-- platform/apps/old/a.yaml --\n-- platform@next/apps/new/a.yaml --\n"
    )
    assert names(generate(text)) == ["new"]
    unknown = generate(text.replace("revision: next", "revision: gone"))
    assert names(unknown) == ["old"]
    assert problems(unknown) == [(10, "revision 'gone' is not in the clone of platform")]


@pytest.mark.parametrize(
    ("revision", "repository"),
    [("gone", "fork/platform"), ("<branch>", "platform"), ("stage=prod", "platform")],
)
def test_revision_that_may_exist_is_not_understood_and_the_checkout_read(
    revision: str, repository: str
) -> None:
    text = (
        a_set(git("directories: [{path: apps/*}]").replace("HEAD", revision), "{{path.basename}}")
        + "-- platform/apps/old/a.yaml --\n"
    )
    found = generate(text.replace("com/platform", f"com/{repository}"))
    assert (names(found), problems(found)) == (["old"], [])
    assert notes(found) == [
        f"revision '{revision}' is not in the clone of platform; its checkout was read instead"
    ]


def test_repository_that_is_not_at_hand_is_not_understood() -> None:
    body = git("directories: [{path: '*'}]").replace(REPO, "https://me:secret@git.example.com/gone")
    generated = generate(a_set(body, "{{path}}"))
    assert notes(generated) == [
        "repository 'https://git.example.com/gone' is not among the analysed clones"
    ]
    unnamed = git("directories: [{path: '*'}]").replace(REPO, '""')
    assert notes(generate(a_set(unnamed, "{{path}}"))) == ["a git generator without repoURL"]


def test_files_give_flat_keys_in_the_plain_dialect() -> None:
    text = CONFIG + a_set(
        git("files: [{path: clusters/*/config.json}]"),
        "{{cluster.name}}",
        a="{{cluster.ports.0}} {{cluster.ports.1}} {{on}} {{none}}",
        b="{{path}} {{path.basename}} {{path.filename}} {{path.filenameNormalized}} {{path[1]}}",
    )
    generated = generate(text)
    assert names(generated) == ["dev"]
    assert shown(generated) == [
        {"a": "80 1e+06 true <nil>", "b": "clusters/dev dev config.json config.json dev"}
    ]


def test_stars_in_files_cross_directories_and_a_list_makes_several() -> None:
    text = CONFIG + a_set(git("files: [{path: clusters/*.yaml}]"), "{{cluster.name}}")
    generated = generate(text)
    assert names(generated) == ["eu-1", "eu-2"]
    assert generated.files == {SourceFile("platform", "clusters/prod/eu/config.yaml")}
    assert [str(item) for item in generated.items] == [
        "platform/clusters/prod/eu/config.yaml:1:3",
        "platform/clusters/prod/eu/config.yaml:2:3",
    ]


@pytest.mark.parametrize(
    "option",
    [
        'data: {applicationsetcontroller.enable.new.git.file.globbing: "true"}',
        "args:\n- --enable-new-git-file-globbing",
        "env:\n- name: ARGOCD_APPLICATIONSET_CONTROLLER_ENABLE_NEW_GIT_FILE_GLOBBING\n"
        '  value: "true"',
    ],
)
def test_no_star_crosses_directories_where_argo_cd_is_told_so(option: str) -> None:
    text = CONFIG + a_set(git("files: [{path: clusters/*.yaml}]"), "{{cluster.name}}")
    told = f"\n-- platform/argocd.yaml --\nkind: ConfigMap\n{option}\n"
    assert names(generate(text + told)) == []
    assert names(generate(text + told.replace("true", "false").replace("--ena", "#"))) == [
        "eu-1",
        "eu-2",
    ]


def test_files_may_be_excluded_and_a_directory_means_all_in_it() -> None:
    text = CONFIG + a_set(
        git("files: [{path: clusters}, {path: 'clusters/prod/**', exclude: true}]"),
        "{{cluster.name}}",
    )
    assert names(generate(text)) == ["dev"]


def test_file_without_objects_is_a_problem_in_the_file() -> None:
    text = a_set(git("files: [{path: c.yaml}]"), "{{path}}") + "-- platform/c.yaml --\n- a\n- b\n"
    (problem,) = generate(text).problems
    assert (str(problem.primary.span), problem.message) == (
        "platform/c.yaml:1:3",
        "neither an object nor a list of objects",
    )


def test_git_generator_without_anything_to_find_is_a_problem() -> None:
    assert problems(generate(a_set(git("values: {}"), "x"))) == [
        (9, "a git generator names neither directories nor files")
    ]


def test_empty_file_gives_the_parameters_of_its_path() -> None:
    text = a_set(git("files: [{path: c.yaml}]"), "{{path.filename}}", p="{{path}}")
    for content in ("", "~\n", "- ~\n"):
        generated = generate(f"{text}-- platform/c.yaml --\n{content}")
        assert (names(generated), shown(generated)) == (["c.yaml"], [{"p": "."}])


def test_broken_file_is_a_problem_at_its_line() -> None:
    text = a_set(git("files: [{path: c.yaml}]"), "x") + "-- platform/c.yaml --\na: 1\nb: [\n"
    assert [line for line, _ in problems(generate(text))] == [3]
