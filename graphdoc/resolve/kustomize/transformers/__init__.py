"""Generators and transformers, built in or named, in Kustomize's own order."""
