"""Files of every kind through the running system, and the same ones again."""

from datetime import date

import pytest

from ieum.testing import eventually
from ieum_local.demo import sample

from ..running.system import System
from ..running.town import in_days
from .importing import events_told, imported

ROWS = 40
VACANCIES = "registration.vacancy.v1"


def _file(kind: str) -> bytes:
    today = date.fromisoformat(in_days(0))
    if kind == "work24":
        return b"".join(sample.work24(ROWS, seed=71, day=today))
    if kind == "json_ld":
        return b"".join(sample.ndjson(ROWS, seed=72, day=today))
    return sample.spreadsheet(ROWS, encoding=kind, seed=73 if kind == "cp949" else 74, day=today)


@pytest.mark.parametrize("kind", ["work24", "json_ld", "cp949", "utf-8-sig"])
async def test_the_same_file_twice_changes_nothing(system: System, kind: str) -> None:
    content = _file(kind)

    first = await imported(system, f"{kind}.txt", content)
    told = await events_told(system, VACANCIES)
    second = await imported(system, f"{kind}-again.txt", content)

    assert (first["taken"], first["rejected"]) == (ROWS, 0)
    assert (second["taken"], second["unchanged"], second["rejected"]) == (0, ROWS, 0)
    assert await events_told(system, VACANCIES) == told
    await everything_counted(system)


async def test_a_recomputation_from_the_topics_equals_the_database(system: System) -> None:
    await imported(
        system, "for-recomputation.xml", b"".join(sample.work24(25, seed=75, day=date.fromisoformat(in_days(0))))
    )

    code, printed = await system.command("evaluation", "recompute")

    assert "The same to the last digit." in printed
    assert code == 0


async def everything_counted(system: System) -> None:
    """Wait until evaluation has counted every vacancy that registration has told of."""

    async def counted() -> bool:
        (row,) = await system.sql(
            "SELECT (SELECT count(*) FROM registration.stream WHERE topic = $1) AS told,"
            " (SELECT count(*) FROM evaluation.mark WHERE topic = $1) AS heard",
            VACANCIES,
        )
        return bool(row["told"] == row["heard"])

    await eventually("evaluation to hear of every vacancy", counted)
