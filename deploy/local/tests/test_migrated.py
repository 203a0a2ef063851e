"""A service migrates when its files have changed, and only then."""

from pathlib import Path

import pytest

from ieum_local.layout import SERVICES, ServiceSpec
from ieum_local.migrations import Migrated


@pytest.fixture
def spec(tmp_path: Path) -> ServiceSpec:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_first.sql").write_text("CREATE TABLE a ()")
    return ServiceSpec("alpha", ("true",), migrations=folder)


def test_new_data_have_seen_nothing(tmp_path: Path, spec: ServiceSpec) -> None:
    assert Migrated(tmp_path / "seen.json").pending([spec]) == [spec]


def test_what_is_done_is_remembered_over_a_restart(tmp_path: Path, spec: ServiceSpec) -> None:
    Migrated(tmp_path / "seen.json").done(spec)

    assert Migrated(tmp_path / "seen.json").pending([spec]) == []


def test_a_new_or_changed_file_is_pending(tmp_path: Path, spec: ServiceSpec) -> None:
    migrated = Migrated(tmp_path / "seen.json")
    migrated.done(spec)
    assert spec.migrations

    (spec.migrations / "0002_second.sql").write_text("CREATE TABLE b ()")

    assert migrated.pending([spec]) == [spec]


def test_every_service_with_tables_names_its_migrations() -> None:
    assert {spec.name for spec in SERVICES if not spec.has_database} == {"portal"}
    assert all((spec.migrations is not None and spec.migrations.is_dir()) == spec.has_database for spec in SERVICES)
