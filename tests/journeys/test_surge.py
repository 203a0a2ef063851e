"""One firm's surge is its own affair: whoever else posts vacancies beside it is answered, and none is turned away.

How long they wait depends on the machine: tests/chaos/RESULTS.md. That they would wait without turns, and what for, is
shown by the kit's own `test_turns.py`.
"""

from collections.abc import AsyncIterator

import pytest

from ..running.surge import Surge
from ..running.town import Town

_SECONDS = 10.0


@pytest.fixture
async def surge(town: Town) -> AsyncIterator[Surge]:
    surge = await Surge.prepared(town)
    yield surge
    surge.close()


async def test_beside_a_firm_that_posts_forty_at_once_everybody_else_is_answered(surge: Surge) -> None:
    waited = await surge.last(_SECONDS)

    assert len(waited) >= 20
    assert surge.answers[201] > 0
    assert surge.answers.keys() <= {201, 429}
