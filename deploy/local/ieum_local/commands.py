"""Runs a program to its end, within a time, with its newest line shown meanwhile."""

from collections.abc import Callable

from ieum_local.children import Child, Program
from ieum_local.failure import LocalFailure
from ieum_local.logs import newest_line, size
from ieum_local.waiting import last_lines, until


async def complete(
    program: Program,
    *,
    seconds: float,
    failure: str,
    remedy: str = "",
    progress: Callable[[str], None] | None = None,
) -> str:
    """Run `program` and answer the last line it wrote. `progress` gets its newest line again and again.

    LocalFailure, `failure` with the end of the log and `remedy`, unless it ends with 0. Nothing of it runs afterwards.
    """
    start = size(program.log)
    child = Child(program)

    async def done() -> bool:
        if progress and (line := newest_line(program.log, start)):
            progress(line)
        return not child.running

    try:
        await until(f"{program.name} to end", done, seconds=seconds, every=0.02 if progress is None else 0.2)
    finally:
        await child.stop()
    if child.exit_code != 0:
        raise LocalFailure(f"{failure} (exit {child.exit_code}):\n{last_lines(program.log)}", remedy)
    return newest_line(program.log, start)
