"""Whose an Application is, what it follows, and what its siblings have."""
