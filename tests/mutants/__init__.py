"""Mutation testing of a sample."""
