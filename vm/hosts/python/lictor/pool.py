"""Several VMs with the same bundle."""

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
        self._changed = threading.Condition()
        # somebody wants all VMs: nobody else takes one until he had them, or he would wait for ever
        self._all_wanted = False
        self._idle = self._load(bundle, None)

    def _load(self, bundle: Bundle, prepare: Callable[[VM], None] | None) -> list[VM]:
        idle = [VM(self._engine, bundle) for _ in range(self._size)]
        if prepare:
            for vm in idle:
                prepare(vm)
        return idle

    @contextmanager
    def use(self) -> Iterator[VM]:
        """A VM of its own for the body of the `with`, which must not keep it."""
        with self._changed:
            self._changed.wait_for(lambda: self._idle and not self._all_wanted)
            # one of a bundle that was exchanged meanwhile goes back to where nobody takes it any more
            idle = self._idle
            vm = idle.pop()
        try:
            yield vm
        finally:
            with self._changed:
                idle.append(vm)
                self._changed.notify_all()

    def each(self, use: Callable[[VM], None]) -> None:
        """Calls `use` with each VM while nobody else has one: to put facts, which all of them have to know."""
        with self._change:
            with self._changed:
                self._all_wanted = True
                self._changed.wait_for(lambda: len(self._idle) == self._size)
            try:
                for vm in self._idle:
                    use(vm)
            finally:
                with self._changed:
                    self._all_wanted = False
                    self._changed.notify_all()

    def exchange(self, bundle: Bundle, prepare: Callable[[VM], None] | None = None) -> None:
        """Loads another bundle, lets `prepare` put the facts into each of its VMs, and then decides by it.

        What began before is decided by the old one, what begins afterwards by the new one. Where it raises, the old one stays.
        """
        with self._change:
            idle = self._load(bundle, prepare)
            with self._changed:
                self._idle = idle
                self._changed.notify_all()
