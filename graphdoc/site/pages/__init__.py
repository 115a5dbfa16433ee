"""The pages: each module makes one kind, as pure functions from the atlas to Markdown."""
