"""Bugs in how a repeated HTTP request finds its first answer: B23."""

import asyncio
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Annotated, Any
from unittest.mock import patch

import httpx
from fastapi import APIRouter, Response
from pydantic import BaseModel

from ieum.database import Transaction
from ieum.http import Caller, Write, allow, create_app, writing
from ieum.http.identity import bearer, issue
from ieum.http.store import RequestKey, claim_key, sweep_answers

from .bank import Bank
from .kit import Kit, Mutant

KEY = "a-key-for-tests-of-32-bytes-or-more"


class NewDeposit(BaseModel):
    amount: int
    command: str


class DepositView(BaseModel):
    version: int


def _app(bank: Bank) -> Any:
    routes = APIRouter()

    @routes.post("/accounts/{account}/deposits", status_code=201)
    async def deposit(
        account: str, body: NewDeposit, caller: Annotated[Caller, allow("client")], write: Write
    ) -> Response:
        async def effect(tx: Transaction) -> DepositView:
            versions = await bank.deposit_in(tx, account, body.amount, command=body.command)
            await bank.step()
            return DepositView(version=versions[account])

        return await write(effect, status=201)

    return create_app("teller", version="1.0.0", identity_key=KEY, database=bank.teller, routers=[routes])


async def clients_repeat_their_requests(bank: Bank) -> None:
    """Twenty requests with one key at once, five keys; after the sweep, an hour later, each once more."""
    bank.pause = 0.005
    token = dict(bearer(issue(KEY, Caller(person_id="c-1", role="client"))))
    transport = httpx.ASGITransport(_app(bank), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://teller") as client:

        async def ask(command: str) -> int:
            answer = await client.post(
                "/accounts/a0/deposits",
                json={"amount": 1, "command": command},
                headers={**token, "Idempotency-Key": command},
            )
            return answer.status_code

        for n in range(5):
            await asyncio.gather(*(ask(f"k-{n}") for _ in range(20)))
        async with bank.teller.transaction() as tx:
            await tx.execute("UPDATE idempotency SET created_at = created_at - interval '1 hour'")
            await sweep_answers(tx, writing.KEEP_ANSWERS)
        for n in range(5):
            await ask(f"k-{n}")
    await bank.relay()
    await bank.hear()


async def _look_then_insert(tx: Transaction, key: RequestKey) -> bool:
    if await tx.fetchval("SELECT true FROM idempotency WHERE key = $1", key.key):
        return False
    await tx.fetchval("SELECT pg_sleep(0.02)")
    await claim_key(tx, key)
    return True


def _looking_first() -> AbstractContextManager[Any]:
    return patch.object(writing, "claim_key", _look_then_insert)


def _keeping_answers_for_a_minute() -> AbstractContextManager[Any]:
    return patch.object(writing, "KEEP_ANSWERS", timedelta(minutes=1))


MUTANTS = [
    Mutant(
        "a request's key is looked up and then inserted", "B23", clients_repeat_their_requests,
        Kit(patched=_looking_first), frozenset({"doubled"}),
    ),
    Mutant(
        "answers are swept while clients still repeat", "B16 B23", clients_repeat_their_requests,
        Kit(patched=_keeping_answers_for_a_minute), frozenset({"doubled"}),
    ),
]  # fmt: skip
