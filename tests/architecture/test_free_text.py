"""No event carries what somebody typed about a person: topics are kept for ever, and nobody can take a word back."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from .conftest import ROOT

ANNOUNCED = {
    "title": "of a vacancy: employers announce it in public",
    "employer_name": "a firm's name, announced with its vacancies",
    "industry": "a firm's line of business",
    "name": "of a centre or a firm, or of a part of a score",
    "regional_office_name": "from the list of offices",
    "occupation_name": "from the list of occupations",
    "region_name": "from the list of regions",
    "changed": "names of fields",
    "wished_occupations": "codes",
    "wished_regions": "codes",
}
"""Every text in an event that is no id, code, day or word of a list, and why it may stand there."""


def free_texts(schema: dict[str, Any]) -> set[str]:
    """The fields of an event that could hold any sentence."""
    return {name for name, field in _fields(schema) if _is_any_text(field) and not name.endswith(("_id", "_code"))}


def _fields(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for part in (schema, *schema.get("$defs", {}).values()):
        yield from part.get("properties", {}).items()


def _is_any_text(field: dict[str, Any]) -> bool:
    for one in (field, *field.get("anyOf", ()), field.get("items", {})):
        if one.get("type") == "string" and not {"enum", "const", "format", "pattern"} & one.keys():
            return "Today one of" not in field.get("description", "")
    return False


@pytest.mark.parametrize("file", sorted(ROOT.glob("shared/contracts/*/*.v?.json")), ids=lambda file: file.stem)
def test_an_event_holds_ids_codes_words_of_a_list_and_what_is_announced_in_public(file: Any) -> None:
    assert free_texts(json.loads(file.read_text())) - ANNOUNCED.keys() == set()


def test_a_sentence_in_an_event_is_seen() -> None:
    text = {"type": "string"}
    listed = {"type": "string", "description": "Today one of a, b; more may come"}
    maybe = {"anyOf": [text, {"type": "null"}]}

    found = free_texts({"properties": {"reason": text, "why": listed, "person_id": text, "remark": maybe}})

    assert found == {"reason", "remark"}
