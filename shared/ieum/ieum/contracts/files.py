"""Where contracts lie and what they say: the event classes of every service against the files and their history."""

import importlib
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
from pydantic import ValidationError

from ieum.contracts.compatibility import Schema, breaks, meaning
from ieum.messaging import Event, Topics
from ieum.messaging.events import file_stem
from ieum.messaging.records import invalid


@dataclass(frozen=True, slots=True)
class Contract:
    """One event of one producer, and its two files."""

    producer: str
    event: type[Event]
    folder: Path

    @property
    def name(self) -> str:
        """File name stem: `parcel-sent.v1`."""
        return f"{file_stem(self.event.type_name())}.{self.event.topic.rsplit('.', 1)[-1]}"

    @property
    def schema_file(self) -> Path:
        """The JSON Schema."""
        return self.folder / self.producer / f"{self.name}.json"

    @property
    def example_file(self) -> Path:
        """An example, written by hand."""
        return self.folder / self.producer / f"{self.name}.example.json"

    def schema(self) -> Schema:
        """What the class promises. Serialization mode: a field with a default is always written, so always there."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "x-topic": self.event.topic,
            **self.event.model_json_schema(mode="serialization"),
        }


class Workspace:
    """A checkout: its services, their events, the topics and the contract files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "shared" / "contracts"
        self.topics = Topics.from_file(root / "deploy" / "topics.yaml")
        self.events: dict[str, list[type[Event]]] = {
            service.name: sorted(_events(service), key=lambda cls: (cls.topic, cls.type_name()))
            for service in sorted((root / "services").iterdir())
            if (service / service.name).is_dir()
        }

    def contracts(self) -> Iterator[Contract]:
        """Every event that is declared by the owner of its topic."""
        for service, events in self.events.items():
            for event in events:
                if event.topic in self.topics and self.topics[event.topic].owner == service:
                    yield Contract(service, event, self.folder)

    def write(self) -> list[Path]:
        """Write the schemas that differ; returns their files."""
        changed = []
        for contract in self.contracts():
            text = _as_text(contract.schema())
            file = contract.schema_file
            if not file.exists() or file.read_text() != text:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
                changed.append(file)
        return changed

    def problems(self) -> list[str]:
        """Everything that is wrong, each in a line that names the file."""
        found: list[str] = []
        contracts = {(contract.event.topic, contract.event.type_name()): contract for contract in self.contracts()}
        for contract in contracts.values():
            found += self._file_problems(contract)
        expected = {file for c in contracts.values() for file in (c.schema_file, c.example_file)}
        found += [
            f"{file.relative_to(self.root)}: no service declares it"
            for file in self.folder.rglob("*.json")
            if file not in expected
        ]
        for service, events in self.events.items():
            for view in events:
                found += self._view_problems(service, view, contracts.get((view.topic, view.type_name())))
        return found

    def _file_problems(self, contract: Contract) -> list[str]:
        shown = contract.schema_file.relative_to(self.root)
        if not contract.schema_file.exists():
            return [f"{shown}: missing; run `make contracts`"]
        found = []
        schema = json.loads(contract.schema_file.read_text())
        if schema != contract.schema():
            found.append(f"{shown}: not what {contract.event.type_name()} says; run `make contracts`")
        if not contract.example_file.exists():
            found.append(f"{contract.example_file.relative_to(self.root)}: missing; write an example by hand")
        else:
            example = json.loads(contract.example_file.read_text())
            found += [
                f"{contract.example_file.name}: {error.json_path} {error.message}"
                for error in jsonschema.Draft202012Validator(schema).iter_errors(example)
            ]
        for commit, old in history(self.root, contract.schema_file):
            found += [f"{shown}: against {commit[:9]}: {why}" for why in breaks(old, schema)]
        return found

    def _view_problems(self, service: str, view: type[Event], contract: Contract | None) -> list[str]:
        if contract is None:
            return [f"{service}: nobody promises {view.type_name()} on {view.topic}"]
        if contract.producer == service or not contract.example_file.exists():
            return []
        found = []
        try:
            view.model_validate_json(contract.example_file.read_text())
        except ValidationError as problem:
            found.append(f"{service}: cannot read the example {contract.example_file.name}: {invalid(problem)}")
        promised = meaning(contract.schema(), contract.schema().get("$defs", {}))
        for name, field in view.model_fields.items():
            if name not in promised["properties"]:
                found.append(f"{service}: {view.type_name()}.{name} is not promised by {contract.producer}")
            elif field.is_required() and name not in promised.get("required", ()):
                found.append(f"{service}: {view.type_name()}.{name} is required here but optional in the contract")
        return found


def history(root: Path, file: Path) -> Iterator[tuple[str, Schema]]:
    """Every committed version of a file, newest first, with its commit."""
    path = str(file.relative_to(root))
    listed = git(root, "log", "--format=%H", "--", path)
    for commit in listed.split():
        try:
            yield commit, json.loads(git(root, "show", f"{commit}:{path}"))
        except subprocess.CalledProcessError:
            continue  # the commit that deleted it


def git(root: Path, *arguments: str) -> str:
    """What git prints of a checkout, whoever owns it. Raises subprocess.CalledProcessError."""
    # Git reads no checkout of another account unless told; whoever runs code from one has chosen to trust it.
    command = ["git", "-c", "safe.directory=*", *arguments]
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)  # noqa: S603
    return done.stdout


def _events(service: Path) -> set[type[Event]]:
    """The event classes of all `events` modules of a service."""
    found: set[type[Event]] = set()
    for file in sorted((service / service.name).rglob("events.py")):
        name = ".".join(file.relative_to(service).with_suffix("").parts)
        module = importlib.import_module(name)
        found |= {
            value
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, Event) and value.topic and value.__module__ == name
            and not value.__name__.startswith("_")
        }  # fmt: skip
    return found


def _as_text(schema: Any) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
