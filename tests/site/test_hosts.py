"""What guards a host: only what Git shows, and at the line that shows it."""

import re

from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.hosts import Answer
from graphdoc.site.generate import generate_site
from tests.site.small_estate import TEXT, site_input

_HOST = """\
-- platform/secrets/route.yaml --
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: own
  namespace: shop
  annotations: {}
spec:
  tls: [{hosts: [own.example.com], secretName: own-tls}]
  rules:
    - host: own.example.com
      http: {paths: [{path: /, backend: {service: {name: own, port: {number: 80}}}}]}
-- platform/secrets/own.yaml --
apiVersion: v1
kind: Service
metadata: {name: own, namespace: shop}
spec: {selector: {app: own}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: own, namespace: shop}
spec:
  template:
    metadata:
      labels: {app: own, tier: web}
      annotations: {}
    spec: {containers: [{name: own, image: own}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: other, namespace: shop}
spec:
  template:
    metadata:
      labels: {app: other}
      annotations: {team.example.com/auth: "true"}
    spec: {containers: [{name: other, image: other}]}
"""
_CERTIFICATE = """\
-- platform/secrets/certificate.yaml --
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: own, namespace: shop}
spec:
  secretName: own-tls
  issuerRef: {name: corporate, kind: ClusterIssuer}
"""


def answers(text: str) -> tuple[Answer, ...]:
    return Atlas(site_input(TEXT + text)).answers["own.example.com"]


def route(annotations: str) -> str:
    return _HOST.replace("annotations: {}", f"annotations: {annotations}", 1)


def guards(text: str) -> set[tuple[str, str, str]]:
    return {
        (a.secret, a.issuer.name if a.issuer else "", a.auth.name if a.auth else "")
        for a in answers(text)
    }


def test_nothing_is_made_up() -> None:
    assert guards(_HOST) == {("own-tls", "", "")}


def test_the_certificate_of_the_same_secret_names_the_issuer() -> None:
    assert guards(_HOST + _CERTIFICATE) == {("own-tls", "corporate", "")}
    assert guards(_HOST + _CERTIFICATE.replace("own-tls", "other-tls")) == {("own-tls", "", "")}
    found = answers(_HOST + _CERTIFICATE)[0].issuer
    assert found is not None
    assert (str(found.place.file.path), found.place.line) == ("secrets/certificate.yaml", 6)


def test_an_annotation_of_the_route_names_issuer_and_authentication() -> None:
    issued = route("{cert-manager.io/cluster-issuer: public}")
    assert guards(issued) == {("own-tls", "public", "")}
    asked = route("{nginx.ingress.kubernetes.io/auth-url: https://login.example.com}")
    assert guards(asked) == {("own-tls", "", "nginx.ingress.kubernetes.io/auth-url")}


def test_what_is_switched_off_or_only_describes_is_no_authentication() -> None:
    assert guards(route('{team.example.com/auth: "false"}')) == {("own-tls", "", "")}
    assert guards(route("{nginx.ingress.kubernetes.io/auth-realm: x}")) == {("own-tls", "", "")}


def test_the_pods_behind_the_route_count_and_no_others() -> None:
    pods = _HOST.replace(
        "      annotations: {}", '      annotations: {team.example.com/auth: "true"}'
    )
    assert guards(pods) == {("own-tls", "", "team.example.com/auth")}
    unselected = pods.replace("selector: {app: own}", "selector: {app: absent}")
    assert guards(unselected) == {("own-tls", "", "")}


def test_a_host_that_is_answered_twice_says_so() -> None:
    page = generate_site(site_input(TEXT + _HOST)).pages["hosts/index.md"].markdown
    text = re.sub(r"<[^>]*>", " ", page.replace("<wbr>", ""))
    rows = {row.split()[0]: row for row in re.split(r"(?=\b(?:own|shop)[.\w]*example\.com)", text)}
    assert "answered by 2" in rows["own.example.com"]
    assert "answered by" not in rows["shop.example.com"]
