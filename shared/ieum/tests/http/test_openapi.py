"""The documents a service publishes about itself."""

import json
from typing import Any

import httpx
import pytest

from ieum.http import create_app

KEY = "a-key-for-tests-of-32-bytes-or-more"


@pytest.fixture
async def document(offline: httpx.AsyncClient) -> dict[str, Any]:
    answer = await offline.get("/openapi.json")
    found: dict[str, Any] = answer.json()
    return found


async def test_every_operation_may_answer_with_a_problem(document: dict[str, Any]) -> None:
    operations = [operation for path in document["paths"].values() for operation in path.values()]

    assert operations
    for operation in operations:
        schema = operation["responses"]["default"]["content"]["application/problem+json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/Problem"}


async def test_fastapis_own_error_documents_are_not_promised(document: dict[str, Any]) -> None:
    assert "HTTPValidationError" not in json.dumps(document)
    assert "field" in document["components"]["schemas"]["FieldError"]["properties"]


async def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    references = {part.split('"')[0] for part in json.dumps(document).split('"$ref": "#/components/schemas/')[1:]}

    assert references <= set(document["components"]["schemas"])


async def test_headers_and_problems_of_a_route_are_described(document: dict[str, Any]) -> None:
    operation = document["paths"]["/notes"]["post"]

    assert "idempotency-key" in [parameter["name"] for parameter in operation["parameters"]]
    assert "note-closed" in operation["responses"]["409"]["content"]["application/problem+json"]["examples"]


async def test_health_and_documents_are_no_part_of_the_interface(document: dict[str, Any]) -> None:
    assert not {"/livez", "/readyz", "/metrics", "/asyncapi.json"} & set(document["paths"])


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
async def test_no_page_loads_scripts_from_elsewhere(offline: httpx.AsyncClient, path: str) -> None:
    assert (await offline.get(path)).status_code == 404


async def test_the_events_document_is_served_where_there_is_one() -> None:
    app = create_app("notes", version="1", identity_key=KEY, asyncapi=lambda: {"asyncapi": "3.0.0"})

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://notes") as client:
        answer = await client.get("/asyncapi.json")

    assert answer.json() == {"asyncapi": "3.0.0"}
