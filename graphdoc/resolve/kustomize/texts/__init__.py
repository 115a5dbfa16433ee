"""What Kustomize's YAML and JSON make of texts, reading and writing."""
