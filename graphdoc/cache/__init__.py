"""What an earlier run has told, for as long as nothing that it depends on has changed."""

from graphdoc.cache.key import result_key
from graphdoc.cache.signature import Dependencies, sign
from graphdoc.cache.store import Result, Store, Told, find_store

__all__ = ["Dependencies", "Result", "Store", "Told", "find_store", "result_key", "sign"]
