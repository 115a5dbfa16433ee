"""What an earlier run has told, for as long as nothing that it depends on has changed."""

from graphdoc.cache.key import canonical, result_key
from graphdoc.cache.store import Store, Told, find_store

__all__ = ["Store", "Told", "canonical", "find_store", "result_key"]
