"""`python -m ieum_local.demo load|first|live`."""

import asyncio
import sys

import httpx

from ieum_local.demo.live import live
from ieum_local.demo.load import let_in_first, load
from ieum_local.demo.system import Refused


def main() -> int:
    """Load once, or let in the first people alone, or live until stopped."""
    work = {"load": load, "first": let_in_first, "live": live}.get(" ".join(sys.argv[1:]))
    if work is None:
        sys.stderr.write("python -m ieum_local.demo load|first|live\n")
        return 2
    try:
        asyncio.run(work())
    except (Refused, httpx.HTTPError) as problem:
        sys.stderr.write(f"demo: {type(problem).__name__} {problem}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
