"""The rules of the house, held against every file."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from ieum.contracts.files import git
from ieum.testing.discovery import reactions_of

from . import rules
from .conftest import ROOT, SERVICES, modules


def test_a_service_imports_no_other_service(service: str) -> None:
    broken = {
        str(file.relative_to(ROOT)): sorted(found)
        for file, tree in modules(ROOT / "services" / service)
        if (found := rules.foreign_services(tree, service, SERVICES))
    }

    assert broken == {}


def test_a_service_depends_on_no_other_service_and_not_on_test_helpers(service: str) -> None:
    project = tomllib.loads((ROOT / "services" / service / "pyproject.toml").read_text())["project"]

    assert rules.wrong_dependencies(project["dependencies"], SERVICES) == []


def test_the_kit_and_the_services_do_not_know_the_local_runtime() -> None:
    broken = [
        str(file.relative_to(ROOT))
        for folder in (ROOT / "shared" / "ieum" / "ieum", *(ROOT / "services" / name / name for name in SERVICES))
        for file, tree in modules(folder)
        if rules.uses_local_runtime(tree) and "testing" not in file.parts
    ]

    assert broken == []


def test_the_kit_holds_no_word_of_the_domain() -> None:
    broken = {
        str(file.relative_to(ROOT)): found
        for file in sorted((ROOT / "shared" / "ieum" / "ieum").rglob("*"))
        if file.suffix in {".py", ".sql"} and (found := rules.domain_words(file.read_text()))
    }

    assert broken == {}


def test_capabilities_of_a_service_lean_on_each_other_in_one_direction(service: str) -> None:
    package = ROOT / "services" / service / service
    arrows: dict[str, set[str]] = {}
    for file, tree in modules(package):
        part = file.relative_to(package).parts[0].removesuffix(".py")
        arrows.setdefault(part, set()).update(rules.parts_named(tree, service) - {part})

    assert rules.circles(arrows) == set()


def test_sql_is_only_in_stores(service: str) -> None:
    broken = {
        str(file.relative_to(ROOT)): found
        for file, tree in modules(ROOT / "services" / service / service)
        if file.stem != "store" and "store" not in file.parent.name and (found := rules.sql_statements(tree))
    }

    assert broken == {}


def test_rules_are_pure(service: str) -> None:
    broken = {
        str(file.relative_to(ROOT)): found
        for file, tree in modules(ROOT / "services" / service / service)
        if rules.says_pure(file.stem, tree)
        if any(found := (rules.impure_imports(tree), rules.clock_reads(tree), rules.chance_and_files(tree)))
    }

    assert broken == {}


def test_only_the_outbox_talks(service: str) -> None:
    broken = {
        str(file.relative_to(ROOT)): found
        for file, tree in modules(ROOT / "services" / service / service)
        if (found := rules.direct_publishing(tree))
    }

    assert broken == {}


def test_no_sql_names_another_services_schema(service: str) -> None:
    broken = {
        str(file.relative_to(ROOT)): found
        for file in (ROOT / "services" / service).rglob("*")
        if file.suffix == ".sql" or file.name == "store.py"
        if (found := rules.foreign_schemas(_sql_of(file), service, SERVICES))
    }

    assert broken == {}


def test_no_service_names_the_kits_own_tables(service: str) -> None:
    migrations = (ROOT / "shared" / "ieum" / "ieum" / "database" / "migrations").glob("*.sql")
    tables = {name for file in migrations for name in re.findall(r"CREATE TABLE (\w+)", file.read_text())}

    broken = {
        str(file.relative_to(ROOT)): found
        for file in (ROOT / "services" / service).rglob("*")
        if (file.suffix == ".sql" or file.name == "store.py" or "store" in file.parent.name)
        if file.suffix in {".sql", ".py"} and (found := rules.tables_named(_sql_of(file), tables))
    }

    assert {"mark", "parked", "parked_decision", "outbox"} <= tables
    assert broken == {}


def _sql_of(file: Path) -> str:
    """SQL text without comment lines; in Python, only the statements."""
    if file.suffix == ".py":
        return "\n".join(rules.sql_statements(ast.parse(file.read_text())))
    return "\n".join(line for line in file.read_text().splitlines() if not line.lstrip().startswith("--"))


def test_every_consumer_takes_the_standard_cases(service: str) -> None:
    if not reactions_of(service):
        return
    tests = ROOT / "services" / service / "tests"

    assert any(rules.takes_standard_cases(tree) for file, tree in modules(tests) if file.name.startswith("test_")), (
        f"{service} has consumers but no test takes `from ieum.testing.consumer_cases import *`"
    )


def test_every_topic_has_a_known_owner_and_is_kept_whole() -> None:
    topics = yaml.safe_load((ROOT / "deploy" / "topics.yaml").read_text())["topics"]

    assert rules.wrong_topics(topics, SERVICES) == set()


@pytest.mark.parametrize("folder", ["services", "shared", "deploy", "tests"])
def test_module_names_say_what_lives_there(folder: str) -> None:
    broken = [str(file.relative_to(ROOT)) for file, _ in modules(ROOT / folder) if rules.is_slack_name(file.stem)]

    assert broken == []


@pytest.mark.parametrize("folder", ["services", "shared", "deploy", "tests"])
def test_files_are_small_enough_to_live_in(folder: str) -> None:
    long = [str(file.relative_to(ROOT)) for file, _ in modules(ROOT / folder) if rules.is_too_long(file.read_text())]

    assert long == []


def test_test_folders_are_no_packages_or_two_of_them_would_have_one_name() -> None:
    assert [str(file.relative_to(ROOT)) for file in ROOT.glob("[!.]*/**/tests/**/__init__.py")] == []


def test_tests_and_fixtures_do_not_sleep() -> None:
    broken = {
        str(file.relative_to(ROOT)): found
        for folder in ("services", "shared", "deploy", "tests")
        for file, tree in modules(ROOT / folder)
        if (found := (rules.sleeping_tests if file.name.startswith("test_") else rules.sleeping_fixtures)(tree))
    }

    assert broken == {}


def test_the_top_level_holds_what_was_agreed_and_nothing_else() -> None:
    assert rules.top_level(git(ROOT, "ls-files").split("\n")) == {
        *("services", "shared", "deploy", "tests"),
        *("README.md", "Makefile", "docker-compose.yml", "pyproject.toml", "requirements.lock", "conftest.py"),
    }
