"""The checker that finds nothing against our kit finds the bugs of the catalogue when the kit has it."""

from collections.abc import Awaitable, Callable

import pytest

from .bank import Bank
from .catalogue import MUTANTS, SCENARIOS
from .conftest import Opening
from .kit import SOUND, Mutant
from .results import Results, kinds


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
async def test_the_sound_kit_loses_doubles_and_reorders_nothing_when(
    opening: Opening, results: Results, scenario: Callable[[Bank], Awaitable[None]]
) -> None:
    async with opening(SOUND) as bank:
        await scenario(bank)
        verdict = await bank.verdict(within=30)

    results.sound[scenario.__name__] = kinds(verdict.findings)
    assert verdict.findings == []
    assert verdict.effects["bookings"] > 0


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "_"))
async def test_the_checker_sees_that(opening: Opening, results: Results, mutant: Mutant) -> None:
    async with opening(mutant.kit) as bank:
        await mutant.scenario(bank)
        verdict = await bank.verdict()

    found = kinds(verdict.findings)
    results.mutants[mutant.name] = (mutant, found)
    assert mutant.kinds <= found.keys()
    assert bool(found) != bool(mutant.harmless), "the list of what cannot be seen is not true any more"
