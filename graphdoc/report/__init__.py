"""Findings to text in many formats. A reporter is a function: it writes no file, knows no rule."""
