"""Makes or refreshes .venv from requirements.lock. Standard library only: it runs before anything is installed."""

import hashlib
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "made-from"


def members() -> list[Path]:
    """The workspace's packages, in the order of the workspace file."""
    workspace = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]["workspace"]["members"]
    return [path for pattern in workspace for path in sorted(ROOT.glob(pattern)) if (path / "pyproject.toml").exists()]


def fingerprint() -> str:
    """Changes when the lock file, a member's metadata or the interpreter changes."""
    content = [sys.version, str(ROOT), LOCK.read_text()]
    content += [(path / "pyproject.toml").read_text() for path in members()]
    return hashlib.sha256("\0".join(content).encode()).hexdigest()


def locked(package: str) -> str:
    """The lock file's own lines for one package, hashes included."""
    found = re.search(rf"^{package}==.*?(?=^\S)", LOCK.read_text() + "\nend", re.MULTILINE | re.DOTALL)
    if not found:
        raise SystemExit(f"requirements.lock has no {package}: run `make lock`")
    return found.group()


def main() -> None:
    """Do nothing when .venv was made from what is here now; else make or refresh it."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        raise SystemExit(
            f"Python 3.11, 3.12 or 3.13 is needed; this is {sys.version.split()[0]}. Try: make PYTHON=python3.12 …"
        )
    if STAMP.exists() and STAMP.read_text() == fingerprint():
        return
    print("environment: making .venv from requirements.lock", flush=True)
    python = VENV / "bin" / "python"
    if not python.exists():
        try:
            venv.create(VENV, with_pip=True, clear=True)
        except (subprocess.CalledProcessError, ImportError):
            raise SystemExit(
                "Python's venv module is incomplete. On Debian or Ubuntu: apt install python3-venv"
            ) from None
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as pin:
            pin.write(locked("uv"))
            pin.flush()
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", pin.name], check=True)
    pip = [uv, "pip", "--quiet"]
    subprocess.run([*pip, "install", "--python", python, "--require-hashes", "-r", LOCK], check=True)
    editable = [part for path in members() for part in ("-e", path)]
    subprocess.run([*pip, "install", "--python", python, "--no-deps", "--no-build-isolation", *editable], check=True)
    STAMP.write_text(fingerprint())


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as failure:
        raise SystemExit(
            f"environment: {failure.cmd[0]} failed (exit {failure.returncode}); the lines above say why"
        ) from None
