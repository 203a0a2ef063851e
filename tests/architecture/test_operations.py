"""What operators rely on names things that exist: metrics in alerts and dashboards, tables in the effects file."""

import ast
import json
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
import yaml

from ieum.database import apply_migrations
from ieum.ops.effects import read_agreement_queries, read_effect_queries
from ieum.testing.discovery import reactions_of

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


def test_the_effects_file_names_consumers_that_hear_what_it_says() -> None:
    heard = {reaction.consumer: reaction.types for service in SERVICES for reaction in reactions_of(service)}
    wrong = [
        one.name
        for one in read_effect_queries(EFFECTS)
        if not one.types <= {kind for _, kind in heard.get(one.consumer, {})} or one.service != _service(one.consumer)
    ]
    wrong += [
        one.name
        for one in read_agreement_queries(EFFECTS)
        if one.topic not in {topic for topic, _ in heard.get(str(one.consumer), {})}
        or (one.owner, one.service) != (_service(str(one.topic)), _service(str(one.consumer)))
    ]

    assert wrong == []


def test_every_type_that_is_heard_of_a_service_has_its_effect_or_its_agreement_in_the_effects_file() -> None:
    """A consumer that changes what it knows by an event says so; what only moves a state is held by an agreement."""
    effects = {(one.consumer, kind) for one in read_effect_queries(EFFECTS) for kind in one.types}
    agreed = {(one.consumer, one.topic) for one in read_agreement_queries(EFFECTS)}

    unseen = {
        f"{reaction.consumer}: {kind}"
        for service in SERVICES
        for reaction in reactions_of(service)
        for topic, kind in reaction.types
        if (reaction.consumer, kind) not in effects and (reaction.consumer, topic) not in agreed
    }

    # They correct what is counted and book nothing where nothing counted has changed; `recompute` adds them up anew.
    assert unseen == {"evaluation.figures: VacancyChanged", "evaluation.figures: JobseekerChanged"}


def _service(name: str) -> str:
    return name.partition(".")[0]


def test_a_metric_that_nobody_defines_is_seen() -> None:
    tree = ast.parse('A = Counter("notes_made_total", "…")\nB = Histogram("notes_seconds", "…")')

    assert rules.metrics_defined(tree) >= {"notes_made_total", "notes_seconds_bucket", "notes_seconds_count"}
    assert rules.metrics_named("sum by (service) (rate(notes_lost_total{kind='a'}[5m])) > 1") == {"notes_lost_total"}
