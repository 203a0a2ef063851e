"""Starts children and then waits to be killed: `spawner.py JOURNAL LOG COUNT`. Prints their process ids."""

import sys
import time
from pathlib import Path

from ieum_local import children

children.guardian.journal = Path(sys.argv[1])
for number in range(int(sys.argv[3])):
    # A child that ignores the polite signal in every second place.
    ignoring = "trap '' TERM; " if number % 2 else ""
    program = children.Program(
        f"child-{number}", ["sh", "-c", f"{ignoring}while :; do sleep 0.1; done"], log=Path(sys.argv[2]), grace=0.5
    )
    print(children.Child(program).pid, flush=True)
print("all", flush=True)
time.sleep(600)
