"""Where the local runtime keeps things: the checkout, its `.local` folder and the user's cache."""

import contextlib
import os
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
LOCAL = CHECKOUT / ".local"
TOPICS_FILE = CHECKOUT / "deploy" / "topics.yaml"


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def cache(part: str) -> Path:
    """A writable cache folder: `$XDG_CACHE_HOME/ieum`, else `~/.cache/ieum`, else `.local/cache` of the checkout."""
    candidates = []
    if named := os.environ.get("XDG_CACHE_HOME"):
        candidates.append(Path(named) / "ieum")
    with contextlib.suppress(RuntimeError):  # an account without a home folder
        candidates.append(Path.home() / ".cache" / "ieum")
    for folder in candidates:
        if folder.is_absolute() and _is_writable(folder / part):
            return folder / part
    folder = LOCAL / "cache" / part
    folder.mkdir(parents=True, exist_ok=True)
    return folder
