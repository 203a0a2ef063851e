"""Files that cannot look into the folder of services have to write them down: each of them names all."""

import re
import tomllib
from typing import Any

import pytest
import yaml

from ieum_local.layout import SERVICES as LOCAL

from . import rules
from .conftest import ROOT, SERVICES

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
INDEPENDENT, LAYERED, CLOSED = PROJECT["importlinter"]["contracts"]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
SCRAPED: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text())


@pytest.mark.parametrize(
    "named",
    [
        pytest.param([path.removeprefix("services/") for path in PROJECT["mypy"]["mypy_path"]], id="types"),
        pytest.param(PROJECT["importlinter"]["root_packages"], id="imports"),
        pytest.param(INDEPENDENT["modules"], id="imports of each other"),
        pytest.param(LAYERED["layers"][0].split(" | "), id="imports of the kit"),
        pytest.param(CLOSED["source_modules"], id="imports of test helpers"),
        pytest.param([one.name for one in LOCAL], id="local system"),
        pytest.param(list(COMPOSE), id="containers"),
        pytest.param([target.split(":")[0] for job in SCRAPED["scrape_configs"] for one in job["static_configs"]
                      for target in one["targets"]], id="metrics"),
    ],
)  # fmt: skip
def test_every_list_of_services_names_all_of_them(named: list[str]) -> None:
    assert rules.left_out(SERVICES, named) == set()


@pytest.mark.parametrize("script", ["create-roles.sh", "make-secrets.sh"])
def test_every_service_with_tables_gets_a_role_and_secrets_in_containers(script: str) -> None:
    with_tables = [name for name in SERVICES if (ROOT / "services" / name / "migrations").is_dir()]
    (named,) = re.findall(
        r"^for service in (.+); do$", (ROOT / "deploy" / "compose" / script).read_text(), re.MULTILINE
    )

    assert rules.left_out(with_tables, named.split()) == set()
