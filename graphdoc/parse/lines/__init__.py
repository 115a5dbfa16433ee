"""The YAML that people write for Kubernetes, read line by line: half of libyaml's time.

Block mappings and sequences, ``[a, b]`` and ``{a: b}``, words, quoted words, literal and folded
text. Whatever else a text holds (anchors, tags, directives, unusual characters, errors), it is left
to libyaml as a whole: what is read here is what libyaml reads, with the same places.
"""

from graphdoc.parse.lines.reader import read_lines

__all__ = ["read_lines"]
