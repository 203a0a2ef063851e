"""Each rule against a text that breaks it: a rule that cannot fail says nothing."""

import ast

from . import rules


def tree(text: str) -> ast.Module:
    return ast.parse(text)


def test_an_import_of_another_service_is_seen() -> None:
    assert rules.foreign_services(tree("from matching.app import build"), "portal", ["matching", "portal"]) == {
        "matching"
    }


def test_sql_outside_the_store_is_seen_and_prose_is_not() -> None:
    assert rules.sql_statements(tree('tx.fetch("SELECT * FROM vacancy")')) == ["SELECT * FROM vacancy"]
    assert rules.sql_statements(tree('def f():\n    "Select the best from all."\n    return "Select a file"')) == []


def test_impure_rules_are_seen() -> None:
    assert rules.impure_imports(tree("import asyncpg\nfrom ieum.database import Transaction")) == {
        "asyncpg",
        "ieum.database",
    }
    rooms = "from matching.market.store import find\nfrom matching.alerts import api\nfrom matching.market import facts"
    assert rules.impure_imports(tree(rooms)) == {"matching.market.store", "matching.alerts.api"}
    assert rules.clock_reads(tree("from datetime import datetime\nx = datetime.now()")) == [2]


def test_a_module_that_says_it_is_pure_is_held_to_it() -> None:
    assert rules.says_pure("rules", tree('"""When somebody counts as placed."""'))
    assert rules.says_pure("changing", tree('"""What becomes of a vacancy; pure.\n\nMore."""'))
    assert not rules.says_pure("moving", tree('"""Moves vacancies; a pure loss."""'))


def test_publishing_past_the_outbox_is_seen() -> None:
    assert rules.direct_publishing(tree("await broker.publish(event)")) == [1]


def test_domain_words_in_the_kit_are_seen() -> None:
    assert rules.domain_words("a Vacancy and a 구인") == ["vacanc", "구인"]


def test_names_that_say_nothing_are_seen() -> None:
    assert rules.is_slack_name("utils")
    assert not rules.is_slack_name("timetable")


def test_another_services_schema_in_sql_is_seen() -> None:
    assert rules.foreign_schemas("SELECT 1 FROM matching.match", "portal", ["matching", "portal"]) == {"matching"}


def test_a_sleeping_test_is_seen() -> None:
    assert rules.sleeping_tests(tree("import time\ntime.sleep(1)")) == [2]
    assert rules.sleeping_tests(tree("import asyncio\nawait asyncio.sleep(0)")) == []
