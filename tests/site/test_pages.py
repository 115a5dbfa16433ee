"""What the pages of a small estate say, read as a reader would: without markup."""

import re
from functools import cache
from html import unescape

from graphdoc.model.location import SourceFile, Span
from graphdoc.pipeline.analysis import Analysis
from graphdoc.pipeline.publish import to_site_input
from graphdoc.resolve.roots.pattern import RootPattern
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.input import HostForm, SiteSettings
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.generate import Site, generate_site
from graphdoc.site.mkdocs.navigation import navigation
from graphdoc.site.pages.settings import changes_of
from graphdoc.site.writing.markup import Markup
from graphdoc.site.writing.tables import Section, capped, row, row_weight, table
from tests.site.small_estate import TEXT, site_input

HEALTH_CHECK = """\
-- platform/secrets/argocd-cm.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-cm, namespace: argocd}
data:
  resource.customizations.health.argoproj.io_Application: |
    hs = {}
"""


@cache
def site(text: str = TEXT) -> Site:
    return generate_site(site_input(text))


def words(path: str, text: str = TEXT) -> str:
    """The text of a page, its cells divided by bars."""
    markdown = (
        site(text)
        .pages[path]
        .markdown.replace("</th> <td", " | <td")
        .replace("</td>", " | ")
        .replace("</tr>", "\n")
    )
    plain = unescape(re.sub(r"<[^>]*>", "", markdown))
    return re.sub(r"[ \t]+", " ", plain)


def rows(path: str, *first: str, text: str = TEXT) -> list[list[str]]:
    """The rows of a page whose first cells are these."""
    found = [
        [cell.strip() for cell in line.split(" | ")] for line in words(path, text).splitlines()
    ]
    return [row for row in found if row[: len(first)] == list(first)]


def test_the_start_says_what_there_is() -> None:
    said = words("index.md")
    assert "Three Git repositories describe two clusters." in said
    assert "whether these are Kubernetes clusters of their own, Git does not say." in said
    assert "4 Applications" in said
    assert re.search(r"✕ \d+ errors?", said)


def test_an_application_page_begins_with_one_sentence() -> None:
    assert (
        "shop is an Application in sync wave 2. It runs on 2 of 2 clusters, in namespace shop, "
        "from chart web."
    ) in words("apps/shop.md")


def test_what_nothing_orders_is_in_no_wave() -> None:
    assert "root is a root Application. It runs on 2 of 2 clusters, in namespace argocd." in words(
        "apps/root.md"
    )


def test_what_was_not_analysed_is_counted_beside_the_findings() -> None:
    text = TEXT.replace("path: secrets}", "path: secrets, plugin: {name: vault}}")
    for page in ("index.md", "clusters/dev.md", "findings/index.md", "apps/index.md"):
        one = page == "clusters/dev.md"
        whole = "2 of 4 Applications" if one else "4 of 8 Applications, counted per cluster,"
        assert f"{whole} not fully analysed" in words(page, text), page
    assert "2 of 2 Applications not fully analysed" in words("apps/secrets.md", text)
    assert "not fully analysed" not in words("apps/secrets.md")


def test_the_only_repository_needs_no_name_before_a_line() -> None:
    one = TEXT[: TEXT.index("-- charts/")]
    assert "rebuild it root-dev.yaml:1" in words("clusters/dev.md", one)
    assert "rebuild it platform root-dev.yaml:1" in words("clusters/dev.md")


def test_one_cluster_differs_from_no_other() -> None:
    text = TEXT.replace("-- platform/root-prod.yaml --", "-- platform/root-prod.txt --")
    assert "Versions that differ between clusters" in words("drift.md")
    said = words("drift.md", text)
    assert "What differs from what was recorded" in said
    assert "between clusters" not in said


def test_what_a_plugin_renders_says_so_and_that_it_is_not_known() -> None:
    text = TEXT.replace("path: secrets}", "path: secrets, plugin: {name: make}}")
    said = words("apps/secrets.md", text)
    assert "Argo CD has the config management plugin 'make' render it. graphdoc runs no" in said
    assert "rendered by the config management plugin 'make', which is not run" in said
    assert "plugin" not in words("apps/secrets.md")
    read = f"{text}-- platform/deep/in/x.txt --\n".replace("path: secrets,", "path: deep,")
    assert [cells[3] for cells in rows("repos/platform.md", "deep/", text=read)] == [
        "1 Application"
    ]


def test_files_that_the_page_of_a_repository_has_no_room_for_are_parted() -> None:
    one = "-- platform/secrets/n{}.yaml --\nkind: ConfigMap\nmetadata: {{name: n{}}}\n"
    pages = site(TEXT + "".join(one.format(n, n) for n in range(150))).pages
    assert {path for path in pages if path.startswith("repos/platform/")} == {
        "repos/platform/1.md", "repos/platform/2.md",
    }  # fmt: skip
    parts = [pages[f"repos/platform/{number}.md"].markdown for number in (1, 2)]
    ids = [re.findall(r'<tr id="([^"]+)"', part) for part in parts]
    assert len({*ids[0], *ids[1]}) == sum(map(len, ids)) > 150
    assert 'href="platform/2.html"' in pages["repos/platform.md"].markdown
    assert "known-files" not in pages["repos/platform.md"].markdown
    assert "known-files" in site().pages["repos/platform.md"].markdown


def test_a_chart_that_a_kustomization_has_helm_render_is_rendered() -> None:
    text = (
        f"{TEXT}-- platform/secrets/kustomization.yaml --\nresources: [plain.yaml]\nhelmCharts:\n"
        "- {name: kube, repo: https://charts.example.com, version: 1.0.0}\n"
    )
    said = words("charts/kube.md", text)
    assert "rendered by 1 Application on 2 clusters." in said
    assert "A kustomization has Helm render it, and sets its values beside its name." in said


def test_a_patched_application_names_the_line_of_the_patch() -> None:
    assert rows("apps/shop.md", "prod", "1.7.2") == [
        [
            "prod", "1.7.2", "shop:1.7.2", "automated, prune, selfHeal",
            "platform overlays/prod/kustomization.yaml:3", "values shop/prod.yaml:1", "2 info", "",
        ]
    ]  # fmt: skip


def test_a_cluster_says_what_differs_from_the_base_with_both_lines() -> None:
    assert rows("clusters/prod.md", "shop", "spec/sources/0/helm/valueFiles/1") == [
        [
            "shop", "spec/sources/0/helm/valueFiles/1", "$values/shop/prod.yaml",
            "platform overlays/prod/kustomization.yaml:7", "platform base/shop.yaml:17", "",
        ]
    ]  # fmt: skip
    assert "No patch changes an Application; what values files set" in words("clusters/dev.md")
    patch = "      - op: replace\n"
    on = TEXT.replace(patch, f"      - {{op: add, path: /spec/on, value: true}}\n{patch}")
    assert [found[2] for found in rows("clusters/prod.md", "shop", "spec/on", text=on)] == ["true"]


def test_what_has_no_namespace_uses_the_only_secret_of_a_name() -> None:
    secret = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: %s, namespace: %s}\n"
    made = [("only", "a"), ("twice", "a"), ("twice", "b"), ("said", "a"), ("near", "a")]
    sources = "{auth: {tokenSecretRef: {name: said, namespace: b}}}"
    text = (
        TEXT
        + f"""\
-- platform/secrets/everywhere.yaml --
apiVersion: trust.cert-manager.io/v1alpha1
kind: Bundle
metadata: {{name: all}}
spec: {{sources: [{{secret: {{name: only}}}}, {{secret: {{name: twice}}}}]}}
---
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {{name: store}}
spec: {{provider: {{vault: {sources}}}}}
---
apiVersion: example.com/v1
kind: Thing
metadata: {{name: thing}}
spec: {{secretName: near}}
{"".join(secret % one for one in made)}"""
    )
    pages = {name: words(f"secrets/{name}.md", text) for name in ("only", "twice", "said", "near")}
    counted = {name: re.search(r"in (\d) namespaces?", page) for name, page in pages.items()}
    assert {name: found and found[1] for name, found in counted.items()} == {
        "only": "1", "twice": "3", "said": "2", "near": "2",
    }  # fmt: skip


def test_a_claim_names_the_volume_that_it_is_bound_to() -> None:
    claim = "kind: PersistentVolumeClaim\nmetadata: {name: %s}\nspec: {%sresources: {}}\n"
    bound = "".join(
        f"---\napiVersion: v1\n{claim % one}" for one in (("a", "volumeName: pv-a, "), ("b", ""))
    )
    text = TEXT + f"-- platform/secrets/claims.yaml --\n{bound}"
    found = [
        row[1]
        for row in rows("runbooks/rebuild-dev.md", "secrets", text=text)
        if "claims.yaml" in row[3]
    ]
    assert found == ["a, bound to pv-a", "b"]


def test_the_parity_matrix_marks_only_exceptions() -> None:
    matrix = site().pages["clusters/index.md"].markdown
    shop = next(row for row in matrix.split("<tr") if ">shop</a></th>" in row)
    assert re.findall(r'<td data-l="\w+" class="(\w+)">', shop) == []
    assert [row[1:3] for row in rows("clusters/index.md", "shop")] == [["1.7.2", "Δ 1.7.2"]]
    assert [row[1:3] for row in rows("clusters/index.md", "secrets")] == [["✕ yes", "✕ yes"]]


def test_a_finding_about_a_file_belongs_to_each_application_that_reads_it() -> None:
    assert "1 error" in words("apps/secrets.md")
    assert "plain-secret" in words("apps/secrets.md")
    assert "plain-secret" in words("clusters/prod.md")
    assert "plain-secret" not in words("apps/shop.md")
    assert "plain-secret" in words("secrets/plain.md")


_TWO = """\
-- fleet/base/kustomization.yaml --
resources: [kites.yaml]
-- fleet/base/kites.yaml --
{}
-- fleet/overlays/dev/kustomization.yaml --
resources: [../../base]
-- fleet/overlays/prod/kustomization.yaml --
resources: [../../base]
patches:
  - target: {{kind: Application, name: kites}}
    patch: |
      - op: replace
        path: /spec/source/helm/valueFiles/0
        value: sets/prod.yaml
-- fleet/root-dev.yaml --
{}
-- fleet/root-prod.yaml --
{}
-- fleet/kite/Chart.yaml --
{{apiVersion: v2, name: kite, version: 1.0.0}}
-- fleet/kite/values.yaml --
tail: long
image: registry.example.com/kite:latest
-- fleet/kite/sets/dev.yaml --
image: registry.example.com/kite:latest
-- fleet/kite/sets/prod.yaml --
colour: red
-- fleet/kite/templates/pod.yaml --
apiVersion: v1
kind: Pod
metadata: {{name: kite}}
spec:
  containers:
    - name: kite
      image: "{{{{ .Values.image }}}}"
      envFrom: [{{secretRef: {{name: wind, optional: true}}}}]
""".format(
    *(
        f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}, namespace: argocd}}
spec:
  project: default
  source: {{repoURL: https://git.example.com/fleet, path: {path}{helm}}}
  destination: {{server: https://kubernetes.default.svc, namespace: sky}}"""
        for name, path, helm in (
            ("kites", "kite", ", helm: {valueFiles: [sets/dev.yaml]}"),
            ("root", "overlays/dev", ""),
            ("root", "overlays/prod", ""),
        )
    )
)


def _page(path: str, text: str = _TWO) -> str:
    roots = (RootPattern("fleet", "root-{cluster}.yaml"),)
    return generate_site(site_input(text, roots=roots)).pages[path].markdown


def _listed(path: str) -> str:
    return _page(path).partition('class="admonition ')[2].partition("</div>")[0]


def _told(path: str) -> set[str]:
    return set(re.findall(r"· <a[^>]*>([\w-]+)</a>", _listed(path)))


def test_a_finding_is_told_wherever_it_concerns_something() -> None:
    assert _told("values/fleet-kite-sets-prod.yaml.md") == {"unused-value"}
    assert _told("values/fleet-kite-sets-dev.yaml.md") == {"floating-image-tag", "redundant-value"}
    assert _told("charts/kite.md") == {"floating-image-tag", "unused-value"}


def test_a_secret_whose_maker_is_not_known_is_not_told_as_made_by_nothing() -> None:
    assert "wind is a Secret whose maker cannot be told from Git" in _page("secrets/wind.md")


def test_a_chart_without_values_of_its_own_is_at_hand() -> None:
    values = "tail: long\nimage: registry.example.com/kite:latest\n"
    bare = _TWO.replace(f"-- fleet/kite/values.yaml --\n{values}", "")
    assert "It brings no values of its own." in _page("charts/kite.md", bare)


def test_values_in_the_folder_of_a_chart_concern_who_layers_them() -> None:
    assert "redundant-value" in _told("clusters/dev.md")
    assert "redundant-value" not in _told("clusters/prod.md")
    assert all("reads tail" in _listed(f"clusters/{cluster}.md") for cluster in ("dev", "prod"))


def test_a_finding_that_stands_for_several_clusters_marks_each() -> None:
    assert [row[1:3] for row in rows("clusters/index.md", "odd")] == [["✕ yes", "✕ yes"]]


def test_waves_are_not_enforced_without_a_health_check() -> None:
    assert "The order is not enforced" in words("waves/index.md")


def test_clusters_of_one_wave_share_a_row_and_have_no_board() -> None:
    flat = TEXT.replace('    argocd.argoproj.io/sync-wave: "2"\n', '    note: "2"\n')
    found = re.sub(r"<[^>]+>", "|", site(flat).pages["waves/index.md"].markdown)
    assert re.search(r"\|dev\|, \|prod\|.*All Applications are in one wave", found)
    assert "board-dev" not in found
    assert "is on its own page: |dev|, |prod|" in found


def test_waves_that_no_application_minds_are_not_told_as_one() -> None:
    flat = TEXT.replace('    argocd.argoproj.io/sync-wave: "2"\n', '    note: "2"\n')
    root = flat.partition("-- platform/root-dev.yaml --\n")[2].partition("-- ")[0]
    by_hand = flat[flat.index("-- platform/base/kustomization.yaml --") :]
    brought = by_hand.replace(
        "overlays/dev/kustomization.yaml --\nresources: [../../base]",
        f"overlays/dev/root.yaml --\n{root}-- platform/overlays/dev/kustomization.yaml --\n"
        "resources: [../../base, root.yaml]",
    )
    said = []
    for text in (by_hand, brought):
        found = generate_site(site_input(text, roots=())).pages["waves/index.md"].markdown
        cells = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "|", found)).partition("How waves")[0]
        said.append((*re.findall("Nothing orders|in one wave|The waves order nothing", cells),))
    assert said == [("Nothing orders",), ("The waves order nothing", "Nothing orders")]


def test_a_health_check_that_git_holds_enforces_the_waves() -> None:
    said = words("waves/index.md", TEXT + HEALTH_CHECK)
    assert (
        "The order is enforced: Argo CD waits for the Applications of a wave to be healthy" in said
    )
    assert "platform secrets/argocd-cm.yaml:5" in said


def test_a_health_check_in_values_of_argo_cd_enforces_where_they_are_read() -> None:
    values = HEALTH_CHECK.replace("secrets/argocd-cm.yaml", "argocd/values.yaml").replace(
        "\ndata:", "\n# argoproj.io/Application: a comment\nconfigs:"
    )
    said = words("waves/index.md", TEXT + values)
    assert "The order is enforced where Argo CD reads the health check" in said
    assert "of platform argocd/values.yaml:6: it waits" in said
    assert "not enforced" not in said


def test_a_secret_page_leads_from_its_maker_to_its_users() -> None:
    said = words("secrets/credentials.md")
    assert "credentials is a Secret made by a SealedSecret" in said
    assert rows("secrets/credentials.md", "shop", "prod") == [
        ["shop", "prod", "shop", "envFrom", "charts web/templates/all.yaml:13", ""]
    ]
    figure = site().pages["secrets/credentials.md"].figures["secret-prod"]
    assert "SealedSecret in Git" in figure
    assert "makes</text>" not in figure


_ALIKE = """\
-- platform/secrets/operated.yaml --
apiVersion: secrets.hashicorp.com/v1beta1
kind: VaultStaticSecret
metadata: {name: vault, namespace: shop}
spec: {destination: {name: from-vault, create: true}}
---
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: db, namespace: shop}
---
apiVersion: trust.cert-manager.io/v1alpha1
kind: Bundle
metadata: {name: authorities}
spec: {sources: [{secret: {name: root}}], target: {secret: {key: ca.crt}}}
---
apiVersion: v1
kind: Secret
metadata: {name: root, namespace: vault}
---
apiVersion: v1
kind: Secret
metadata:
  name: shown
  annotations: {reflector.v1.k8s.emberstack.com/reflection-auto-enabled: "true"}
-- platform/base/twin.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: secrets, namespace: other}
spec:
  project: default
  source: {repoURL: https://git.example.com/platform, path: nowhere}
  destination: {server: https://kubernetes.default.svc, namespace: second}
"""


def test_makers_and_namespaces_are_named_each() -> None:
    made = site(TEXT.replace("[shop.yaml,", "[twin.yaml, shop.yaml,") + _ALIKE).pages
    assert (
        "from-vault is a Secret made by a VaultStaticSecret,"
        in made["secrets/from-vault.md"].markdown
    )
    assert "VaultStaticSecret</text>" in made["secrets/from-vault.md"].figures["secret-dev"]
    assert "made by a Cluster (postgresql.cnpg.io)," in made["secrets/db-app.md"].markdown
    assert "Secret manifest, in 1 namespace on" in made["secrets/root.md"].markdown
    bundled = made["secrets/authorities.md"].markdown
    assert "made by a Bundle (trust.cert-manager.io)," in bundled
    assert "made by a Secret manifest and an annotation," in made["secrets/shown.md"].markdown
    twins = made["apps/secrets.md"].markdown
    assert "namespaces second, shop" in twins
    assert twins.count('<span class="gd-dim">in second</span>') == 2
    assert made["namespaces/index.md"].rows["namespace:dev-2Fshop"] == "shop"


_REMOTE = """\
-- platform/base/db.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: db, namespace: argocd}
spec:
  project: default
  sources:
    - repoURL: https://charts.example.com
      chart: db
      targetRevision: 1.0.0
      helm:
        valueFiles: [$values/shop/none.yaml]
        valuesObject: {auth: {secret: {name: plain}}, name: credentials}
    - {repoURL: https://git.example.com/values, ref: values}
  destination: {server: https://kubernetes.default.svc, namespace: shop}
  syncPolicy: {automated: {enabled: false, prune: true}}
-- values/shop/none.yaml --
# nothing yet
"""


def test_what_values_of_a_chart_out_of_sight_say_is_told_as_open() -> None:
    made = site(TEXT.replace("[shop.yaml,", "[db.yaml, shop.yaml,") + _REMOTE).pages
    told = {path: re.sub(r"<[^>]*>", "", page.markdown) for path, page in made.items()}
    assert "on 2 clusters, perhaps used by 1 Application." in told["secrets/plain.md"]
    assert ">perhaps used by</text>" in made["secrets/plain.md"].figures["secret-dev"]
    assert "its values name it, its chart is not at hand" in told["secrets/plain.md"]
    assert "on 2 clusters, used by 1 Application." in told["secrets/credentials.md"]
    assert told["runbooks/rotate/plain.md"].count("perhaps db") == 2
    assert "sets nothing" in told["values/values-shop-none.yaml.md"]
    assert "by hand: enabled is false" in told["apps/db.md"]


def test_effective_values_name_their_line_and_hide_credentials() -> None:
    assert rows("apps/shop.md", "host", "dev") + rows("apps/shop.md", "host", "prod") == [
        ["host", "dev", "shop.dev.example.com", "values shop/dev.yaml:1", ""],
        ["host", "prod", "shop.example.com", "values shop/prod.yaml:1", ""],
    ]
    assert [row[2] for row in rows("apps/shop.md", "admin.password")] == ["<redacted>"]
    assert [row[2] for row in rows("apps/shop.md", "harmless")] == ["<redacted>"]


def test_findings_lead_to_the_page_of_their_rule() -> None:
    assert "no Application layers values/lost/values.yaml" in words("findings/index.md")
    assert "1 finding in this estate." in words("findings/orphaned-values-file.md")
    assert "No finding in this estate." in words("findings/application-cycle.md")


def test_coverage_says_what_was_not_resolved_and_why() -> None:
    assert [row[:2] for row in rows("coverage.md", "odd")] == [["odd", "dev, prod"]]


def test_coverage_has_the_commands_that_bring_charts(analysis: Analysis) -> None:
    page = generate_site(to_site_input(analysis)).pages["coverage.md"].markdown
    commands = [line for line in unescape(page).splitlines() if "helm pull tempo" in line]
    repository = "https://grafana.github.io/helm-charts"
    wanted = f"helm pull tempo --repo {repository} --version 1.18.0 -d ../charts"
    assert commands == [wanted]
    assert "chart_cache" not in words("coverage.md")


def test_lines_are_linked_where_the_host_is_known() -> None:
    settings = SiteSettings(hosts={"git.example.com": HostForm.GITEA})
    page = generate_site(site_input(settings=settings)).pages["apps/shop.md"]
    commit = "c0ffee" + "0" * 34
    assert f"https://git.example.com/values/src/commit/{commit}/shop/base.yaml#L2" in page.markdown
    assert page.edit == "https://git.example.com/platform/_edit/main/base/shop.yaml"
    assert site().pages["apps/shop.md"].edit == ""


def test_configured_groups_come_before_the_app_of_apps() -> None:
    grouped = generate_site(site_input(settings=SiteSettings(groups={"Our own": ("sh*",)})))
    assert dict(grouped.atlas.groups) == {
        "odd": "root", "root": "Roots", "secrets": "root", "shop": "Our own",
    }  # fmt: skip


_SET = """\
-- platform/base/set.yaml --
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: set, namespace: argocd}
spec:
  generators: [{clusters: {selector: {matchLabels: {env: prod}}}}]
  template:
    metadata: {name: "{{name}}-shop"}
    spec:
      project: default
      source: {repoURL: https://git.example.com/platform, path: secrets}
      destination: {server: "{{server}}", namespace: shop}
"""


def test_what_a_set_brings_alone_is_of_the_group_above_and_its_cluster_assumed() -> None:
    text = TEXT.replace("[shop.yaml,", "[set.yaml, shop.yaml,") + _SET
    found = site(text)
    assert found.atlas.groups["env=prod-shop"] == "root"
    said = "No clone registers its cluster, so that one is assumed"
    assert said in found.pages["apps/env-prod-shop.md"].markdown
    assert said not in found.pages["apps/shop.md"].markdown
    settings = SiteSettings(groups={"Our own": ("env*",)})
    own = generate_site(site_input(text, settings=settings))
    assert own.atlas.groups["env=prod-shop"] == "Our own"


def test_a_cluster_says_that_a_lone_set_gave_it_its_name() -> None:
    said = "It goes by the name of the ApplicationSet that starts it."
    alone = _SET.replace("base/set", "root-books").replace("{name: set,", "{name: books,")
    assert said in words("clusters/books.md", alone)
    assert "Git shows none of its Applications" in words("day-1.md", alone)
    assert "what 1 ApplicationSet would make, Git does not show" in words("index.md", alone)
    assert said not in words("clusters/dev.md")


def test_a_large_section_shows_only_its_index_in_the_navigation() -> None:
    manifest = """\
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: app-{0:03}, namespace: argocd}}
spec:
  project: default
  source: {{repoURL: https://git.example.com/platform, path: secrets}}
  destination: {{server: https://kubernetes.default.svc, namespace: app-{0:03}}}
"""
    many = "".join(map(manifest.format, range(300)))
    large = TEXT.replace(
        "-- platform/base/odd.yaml --\n", f"-- platform/base/odd.yaml --\n{many}---\n"
    )
    made = site(large)
    assert {"Applications": [{"Applications": "apps/index.md"}]} in navigation(made, {})
    assert len(made.pages["apps/index.md"].markdown) > len(site().pages["apps/index.md"].markdown)
    assert '<a href="where/2.html?changes=app-299">app-299</a>' in made.pages["where.md"].markdown
    parts = [page.markdown for path, page in made.pages.items() if path.startswith("where/")]
    changes = sum(len(changes_of(made.atlas, nodes)) for nodes in made.atlas.by_name.values())
    assert sum(part.count("<tr") - 1 for part in parts) == changes


def test_where_not_every_secret_has_room_every_name_has_a_row() -> None:
    made = "".join(
        f"---\n{{kind: Secret, apiVersion: v1, metadata: {{name: s{n}{'x' * 240}}}}}\n"
        for n in range(50)
    )
    text = f"{TEXT}-- platform/secrets/many.yaml --\n{made}"
    page = site(text).pages["secrets/index.md"].markdown
    assert "that Git makes or Applications use, under 53 names" in page
    assert page.partition("\n## ")[0].count("</tr>") == 53 + 1
    assert "not shown" not in page


def test_every_page_has_a_title_a_sentence_and_filled_slots() -> None:
    head = re.compile(
        r'---\ntitle: ".+"\ndescription: ".+"\nsearch: \{boost: [0-9.]+\}\n---\n\n# .+ \{ #top \}\n'
    )
    for page in site().pages.values():
        assert head.match(page.markdown) or page.path == "explorer.md", page.path
        assert '<p class="gd-lead">' in page.markdown
        slots = re.findall(r'<div class="gd-slot" data-gd="([^"]+)">', page.markdown)
        assert sorted(slots) == sorted(page.figures)


def test_a_capped_table_says_how_much_it_leaves_out() -> None:
    rows_ = [row(str(number)) for number in range(3)]
    two = 2 * row_weight(rows_[0], ("A",))
    assert row_weight(rows_[0], ("A",)) <= len('<tr><td data-l="A">0</td></tr>') + 4
    more = Markup("<a>B</a>")
    left = capped(("A",), rows_, two, more=more)
    assert left.endswith("</table></div><p>1 more is in <a>B</a>.</p>")
    linked = [*rows_[:2], row("c", id_="c")]
    left = capped(("A",), linked, two, more=more)
    assert left.endswith('<i id="c"></i><p>1 more is in <a>B</a>.</p>')
    titled = capped(("A",), [*rows_[:2], rows_[0], Section("late", "s"), rows_[0]], two, more=more)
    assert titled.endswith('<i id="s"></i><p>2 more are in <a>B</a>.</p>')
    assert capped(("A",), rows_, 2 * two, more=more) == table(("A",), rows_)


def test_a_cluster_of_many_waves_has_its_picture() -> None:
    manifest = """\
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: a-long-name-for-an-application-{0:03}
  namespace: argocd
  annotations: {{argocd.argoproj.io/sync-wave: "{1}"}}
spec:
  project: default
  source: {{repoURL: https://git.example.com/platform, path: secrets}}
  destination: {{server: https://kubernetes.default.svc, namespace: app-{0:03}}}
"""
    many = "".join(manifest.format(number, number % 14) for number in range(84))
    file = "-- platform/base/odd.yaml --\n"
    made = generate_site(site_input(TEXT.replace(file, f"{file}{many}---\n")))
    page = made.pages["clusters/dev.md"]
    assert list(page.figures) == ["tree-dev", "order-dev"]
    assert "Too large for a picture" not in page.markdown


def test_without_an_application_nothing_is_said_of_argo_cd() -> None:
    alone = "-- charts/demo/Chart.yaml --\napiVersion: v2\nname: demo\nversion: 1.0.0\n"
    said = {path: words(path, alone) for path in ("index.md", "clusters/index.md", "drift.md")}
    assert "no Application of Argo CD known: what else is there" in said["index.md"]
    assert "Where do I change" not in said["index.md"]
    assert "No Application is known, and so not what runs where." in said["clusters/index.md"]
    assert not [path for path, text in said.items() if re.search("Argo CD reads|alike|≠", text)]
    assert not site(alone).pages["index.md"].figures
    assert "find Argo CD" not in words("day-1.md", alone)


def test_a_chart_that_only_wraps_another_goes_by_its_version() -> None:
    chart = """\
-- charts/{name}/Chart.yaml --
apiVersion: v2
name: {name}
version: 0.1.0
dependencies: [{{name: {wrapped}, version: 4.5.6, repository: https://charts.example.com}}]
-- platform/base/odd.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: odd, namespace: argocd}}
spec:
  project: default
  source: {{repoURL: https://git.example.com/charts, path: {name}}}
  destination: {{server: https://kubernetes.default.svc, namespace: odd}}
"""
    templates = "-- charts/odds/templates/a.yaml --\nkind: ConfigMap\n"
    base = TEXT.replace("-- platform/base/odd.yaml --", "-- platform/base/was-odd.yaml --")
    for name, wrapped, more, version in (
        ("odds", "odds", templates, "4.5.6"),
        ("odds", "other", "", "4.5.6"),
        ("odds", "other", templates, "0.1.0"),
    ):
        text = base + chart.format(name=name, wrapped=wrapped) + more
        listed = rows("apps/index.md", "odd", text=text)
        assert listed[0][5] == f"odds {version}", (name, wrapped, more)


def test_the_version_of_a_wrapped_chart_stands_before_a_tag_where_the_names_are_one() -> None:
    chart = """\
-- charts/odds/Chart.yaml --
apiVersion: v2
name: odds
version: 0.1.0
dependencies: [{{name: {wrapped}, version: 4.5.6, repository: https://charts.example.com}}]
-- charts/odds/charts/{wrapped}/Chart.yaml --
apiVersion: v2
name: {wrapped}
version: 4.5.6
-- charts/odds/charts/{wrapped}/templates/pod.yaml --
apiVersion: v1
kind: Pod
metadata: {{name: odd}}
spec: {{containers: [{{name: odd, image: "example.com/odd:9.9"}}]}}
-- platform/base/odd.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: odd, namespace: argocd}}
spec:
  project: default
  source: {{repoURL: https://git.example.com/charts, path: odds}}
  destination: {{server: https://kubernetes.default.svc, namespace: odd}}
"""
    base = TEXT.replace("-- platform/base/odd.yaml --", "-- platform/base/was-odd.yaml --")
    for wrapped, version in (("odds", "4.5.6"), ("other", "9.9")):
        text = base + chart.format(wrapped=wrapped)
        found = rows("clusters/index.md", "odd", text=text)
        assert [cell.split()[-1] for cell in found[0][1:3]] == [version] * 2, found
        assert rows("apps/index.md", "odd", text=text)[0][5] == "odds 4.5.6"


def test_a_chart_is_told_with_its_own_version_wherever_it_comes_from() -> None:
    local = """\
-- platform/base/odd.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: odd, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/charts, path: own}
  destination: {server: https://kubernetes.default.svc, namespace: odd}
-- charts/own/Chart.yaml --
apiVersion: v2
name: own
version: 0.1.0
-- charts/own/templates/pod.yaml --
apiVersion: v1
kind: Pod
metadata: {name: odd}
spec: {containers: [{name: odd, image: "example.com/odd:9.9"}]}
"""
    base = TEXT.replace("-- platform/base/odd.yaml --", "-- platform/base/was-odd.yaml --")
    assert rows("apps/index.md", "odd", text=base + local)[0][5] == "own 0.1.0"
    assert rows("clusters/index.md", "odd", text=base + local)[0][1].split()[-1] == "9.9"
    remote = local.replace(
        "source: {repoURL: https://git.example.com/charts, path: own}",
        "sources: [{repoURL: 'oci://example.com/own', chart: own, targetRevision: 1.2.3}, "
        "{repoURL: https://git.example.com/charts, path: own/templates}]",
    )
    assert rows("apps/index.md", "odd", text=base + remote)[0][5] == "own 1.2.3"
    assert rows("clusters/index.md", "odd", text=base + remote)[0][1].split()[-1] == "1.2.3"


def test_a_chart_that_a_kustomization_inflates_tells_the_version_of_its_namesake() -> None:
    text = """\
-- platform/base/odd.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: odd, namespace: argocd}}
spec:
  project: default
  source: {{repoURL: https://git.example.com/platform, path: odd}}
  destination: {{server: https://kubernetes.default.svc, namespace: odd}}
-- platform/odd/kustomization.yaml --
resources: [pod.yaml]
helmCharts:
{charts}
-- platform/odd/pod.yaml --
apiVersion: v1
kind: Pod
metadata: {{name: odd}}
spec: {{containers: [{{name: odd, image: "example.com/odd:{tag}"}}]}}
"""
    base = TEXT.replace("-- platform/base/odd.yaml --", "-- platform/base/was-odd.yaml --")
    charts = {
        "odd": "- {name: odd, repo: https://charts.example.com, version: 4.5.6}",
        "cache": "- {name: cache, repo: https://charts.example.com, version: 1.2.3}",
        "queue": "- {name: queue, repo: https://charts.example.com, version: 1.2.3}",
        "store": "- {name: store, repo: https://charts.example.com, version: 7.8.9}",
    }
    for names, tag, version in (
        (["odd"], "9.9", "4.5.6"),
        (["odd", "cache"], "9.9", "4.5.6"),
        (["cache"], "9.9", "9.9"),
        (["cache"], "latest", "1.2.3"),
        (["cache", "queue"], "latest", "1.2.3"),
        (["cache", "store"], "latest", "latest"),
    ):
        told = text.format(charts="\n".join(charts[name] for name in names), tag=tag)
        found = rows("clusters/index.md", "odd", text=base + told)
        assert found[0][1].split()[-1] == version, (names, tag)


def test_what_has_no_version_differs_from_none() -> None:
    patched = """\
      - op: replace
        path: /spec/sources
        value: [{repoURL: https://git.example.com/platform, path: calm}]
-- platform/calm/map.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: calm}
"""
    begin = TEXT.index("      - op: replace")
    end = TEXT.index("-- platform/secrets/sealed.yaml --")
    text = TEXT[:begin] + patched + TEXT[end:]
    assert [cells[1:3] for cells in rows("clusters/index.md", "shop", text=text)] == [
        ["1.7.2", "Δ yes"]
    ]


def test_a_version_of_a_chart_is_not_compared_with_that_of_an_image() -> None:
    begin = TEXT.index("      - op: replace")
    end = TEXT.index("-- platform/secrets/sealed.yaml --")
    for source, found in (
        (
            "repoURL: https://charts.example.com, chart: shop, targetRevision: 1.7.3",
            ["image 1.7.2", "Δ 1.7.3"],
        ),
        ("repoURL: https://git.example.com/platform, path: calm", ["1.7.2", "≠ 1.7.3"]),
    ):
        patched = f"""\
      - {{op: replace, path: /spec/sources, value: [{{{source}}}]}}
-- platform/calm/pod.yaml --
apiVersion: v1
kind: Pod
metadata: {{name: calm}}
spec: {{containers: [{{name: calm, image: "example.com/shop:1.7.3"}}]}}
"""
        text = TEXT[:begin] + patched + TEXT[end:]
        cells = rows("clusters/index.md", "shop", text=text)[0][1:3]
        assert [re.sub(r"[✕▲] ", found[1][:2], cell) for cell in cells] == found, source
        same = "No Application is known to have several versions" in words("drift.md", text)
        assert same == ("≠" not in found[1])


_ROOT_CHART = """\
-- platform/start/Chart.yaml --
apiVersion: v2
name: start
version: 1.0.0
-- platform/start/values-dev.yaml --
cluster: dev
-- platform/start/values-prod.yaml --
cluster: prod
-- platform/start/templates/all.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: "start-{{ .Values.cluster }}", namespace: argocd}
spec:
  project: default
  source:
    repoURL: https://git.example.com/platform
    path: start
    helm: {valueFiles: ["values-{{ .Values.cluster }}.yaml"]}
  destination: {server: https://kubernetes.default.svc, namespace: argocd}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: calm, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/platform, path: calm}
  destination: {server: https://kubernetes.default.svc, namespace: calm}
-- platform/calm/map.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: calm}
"""


def test_a_root_that_clusters_share_stands_for_each_in_its_own_line() -> None:
    made = generate_site(site_input(_ROOT_CHART, roots=()))
    used = made.pages["apps/calm.md"].markdown.partition("#used-by")[2].partition("</table>")[0]
    found = [re.sub(r"<[^>]*>", "", row).split() for row in used.split("<tr>")[1:]]
    assert [row[-2:] for row in found if row[0] == "start"] == [
        ["dev", "start/values-dev.yaml:1"],
        ["prod", "start/values-prod.yaml:1"],
    ]
    for here, there in (("dev", "prod"), ("prod", "dev")):
        text = "".join(made.pages[f"apps/start-{here}.md"].figures.values())
        assert f"values-{here}.yaml" in text
        assert f"values-{there}.yaml" not in text


def test_a_kustomization_beside_a_chart_is_nothing_to_who_has_helm_render_it() -> None:
    broken = "-- {}/kustomization.yaml --\nresources: [map.yaml]\nvaluesFiles: [a.yaml]\n"
    text = _ROOT_CHART + broken.format("platform/start") + broken.format("platform/calm")
    pages = generate_site(site_input(text, roots=())).pages
    assert "2 findings in this estate" in pages["findings/invalid-kustomization.md"].markdown
    assert "unknown field" not in pages["apps/start-dev.md"].markdown
    assert "unknown field" in pages["apps/calm.md"].markdown


def test_many_places_in_a_cell_are_folded() -> None:
    scope = Scope(Atlas(site_input()), "index.md")
    spans = [
        Span(SourceFile("platform", "base/shop.yaml"), line, 1, line, 2) for line in range(1, 13)
    ]
    assert "<details" not in scope.sources(spans[:9])
    folded = scope.sources(spans)
    assert "<summary>4 more</summary>" in folded
    assert folded.count("shop.yaml:") == 12
    assert "shop.yaml:9" in folded.partition("<details")[2]


def test_a_kustomization_from_elsewhere_goes_by_its_address() -> None:
    address = "https://example.com/crds/all.yaml"
    text = f"{TEXT}-- platform/secrets/kustomization.yaml --\nresources: [{address}]\n"
    assert rows("repos/platform.md", address, text=text) == [[address, "remote", "yes", ""]]


def test_the_start_says_that_clusters_are_several_where_their_folders_do() -> None:
    text = TEXT.replace("platform/root-", "platform/clusters/root-")
    roots = (RootPattern("platform", "clusters/root-{cluster}.yaml"),)
    for found, said in (
        (text, "describe two Kubernetes clusters."),
        (text.replace("platform/clusters/root-prod", "platform/root-prod"), "two clusters."),
    ):
        patterns = (*roots, RootPattern("platform", "root-{cluster}.yaml"))
        page = generate_site(site_input(found, roots=patterns)).pages["index.md"].markdown
        assert said in page


def test_the_start_does_not_count_clusters_that_git_does_not_know() -> None:
    only_dev = re.sub(r"-- platform/root-prod.yaml --\n(?:(?!-- ).*\n)+", "", TEXT)
    assert "describe one Kubernetes cluster." in words("index.md", only_dev)
    registered = """\
-- platform/base/odd.yaml --
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: everywhere, namespace: argocd}
spec:
  generators: [{clusters: {selector: {matchLabels: {tier: edge}}}}]
  template:
    metadata: {name: "on-{{name}}"}
    spec:
      project: default
      source: {repoURL: https://git.example.com/charts, path: web}
      destination: {name: "{{name}}", namespace: shop}
"""
    base = only_dev.replace("-- platform/base/odd.yaml --", "-- platform/base/was-odd.yaml --")
    said = words("index.md", base + registered)
    assert "what one Argo CD brings to the clusters that are registered with it" in said
    far = TEXT.replace("https://kubernetes.default.svc", "https://{}.example.com")
    parts = far.split("-- platform/root-prod.yaml --")
    apart = (
        parts[0].replace("{}", "dev")
        + "-- platform/root-prod.yaml --"
        + parts[1].replace("{}", "prod")
    )
    assert "describe two Kubernetes clusters." in words("index.md", apart)
    unknown = apart.replace("-- platform/base/odd.yaml --", "-- platform/base/was-odd.yaml --")
    assert "describe two clusters." in words("index.md", unknown + registered)


def test_a_cluster_without_known_applications_is_not_told_of_as_if_it_had_some() -> None:
    only_set = """\
-- platform/set.yaml --
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: set, namespace: argocd}
spec:
  generators: [{scmProvider: {github: {organization: example}}}]
  template:
    metadata: {name: "{{repository}}"}
    spec:
      project: default
      source: {repoURL: "{{url}}", path: .}
      destination: {server: https://kubernetes.default.svc, namespace: shop}
"""
    made = generate_site(site_input(only_set, roots=()))
    page = next(p for path, p in made.pages.items() if re.fullmatch("clusters/(?!index).*", path))
    assert "Git shows none of its Applications." in page.markdown
    assert "No Application is known, and so no order." in page.markdown
    assert "No patch" not in page.markdown
    assert "data-gd=" not in page.markdown
