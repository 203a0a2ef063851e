"""The mailbox over HTTP: a list, a page for each message, the same as JSON, and /readyz."""

import re
from collections.abc import Callable
from dataclasses import asdict

from jinja2 import Environment, PackageLoader
from markupsafe import Markup, escape
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse
from starlette.routing import Route

from ieum_local.mailbox.folder import Mail, MailFolder

_MOST_LISTED = 200
# Received HTML is a stranger's: it runs no script and loads nothing.
_HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; img-src data:"}
_ADDRESS = re.compile(r"https?://[^\s<>\"'&]+(?:&amp;[^\s<>\"'&]+)*")


def _linked(text: str) -> Markup:
    """The text, escaped, with its addresses as links."""
    return Markup(_ADDRESS.sub(lambda m: f'<a href="{m.group()}">{m.group()}</a>', str(escape(text))))  # noqa: S704


def application(folder: MailFolder, is_ready: Callable[[], bool]) -> Starlette:
    """The ASGI application; `is_ready`: whether SMTP is answered."""
    templates = Environment(loader=PackageLoader("ieum_local.mailbox", "templates"), autoescape=True)
    templates.filters["linked"] = _linked

    def page(name: str, **values: object) -> HTMLResponse:
        return HTMLResponse(templates.get_template(name).render(**values), headers=_HEADERS)

    def wanted(request: Request) -> list[Mail]:
        limit = request.query_params.get("limit", "50")
        if not limit.isdigit() or not 1 <= int(limit) <= _MOST_LISTED:
            raise HTTPException(422, f"limit is a number from 1 to {_MOST_LISTED}")
        return folder.newest(int(limit), request.query_params.get("to") or None)

    def one(request: Request) -> Mail:
        mail = folder.get(request.path_params["mail_id"])
        if mail is None:
            raise HTTPException(404, "no such message")
        return mail

    def show_list(request: Request) -> HTMLResponse:
        return page("list.html", mails=wanted(request), to=request.query_params.get("to", ""))

    def show_mail(request: Request) -> HTMLResponse:
        return page("mail.html", mail=one(request))

    def list_mails(request: Request) -> JSONResponse:
        return JSONResponse({"items": [asdict(mail) for mail in wanted(request)]})

    def get_mail(request: Request) -> JSONResponse:
        return JSONResponse(asdict(one(request)))

    def readyz(_: Request) -> PlainTextResponse:
        ready = is_ready()
        return PlainTextResponse("ready" if ready else "SMTP is not answered yet", 200 if ready else 503)

    return Starlette(
        routes=[
            Route("/", show_list),
            Route("/mails/{mail_id}", show_mail),
            Route("/messages", list_mails),
            Route("/messages/{mail_id}", get_mail),
            Route("/readyz", readyz),
        ]
    )
