"""Signals that reach the process that was meant, never a stranger who has been given its number since.

The system gives the number of a process away again as soon as its parent has been told of its end.
"""

import os
import signal
from contextlib import suppress
from signal import Signals

import psutil


def send(process: psutil.Process, number: Signals) -> bool:
    """Whether the signal was sent; a process that has ended is left alone."""
    with suppress(psutil.Error, ProcessLookupError):
        handle = _handle(process.pid)
        if handle is None:
            process.send_signal(number)  # psutil looks at the start time just before
            return True
        try:
            # Asked after the handle is there: it stands for this process then, whoever may have its number later.
            if process.is_running():
                signal.pidfd_send_signal(handle, number)
                return True
        finally:
            os.close(handle)
    return False


def _handle(pid: int) -> int | None:
    """What stands for a process and outlives its number; None where the system knows no such thing."""
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        raise
    except (AttributeError, OSError):  # not Linux, or an older one
        return None
