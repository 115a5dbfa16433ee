"""The vocabulary that every layer shares; nothing here reads, resolves or reports."""
