"""`python -m tests.bench.counting serve`."""

from ieum.service import main

from .app import Settings, build

if __name__ == "__main__":
    main(build, Settings)
