"""A folder is taken in by command, stopped and continued, and what was refused is said."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from ieum.service import Service
from ieum_local.demo import sample
from registration.imports import running, taking
from registration.imports.store import newest_imports
from registration.imports.taking import Counts
from registration.imports.vacancy_import import Import
from registration.uploads import command
from registration.uploads.command import run

from .conftest import TODAY

Told = Callable[[], Awaitable[list[tuple[str, str, int, dict[str, Any]]]]]


def options(folder: Path, **changes: Any) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    return argparse.Namespace(**{**vars(parser.parse_args([str(folder)])), **changes})


async def imports_of(service: Service) -> list[Import]:
    async with service.database.reading() as tx:
        return await newest_imports(
            tx, everything=True, uploaded_by="", centre_code=None, employer_id=None, after=None, limit=100
        )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.xml").write_bytes(b"".join(sample.work24(1_500, seed=1, day=TODAY)))
    (tmp_path / "b.ndjson").write_bytes(b"".join(sample.ndjson(50, seed=2, day=TODAY)))
    (tmp_path / "c.csv").write_bytes(sample.spreadsheet(50, encoding="cp949", seed=3, day=TODAY))
    (tmp_path / "notes.txt").write_text("not taken in")
    (tmp_path / "folder.xml").mkdir()
    return tmp_path


async def test_every_file_of_a_folder_is_taken_in(
    service: Service, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = await run(service, options(folder))

    assert code == 0
    assert {one.file_name: (one.state, one.taken) for one in await imports_of(service)} == {
        "a.xml": ("finished", 1_500),
        "b.ndjson": ("finished", 50),
        "c.csv": ("finished", 50),
    }
    shown = capsys.readouterr().out
    assert "1,500" in shown
    assert "Left out, for how they end: notes.txt" in shown


async def test_where_no_terminal_shows_the_bar_lines_say_how_far_it_is(
    service: Service, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_SAY_EVERY_SECONDS", 0.0)

    await run(service, options(folder))

    assert "a.xml: 1,500 of 1,500 rows" in capsys.readouterr().out


async def test_a_second_run_skips_what_was_taken_in_and_can_be_told_not_to(
    service: Service, folder: Path, told: Told
) -> None:
    await run(service, options(folder))
    said = len(await told())

    await run(service, options(folder))
    skipped = len(await imports_of(service))
    await run(service, options(folder, again=True))

    assert skipped == 3
    repeated = (await imports_of(service))[:3]
    assert {one.taken for one in repeated} == {0}
    assert len(await told()) == said


async def test_a_refused_file_is_said_and_the_others_go_on(
    service: Service, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.xml").write_bytes(b"<html>503</html>")

    code = await run(service, options(folder))

    assert code == 1
    assert {one.file_name for one in await imports_of(service)} == {"b.ndjson", "c.csv"}
    assert "refused" in capsys.readouterr().out


async def test_a_stopped_run_goes_on_where_it_was(
    service: Service, folder: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    running_task: list[asyncio.Task[int]] = []
    take = taking.take_batch

    async def take_and_stop(*given: Any) -> Counts:
        counts = await take(*given)
        running_task[0].cancel()
        return counts

    with monkeypatch.context() as patched:
        patched.setattr(running, "take_batch", take_and_stop)
        running_task.append(asyncio.create_task(run(service, options(folder))))
        with pytest.raises(asyncio.CancelledError):
            await running_task[0]
    (stopped,) = await imports_of(service)
    assert stopped.state == "stopped"

    code = await run(service, options(folder))

    assert code == 0
    assert len(await imports_of(service)) == 3
    assert {one.state for one in await imports_of(service)} == {"finished"}
    opened = [key for kind, key, *_ in await told() if kind == "VacancyOpened"]
    assert len(opened) == len(set(opened)) == 1_600


@pytest.mark.parametrize(("name", "code"), [("missing", 2), ("empty", 0)])
async def test_a_folder_without_files_is_said(service: Service, tmp_path: Path, name: str, code: int) -> None:
    (tmp_path / "empty").mkdir()

    assert await run(service, options(tmp_path / name)) == code
