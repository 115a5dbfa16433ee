"""Checks of single rows of the built pages, one for each kind of table."""
