"""`python -m registration verify-looks` says whether the chain is whole, and where it ends."""

from argparse import Namespace
from datetime import UTC, datetime

import pytest

from ieum.service import Service
from registration.record_looks import store
from registration.record_looks.checking import verify
from registration.record_looks.rules import Look

LOOK = Look(datetime(2026, 11, 23, 3, tzinfo=UTC), "c-1", "counsellor", "10.0.0.7", "p-1", "record", "advice")


async def add_look(service: Service) -> str:
    async with service.database.transaction() as tx:
        return (await store.add_look(tx, LOOK, service.http.state.sealing.look_key)).mac.hex()


async def test_a_chain_without_looks_is_whole(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    code = await verify(service, Namespace())

    assert (code, capsys.readouterr().out) == (0, "no looks yet\n")


async def test_a_whole_chain_is_told_with_its_end(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    await add_look(service)
    end = await add_look(service)

    code = await verify(service, Namespace())

    assert (code, capsys.readouterr().out) == (0, f"looks 1 to 2; end {end}\n")


async def test_a_broken_chain_fails_and_says_where(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        await add_look(service)
    async with service.database.transaction() as tx:
        await tx.execute("DELETE FROM record_look WHERE look_no = 2")

    code = await verify(service, Namespace())

    assert code == 1
    assert capsys.readouterr().out.endswith("FAULT: look 2 is missing\n")
