"""Each rule against a text that breaks it: a rule that cannot fail says nothing."""

import ast

from . import rules


def tree(text: str) -> ast.Module:
    return ast.parse(text)


def test_an_import_of_another_service_is_seen() -> None:
    assert rules.foreign_services(tree("from matching.app import build"), "portal", ["matching", "portal"]) == {
        "matching"
    }


def test_an_import_between_capabilities_is_seen_however_it_is_written() -> None:
    ways = ["import bank.tills.store", "from bank.loans import rules", "from bank.money.coins import mint"]
    others = ["from bank import vault", "from bankers.lunch import eat"]

    assert rules.parts_named(tree("\n".join(ways + others)), "bank") == {"tills", "loans", "money", "vault"}


def test_capabilities_that_lean_on_each_other_are_seen_over_any_number_of_steps() -> None:
    one_way = {"app": {"tills", "loans"}, "tills": {"money"}, "loans": {"money", "tills"}, "money": set()}

    assert rules.circles(one_way) == set()
    assert rules.circles(one_way | {"money": {"loans"}}) == {"tills", "loans", "money"}


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
    assert rules.impure_imports(tree("import secrets")) == {"secrets"}
    assert rules.chance_and_files(tree("from uuid import UUID, uuid4\nx = uuid4()\nopen('a')")) == [2, 3]
    assert rules.clock_reads(tree("from datetime import datetime\nx = datetime.now()")) == [2]


def test_a_module_that_says_it_is_pure_is_held_to_it() -> None:
    assert rules.says_pure("rules", tree('"""When somebody counts as placed."""'))
    assert rules.says_pure("changing", tree('"""What becomes of a vacancy; pure.\n\nMore."""'))
    assert not rules.says_pure("moving", tree('"""Moves vacancies; a pure loss."""'))


def test_publishing_past_the_outbox_is_seen() -> None:
    assert rules.direct_publishing(tree("await broker.publish(event)")) == [1]
    assert rules.direct_publishing(tree("from aiokafka import AIOKafkaProducer, TopicPartition")) == [1]
    assert rules.direct_publishing(tree("from faststream.kafka import KafkaBroker")) == [1]
    assert rules.direct_publishing(tree("import aiokafka\naiokafka.AIOKafkaProducer()")) == [2]
    assert rules.direct_publishing(tree("import confluent_kafka")) == [1]
    assert rules.direct_publishing(tree("from aiokafka import AIOKafkaConsumer\nclient.send(form)")) == []


def test_domain_words_in_the_kit_are_seen() -> None:
    assert rules.domain_words("a Vacancy and a 구인") == ["vacanc", "구인"]


def test_names_that_say_nothing_are_seen() -> None:
    assert rules.is_slack_name("utils")
    assert not rules.is_slack_name("timetable")


def test_another_services_schema_in_sql_is_seen() -> None:
    assert rules.foreign_schemas("SELECT 1 FROM matching.match", "portal", ["matching", "portal"]) == {"matching"}


def test_the_kits_tables_in_a_services_sql_are_seen() -> None:
    assert rules.tables_named("SELECT 1 FROM parked JOIN mark USING (topic)", {"parked", "mark"}) == {"parked", "mark"}
    assert rules.tables_named("SELECT mark FROM grade", {"parked", "mark"}) == set()


def test_a_sleeping_test_is_seen_however_it_sleeps() -> None:
    assert rules.sleeping_tests(tree("import time\ntime.sleep(1)")) == [2]
    assert rules.sleeping_tests(tree("from time import sleep\nsleep(1)")) == [2]
    assert rules.sleeping_tests(tree("import asyncio\nawait asyncio.sleep(0)")) == []


def test_a_sleeping_fixture_is_seen_and_a_slow_stand_in_is_not() -> None:
    assert rules.sleeping_fixtures(tree("@pytest.fixture\nasync def ready():\n    await asyncio.sleep(1)")) == [3]
    assert rules.sleeping_fixtures(tree("@router.get('/slow')\nasync def slow():\n    await asyncio.sleep(1)")) == []


def test_a_consumer_without_all_standard_cases_is_seen() -> None:
    taken = "from ieum.testing.consumer_cases import *"

    assert rules.takes_standard_cases(tree(taken))
    assert not rules.takes_standard_cases(tree('"""Like ieum.testing.consumer_cases."""'))
    assert not rules.takes_standard_cases(
        tree("from ieum.testing.consumer_cases import test_a_failure_leaves_no_trace")
    )
    assert not rules.takes_standard_cases(tree(f"{taken}\ndef test_a_failure_leaves_no_trace(): pass"))


def test_a_wrong_dependency_is_seen() -> None:
    wrong = ["ieum-matching>=1", "ieum[testing]", "ieum-local"]

    assert rules.wrong_dependencies(["ieum", "httpx>=0.28", *wrong], ["matching", "portal"]) == wrong


def test_a_use_of_the_local_runtime_is_seen() -> None:
    assert rules.uses_local_runtime(tree("from ieum_local.kafka import LocalKafka"))
    assert not rules.uses_local_runtime(tree("from ieum.messaging import Topics"))


def test_topics_that_nobody_owns_or_that_forget_are_seen() -> None:
    kept = {"owner": "bank", "retention_ms": -1, "cleanup_policy": "delete"}
    topics = {
        "bank.a.v1": kept,
        "bank.b.v1": kept | {"owner": "nobody"},
        "shop.c.v1": kept,
        "bank.d.v1": kept | {"retention_ms": 1},
        "bank.e.v1": kept | {"cleanup_policy": "compact"},
    }

    assert rules.wrong_topics(topics, ["bank"]) == {"bank.b.v1", "shop.c.v1", "bank.d.v1", "bank.e.v1"}


def test_a_service_that_a_list_leaves_out_is_seen() -> None:
    assert rules.left_out(["bank", "shop"], ["kafka", "shop"]) == {"bank"}


def test_a_file_that_grew_too_long_is_seen() -> None:
    assert rules.is_too_long("x\n" * (rules.SPLIT_AT_LINES + 1))
    assert not rules.is_too_long("x\n" * rules.SPLIT_AT_LINES)


def test_a_file_or_folder_nobody_agreed_to_is_seen() -> None:
    found = rules.top_level(["README.md", ".ci/run", "services/a.py", "lib/b.py", "thing.tar.gz", ""])

    assert found == {"README.md", "services", "lib", "thing.tar.gz"}
