"""Findings in one format a module."""
