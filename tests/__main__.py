"""`python -m tests`: the whole suite, as three runs of pytest side by side, and in the end what failed in any of them.

Mutants, faults, the local runtime and messaging mostly wait, for leases, sessions and processes that start; what
crosses services waits for events to come through and for an outage's minute to pass; the services' own mostly compute.
It is promised in fifteen minutes on two cores, by as much more as other programs take of them; in CI it fails after
twenty-five.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path
from xml.etree import ElementTree

from tests.chaos.slowness import slowness

_OUTAGES = "tests/chaos/test_outages.py"
_BESIDE = {
    "waiting": ("tests/mutants", "tests/chaos", "deploy/local/tests", "shared/ieum/tests/messaging"),
    "across": (_OUTAGES, "tests/journeys", "tests/browser", "tests/architecture", "tests/contracts"),
}
_SHOWN = "shown"
_BUILD = Path("build")
_PROMISED_SECONDS = 900
_MOST_SECONDS = 1_500
_TAKE_DOWN_SECONDS = 60


async def main() -> int:
    """Show one run as it goes and the others when they have ended. Returns the first exit code that is not 0."""
    clock = asyncio.get_running_loop().time
    before, began = await slowness(), clock()
    codes = await _run_all()
    for name in _BESIDE:
        print(_log(name).read_text(errors="replace"), flush=True)  # noqa: T201
    for name in (_SHOWN, *_BESIDE):
        for line in _failed(_BUILD / f"{name}.xml"):
            print(f"FAILED {line}", flush=True)  # noqa: T201
    took, slower = clock() - began, max(before, await slowness())
    print(f"all of it took {took:.0f} s, on a machine {slower:.1f} times as slow as alone", flush=True)  # noqa: T201
    if took > _PROMISED_SECONDS * slower:
        print(f"longer than the {_PROMISED_SECONDS} s that are promised, the machine's slowness counted", flush=True)  # noqa: T201
    if os.environ.get("CI") and took > _MOST_SECONDS * slower:
        codes.append(1)
    return next(filter(None, codes), 0)


async def _run_all() -> list[int]:
    """Every run's exit code. However this ends, no run goes on, and each takes down what it started."""
    runs: dict[str, asyncio.subprocess.Process] = {}
    try:
        for name, folders in _BESIDE.items():
            apart = () if _OUTAGES in folders else (f"--ignore={_OUTAGES}",)
            with _log(name).open("wb") as log:
                runs[name] = await _pytest(name, *folders, *apart, stdout=log, stderr=asyncio.subprocess.STDOUT)
        beside = {folder for folders in _BESIDE.values() for folder in folders}
        runs[_SHOWN] = await _pytest(_SHOWN, *(f"--ignore={folder}" for folder in sorted(beside)))
        await runs[_SHOWN].wait()
        for name in _BESIDE:
            if runs[name].returncode is None:
                print(f"waiting for {', '.join(_BESIDE[name])}: {_log(name)}", flush=True)  # noqa: T201
            await runs[name].wait()
    finally:
        left = [run for run in runs.values() if run.returncode is None]
        for run in left:
            run.terminate()
        try:
            async with asyncio.timeout(_TAKE_DOWN_SECONDS):
                for run in left:
                    await run.wait()
        finally:
            for run in left:
                if run.returncode is None:
                    run.kill()
    return [run.returncode or 0 for run in runs.values()]


def _log(name: str) -> Path:
    return _BUILD / f"{name}.log"


def _failed(report: Path) -> list[str]:
    """The tests that failed by a run's report, each with the first line of why; none where a run made no report."""
    if not report.exists():
        return []
    found = []
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 -- pytest wrote it a moment ago
        for fault in (*case.iter("failure"), *case.iter("error")):
            why = (fault.get("message") or "").strip().partition("\n")[0]
            found.append(f"{case.get('classname')}::{case.get('name')}: {why}")
    return found


async def _pytest(name: str, *arguments: str, **options: object) -> asyncio.subprocess.Process:
    report = _BUILD / f"{name}.xml"
    report.unlink(missing_ok=True)
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments),
        **options,  # type: ignore[arg-type]
    )


async def _until_told() -> int:
    """`main`, which SIGTERM ends, too; a run in the background may ignore what Ctrl-C sends."""
    whole = asyncio.ensure_future(main())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, whole.cancel)
    return await whole


if __name__ == "__main__":
    _BUILD.mkdir(exist_ok=True)
    try:
        sys.exit(asyncio.run(_until_told()))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(130)
