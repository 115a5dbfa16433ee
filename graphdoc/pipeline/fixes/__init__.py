"""Findings that can be mended beyond doubt, one module a kind."""
