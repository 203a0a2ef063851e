"""What all services of the running system have used of the processors."""

import contextlib

import psutil

from ieum_local.layout import SERVICES

from ..running.system import System


def processor_seconds(system: System) -> float:
    """Seconds so far, PostgreSQL and Kafka left out, as in the benchmarks of the kit."""
    used = 0.0
    for spec in SERVICES:
        with contextlib.suppress(psutil.Error):
            times = psutil.Process(system.pid(spec.name)).cpu_times()
            used += times.user + times.system
    return used
