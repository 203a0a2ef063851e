"""The reconciler's judgement as tables; what it does on the running system is among the journeys."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from ieum.messaging import Topic, Topics
from ieum.ops.reaching import Refused, Services, urls_in
from ieum.ops.reconciling import PAGE, Difference, differences, reconcile, suspects

TOPIC, CONSUMER = "bank.account.v1", "books.accounts"
TOPICS = Topics([Topic(TOPIC, owner="bank", key="account", partitions=1)])


class Known(Services):
    """Two services whose versions are given; pages of the real size. `later` is what is said and heard after grace."""

    def __init__(
        self, said: dict[str, int], heard: dict[str, int], later: tuple[dict[str, int], dict[str, int]]
    ) -> None:
        super().__init__({"bank": "http://bank", "books": "http://books"}, token="none")
        self.rebuilding = [False]
        self._versions = {"said": said, "heard": heard}
        self._later = dict(zip(("said", "heard"), later, strict=True))

    async def get(self, service: str, path: str, **query: Any) -> Any:
        if path == "/operations":
            if service == "bank":
                return {"consumers": []}
            # As it was asked the first time, and from then on.
            rebuilding = self.rebuilding.pop(0) if len(self.rebuilding) > 1 else self.rebuilding[0]
            return {"consumers": [{"consumer": CONSUMER, "topics": [TOPIC], "rebuilding": rebuilding}]}
        side = path.rsplit("/", 1)[-1]
        assert service == {"said": "bank", "heard": "books"}[side]
        if "ids" in query:
            return {"items": [[key, self._later[side][key]] for key in query["ids"] if key in self._later[side]]}
        raise AssertionError

    async def pages(self, service: str, path: str, **query: Any) -> AsyncIterator[list[Any]]:
        rows = sorted(self._versions[path.rsplit("/", 1)[-1]].items())
        for start in range(0, len(rows), PAGE):
            yield [list(row) for row in rows[start : start + PAGE]]


def test_only_what_differs_is_looked_at_again() -> None:
    assert suspects({"a": 3, "b": 1, "c": 2}, {"a": 3, "b": 2, "d": 1}) == {"b", "c", "d"}


@pytest.mark.parametrize(
    ("said_before", "heard", "said_after", "found"),
    [
        pytest.param({"a": 2}, {"a": 2}, {"a": 5}, [], id="what was said since may be under way"),
        pytest.param({"a": 2}, {"a": 4}, {"a": 4}, [], id="the consumer has heard more meanwhile"),
        pytest.param(
            {"a": 2}, {"a": 1}, {"a": 2}, [Difference("missing", "a", 2, 1)], id="not heard in spite of grace"
        ),
        pytest.param({"a": 2}, {}, {"a": 2}, [Difference("missing", "a", 2, 0)], id="never heard of"),
        pytest.param({"a": 2}, {"a": 3}, {"a": 2}, [Difference("forgotten", "a", 2, 3)], id="the owner went back"),
        pytest.param({}, {"a": 1}, {}, [Difference("forgotten", "a", 0, 1)], id="the owner does not know it"),
        pytest.param({}, {"a": 1}, {"a": 1}, [], id="said and heard while the pages were read"),
    ],
)
def test_a_difference_is_what_remains_after_grace(
    said_before: dict[str, int], heard: dict[str, int], said_after: dict[str, int], found: list[Difference]
) -> None:
    assert differences(said_before, heard, said_after) == found


async def test_pages_of_unequal_length_are_compared_aggregate_by_aggregate() -> None:
    said = {f"{n:05}": 2 for n in range(3 * PAGE)}
    lost = {f"{n:05}" for n in range(0, 2 * PAGE, 7)}
    heard = {key: version for key, version in said.items() if key not in lost}

    (only,) = await reconcile(Known(said, heard, (said, heard)), TOPICS, grace=0)

    assert only.compared == len(said)
    assert {found.aggregate_id for found in only.differences} == lost
    assert {found.kind for found in only.differences} == {"missing"}


async def test_what_arrives_within_the_grace_is_no_difference() -> None:
    said = {f"{n:05}": 1 for n in range(PAGE + 1)}

    (only,) = await reconcile(Known(said, {}, (said, said)), TOPICS, grace=0)

    assert only.differences == []


@pytest.mark.parametrize("rebuilding", [[True], [False, True]], ids=["before", "meanwhile"])
async def test_a_consumer_that_is_being_rebuilt_misses_nothing(rebuilding: list[bool]) -> None:
    services = Known({"a": 2}, {}, ({"a": 2}, {}))
    services.rebuilding = rebuilding

    (only,) = await reconcile(services, TOPICS, grace=0)

    assert (only.rebuilding, only.differences) == (True, [])


def test_the_services_are_those_that_the_environment_names_and_no_other_address_is_one() -> None:
    environment = {
        "OPS_SERVICES": "books, bank",
        "BANK_URL": "http://b",
        "BOOKS_URL": "http://k",
        "SMS_URL": "http://s",
    }

    assert urls_in(environment) == {"bank": "http://b", "books": "http://k"}


def test_a_service_whose_address_is_missing_is_named() -> None:
    with pytest.raises(Refused, match="BOOKS_URL"):
        urls_in({"OPS_SERVICES": "bank,books", "BANK_URL": "http://b"})


def test_without_services_or_a_token_it_says_what_to_set() -> None:
    with pytest.raises(Refused, match="SERVICE"):
        Services({}, token="t")
    with pytest.raises(Refused, match="OPS_TOKEN"):
        Services({"matching": "http://m"})
