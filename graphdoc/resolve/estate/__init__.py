"""The whole estate: the walk from its roots, and what is rendered without any."""
