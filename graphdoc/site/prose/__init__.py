"""Handwritten text: what it names must exist, and what it covers must not have moved on."""
