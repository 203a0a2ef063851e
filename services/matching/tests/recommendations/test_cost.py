"""How many statements work takes: as many for thousands as for one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ieum.database import Database, Transaction

from . import telling
from .worlds import A_JOBSEEKER, a_jobseeker, a_vacancy


@contextmanager
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that transactions run inside."""
    seen: list[str] = []

    def counting(method: Callable[..., Any]) -> Callable[..., Any]:
        def counted(tx: Transaction, query: str, *args: Any, **options: Any) -> Any:
            seen.append(query)
            return method(tx, query, *args, **options)

        return counted

    with monkeypatch.context() as patched:
        for name in ("fetch", "execute", "copy_records_to_table"):
            patched.setattr(Transaction, name, counting(getattr(Transaction, name)))
        yield seen


async def test_two_thousand_vacancies_take_a_handful_of_statements(
    matching_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await telling.hear(
        matching_database, *(telling.registered(a_jobseeker(jobseeker_id=f"j-{n:03}")) for n in range(20))
    )
    events = [telling.opened(a_vacancy(vacancy_id=f"v-{n:04}", hourly_pay=12_000 + n)) for n in range(2_000)]

    with statements(monkeypatch) as seen:
        await telling.hear(matching_database, *events)

    assert len(seen) <= 9
    assert len(await telling.kept(matching_database)) == 20


async def test_a_vacancy_that_leaves_takes_no_search_while_there_are_spares(
    matching_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    vacancies = [a_vacancy(vacancy_id=f"v-{n:02}") for n in range(30)]
    await telling.hear(matching_database, *map(telling.opened, vacancies), telling.registered(A_JOBSEEKER))
    searches = []

    for n in range(11):
        with statements(monkeypatch) as seen:
            await telling.hear(matching_database, telling.became(a_vacancy(vacancy_id=f"v-{n:02}", status="closed")))
        searches.append(any("occupation_code = ANY" in statement for statement in seen))

    assert searches == [False] * 10 + [True]
