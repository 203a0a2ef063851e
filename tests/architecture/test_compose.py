"""What the containers' composition must not lose."""

from typing import Any

import pytest
import yaml

from .conftest import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILES = sorted([*(ROOT / "services").glob("*/Dockerfile"), *(ROOT / "deploy").glob("*/*Dockerfile")])
LEFT_TO_THE_IMAGE = {"grafana"}


def _that_end() -> set[str]:
    """What does its work and is gone: others wait for its end, or a person runs it."""
    awaited = {
        name
        for service in SERVICES.values()
        for name, needed in service.get("depends_on", {}).items()
        if needed["condition"] == "service_completed_successfully"
    }
    return awaited | {"ops"}


def test_files_on_their_way_through_the_portal_lie_on_disk_and_not_in_its_memory() -> None:
    portal = SERVICES["portal"]

    assert portal["tmpfs"] == []
    assert "portal-uploads:/tmp" in portal["volumes"]


def test_whatever_goes_on_is_health_checked() -> None:
    unchecked = {name for name, service in SERVICES.items() if "healthcheck" not in service}

    assert unchecked - _that_end() == LEFT_TO_THE_IMAGE


@pytest.mark.parametrize("name", sorted(name for name, service in SERVICES.items() if "build" in service))
def test_our_containers_can_write_nowhere_and_gain_nothing(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "user" not in service


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_an_image_runs_as_nobody_in_particular(file: Any) -> None:
    last_stage = file.read_text(encoding="utf-8").rpartition("\nFROM ")[2].splitlines()

    assert [line for line in last_stage if line.startswith("USER ")] == ["USER 10001:10001"]


def test_no_secret_stands_in_the_composition() -> None:
    secret = ("PASSWORD", "KEY", "TOKEN", "DATABASE_URL")
    told = [
        f"{service}: {name}"
        for service, settings in SERVICES.items()
        for name in settings.get("environment", {})
        if name.endswith(secret)
    ]

    assert told == []


def test_an_operators_commands_find_their_secrets_and_nobody_else_does() -> None:
    holders = {
        name
        for name, service in SERVICES.items()
        for volume in service.get("volumes", [])
        if volume.startswith("ops-secrets:")
    }

    assert holders == {"secrets", "ops"}
    assert SERVICES["ops"]["profiles"] == ["ops"]
