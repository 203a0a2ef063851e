"""A service of the kit's own, as a program: `python pad.py serve|migrate|greet`."""

import argparse
import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import APIRouter, Request

from ieum.http import EventStream, frame
from ieum.service import Command, Service, ServiceSettings, main

router = APIRouter()


@router.get("/stream")
async def stream(request: Request) -> EventStream:
    async def frames() -> AsyncIterator[bytes]:
        yield frame("hello", id=1)
        await asyncio.Event().wait()

    return EventStream(request, frames())


@router.get("/slow")
async def slow() -> dict[str, bool]:
    await asyncio.sleep(1)
    return {"finished": True}


class Settings(ServiceSettings):
    greeting: str = "hello"


async def greet(service: Service, arguments: argparse.Namespace) -> int:
    async with service.database.reading() as tx:
        pads = await tx.fetchval("SELECT count(*) FROM pad")
    sys.stdout.write(f"{Settings().greeting} {arguments.name} {pads}\n")
    return 3


def _name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")


async def collector(_: Service, __: argparse.Namespace) -> int:
    sys.stdout.write(f"{gc.get_freeze_count() > 10_000} {gc.get_threshold()[0] > 10_000}\n")
    return 0


def build(settings: Settings) -> Service:
    return Service("pad", settings, routers=[router], migrations=Path(__file__).parent / "migrations", version="1.2.3")


if __name__ == "__main__":
    main(
        build,
        Settings,
        {"greet": Command(greet, "say hello", _name), "collector": Command(collector, "say how it is set")},
    )
