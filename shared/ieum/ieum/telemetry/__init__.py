"""Logs, traces, and the watchdog: what a service tells about itself, and never a word of what it carries.

```python
from ieum.telemetry import log
log.info("parcels_counted", count=3)       # one JSON line with time, level, service, request, event and trace ids
```

Names and numbers are logged, payloads and personal data are not. `configure_logging` and `configure_tracing` are
called once per process, by `ieum.service`.
"""

from ieum.telemetry.logs import configure_logging, log, log_context
from ieum.telemetry.tracing import configure_tracing, continue_trace, current_traceparent
from ieum.telemetry.watchdog import Watchdog

__all__ = [
    "Watchdog",
    "configure_logging",
    "configure_tracing",
    "continue_trace",
    "current_traceparent",
    "log",
    "log_context",
]
