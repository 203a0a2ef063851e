"""Finds what a test belongs to: its service by folder, the service's reactions, the examples they hear."""

import importlib
import json
import pkgutil
from dataclasses import dataclass
from pathlib import Path

from ieum.messaging import Reaction, Reactions
from ieum.messaging.events import file_stem


@dataclass(frozen=True, slots=True)
class Example:
    """One event as its producer wrote it down."""

    topic: str
    type: str
    aggregate_id: str
    body: bytes


def service_of(path: Path) -> str | None:
    """The service in whose folder a test file lies."""
    for folder in path.parents:
        if folder.parent.name == "services":
            return folder.name
    return None


def reactions_of(service: str) -> list[Reaction]:
    """Every reaction of the service's `handlers` modules, by consumer group."""
    package = importlib.import_module(service)
    found: dict[int, Reactions] = {}
    for module in pkgutil.walk_packages(package.__path__, f"{service}."):
        if module.name.rsplit(".", 1)[-1] != "handlers":
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Reactions):
                found[id(value)] = value
    return sorted((reaction for group in found.values() for reaction in group), key=lambda reaction: reaction.consumer)


def examples_of(reaction: Reaction, contracts: Path) -> list[Example]:
    """One example of every event the reaction hears. Raises FileNotFoundError for a contract without one."""
    found = []
    for topic, kind in sorted(reaction.types):
        producer, _, version = topic.split(".")
        words = file_stem(kind)
        body = (contracts / producer / f"{words}.{version}.example.json").read_bytes()
        json.loads(body)
        found.append(Example(topic, kind, f"example-{words}", body))
    return found
