"""What the containers' composition and images must not lose."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from .conftest import ROOT, SERVICES

COMPOSED: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
IMAGES = sorted([*ROOT.glob("services/*/Dockerfile"), *ROOT.glob("deploy/compose/*Dockerfile")])
OURS = {name: part for name, part in COMPOSED.items() if "build" in part}
LEFT_TO_THE_IMAGE = {"grafana"}


def _that_end() -> set[str]:
    """What does its work and is gone: others wait for its end, or a person runs it."""
    awaited = {
        name
        for part in COMPOSED.values()
        for name, needed in part.get("depends_on", {}).items()
        if needed["condition"] == "service_completed_successfully"
    }
    return awaited | {"ops"}


def test_files_on_their_way_through_the_portal_lie_on_disk_and_not_in_its_memory() -> None:
    portal = COMPOSED["portal"]

    assert portal["tmpfs"] == []
    assert "portal-uploads:/tmp" in portal["volumes"]


def test_every_service_is_there_and_whatever_goes_on_is_health_checked() -> None:
    unchecked = {name for name, part in COMPOSED.items() if "healthcheck" not in part}

    assert set(SERVICES) <= set(COMPOSED)
    assert unchecked - _that_end() == LEFT_TO_THE_IMAGE


@pytest.mark.parametrize("name", sorted(COMPOSED))
def test_no_containers_log_fills_the_disk(name: str) -> None:
    kept = COMPOSED[name]["logging"]["options"]

    assert (kept["max-size"], kept["max-file"]) == ("10m", "3")


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_containers_can_write_nowhere_and_gain_nothing(name: str) -> None:
    part = OURS[name]

    assert part["read_only"]
    assert part["cap_drop"] == ["ALL"]
    assert part["security_opt"] == ["no-new-privileges:true"]
    assert "user" not in part


def test_whoever_needs_kafka_waits_for_the_topics() -> None:
    waiting = {name for name, part in COMPOSED.items() if "topics" in part.get("depends_on", {})}

    assert waiting == set(SERVICES) - {"portal"}
    assert all(COMPOSED[name]["environment"]["TOPICS_FILE"] == "/app/deploy/topics.yaml" for name in waiting)


def test_a_services_secrets_are_read_by_nobody_else() -> None:
    readers: dict[str, set[str]] = {}
    for name, part in COMPOSED.items():
        for volume in part.get("volumes", []):
            if "-secrets:" in volume and name != "secrets":
                readers.setdefault(volume.split(":")[0], set()).add(name)

    assert readers.pop("portal-secrets") == {"portal", "reconciler", "demo"}
    assert readers == {f"{name}-secrets": {name} for name in ("postgres", "ops", *SERVICES) if name != "portal"}
    assert COMPOSED["ops"]["profiles"] == ["ops"]


def test_no_secret_stands_in_the_composition() -> None:
    secret = ("PASSWORD", "KEY", "TOKEN", "DATABASE_URL")
    told = [
        f"{name}: {setting}"
        for name, part in COMPOSED.items()
        for setting in part.get("environment", {})
        if setting.endswith(secret)
    ]

    assert told == []


@pytest.mark.parametrize("image", IMAGES, ids=lambda image: f"{image.parent.name}/{image.name}")
def test_an_image_runs_as_nobody_special_and_holds_no_secret(image: Path) -> None:
    last = image.read_text(encoding="utf-8").split("\nFROM ")[-1]

    assert re.findall(r"^USER .*$", last, re.MULTILINE) == ["USER 10001:10001"]
    assert not re.search(r"(KEY|PASSWORD|SECRET|TOKEN)\w*=", last)


def test_every_image_that_is_built_is_looked_at() -> None:
    built = {ROOT / part["build"]["dockerfile"] for part in OURS.values()}

    assert built <= set(IMAGES)
