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


def test_files_on_their_way_through_the_portal_lie_on_disk_and_not_in_its_memory() -> None:
    portal = COMPOSED["portal"]

    assert portal["tmpfs"] == []
    assert "portal-uploads:/tmp" in portal["volumes"]


def test_every_service_is_there_and_is_watched() -> None:
    assert {name for name in SERVICES if "healthcheck" in COMPOSED.get(name, {})} == set(SERVICES)


def test_who_goes_on_is_watched_has_no_rights_and_writes_nowhere_but_where_it_is_said() -> None:
    for name, part in OURS.items():
        assert part["read_only"], name
        assert part["cap_drop"] == ["ALL"], name
        assert part["restart"] == "no" or "healthcheck" in part, name


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
    assert readers == {f"{name}-secrets": {name} for name in ("postgres", *SERVICES) if name != "portal"}


@pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.parent.name)
def test_an_image_runs_as_nobody_special_and_holds_no_secret(image: Path) -> None:
    last = image.read_text(encoding="utf-8").split("\nFROM ")[-1]

    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert not re.search(r"(KEY|PASSWORD|SECRET|TOKEN)\w*=", last)


def test_every_image_that_is_built_is_looked_at() -> None:
    built = {ROOT / part["build"]["dockerfile"] for part in OURS.values()}

    assert built <= set(IMAGES)
