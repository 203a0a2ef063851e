"""From a match to a hire, and back when the hire turns out not to be one."""

from dataclasses import dataclass

import pytest

from ieum.testing import eventually

from ..running.system import Json
from ..running.town import Employer, Jobseeker, Town, in_days


@dataclass(frozen=True)
class Hire:
    """A jobseeker whom a counsellor referred to a vacancy for one, and whom the employer hired."""

    jobseeker: Jobseeker
    employer: Employer
    vacancy_id: str
    placement: Json
    before: dict[str, dict[str, int]]


@pytest.fixture
async def hire(town: Town) -> Hire:
    before = await town.all_figures()
    jobseeker, employer = await town.jobseeker(), await town.employer()
    vacancy_id = await town.open_vacancy(employer)
    await eventually("the match", lambda: town.matches(jobseeker))
    wish = {"jobseeker_id": jobseeker.jobseeker_id, "vacancy_id": vacancy_id}
    referral = await town.system.post("matching", "/referrals", town.counsellor, wish)
    said = {"answer": "hired", "hired_on": in_days(0)}
    await town.system.post("matching", f"/referrals/{referral['referral_id']}/answer", employer.headers, said)

    async def recorded() -> Json | None:
        path = "/placements"
        page = await town.system.get("matching", path, town.counsellor, jobseeker_id=jobseeker.jobseeker_id)
        return next(iter(page["items"]), None)

    placement = await eventually("the placement", recorded)
    return Hire(jobseeker, employer, vacancy_id, placement, before)


async def _vacancy_becomes(town: Town, hire: Hire, status: str) -> None:
    async def reached() -> bool:
        path = f"/vacancies/{hire.vacancy_id}"
        view = await town.system.get("registration", path, hire.employer.headers)
        assert view["status"] == status
        return True

    await eventually(f"the vacancy to be {status}", reached)


async def _jobseeker_becomes(town: Town, hire: Hire, state: str) -> None:
    async def reached() -> bool:
        path = f"/jobseekers/{hire.jobseeker.jobseeker_id}"
        view = await town.system.get("registration", path, hire.jobseeker.headers)
        assert view["state"] == state
        return True

    await eventually(f"the jobseeker to be {state}", reached)


async def test_a_hire_counts_fills_the_vacancy_and_ends_the_registration(town: Town, hire: Hire) -> None:
    await _vacancy_becomes(town, hire, "filled")
    await _jobseeker_becomes(town, hire, "stopped")
    await town.figures_grow(hire.before, openings=1, jobseekers=1, placements=1)
    assert hire.placement["source"] == "referral"
    kinds = ["match_proposed", "referral_made", "referral_answered", "placement_recorded"]
    async with town.listen(hire.jobseeker, after=0, most=len(kinds)) as listener:
        assert sorted(frame.kind for frame in await listener.full()) == sorted(kinds)


async def test_a_reversal_with_a_reason_restates_the_figures_and_undoes_what_the_hire_did(
    town: Town, hire: Hire
) -> None:
    await _jobseeker_becomes(town, hire, "stopped")
    await _vacancy_becomes(town, hire, "filled")

    path = f"/placements/{hire.placement['placement_id']}/reverse"
    await town.system.post("matching", path, town.counsellor, {"reason": "출근하지 않음"})

    await _vacancy_becomes(town, hire, "open")
    await _jobseeker_becomes(town, hire, "registered")
    # The vacancy is the one it was, and nobody registered anew; the two are a match again.
    await eventually("the match", lambda: town.matches(hire.jobseeker))
    await town.figures_grow(hire.before, openings=1, jobseekers=1)
