"""Several VMs with the same bundle."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .bundle import Bundle
from .vm import VM, Engine


class Pool:
    """VMs for as many threads; others wait. Safe for threads."""

    def __init__(self, engine: Engine, bundle: Bundle, size: int = 1) -> None:
        self._engine = engine
        self._size = max(size, 1)
        # one at a time exchanges, or has all VMs
        self._change = threading.Lock()
        self._idle = self._load(bundle, None)

    def _load(self, bundle: Bundle, prepare: Callable[[VM], None] | None) -> "queue.SimpleQueue[VM]":
        idle: queue.SimpleQueue[VM] = queue.SimpleQueue()
        for _ in range(self._size):
            vm = VM(self._engine, bundle)
            if prepare:
                prepare(vm)
            idle.put(vm)
        return idle

    @contextmanager
    def use(self) -> Iterator[VM]:
        """A VM of its own for the body of the `with`, which must not keep it."""
        # one of the old bundle's goes back to where nobody takes it any more
        idle = self._idle
        vm = idle.get()
        try:
            yield vm
        finally:
            idle.put(vm)

    def each(self, use: Callable[[VM], None]) -> None:
        """Calls `use` with each VM while nobody else has one: to put facts, which all of them have to know."""
        with self._change:
            idle = self._idle
            vms = [idle.get() for _ in range(self._size)]
            try:
                for vm in vms:
                    use(vm)
            finally:
                for vm in vms:
                    idle.put(vm)

    def exchange(self, bundle: Bundle, prepare: Callable[[VM], None] | None = None) -> None:
        """Loads another bundle, lets `prepare` put the facts into each of its VMs, and then decides by it.

        What began before is decided by the old one, what begins afterwards by the new one. Where it raises, the old one stays.
        """
        with self._change:
            self._idle = self._load(bundle, prepare)
