"""One trace from a request through an event to the next service."""

import pytest
from fastapi import APIRouter
from httpx import ASGITransport, AsyncClient
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from ieum.http import create_app
from ieum.telemetry import configure_tracing, continue_trace, current_traceparent

TRACE = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE}-b7ad6b7169203331-01"
KEY = "a-key-for-tests-of-32-bytes-or-more"


class Recorded:
    """The spans that left the process."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self._provider: TracerProvider = configure_tracing("notes", "1", exporter=self._exporter)

    def spans(self) -> dict[str, dict[str, object]]:
        self._provider.force_flush()
        return {found.name: dict(found.attributes or {}) for found in self._exporter.get_finished_spans()}


@pytest.fixture(scope="session")
def recorded() -> Recorded:
    return Recorded()


def test_work_continues_the_trace_it_was_given(recorded: Recorded) -> None:
    with continue_trace(TRACEPARENT, "apply"):
        inside = current_traceparent()

    assert inside is not None
    assert inside.split("-")[1] == TRACE
    assert inside != TRACEPARENT
    assert "apply" in recorded.spans()


@pytest.mark.parametrize("given", [None, "", "nonsense", "00-" + "0" * 32 + "-" + "0" * 16 + "-01"])
def test_work_without_a_readable_trace_begins_one(recorded: Recorded, given: str | None) -> None:
    with continue_trace(given, "apply"):
        inside = current_traceparent()

    assert inside is not None
    assert inside.split("-")[1] not in (TRACE, "0" * 32)


def test_outside_of_any_work_there_is_no_trace() -> None:
    assert current_traceparent() is None


async def test_a_request_continues_its_callers_trace_and_hides_what_was_searched(recorded: Recorded) -> None:
    router = APIRouter()

    @router.get("/people")
    async def people(q: str) -> dict[str, str | None]:
        return {"traceparent": current_traceparent()}

    app = create_app("notes", version="1", identity_key=KEY, routers=[router])
    async with AsyncClient(transport=ASGITransport(app), base_url="http://notes") as client:
        answer = await client.get("/people?q=secret", headers={"traceparent": TRACEPARENT})
        await client.get("/livez", headers={"traceparent": TRACEPARENT})

    assert answer.json()["traceparent"].split("-")[1] == TRACE
    spans = recorded.spans()
    assert spans["GET /people"]["http.response.status_code"] == 200
    assert "secret" not in str(spans)
    assert "GET /livez" not in spans
