"""`python -m ieum.contracts write|check [ROOT]`."""

import argparse
import sys
from pathlib import Path

from ieum.contracts.files import Workspace


def main() -> int:
    """Write or check; exit 1 when something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m ieum.contracts", description="Contracts of events")
    parser.add_argument("what", choices=("write", "check"))
    parser.add_argument("root", nargs="?", type=Path, default=Path.cwd())
    options = parser.parse_args()
    workspace = Workspace(options.root.resolve())
    if options.what == "write":
        for file in workspace.write():
            sys.stdout.write(f"wrote {file.relative_to(workspace.root)}\n")
    problems = workspace.problems()
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    sys.stdout.write(f"contracts: {len(list(workspace.contracts()))} events, {len(problems)} problems\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
