"""The runbooks: each a change that somebody makes here, step by step."""
