"""The stages in order: clones, estate, graph, findings, coverage."""
