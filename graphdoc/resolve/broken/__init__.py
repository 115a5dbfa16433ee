"""Names that lead nowhere, and what Kustomize, Helm and Argo CD refuse."""
