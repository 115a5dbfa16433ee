"""The examples of Argo CD's documentation of ApplicationSets, page by page.

Each case is the generators and the template's texts, the files beside them, and the Applications
that come out, or the problem. Names are shortened, the shape is that of the page.
"""

import textwrap
from typing import NamedTuple

import pytest

from graphdoc.model.applicationset import Inventory, InventoryCluster
from graphdoc.resolve.applicationset import Generated, SetExpander
from graphdoc.resolve.helm import find_engine
from graphdoc.resolve.repositories.addresses import Repositories
from graphdoc.resolve.repositories.files import Files
from tests.txtar import read_clones

REPO = "https://git.example.com/platform"
STAGING = InventoryCluster(
    "Staging_1", "https://1.2.3.4", (("type", "staging"),), (("my-annotation", "next"),)
)
PRODUCTION = InventoryCluster(
    "production", "https://2.4.6.8", (("type", "production"), ("location", "Germany"))
)


class Case(NamedTuple):
    """An example: ``wanted`` are the names with the text ``x``, ``problem`` a part of its words."""

    page: str
    generators: str
    name: str
    text: str = ""
    wanted: tuple[tuple[str, str], ...] = ()
    problem: str = ""
    note: str = ""
    files: str = ""
    go: bool = True
    more: str = ""


APPS = """
-- platform/apps/one.json --
{"appName": "app-one"}
-- platform/apps/two.json --
{"appName": "app-two"}
-- platform/targets/app-one/east-one.json --
{"region": "east", "clusterName": "cluster-one"}
-- platform/targets/app-two/west-three.json --
{"region": "west", "clusterName": "cluster-three"}
"""
STAGES = """
-- platform/stages/test/stage.values.yaml --
{stageName: test, cpu: 100m, debug: true}
-- platform/stages/production/stage.values.yaml --
{stageName: production, memory: 512Mi, debug: false}
-- platform/global.values.yaml --
{cpu: 200m, memory: 256Mi, debug: true}
"""
TREE = "-- platform/d/e/a.yaml --\n-- platform/d/f/a.yaml --\n-- platform/d/g/a.yaml --\n"
COMPONENTS = """
-- platform/elements.yaml --
key:
  components:
  - {name: one, version: "6.3.2"}
  - {name: two, version: "6.3.3"}
"""
GIT = f"git: {{repoURL: {REPO}, revision: HEAD, "
CASES = (
    Case("List", "- list: {elements: [{cluster: dev, values: {a: b}}]}", "{{.cluster}}",
         "{{.values.a}}", (("dev", "b"),)),
    Case("List: elementsYaml",
         f"- matrix: {{generators: [{{{GIT}files: [{{path: elements.yaml}}]}}}},"
         " {list: {elementsYaml: '{{ .key.components | toJson }}'}}]}", "{{.name}}",
         "{{.version}}", (("one", "6.3.2"), ("two", "6.3.3")), files=COMPONENTS),
    Case("Cluster", "- clusters: {}", "{{.nameNormalized}}", "{{.server}} {{.project}}",
         (("staging-1", "https://1.2.3.4 "), ("production", "https://2.4.6.8 "),
          ("in-cluster", "https://kubernetes.default.svc "))),
    Case("Cluster: label selector", "- clusters: {selector: {matchExpressions: [{key: type,"
         " operator: In, values: [staging]}]}}", "{{.name}}", "", (("Staging_1", ""),)),
    Case("Cluster: without the local one", "- clusters: {selector: {matchLabels:"
         " {argocd.argoproj.io/secret-type: cluster}}}", "{{.nameNormalized}}", "",
         (("staging-1", ""), ("production", ""))),
    Case("Cluster: values", "- clusters: {selector: {matchLabels: {type: staging}}, values:"
         " {revision: '{{index .metadata.annotations \"my-annotation\"}}', clusterName:"
         " '{{.name}}'}}", "{{.nameNormalized}}", "{{.values.revision}} {{.values.clusterName}}",
         (("staging-1", "next Staging_1"),)),
    Case("Cluster: flat list", "- clusters: {flatList: true, selector: {matchExpressions:"
         " [{key: type, operator: Exists}]}}", "all",
         "{{range .clusters}}{{.name}},{{end}}", (("all", "Staging_1,production,"),)),
    Case("Cluster: plain", "- clusters: {selector: {matchLabels: {type: staging}}, values:"
         " {a: '{{name}}'}}", "{{nameNormalized}}",
         "{{metadata.labels.type}} {{metadata.annotations.my-annotation}} {{values.a}}",
         (("staging-1", "staging next Staging_1"),), go=False),
    Case("Git: directories", f"- {GIT}directories: [{{path: d/*}}, {{path: 'd/[fg]', exclude:"
         " true}]}", "{{.path.basename}}", "{{.path.path}} {{index .path.segments 0}}",
         (("e", "d/e d"),), files=TREE),
    Case("Git: exclude wins", f"- {GIT}directories: [{{path: d/e, exclude: false}}, {{path: d/*,"
         " exclude: true}]}", "x", "", (), files=TREE),
    Case("Git: root", f"- {GIT}directories: [{{path: '*'}}, {{path: gone, exclude: true}}]}}",
         "{{.path.basename}}", "", (("d", ""),), files=f"{TREE}-- platform/gone/a.yaml --\n"),
    Case("Git: values", f"- {GIT}directories: [{{path: d/e}}], values: {{cluster:"
         " '{{.path.basename}}'}}", "{{.values.cluster}}", "", (("e", ""),), files=TREE),
    Case("Git: files", f"- {GIT}files: [{{path: 'stages/**/stage.values.yaml'}}], values:"
         " {base: '{{index .path.segments 0}}/{{.path.filename}}'}}", "{{.stageName}}",
         "{{.values.base}} {{.path.filenameNormalized}}",
         (("production", "stages/stage.values.yaml stage.values.yaml"),
          ("test", "stages/stage.values.yaml stage.values.yaml")), files=STAGES),
    Case("Matrix: one generator in the other",
         f"- matrix: {{generators: [{{{GIT}pathParamPrefix: app,"
         f" files: [{{path: 'apps/*.json'}}]}}}},"
         f" {{{GIT}pathParamPrefix: target, files: ["
         "{path: 'targets/{{.appName}}/*.json'}]}}]}",
         "{{.appName}}-{{.region}}", "{{.app.path.filename}} {{.target.path.path}}",
         (("app-one-east", "one.json targets/app-one"),
          ("app-two-west", "two.json targets/app-two")), files=APPS),
    Case("Matrix: overriding parameters",
         f"- matrix: {{generators: [{{{GIT}files: [{{path: '**/stage.values.yaml'}}]}}}},"
         f" {{{GIT}files: [{{path: global.values.yaml}}]}}}}]}}", "{{.stageName}}",
         "{{.cpu}} {{.memory}} {{.debug}}",
         (("production", "200m 512Mi false"), ("test", "100m 256Mi true")), files=STAGES),
    Case("Matrix: no template of a child", "- matrix: {generators: [{list: {elements: [{a: x}],"
         " template: {metadata: {name: other}}}}, {list: {elements: [{b: z}]}}]}", "{{.a}}{{.b}}",
         "", (("xz", ""),)),
    Case("Matrix: a template of its own", "- matrix: {template: {metadata: {name: 'my-{{.a}}'},"
         " spec: {project: ''}}, generators: [{list: {elements: [{a: x}]}}, {list: {elements:"
         " [{b: z}]}}]}", "{{.a}}", "", (("my-x", ""),)),
    Case("Matrix: the consumer comes first", "- matrix: {generators: [{clusters: {selector:"
         " {matchLabels: {type: '{{.env}}'}}}}, {list: {elements: [{env: staging}]}}]}",
         "{{.name}}", "", ()),
    Case("Merge", "- merge: {mergeKeys: [server], generators: [{clusters: {values: {kafka: 'true',"
         " redis: 'false'}}}, {clusters: {selector: {matchLabels: {type: staging}}, values: {kafka:"
         " 'false'}}}, {list: {elements: [{server: 'https://2.4.6.8', values.redis: 'true'}]}}]}",
         "{{nameNormalized}}", "{{values.kafka}} {{values.redis}}",
         (("staging-1", "false false"), ("production", "true true"), ("in-cluster", "true false")),
         go=False),
    Case("Merge: by interpolated values", "- merge: {mergeKeys: [values.selector], generators:"
         " [{clusters: {selector: {matchLabels: {location: Germany}}, values: {selector:"
         f" '{{{{metadata.labels.location}}}}'}}}}}}, {{{GIT}directories: [{{path: '*'}}], values:"
         " {selector: '{{path}}'}}}]}", "{{name}}", "{{path}}", (("production", "Germany"),),
         files="-- platform/Germany/a.yaml --\n-- platform/France/a.yaml --\n", go=False),
    Case("Merge: no nested keys in Go templates", "- merge: {mergeKeys: [values.a], generators:"
         " [{list: {elements: [{n: x, values: {a: b}}, {n: y, values: {a: c}}]}}, {list: {elements:"
         " [{n: z}]}}]}", "{{.n}}", problem="share the merge keys [null]"),
    Case("Merge in a matrix", "- matrix: {generators: [{list: {elements: [{a: x}]}}, {merge:"
         " {mergeKeys: [b], generators: [{list: {elements: [{b: z, c: '1'}]}}, {list: {elements:"
         " [{b: z, c: '2'}]}}]}}]}", "{{.a}}{{.b}}{{.c}}", "", (("xz2", ""),)),
    Case("Post selector", "- list: {elements: [{c: dev, env: staging}, {c: prod, env: prod}]}\n"
         "  selector: {matchExpressions: [{key: env, operator: In, values: [staging]}]}",
         "{{.c}}", "", (("dev", ""),)),
    Case("Post selector: nested parameters", "- list: {elements: [{c: a, values: {on: true}},"
         " {c: b, values: {on: false}}, {c: d}]}\n"
         "  selector: {matchExpressions: [{key: values.on, operator: NotIn, values: ['false']}]}",
         "{{.c}}", "", (("a", ""), ("d", ""))),
    Case("Go template: fallback", "- list: {elements: [{c: dev}, {c: prod, suffix: -x}]}",
         '{{.c}}{{dig "suffix" "" .}}', "", (("dev", ""), ("prod-x", ""))),
    Case("Go template: each field for itself", "- list: {elements: [{c: dev}]}", "{{.c}}",
         "{{range .list}}", problem="unexpected EOF"),
    Case("Go template: no environment", "- list: {elements: [{c: dev}]}", "{{.c}}",
         '{{expandenv "$HOME"}}', problem='function "expandenv" not defined'),
    Case("Go template: slug", "- list: {elements: [{b: feature/long-name-of-branch}]}",
         "{{ cat .b | slugify 23 }}", "{{ .b | normalize }}",
         (("feature-long-name-of", "feature-long-name-of-branch"),)),
    Case("Template patch", "- list: {elements: [{c: dev, on: true}, {c: prod, on: false}]}",
         "{{.c}}", "", (("dev", "patched"), ("prod", "")), more="templatePatch: |\n"
         "  {{- if .on }}\n  metadata: {annotations: {x: patched}}\n  {{- end }}\n"),
    Case("SCM provider", "- scmProvider: {github: {organization: x}}", "{{.repository}}",
         note="generator 'scmProvider' asks a service outside of the repositories"),
    Case("Pull request in a matrix", "- matrix: {generators: [{list: {elements: [{a: x}]}},"
         " {pullRequest: {github: {owner: x}}}]}", "{{.number}}",
         note="generator 'pullRequest' asks a service outside of the repositories"),
    Case("Plugin", "- plugin: {configMapRef: {name: x}, input: {parameters: {a: b}}}", "{{.a}}",
         note="generator 'plugin' asks a service outside of the repositories"),
    Case("Cluster decision resource", "- clusterDecisionResource: {configMapRef: x, name: quak}",
         "{{.name}}", "", (("any-cluster", ""),), note="decided on by a resource"),
)  # fmt: skip


def a_set(case: Case) -> str:
    options = "  goTemplate: true\n  goTemplateOptions: [missingkey=error]\n" if case.go else ""
    return (
        f"{case.files}-- platform/set.yaml --\napiVersion: argoproj.io/v1alpha1\n"
        "kind: ApplicationSet\nmetadata: {name: set, namespace: argocd}\nspec:\n"
        f"{options}{textwrap.indent(case.more, '  ')}  generators:\n"
        f"{textwrap.indent(case.generators, '  ')}\n  template:\n    metadata:\n"
        f"      name: '{case.name}'\n      annotations: {{x: '{case.text}'}}\n"
        "    spec: {project: default}\n"
    )


def generate(case: Case) -> Generated:
    (clone,) = read_clones(a_set(case))
    files = Files()
    (resource,) = files.parse(clone, "set.yaml").resources
    inventory = Inventory((STAGING, PRODUCTION))
    return SetExpander(Repositories((clone,)), files, inventory, find_engine()).expand(resource)


@pytest.mark.skipif(find_engine() is None, reason="no Helm engine is installed")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.page)
def test_an_example_of_the_documentation_makes_what_the_page_says(case: Case) -> None:
    generated = generate(case)
    texts = [a.manifest.scalar("metadata", "annotations", "x") for a in generated.applications]
    names = [application.name for application in generated.applications]
    made = [(name, text.text if text else "") for name, text in zip(names, texts, strict=True)]
    assert sorted(made) == sorted(case.wanted)
    told = [problem.message for problem in generated.problems]
    assert len(told) == bool(case.problem)
    assert case.problem in "".join(told)
    assert case.note in "".join(note.reason for note in generated.not_understood)
