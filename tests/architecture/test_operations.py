"""What operators rely on names things that exist: metrics in alerts and dashboards, tables in the effects file."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
import yaml

from ieum.database import apply_migrations
from ieum.ops.reading import read_agreement_queries, read_effect_queries

from . import rules
from .conftest import ROOT, SERVICES, modules

EFFECTS = ROOT / "deploy" / "effects.yaml"


def _expressions(found: Any) -> Iterator[str]:
    """Every `expr` in an alerts file or a dashboard."""
    if isinstance(found, dict):
        yield from (value for name, value in found.items() if name == "expr")
        found = list(found.values())
    if isinstance(found, list):
        for part in found:
            yield from _expressions(part)


def _metrics() -> set[str]:
    folders = [ROOT / "shared" / "ieum" / "ieum", *(ROOT / "services" / name / name for name in SERVICES)]
    return {name for folder in folders for _, tree in modules(folder) for name in rules.metrics_defined(tree)}


@pytest.mark.parametrize("file", ["prometheus/alerts.yml", "grafana/dashboards/delivery.json"])
def test_alerts_and_dashboards_name_metrics_that_exist(file: str) -> None:
    text = (ROOT / "deploy" / file).read_text()
    expressions = list(_expressions(json.loads(text) if file.endswith("json") else yaml.safe_load(text)))

    named = {name for expression in expressions for name in rules.metrics_named(expression)}

    assert len(expressions) > 5
    assert named - _metrics() == set()


def _queries(service: str) -> dict[str, str]:
    """The queries of the effects file that are asked of a service."""
    found = {one.name: one.query for one in read_effect_queries(EFFECTS) if one.service == service}
    for one in read_agreement_queries(EFFECTS):
        found |= {f"{one.name}: facts": one.facts} if one.owner == service else {}
        found |= {f"{one.name}: shown": one.shown} if (one.service or one.owner) == service else {}
    return found


async def test_the_effects_file_asks_for_tables_and_columns_that_exist(service: str, database_address: str) -> None:
    folder = ROOT / "services" / service / "migrations"
    apply_migrations(database_address, *([folder] if folder.is_dir() else []))
    connection = await asyncpg.connect(database_address)
    broken = {}
    for name, query in _queries(service).items():
        try:
            await connection.fetch(query)
        except asyncpg.PostgresError as problem:
            broken[name] = str(problem)
    await connection.close()

    assert broken == {}


def test_the_effects_file_names_services_consumers_and_event_types_that_exist() -> None:
    contracts = {file.name for file in (ROOT / "shared" / "contracts").rglob("*.json")}
    named = read_effect_queries(EFFECTS)

    assert {one.service for one in named} <= set(SERVICES)
    assert {one.consumer.split(".")[0] for one in named} <= set(SERVICES)
    for kind in {kind for one in named for kind in one.types}:
        kebab = re.sub(r"(?<=.)(?=[A-Z])", "-", kind).lower()
        assert any(name.startswith(kebab) for name in contracts), kind


def test_a_metric_that_nobody_defines_is_seen() -> None:
    tree = ast.parse('A = Counter("notes_made_total", "…")\nB = Histogram("notes_seconds", "…")')

    assert rules.metrics_defined(tree) >= {"notes_made_total", "notes_seconds_bucket", "notes_seconds_count"}
    assert rules.metrics_named("sum by (service) (rate(notes_lost_total{kind='a'}[5m])) > 1") == {"notes_lost_total"}
