"""Typed values to what Argo CD would see: built kustomizations, rendered charts, Applications."""
