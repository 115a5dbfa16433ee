"""Patches, strategic and JSON, and the merges that they are."""
