"""`python -m ieum_local.demo load|first|rest|live`."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import httpx

from ieum_local.demo.live import live
from ieum_local.demo.load import let_in_first, load
from ieum_local.demo.system import Refused


def main() -> int:
    """Load once, or let in the first people alone, or load the rest after them, or live until stopped."""
    works: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
        "load": load,
        "first": let_in_first,
        "rest": partial(load, first_are_there=True),
        "live": live,
    }
    work = works.get(" ".join(sys.argv[1:]))
    if work is None:
        sys.stderr.write("python -m ieum_local.demo load|first|rest|live\n")
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
