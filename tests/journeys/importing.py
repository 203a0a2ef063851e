"""Sends files to registration and waits until they are through."""

from ieum.testing import eventually

from ..running.system import Json, System


async def imported(system: System, name: str, content: bytes, *, form: str = "auto", within: float = 60) -> Json:
    """Upload a file as the operator and wait for the end of its import."""
    operator = system.headers("operator", "journeys")
    client = system.clients["registration"]
    answer = await client.post("/imports", params={"format": form}, headers=operator, files={"file": (name, content)})
    assert answer.status_code == 202, answer.text
    path = f"/imports/{answer.json()['import_id']}"

    async def ended() -> Json | None:
        view = await system.get("registration", path, operator)
        return view if view["state"] not in {"waiting", "running"} else None

    view = await eventually(f"the import of {name} to end", ended, within=within)
    assert view["state"] == "finished", view
    return view


async def events_told(system: System, topic: str) -> int:
    """How many events of a topic its owner has ever told."""
    (row,) = await system.sql(
        f"SELECT coalesce(sum(version), 0) AS told FROM {topic.partition('.')[0]}.stream WHERE topic = $1",  # noqa: S608
        topic,
    )
    return int(row["told"])
