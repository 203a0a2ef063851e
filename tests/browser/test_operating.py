"""What an operator does in a browser about an aggregate that is parked, with every service behind it."""

from playwright.async_api import expect

from ieum.testing import eventually

from ..running.holes import paused_behind_a_hole
from ..running.system import System
from ..running.town import Town
from .conftest import PATIENCE, Visitor


async def test_a_parked_vacancy_is_found_previewed_and_released(visitor: Visitor, system: System, town: Town) -> None:
    vacancy_id = await paused_behind_a_hole(system, town)
    await eventually("the pause to wait", lambda: _is_parked(system, vacancy_id))
    await visitor.is_an_operator(system)
    page = await visitor.opens("/operator/matching/parked")

    await page.get_by_role("link", name=vacancy_id).click(timeout=PATIENCE)
    await expect(page.locator("main")).to_contain_text("VacancyPaused")
    # What kept it is put right; whether that is so, the preview tells.
    await system.sql("UPDATE matching.mark SET version = 1 WHERE aggregate_id = $1", vacancy_id)
    await page.get_by_role("button", name="Preview a release").click()
    await expect(page.get_by_role("status").first).to_contain_text("A release would apply 1", timeout=PATIENCE)
    assert not await _status(system, vacancy_id, "paused")
    await page.get_by_label("Reason").fill("the hole is closed")
    await page.get_by_role("button", name="Release", exact=True).click()
    await expect(page.get_by_role("status").first).to_contain_text("the aggregate flows again", timeout=PATIENCE)

    await eventually("the pause to be applied", lambda: _status(system, vacancy_id, "paused"))
    await page.goto(f"{visitor.address}/operator/matching/parked")
    await expect(page.locator("main")).not_to_contain_text(vacancy_id)
    assert visitor.complaints == []
    assert visitor.only_the_portal_was_asked


async def _is_parked(system: System, vacancy_id: str) -> bool:
    return bool(await system.sql("SELECT 1 FROM matching.parked WHERE aggregate_id = $1", vacancy_id))


async def _status(system: System, vacancy_id: str, status: str) -> bool:
    found = await system.sql("SELECT status FROM matching.vacancy WHERE vacancy_id = $1", vacancy_id)
    return [row["status"] for row in found] == [status]
