"""What routes about files need beside the kit's: who may use them, and the language to explain in."""

from typing import Annotated

from fastapi import Depends, Request

from ieum.http import Caller, Language, allow, preferred_language
from registration.people.authority import CENTRE_ROLES
from registration.vacancies.authority import OVERSEERS

Uploader = Annotated[Caller, allow("employer", *CENTRE_ROLES, *OVERSEERS)]
"""Whoever may send files, and see what came of their own."""


async def _language(request: Request) -> Language:
    return preferred_language(request.headers.get("accept-language"))


Tongue = Annotated[Language, Depends(_language)]
"""`language: Tongue` in a route's parameters."""
