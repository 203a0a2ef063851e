"""A thing that must make progress, or the process ends and is started anew.

A hung handler keeps its heartbeats, a blocked event loop keeps its port: only progress tells. The watch runs in a
thread of its own, so that it also sees an event loop that no longer turns.
"""

import os
import threading
import time
from collections.abc import Callable

from ieum.telemetry.logs import log

EXIT_STUCK = 70
"""Exit code of a process that its watchdog ended (EX_SOFTWARE)."""


def _end_process(name: str, seconds: float) -> None:
    # Not sys.exit: what hangs would hang the exit as well.
    log.critical("no_progress", watched=name, seconds=round(seconds, 1), exit_code=EXIT_STUCK)
    os._exit(EXIT_STUCK)


class Watchdog:
    """Ends the process when `name` was busy for `limit` seconds without a call of `progress()`.

    ```python
    watchdog = Watchdog("relay", 30, busy=lambda: rows_waiting > 0)
    watchdog.start()
    while True:
        await one_step()
        watchdog.progress()
    ```

    `busy` is asked from another thread; it must only look. `on_stuck(name, seconds)` replaces ending the process.
    Time in which the whole process stood still (suspended, a laptop asleep) does not count.
    """

    def __init__(
        self,
        name: str,
        limit: float,
        *,
        busy: Callable[[], bool] = lambda: True,
        on_stuck: Callable[[str, float], None] = _end_process,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.limit = limit
        self._busy = busy
        self._on_stuck = on_stuck
        self._clock = clock
        self._interval = limit / 10
        self._moved_at = self._looked_at = clock()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def progress(self) -> None:
        """Something was done."""
        self._moved_at = self._clock()

    def look(self) -> None:
        """One look, as the thread does it every tenth of the limit."""
        now = self._clock()
        if now - self._looked_at > 3 * self._interval or not self._busy():
            self._moved_at = now
        self._looked_at = now
        if now - self._moved_at >= self.limit:
            self._moved_at = now
            self._on_stuck(self.name, self.limit)

    def start(self) -> None:
        """Begin to watch."""
        self._moved_at = self._looked_at = self._clock()
        self._thread = threading.Thread(target=self._watch, name=f"watchdog-{self.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Watch no more."""
        self._stopped.set()
        if self._thread:
            self._thread.join(timeout=1)

    def _watch(self) -> None:
        while not self._stopped.wait(self._interval):
            self.look()
