"""The architecture site: pages, diagrams and the MkDocs plugin."""
