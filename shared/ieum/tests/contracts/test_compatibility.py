"""What may change in an event without a new version, as a table."""

import pytest

from ieum.contracts.compatibility import Schema, breaks


def event(properties: Schema, required: list[str], **more: object) -> Schema:
    return {"type": "object", "properties": properties, "required": required, **more}


TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
BEFORE = event({"title": TEXT, "openings": NUMBER}, ["title", "openings"])


@pytest.mark.parametrize(
    "after",
    [
        event({"title": TEXT, "openings": NUMBER, "note": TEXT}, ["title", "openings"]),
        event(
            {"title": TEXT | {"description": "said better"}, "openings": NUMBER}, ["openings", "title"], title="Event"
        ),
    ],
    ids=["an optional field comes", "other words"],
)
def test_a_compatible_change_passes_in_both_directions(after: Schema) -> None:
    assert breaks(BEFORE, after) == []
    assert breaks(after, BEFORE) == []


@pytest.mark.parametrize(
    ("after", "why"),
    [
        (event({"title": TEXT}, ["title"]), "openings was always there"),
        (event({"title": TEXT, "openings": NUMBER}, ["title"]), "openings was always there"),
        (
            event({"title": TEXT, "openings": NUMBER, "pay": NUMBER}, ["title", "openings", "pay"]),
            "pay is now required",
        ),
        (event({"title": TEXT, "openings": TEXT}, ["title", "openings"]), "openings means something else"),
        (
            event({"title": TEXT, "openings": NUMBER | {"minimum": 1}}, ["title", "openings"]),
            "openings means something else",
        ),
        (
            event({"title": TEXT | {"enum": ["a"]}, "openings": NUMBER}, ["title", "openings"]),
            "title means something else",
        ),
        (event({"title": TEXT, "openings": NUMBER}, ["title", "openings"], additionalProperties=False), "as a whole"),
    ],
)
def test_an_incompatible_change_is_named(after: Schema, why: str) -> None:
    assert any(why in problem for problem in breaks(BEFORE, after))


def test_objects_inside_lists_are_compared_field_by_field() -> None:
    def parts(item: Schema) -> Schema:
        return event(
            {"parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}}}, ["parts"], **{"$defs": {"Part": item}}
        )

    before = parts(event({"name": TEXT}, ["name"]))

    assert breaks(before, parts(event({"name": TEXT, "of": NUMBER}, ["name"]))) == []
    assert breaks(before, parts(event({"name": NUMBER}, ["name"]))) == ["parts[].name means something else"]
