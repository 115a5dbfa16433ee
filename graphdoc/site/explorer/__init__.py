"""The page that shows the whole graph: its data, where each node stands, and its controls."""
