"""What one would change, and the line that sets it today."""

from functools import cache

from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.where import settings_of
from graphdoc.site.pages.settings import changes_of
from tests.site.small_estate import TEXT, site_input


@cache
def atlas() -> Atlas:
    return Atlas(site_input())


def settings(cluster: str) -> dict[str, tuple[str, str]]:
    """What the shop of a cluster may change: value and place by what and key."""
    found = settings_of(atlas().resolved[f"application:{cluster}/shop"])
    return {
        f"{setting.what}|{setting.key}": (
            setting.value,
            f"{setting.place.file}:{setting.place.line}",
        )
        for setting in found
    }


def test_every_setting_names_the_line_that_wins() -> None:
    assert settings("prod") == {
        "Image tag|image.tag": ("1.7.2", "values/shop/base.yaml:2"),
        "Replicas|replicas": ("3", "values/shop/prod.yaml:2"),
        "Host|host": ("shop.example.com", "values/shop/prod.yaml:1"),
        "Revision|web": ("HEAD", "platform/base/shop.yaml:12"),
        "Sync wave|argocd.argoproj.io/sync-wave": ("2", "platform/base/shop.yaml:7"),
        "Namespace|destination.namespace": ("shop", "platform/base/shop.yaml:23"),
        "Sync policy|syncPolicy.automated": (
            "automated, prune, selfHeal",
            "platform/base/shop.yaml:24",
        ),
        "Project|project": ("default", "platform/base/shop.yaml:9"),
    }


def test_what_only_the_chart_says_is_marked_as_its_default() -> None:
    found = settings_of(atlas().resolved["application:dev/shop"])
    assert [(s.value, s.default) for s in found if s.what == "Replicas"] == [("1", True)]
    assert settings("dev")["Replicas|replicas"] == ("1", "charts/web/values.yaml:1")


def test_equal_settings_of_several_clusters_are_one_change() -> None:
    changes = changes_of(atlas(), atlas().by_name["shop"])
    found = {(c.setting.what, c.setting.value): c.clusters for c in changes}
    assert found["Image tag", "1.7.2"] == ("dev", "prod")
    assert found["Host", "shop.example.com"] == ("prod",)


def test_an_overridden_line_stays_known() -> None:
    found = settings_of(atlas().resolved["application:prod/shop"])
    tag = next(s for s in found if s.what == "Image tag")
    assert [str(span.file) for span in tag.origins] == [
        "charts/web/values.yaml",
        "values/shop/base.yaml",
    ]


RENDERED = """\
-- platform/secrets/rendered.yaml --
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: two}
spec:
  template:
    spec:
      initContainers: [{name: first, image: "a.example.com/wait:1"}]
      containers: [{name: main, image: "a.example.com/main:2", resources: {limits: {memory: 1Gi}}}]
  volumeClaimTemplates: [{spec: {storageClassName: fast, resources: {requests: {storage: 2Gi}}}}]
---
apiVersion: batch/v1
kind: Job
metadata: {name: one}
spec:
  template:
    spec: {containers: [{image: "a.example.com/one:3", resources: {requests: {cpu: 1}}}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: claim}
spec: {storageClassName: slow, resources: {requests: {storage: 3Gi}}}
---
apiVersion: v1
kind: Service
metadata: {name: outer, annotations: {example.com/load-balancer-type: nlb}}
spec: {type: LoadBalancer}
---
apiVersion: v1
kind: Service
metadata: {name: inner, annotations: {example.com/load-balancer-type: none}}
spec: {type: ClusterIP}
---
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: pg}
spec: {storage: {size: 4Gi, storageClass: fast}}
---
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: logged}
spec: {storage: {size: 5Gi}, walStorage: {size: 6Gi, storageClass: fast}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: told, labels: {replicas: many}}
data: {storageClass: text}
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: slow}
spec: {replicas: 3, workloadRef: {apiVersion: apps/v1, kind: Deployment, name: two}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: grown}
spec: {minReplicas: 2, maxReplicas: 5}
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: queue}
spec: {minReplicaCount: 0, maxReplicaCount: 7}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: more}
spec: {source: {helm: {valuesObject: {storageClass: fast}}}}
"""


def test_what_is_rendered_says_what_it_runs_uses_and_stores() -> None:
    application = Atlas(site_input(TEXT + RENDERED)).resolved["application:dev/secrets"]
    found = {(s.what, s.key, s.value) for s in settings_of(application) if "/" in s.key}
    assert found == {
        ("Image tag", "StatefulSet/two first", "a.example.com/wait:1"),
        ("Image tag", "StatefulSet/two main", "a.example.com/main:2"),
        ("Image tag", "Job/one", "a.example.com/one:3"),
        ("Replicas", "Rollout/slow", "3"),
        ("Replicas", "HorizontalPodAutoscaler/grown minReplicas", "2"),
        ("Replicas", "HorizontalPodAutoscaler/grown maxReplicas", "5"),
        ("Replicas", "ScaledObject/queue minReplicaCount", "0"),
        ("Replicas", "ScaledObject/queue maxReplicaCount", "7"),
        ("Resources", "StatefulSet/two main limits.memory", "1Gi"),
        ("Resources", "Job/one requests.cpu", "1"),
        ("Storage class", "StatefulSet/two", "fast"),
        ("Storage class", "PersistentVolumeClaim/claim", "slow"),
        ("Storage class", "Cluster/pg", "fast"),
        ("Storage size", "StatefulSet/two", "2Gi"),
        ("Storage size", "PersistentVolumeClaim/claim", "3Gi"),
        ("Storage size", "Cluster/pg", "4Gi"),
        ("Storage size", "Cluster/logged storage", "5Gi"),
        ("Storage size", "Cluster/logged walStorage", "6Gi"),
        ("Storage class", "Cluster/logged walStorage", "fast"),
        ("Load balancer", "Service/outer type", "LoadBalancer"),
        ("Load balancer", "Service/outer example.com/load-balancer-type", "nlb"),
    }


def test_what_only_the_templates_of_a_chart_say_is_found_there() -> None:
    template = """\
-- charts/web/templates/more.yaml --
apiVersion: batch/v1
kind: Job
metadata: {name: more}
spec:
  template:
    spec:
      containers:
        - name: written
          image: a.example.com/written:1
        - name: valued
          image: {{ .Values.whole }}
-- values/shop/base.yaml --
whole: a.example.com/valued:2
"""
    text = TEXT.replace("-- values/shop/base.yaml --\nimage:\n  tag: 1.7.2\n", template)
    text = text.replace(", tag: none}", "}").replace(":{{ .Values.image.tag }}", "")
    application = Atlas(site_input(text)).resolved["application:dev/shop"]
    found = settings_of(application)
    assert {
        (s.key, s.value, f"{s.place.file}:{s.place.line}") for s in found if s.what == "Image tag"
    } == {
        ("image.repository", "registry.example.com/shop", "charts/web/values.yaml:2"),
        ("Job/more written", "a.example.com/written:1", "charts/web/templates/more.yaml:9"),
        ("whole", "a.example.com/valued:2", "values/shop/base.yaml:1"),
    }
    assert [s.key for s in found if s.default] == ["image.repository", "replicas"]


WRAPPED = """\
-- platform/secrets/rendered.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: wrapped, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/charts, path: wrapper}
  destination: {server: https://kubernetes.default.svc, namespace: shop}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: inflated, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/charts, path: inflated}
  destination: {server: https://kubernetes.default.svc, namespace: shop}
-- charts/wrapper/Chart.yaml --
apiVersion: v2
name: wrapper
version: 0.1.0
dependencies:
  - name: web
    repository: https://charts.example.com
    version: 1.2.3
  - name: beside
    repository: file://../beside
    version: 4.5.6
-- charts/wrapper/values.yaml --
web:
  host: wrapped.example.com
-- charts/inflated/kustomization.yaml --
helmCharts:
  - name: web
    repo: https://charts.example.com
    version: 2.0.0
    valuesInline: {replicas: 4}
"""


def outside(text: str, name: str) -> set[tuple[str, str, str, str, bool]]:
    """What one may change of an Application whose chart is not at hand."""
    found = settings_of(Atlas(site_input(TEXT + text)).resolved[f"application:dev/{name}"])
    return {
        (s.what, s.key, s.value, f"{s.place.file}:{s.place.line}", s.default)
        for s in found
        if s.place.file.repository == "charts"
    }


def test_a_chart_that_wraps_others_is_changed_in_its_own_files() -> None:
    assert outside(WRAPPED, "wrapped") == {
        ("Chart version", "web", "1.2.3", "charts/wrapper/Chart.yaml:7", False),
        ("Host", "web.host", "wrapped.example.com", "charts/wrapper/values.yaml:2", False),
    }
    valued = WRAPPED.replace("path: wrapper}", "path: wrapper, helm: {valuesObject: {a: b}}}")
    assert outside(valued, "wrapped") == {
        ("Chart version", "web", "1.2.3", "charts/wrapper/Chart.yaml:7", False),
    }
    alone = WRAPPED.replace("dependencies:", "others:")
    assert outside(alone, "wrapped") == set()


def test_values_file_that_is_named_is_no_default() -> None:
    named = WRAPPED.replace(
        "path: wrapper}", "path: wrapper, helm: {valueFiles: [values.yaml], values: 'a: b'}}"
    ).replace("dependencies:", "others:")
    assert {s[4] for s in outside(named, "wrapped")} == {False}


def test_a_chart_that_a_kustomization_asks_for_is_changed_there() -> None:
    assert outside(WRAPPED, "inflated") == {
        ("Chart version", "web", "2.0.0", "charts/inflated/kustomization.yaml:4", False),
        ("Replicas", "replicas", "4", "charts/inflated/kustomization.yaml:5", False),
    }
