"""The tree of scopes over HTTP."""

from itertools import groupby

from fastapi import APIRouter
from pydantic import Field

from evaluation.scopes import store
from evaluation.scopes.rules import NATION, Kind, Scope
from evaluation.scopes.views import ScopeView, Spoken, view_scope
from ieum.http import Read, allow, problem_responses
from ieum.http.problems import Unauthenticated

router = APIRouter(tags=["scopes"], dependencies=[allow()], responses=problem_responses(Unauthenticated))


class ScopeNode(ScopeView):
    """A scope and what it consists of."""

    demonstration: bool = Field(False, description="A centre that exists for demonstration only")
    children: list["ScopeNode"] = Field(default_factory=list)


@router.get("/scopes")
async def scope_tree(read: Read, language: Spoken) -> ScopeNode:
    """The nation, its regional offices, and their centres, as far as they have been heard of."""
    async with read() as tx:
        centres = await store.centres(tx)

    def node(scope: Scope, name: str | None, children: list[ScopeNode], *, demonstration: bool = False) -> ScopeNode:
        shown = view_scope(scope, name, language)
        return ScopeNode(**shown.model_dump(), demonstration=demonstration, children=children)

    offices = []
    for code, members in groupby(centres, key=lambda centre: centre.office_code):
        listed = list(members)
        offices.append(
            node(
                Scope(Kind.OFFICE, code),
                listed[0].office_name,
                [
                    node(Scope(Kind.CENTRE, centre.code), centre.name, [], demonstration=centre.demonstration)
                    for centre in listed
                ],
            )
        )
    return node(NATION, None, offices)
