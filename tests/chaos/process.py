"""`python -m tests.chaos.process matching serve`: the service as it is, with failpoints in the kit."""

import runpy
import sys

from .failpoints import install

if __name__ == "__main__":
    service = sys.argv[1]
    install()
    sys.argv = [service, *sys.argv[2:]]
    runpy.run_module(service, run_name="__main__", alter_sys=True)
