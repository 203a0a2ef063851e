"""The passwords and keys of one checkout: made once, readable by their owner only."""

import base64
import json
import os
import secrets
from pathlib import Path

from ieum_local.failure import LocalFailure


class KeptSecrets:
    """Secrets by name in a 0600 JSON file; a name asked for the first time gets a new random secret."""

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            self._secrets: dict[str, str] = json.loads(file.read_text())
        except FileNotFoundError:
            self._secrets = {}
        except (OSError, ValueError) as error:
            raise LocalFailure(
                f"{file} cannot be read: {error}", "it holds this checkout's passwords; `make clean` forgets all data"
            ) from None

    def get(self, name: str) -> str:
        """32 random bytes in base64."""
        if name not in self._secrets:
            self._secrets[name] = base64.b64encode(secrets.token_bytes(32)).decode()
            self._save()
        return self._secrets[name]

    def _save(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(self._secrets, file, indent=1)
        os.replace(fresh, self._file)
