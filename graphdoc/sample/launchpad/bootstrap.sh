#!/usr/bin/env bash
# Installs Argo CD on the cluster of the current context and applies the cluster's root Application.
#
#   ./bootstrap.sh            upc-dev
#   ./bootstrap.sh upc-prod
set -euo pipefail

CLUSTER="${1:-upc-dev}"
ARGOCD_VERSION="${ARGOCD_VERSION:-v2.13.3}"
ROOT="_app-of-apps-${CLUSTER}.yaml"
# Key of the Sealed Secrets controller, shared by the clusters. Never in Git.
SEALING_KEY="${SEALING_KEY:-private/sealed-secrets-key.yaml}"

cd "$(dirname "$0")"

if [[ ! -f "${ROOT}" ]]; then
  echo "No root Application for cluster ${CLUSTER}: ${ROOT} does not exist" >&2
  exit 1
fi

echo "Installing Argo CD ${ARGOCD_VERSION} on ${CLUSTER}"
kubectl create namespace argocd --dry-run=client -o yaml | kubectl apply -f -
kubectl apply --namespace argocd --server-side \
  -f "https://raw.githubusercontent.com/argoproj/argo-cd/${ARGOCD_VERSION}/manifests/install.yaml"

# Reconcile every minute instead of every three.
kubectl patch configmap argocd-cm --namespace argocd --type merge \
  --patch '{"data": {"timeout.reconciliation": "60s"}}'

if [[ -f "${SEALING_KEY}" ]]; then
  echo "Restoring the sealing key"
  kubectl create namespace sealed-secrets --dry-run=client -o yaml | kubectl apply -f -
  kubectl apply --namespace sealed-secrets -f "${SEALING_KEY}"
fi

kubectl rollout status deployment/argocd-server --namespace argocd --timeout 5m
kubectl rollout status deployment/argocd-repo-server --namespace argocd --timeout 5m

kubectl apply -f "_app-of-apps-${CLUSTER}.yaml"
echo "Argo CD now syncs infra/overlays/${CLUSTER}"
