"""A stand-in system, run the way `make run` runs the real one, and what is left of it."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

STAND_IN = Path(__file__).with_name("stand_in.py")
START_SECONDS = 120
READY = re.compile(r"Ieum is ready: (http://localhost:\d+)")


def processes_of(folder: Path) -> list[str]:
    """Command lines of processes that mention the folder or stand in it."""
    found = []
    for process in psutil.process_iter():
        try:
            line = " ".join(process.cmdline())
            if process.pid != os.getpid() and (str(folder) in line or process.cwd().startswith(str(folder))):
                found.append(f"{process.pid} {line[:100]}")
        except psutil.Error:
            continue
    return found


class Run:
    """One `run` of the stand-in system in a process group of its own, as a terminal would start it."""

    def __init__(self, folder: Path, output: Path, *, under_make: bool = False, **environment: str) -> None:
        self.folder = folder
        self._output = output
        clean = {key: value for key, value in os.environ.items() if key != "MAKELEVEL"}
        command: list[str | Path] = [sys.executable, STAND_IN, "run", folder]
        if under_make:  # a parent that only waits, as make does
            command = ["sh", "-c", '"$@"; exit $?', "make", *command]
            clean["MAKELEVEL"] = "1"
        with output.open("wb") as file:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**clean, **environment},
            )

    @property
    def output(self) -> str:
        return self._output.read_text()

    def wait_for(self, text: str, seconds: float = START_SECONDS) -> str:
        """The output, once the text is in it."""
        deadline = time.monotonic() + seconds
        while text not in (output := self.output):
            assert self.process.poll() is None, f"it ended while we waited for {text!r}:\n{self.output}"
            assert time.monotonic() < deadline, f"waited {seconds} s for {text!r} in:\n{output}"
            time.sleep(0.05)
        return output

    def ready(self) -> str:
        """The address, once it is printed."""
        found = READY.search(self.wait_for("Ieum is ready"))
        assert found
        return found.group(1)

    def interrupt(self) -> int:
        """Ctrl-C: SIGINT for the whole process group; the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(60)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)


def gone(folder: Path, seconds: float = 45) -> list[str]:
    """What is left of the folder's processes, after waiting for them to end."""
    deadline = time.monotonic() + seconds
    while (left := processes_of(folder)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left
