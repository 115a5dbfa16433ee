"""Handwritten pages and slots: names that must exist, live facts, and text that has grown old."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from graphdoc.model.commit import Commit
from graphdoc.site.atlas.input import OwnRepository
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.generate import Site, generate_site
from graphdoc.site.mkdocs.build import SiteError, build_site
from graphdoc.site.prose.fill import fill
from graphdoc.site.prose.handwritten import Document, ProseError, fill_document, with_slots
from tests.site.small_estate import site_input


@cache
def site() -> Site:
    return generate_site(site_input())


def filled(text: str, here: str = "team.md") -> str:
    return fill(text, Scope(site().atlas, here)).markdown


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", text)).strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[app:shop]]", '<a href="apps/shop.html">shop</a>'),
        ("[[app:shop|our shop]]", '<a href="apps/shop.html">our shop</a>'),
        ("[[cluster:prod]]", '<a href="clusters/prod.html">prod</a>'),
        ("[[secret:credentials]]", '<a href="secrets/credentials.html">credentials</a>'),
        ("[[chart:web]]", '<a href="charts/web.html">web</a>'),
        ("[[repo:values]]", '<a href="repos/values.html">values</a>'),
        ("[[rule:missing-secret]]", '<a href="findings/missing-secret.html">missing-secret</a>'),
        ("[[application:prod/shop]]", '<a href="apps/shop.html#prod">shop</a>'),
        ("[[values:values/shop/base.yaml]]", "shop/base.yaml</a>"),
        ("{{ fact: clusters.count }} clusters", "2 clusters"),
        ("{{fact: commit.platform}}", "c0ffee00"),
    ],
)
def test_a_name_becomes_a_link_and_a_fact_its_value(text: str, expected: str) -> None:
    assert expected in filled(text)


def test_a_line_of_a_file_is_linked_as_everywhere() -> None:
    assert plain(filled("[[file:platform/base/shop.yaml#L3]]")) == "platform base/shop.yaml:3"
    assert plain(filled("[[file:platform/base/shop.yaml]]")) == "platform base/shop.yaml:1"


def test_links_are_right_from_where_the_text_stands() -> None:
    assert '<a href="../../apps/shop.html">' in filled("[[app:shop]]", "team/rules/dns.md")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[app:shpo]]", "no app 'shpo'; did you mean 'shop'?"),
        ("[[appp:shop]]", "no kind 'appp'; did you mean 'app'?"),
        ("[[cluster:produ]]", "no cluster 'produ'; did you mean 'prod'?"),
        (
            "[[application:prod/shp]]",
            "no node 'application:prod/shp'; did you mean 'application:prod/shop'?",
        ),
        ("[[file:platfrom/base/shop.yaml]]", "no repository 'platfrom'; did you mean 'platform'?"),
        ("[[file:platform/base/shpo.yaml]]", "no file 'base/shpo.yaml' in platform; did you mean"),
        ("[[file:platform/base/shop.yaml#L999]]", "no line '999' in platform/base/shop.yaml"),
        ("[[file:platform/base/shop.yaml#Lx]]", "no line 'x'"),
        ("{{ fact: cluster.count }}", "no fact 'cluster.count'; did you mean 'clusters.count'?"),
        ("{{ diagram: tre prod }}", "no diagram 'tre'; did you mean 'tree'?"),
        ("{{ diagram: tree prd }}", "no cluster 'prd'; did you mean 'prod'?"),
        ("{{ diagram: around shop stage }}", "shop is not on 'stage'"),
        ("{{ diagram: context x }}", "takes no name, found 'x'"),
        ("{{ diagram: secret credentials stage }}", "credentials is not on 'stage'"),
        ("{{ table: host }}", "no table 'host'; did you mean 'hosts'?"),
        ("{{ table: hosts where zone=x }}", "no condition 'zone'; did you mean 'cluster'?"),
        ("{{ table: hosts where cluster=x }}", "no cluster 'x'"),
        ("{{ table: hosts and more }}", "'hosts and more' is no table"),
    ],
)
def test_what_is_not_there_is_an_error_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ProseError, match=re.escape(message)) as caught:
        filled(f"First line.\n\n{text}\n")
    assert caught.value.line == 3


@pytest.mark.parametrize(
    "text",
    ["`[[app:gone]]`", "```\n[[app:gone]]\n```", "~~~\n[[app:gone]]\n~~~", "[[wiki:Gone]]",
     "{{ other: thing }}", "[[ -f x ]]", "```\n~~~\n[[app:gone]]\n```"],
)  # fmt: skip
def test_code_and_what_means_something_else_stays(text: str) -> None:
    assert filled(text) == text


def test_tables_are_those_of_a_cluster() -> None:
    table = plain(filled("{{ table: hosts where cluster=prod }}"))
    assert "shop.example.com" in table
    assert "shop.dev.example.com" not in table
    assert "shop.dev.example.com" in plain(filled("{{ table: hosts }}"))
    assert "values/shop/prod.yaml" not in filled("{{ table: values where cluster=dev }}")
    assert plain(filled("{{ table: policies }}")) == "None."
    for what in ("applications", "secrets", "clusters", "images", "charts"):
        assert "<table" in filled(f"{{{{ table: {what} where cluster=dev }}}}")


def test_a_picture_comes_with_its_figure_and_its_file() -> None:
    words = ("context", "tree prod", "order prod", "around shop dev", "secret credentials")
    for name in words:
        found = fill(f"{{{{ diagram: {name} }}}}", Scope(site().atlas, "team.md"))
        assert list(found.files) == [f"assets/diagrams/team--{id_}.svg" for id_ in found.figures]
        assert [f'data-gd="{id_}"' in found.markdown for id_ in found.figures] == [True]


def slots(*documents: Document) -> Site:
    return with_slots(site(), {document.path: document for document in documents})


def test_a_slot_stands_in_its_page() -> None:
    made = slots(
        Document("_slots/app/shop/intro.md", "Sells to [[cluster:prod]]."),
        Document("_slots/app/shop/notes.md", "Ask the sales team."),
        Document("_slots/runbook/rebuild-prod/step-1.md", "Order nodes."),
        Document("_slots/runbook/rebuild-prod/before-steps.md", "Tell the others."),
        Document("_slots/page/index/after.md", "The end."),
    )
    shop = plain(made.pages["apps/shop.md"].markdown)
    assert re.search(
        r"(error|no findings|info|warning)s? Sells to prod\. Written by the team", shop
    )
    assert shop.endswith("Ask the sales team. Written by the team")
    assert '<a href="../clusters/prod.html">' in made.pages["apps/shop.md"].markdown
    rebuild = made.pages["runbooks/rebuild-prod.md"].markdown
    headings = [found.start() for found in re.finditer(r"^## ", rebuild, re.MULTILINE)]
    assert rebuild.index("Tell the others.") < headings[0]
    assert headings[0] < rebuild.index("Order nodes.") < headings[1]
    assert plain(made.pages["index.md"].markdown).endswith("The end. Written by the team")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("_slots/app/shpo/intro.md", "no app 'shpo'; did you mean 'shop'?"),
        ("_slots/ap/shop/intro.md", "no kind 'ap'; did you mean 'app'?"),
        ("_slots/app/shop/intor.md", "no slot 'intor'; did you mean 'intro'?"),
        ("_slots/intro.md", "a slot is called _slots/<kind>/<name>/<slot>.md"),
        ("_slots/runbook/rebuild-prd/after.md", "no runbook 'rebuild-prd'; did you mean"),
        ("_slots/runbook/rebuild-prod/step-99.md", "steps, and no step-99"),
    ],
)
def test_a_slot_that_belongs_nowhere_is_an_error(path: str, message: str) -> None:
    with pytest.raises(ProseError, match=re.escape(message)) as caught:
        slots(Document(path, "x"))
    assert str(caught.value).startswith(path)


def commit(id_: str, time: int, path: str, repository: str = "platform") -> Commit:
    return Commit(repository, id_ * 40, time, "Ann", "x", (path,))


HISTORY = (
    commit("c", 3, "base/shop.yaml"),
    commit("b", 2, "README.md"),
    commit("a", 1, "base/shop.yaml"),
)


@pytest.mark.parametrize(
    ("covers", "reviewed", "expected"),
    [
        (
            "platform/base/shop.yaml", "bbbb",
            "Older than the code it describes: platform/base/shop.yaml changed since this was "
            "reviewed at bbbb, the last time on 1970-01-01.",
        ),
        ("platform/base", "bbbb", "Older than the code it describes: platform/base changed"),
        ("platform/base/shop.yaml", "cccc", "Describes platform/base/shop.yaml; reviewed at cccc."),
        ("platform/secrets", "aaaa", "Describes platform/secrets; reviewed at aaaa."),
        (
            "platform/base", "dddd",
            "Describes platform/base; reviewed at dddd, which is none of the newest commits.",
        ),
        ("platform/base", "", "Describes platform/base."),
    ],
)  # fmt: skip
def test_text_older_than_what_it_covers_says_so(covers: str, reviewed: str, expected: str) -> None:
    dated = generate_site(replace(site_input(), history=HISTORY))
    facts: dict[str, object] = {"covers": [covers], "reviewed": reviewed}
    assert expected in plain(fill_document(dated, Document("team.md", "Text.", facts)).markdown)


def test_text_that_covers_nothing_says_nothing_of_it() -> None:
    assert fill_document(site(), Document("team.md", "Text.")).markdown == "Text."


def test_text_that_covers_what_is_gone_is_an_error() -> None:
    for path, message in (
        ("platform/gone.yaml", "no file 'gone.yaml'"),
        ("x/y", "no repository 'x'"),
    ):
        document = Document("team.md", "Text.", {"covers": [path]})
        with pytest.raises(ProseError, match=f"team.md: covers: {message}"):
            fill_document(site(), document)


def test_a_slot_names_who_wrote_it_last() -> None:
    own = (commit("f", 86_400, "docs_src/_slots/app/shop/notes.md", ""),)
    dated = replace(site_input(), own=OwnRepository("/w", own))
    document = Document("_slots/app/shop/notes.md", "x", place="docs_src/_slots/app/shop/notes.md")
    made = with_slots(generate_site(dated), {document.path: document})
    assert plain(made.pages["apps/shop.md"].markdown).endswith(
        "Written by the team, Ann, 1970-01-02"
    )


@pytest.mark.slow
def test_the_built_site_holds_the_teams_text_and_refuses_what_is_gone(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    (docs / "_slots" / "cluster" / "prod").mkdir(parents=True)
    (docs / "_slots" / "cluster" / "prod" / "intro.md").write_text("**Mind** it.\n", "utf-8")
    (docs / "team.md").write_text(
        "---\nnav: Start\ncovers: [platform/base]\n---\n# Us\n\nAsk about [[app:shop]].\n\n"
        "{{ diagram: tree prod }}\n\n{{ table: hosts }}\n", "utf-8",
    )  # fmt: skip
    own = OwnRepository(
        str(tmp_path.resolve()), (), ("git@github.com:us/docs.git",), "c0ffee", "main"
    )
    result = build_site(replace(site_input(), own=own), tmp_path / "site", docs)
    assert (result.problems, result.warnings) == ((), ())
    team = (tmp_path / "site" / "team.html").read_text("utf-8")
    assert '<a href="https://github.com/us/docs/edit/main/docs/team.md"' in team
    assert '<svg class="gd-svg"' in team
    assert 'href="apps/shop.html"' in team
    assert (tmp_path / "site" / "assets/diagrams/team--tree-prod.svg").is_file()
    prod = (tmp_path / "site" / "clusters" / "prod.html").read_text("utf-8")
    assert "<strong>Mind</strong> it." in prod
    assert not (tmp_path / "site" / "_slots").exists()
    (docs / "team.md").write_text("---\nnav: Start\n---\n\n# Us\n\n[[app:gone]]\n", "utf-8")
    with pytest.raises(SiteError, match=r"team\.md:7: no app 'gone'"):
        build_site(site_input(), tmp_path / "site", docs)
