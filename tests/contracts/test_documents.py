"""What every running service publishes about itself is read by parsers that others wrote."""

import asyncio
import copy
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from ieum_local import npm, places
from ieum_local.layout import SERVICES

from ..running.system import System

HERE = Path(__file__).parent
EVENT_SERVICES = [one.name for one in SERVICES if one.has_database]


@pytest.fixture(scope="session")
async def parser_home() -> Path:
    """A folder with @asyncapi/parser, made once for each lock file."""
    files = [HERE / name for name in (".npmrc", "package.json", "package-lock.json")]
    stamp = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    home = places.CHECKOUT / ".local" / "documents" / stamp
    if not (home / "ready").exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        for file in files:
            shutil.copy(file, home)
        await npm.install(home, home / "npm.log")
        (home / "ready").touch()
    return home


async def parsed(home: Path, document: Any) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        npm.NODE, HERE / "parse.mjs", cwd=home, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await asyncio.wait_for(process.communicate(json.dumps(document).encode()), 60)
    assert process.returncode == 0
    found: dict[str, Any] = json.loads(printed)
    return found


@pytest.mark.parametrize("service", EVENT_SERVICES)
async def test_asyncapi_s_own_parser_takes_the_document_of(system: System, parser_home: Path, service: str) -> None:
    document = await system.get(service, "/asyncapi.json", {})

    found = await parsed(parser_home, document)

    assert found["errors"] == []
    assert found["said"]["title"] == f"Ieum {service}"
    assert found["said"]["channels"] == len(document["channels"]) > 0
    assert found["said"]["operations"] == len(document["operations"]) > 0


async def test_the_parser_refuses_a_document_with_a_mistake(system: System, parser_home: Path) -> None:
    document = await system.get("matching", "/asyncapi.json", {})
    wrong = copy.deepcopy(document)
    next(iter(wrong["operations"].values()))["action"] = "shout"

    found = await parsed(parser_home, wrong)

    assert any("action" in error for error in found["errors"])


@pytest.mark.parametrize("service", [one.name for one in SERVICES])
async def test_an_independent_validator_takes_the_openapi_document_of(system: System, service: str) -> None:
    document = await system.get(service, "/openapi.json", {})

    errors = [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()]

    assert errors == []
    assert document["paths"]
