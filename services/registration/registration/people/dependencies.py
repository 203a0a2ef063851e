"""What routes that open people's records need beside the kit's: the sealing."""

from typing import Annotated

from fastapi import Depends, Request

from registration.people.sealing import Sealing


async def _sealing(request: Request) -> Sealing:
    sealing: Sealing = request.app.state.sealing
    return sealing


Sealed = Annotated[Sealing, Depends(_sealing)]
"""`sealing: Sealed` in a route's parameters."""
