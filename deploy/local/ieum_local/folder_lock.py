"""One process at a time runs a server in its folder."""

import fcntl
import os
from pathlib import Path

from ieum_local.failure import LocalFailure


class FolderLock:
    """Says that this process runs `server` in a folder. It goes with the process, however that ends."""

    def __init__(self, folder: Path, server: str) -> None:
        self._folder = folder
        self._server = server
        self._file = -1

    def take(self) -> None:
        """Raises LocalFailure where another process has it."""
        if self._file >= 0:  # what died by itself is started again
            return
        self._file = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            raise LocalFailure(f"another process already runs the {self._server} in {self._folder}") from None

    def release(self) -> None:
        """Let another process have the folder."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
