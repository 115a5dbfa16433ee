"""Managed blocks of documents: what they should say, and which are stale."""
