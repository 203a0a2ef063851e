"""Is it alive, is it ready, how is it doing: `/livez`, `/readyz`, `/metrics`."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from ieum.telemetry.failures import reason_of

Check = Callable[[], Awaitable[Mapping[str, Any] | None]]
"""Returns (perhaps with details) when the part is well, raises when it is not."""

_CHECK_SECONDS = 3.0


def health_routes(checks: Mapping[str, Check]) -> APIRouter:
    """`/livez` says that the process answers; `/readyz` asks each part and is 503 while any is not well."""
    router = APIRouter(include_in_schema=False)

    @router.get("/livez")
    async def livez() -> Response:
        return JSONResponse({"status": "alive"})

    @router.get("/readyz")
    async def readyz() -> Response:
        parts = dict(zip(checks, await asyncio.gather(*(_ask(check) for check in checks.values())), strict=True))
        ready = all(part["status"] == "ok" for part in parts.values())
        return JSONResponse(
            {"status": "ready" if ready else "not ready", "parts": parts},
            status_code=200 if ready else 503,
            headers={"Cache-Control": "no-store"} | ({} if ready else {"Retry-After": "2"}),
        )

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


async def _ask(check: Check) -> dict[str, Any]:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            details = await check()
    except TimeoutError:
        return {"status": "unavailable", "reason": f"no answer within {_CHECK_SECONDS:g} s"}
    except Exception as failure:  # noqa: BLE001 -- whatever is wrong with a part, readiness must say so and not fail itself
        return {"status": "unavailable", "reason": reason_of(failure)}
    return {"status": "ok", **(details or {})}
