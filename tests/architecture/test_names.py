"""The portal's English names and registration's code lists are kept apart and must fit each other."""

import csv
from pathlib import Path

SERVICES = Path(__file__).resolve().parents[2] / "services"
REFERENCE = SERVICES / "registration" / "registration" / "reference" / "data"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_province_office_centre_and_field_of_work_has_an_english_name() -> None:
    named = {row["korean"] for row in rows(SERVICES / "portal" / "portal" / "language" / "english_names.csv")}
    wanted = {
        *(row["name"] for row in rows(REFERENCE / "regions.csv") if row["parent"] in ("", "00000")),
        *(row["name"] for row in rows(REFERENCE / "regional_offices.csv")),
        *(row["name"] for row in rows(REFERENCE / "centres.csv")),
        *(row["name"] for row in rows(REFERENCE / "occupations.csv") if len(row["code"]) == 2),
    }

    assert wanted == named
