"""The resolved estate as nodes and edges, one module a subject."""
