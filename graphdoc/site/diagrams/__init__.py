"""Diagrams: cards and arrows in, laid out and folded, one SVG and its figure out."""
