"""`python -m ieum_local.demo load|live`."""

import asyncio
import sys

import httpx

from ieum_local.demo.live import live
from ieum_local.demo.load import load
from ieum_local.demo.system import Refused


def main() -> int:
    """Load once, or live until stopped."""
    if sys.argv[1:] not in (["load"], ["live"]):
        sys.stderr.write("python -m ieum_local.demo load|live\n")
        return 2
    try:
        asyncio.run(load() if sys.argv[1] == "load" else live())
    except (Refused, httpx.HTTPError) as problem:
        sys.stderr.write(f"demo: {type(problem).__name__} {problem}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
