"""Somebody who is registered."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from ieum.testing.client import Tokens

Form = Callable[..., dict[str, Any]]


@pytest.fixture
async def me(service_client: httpx.AsyncClient, tokens: Tokens, form: Form) -> tuple[str, dict[str, str]]:
    """Somebody registered at 의정부: id and headers."""
    person_id = str(uuid4())
    headers = tokens("jobseeker", person_id)
    answer = await service_client.post("/jobseekers", json=form(), headers=headers)
    assert answer.status_code == 201
    return person_id, headers
