"""Makes or refreshes .venv from requirements.lock. Standard library only: it runs before anything is installed."""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import venv
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
LOCAL = ROOT / ".local"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "made-from"
NETWORK = "Packages come from pip's index. Check the network (HTTPS_PROXY, PIP_INDEX_URL, PIP_CERT) and start again."


class Failure(Exception):
    """Why the environment could not be made, and what to do."""


def members() -> list[Path]:
    """The workspace's packages, in the order of the workspace file."""
    workspace = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]["workspace"]["members"]
    return [path for pattern in workspace for path in sorted(ROOT.glob(pattern)) if (path / "pyproject.toml").exists()]


def fingerprint() -> str:
    """Changes when the lock file, a member's metadata, the interpreter or this script changes."""
    content = [sys.version, str(ROOT), LOCK.read_text(), Path(__file__).read_text()]
    content += [(path / "pyproject.toml").read_text() for path in members()]
    return hashlib.sha256("\0".join(content).encode()).hexdigest()


def is_current() -> bool:
    """Whether .venv was made from what is here now."""
    return STAMP.exists() and STAMP.read_text() == fingerprint()


def locked(package: str) -> str:
    """The lock file's own lines for one package, hashes included."""
    found = re.search(rf"^{package}==.*?(?=^\S)", LOCK.read_text() + "\nend", re.MULTILINE | re.DOTALL)
    if not found:
        raise Failure(f"requirements.lock has no {package}: run `make lock`")
    return found.group()


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Only one at a time: `make run` and `make test` started together wait for each other here."""
    try:
        LOCAL.mkdir(exist_ok=True)
        lock = (LOCAL / "environment.lock").open("a")
    except PermissionError as error:
        raise Failure(f"{error.filename} is not ours to write. Try: chown -R $(id -un) {ROOT}") from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def with_writable_caches() -> dict[str, str]:
    """The environment for pip and uv; where the home folder cannot be written, their caches go to .local."""
    environment = dict(os.environ)
    home_cache = Path(os.environ.get("XDG_CACHE_HOME") or Path(os.environ.get("HOME", "/nonexistent"), ".cache"))
    try:
        home_cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home_cache):
            return environment
    except OSError:
        cache = LOCAL / "cache"
        return {"UV_CACHE_DIR": str(cache / "uv"), "PIP_CACHE_DIR": str(cache / "pip")} | environment


def run(command: Sequence[str | Path], environment: dict[str, str], doing: str, remedy: str = NETWORK) -> None:
    """Run a command, pass its progress on, keep quiet about the rest unless it fails."""
    said: list[str] = []
    with subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if line.split(" ", 1)[0] in ("Downloading", "Prepared", "Bytecode", "Collecting"):
                print(f"  {line.rstrip()}", flush=True)
    if process.returncode:
        raise Failure(f"{doing} failed (exit {process.returncode}):\n{''.join(said[-30:])}{remedy}")


def make_venv() -> None:
    """An empty environment; a half-made one, without a stamp, is made again."""
    if STAMP.exists():
        return
    try:
        venv.create(VENV, with_pip=True, clear=True)
    except (subprocess.CalledProcessError, ImportError):
        shutil.rmtree(VENV, ignore_errors=True)
        raise Failure("Python's venv module is incomplete. On Debian or Ubuntu: apt install python3-venv") from None


def install(environment: dict[str, str]) -> None:
    """Exactly the lock file's packages, and the members as editable packages."""
    python, uv = VENV / "bin" / "python", VENV / "bin" / "uv"
    if not uv.exists():
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as pin:
            pin.write(locked("uv"))
            pin.flush()
            pip: list[str | Path] = [
                python,
                "-m",
                "pip",
                "install",
                "--disable-pip-version-check",
                "--require-hashes",
                "-r",
                pin.name,
            ]
            run(pip, environment, "installing uv")
    # Compiled once here: five services starting at once would each compile the same modules.
    sync: list[str | Path] = [uv, "pip", "sync", "--python", python, "--compile-bytecode", "--require-hashes", LOCK]
    run(sync, environment, "installing packages")
    editable: list[str | Path] = [part for path in members() for part in ("-e", path)]
    run(
        [uv, "pip", "install", "--python", python, "--no-deps", "--no-build-isolation", *editable],
        environment,
        "installing the workspace",
        remedy="One of the pyproject.toml files is wrong.",
    )


def main() -> None:
    """Do nothing when .venv was made from what is here now; else make or refresh it."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        raise Failure(f"Python 3.11, 3.12 or 3.13 is needed; this is {sys.version.split()[0]}")
    if is_current():
        return
    with alone():
        if is_current():
            return
        began = time.monotonic()
        print("environment: making .venv from requirements.lock", flush=True)
        try:
            make_venv()
            install(with_writable_caches())
        except PermissionError as error:
            raise Failure(f"{error.filename} is not ours to write. Try: chown -R $(id -un) {ROOT}") from None
        STAMP.write_text(fingerprint())
        print(f"environment: ready after {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"environment: {failure}")
    except KeyboardInterrupt:
        sys.exit("environment: interrupted; the next start goes on from here")
