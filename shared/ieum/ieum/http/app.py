"""The FastAPI application of a service, with everything that must be the same in each.

Problem details for every error, request ids, body limits, health, metrics, `/openapi.json`, `/asyncapi.json`.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Response
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp

from ieum.database import Database
from ieum.http.doorway import Doorway
from ieum.http.errors import ProblemPage, answer_with, handle_errors
from ieum.http.health import Check, health_routes
from ieum.http.input import refuse_dangerous_input
from ieum.http.openapi import describe
from ieum.http.turns import Turns

BODY_LIMIT = 1024 * 1024
"""Bytes a request body may have, unless its route says `max_body_size=…`."""

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class _App(FastAPI):
    """FastAPI with the doorway around everything, its own error and body-limit layers included."""

    problem_page: ProblemPage | None = None

    def build_middleware_stack(self) -> ASGIApp:
        turns = Turns(self.state.identity_key)
        return Doorway(super().build_middleware_stack(), answer_with(self.problem_page), turns)


def create_app(
    title: str,
    *,
    version: str,
    identity_key: str,
    database: Database | None = None,
    routers: Sequence[APIRouter] = (),
    checks: Mapping[str, Check] | None = None,
    asyncapi: Callable[[], dict[str, Any]] | None = None,
    lifespan: Lifespan | None = None,
    problem_page: ProblemPage | None = None,
) -> FastAPI:
    """An application whose routes may use `allow`, `Write`, `Read`, `Paging`, `IfMatch`, `EventStream`.

    `checks` are what `/readyz` asks. `asyncapi` makes the document of `/asyncapi.json`. `problem_page` may render
    problems as web pages. Routes raise the body limit with `max_body_size=` and read large bodies as a stream.
    """
    app = _App(
        title=title,
        version=version,
        # The documentation pages load scripts from a CDN; the document alone serves any viewer.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        max_body_size=BODY_LIMIT,
        dependencies=[Depends(refuse_dangerous_input)],
        lifespan=lifespan,
        telemetry={
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
            "exclude": _is_probe,
        },
    )
    app.problem_page = problem_page
    app.state.database = database
    app.state.identity_key = identity_key
    app.state.closing = asyncio.Event()
    handle_errors(app, problem_page)
    app.include_router(health_routes(checks or {}))
    for router in routers:
        app.include_router(router)
    if asyncapi is not None:
        app.include_router(_asyncapi_route(asyncapi))
    describe(app)
    return app


def _is_probe(scope: Any) -> bool:
    return scope["path"] in ("/livez", "/readyz", "/metrics")


def _asyncapi_route(document: Callable[[], dict[str, Any]]) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/asyncapi.json")
    async def asyncapi() -> Response:
        return JSONResponse(document())

    return router
