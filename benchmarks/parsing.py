"""Parsing against PyYAML's CSafeLoader and against libyaml's bare scan, on the same texts."""

import gc
import time
from collections.abc import Callable, Iterator

import yaml
from yaml._yaml import CParser

from benchmarks.measure import Estate, Row, yaml_files
from graphdoc.model.location import SourceFile
from graphdoc.parse.yaml import YamlError, parse_documents

__all__ = ["measure"]

_FILE = SourceFile("bench", "file.yaml")


def measure(estate: Estate) -> Iterator[Row]:
    """Parse every file that CSafeLoader can load, by each of the three."""
    texts = [text for text in (path.read_bytes() for path in yaml_files(estate)) if _loads(text)]
    ours = _seconds(lambda text: parse_documents(text, _FILE), texts)
    loader, scan = _seconds(_load, texts), _seconds(lambda text: CParser(text).raw_parse(), texts)
    yield Row("parse", estate.name, ours, loader, "CSafeLoader")
    yield Row("parse", estate.name, ours, scan, "libyaml's bare scan")


def _load(text: bytes) -> list[object]:
    return list(yaml.load_all(text, yaml.CSafeLoader))


def _loads(text: bytes) -> bool:
    try:
        _load(text)
        parse_documents(text, _FILE)
    except (yaml.YAMLError, YamlError, ValueError):
        return False
    return True


def _seconds(work: Callable[[bytes], object], texts: list[bytes]) -> float:
    """Processor time with the collector off, the best of three runs."""
    best = float("inf")
    for _ in range(3):
        gc.collect()
        gc.disable()
        before = time.process_time()
        for text in texts:
            work(text)
        best = min(best, time.process_time() - before)
        gc.enable()
    return best
