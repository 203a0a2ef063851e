"""Who takes part in B2, and how each is started."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from ieum_local.children import Child

from .servers import Servers


@asynccontextmanager
async def _nothing(_: Servers) -> AsyncIterator[dict[str, str]]:
    yield {}


@dataclass(frozen=True)
class Contestant:
    """`ready`: what must be there before the rows are, and tells the process of it. `warms_up`: it runs on Java, whose
    first seconds are its slowest; it sends some rows before it is measured."""

    argv: list[str | Path]
    ready: Callable[[Servers], AbstractAsyncContextManager[dict[str, str]]] = _nothing
    warms_up: bool = False

    def start(self, servers: Servers, name: str, environment: Mapping[str, str], stack: AsyncExitStack) -> Child:
        """Start it; the stack kills it."""
        child = servers.start(name.replace(" ", "-"), self.argv, {"HEARS": "false", **environment})
        stack.push_async_callback(child.kill)
        return child
