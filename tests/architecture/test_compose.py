"""What the containers' composition must not lose."""

from pathlib import Path

import yaml

COMPOSE = Path(__file__).resolve().parents[2] / "docker-compose.yml"


def test_files_on_their_way_through_the_portal_lie_on_disk_and_not_in_its_memory() -> None:
    portal = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]["portal"]

    assert portal["tmpfs"] == []
    assert "portal-uploads:/tmp" in portal["volumes"]
