"""An aggregate that waits behind a hole, as when a consumer's database lost what it had heard."""

from ieum.testing import eventually

from .system import System
from .town import Town

CONSUMER, TOPIC = "matching.recommendations", "registration.vacancy.v1"


async def opened(system: System, town: Town) -> tuple[str, dict[str, str]]:
    """A vacancy that matching has heard of, and how its employer signs in."""
    employer = await town.employer()
    vacancy_id = await town.open_vacancy(employer)

    async def heard() -> bool:
        return bool(await system.sql("SELECT 1 FROM matching.mark WHERE aggregate_id = $1", vacancy_id))

    await eventually("matching to hear of it", heard)
    return vacancy_id, employer.headers


async def paused_behind_a_hole(system: System, town: Town) -> str:
    """A vacancy whose opening matching has forgotten, so that its pause waits, or is about to."""
    vacancy_id, headers = await opened(system, town)
    await system.sql("UPDATE matching.mark SET version = 0 WHERE aggregate_id = $1", vacancy_id)
    await system.post(
        "registration", f"/vacancies/{vacancy_id}/pause", {**headers, "If-Match": '"1"'}, {"reason": "잠시 중지"}
    )
    return vacancy_id
