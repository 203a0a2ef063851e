"""The code lists are whole and the lookups say what the lists say."""

import unicodedata
from datetime import date

import pytest

from registration.reference import codes
from registration.reference.terms import EDUCATION_CODES


def test_the_lists_have_the_published_sizes() -> None:
    levels = [len(code) for code in codes.OCCUPATIONS]

    assert [levels.count(2), levels.count(3), levels.count(6)] == [13, 112, 1090]
    assert len([region for region in codes.REGIONS.values() if region.valid_to is None]) == 281
    assert len([centre for centre in codes.CENTRES.values() if not centre.demonstration]) == 130
    assert len(codes.LANGUAGES) == 71
    assert tuple(codes.EDUCATION_LEVELS) == EDUCATION_CODES


def test_every_entry_stands_one_level_under_its_headings() -> None:
    below = {2: set[int](), 3: {2}, 6: {3}}

    wrong = [
        entry.code
        for entry in codes.OCCUPATIONS.values()
        if {len(codes.OCCUPATIONS[heading].code) for heading in entry.headings} != below[len(entry.code)]
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("code", "headings"),
    [
        ("031100", ("01", "01C")),  # an investment analyst stands under finance, not under 03 (education)
        ("213000", ("03", "031")),
        ("01A", ("01",)),
        ("01", ()),
        ("024401", ("01", "015", "05", "058")),  # an event planner stands under planning and under performing arts
        ("014100", ("01", "012", "013")),  # where it is published, and with 014101 and 014102
    ],
)
def test_the_menu_and_not_the_prefix_says_what_an_occupation_stands_under(code: str, headings: tuple[str, ...]) -> None:
    found = codes.occupation_headings(code)

    assert found == headings


def test_no_heading_is_empty() -> None:
    used = {heading for occupation in codes.OCCUPATIONS.values() for heading in occupation.headings}

    empty = [code for code in codes.OCCUPATIONS if len(code) < 6 and code not in used]

    assert empty == []


@pytest.mark.parametrize("code", ["", "1", "999999", "0111000", "０１", "01\x00"])
def test_an_unknown_occupation_is_not_one(code: str) -> None:
    assert not codes.is_occupation(code)
    assert not codes.is_job_code(code)


def test_a_heading_is_an_occupation_but_no_job_code() -> None:
    assert codes.is_occupation("011")
    assert not codes.is_job_code("011")
    assert codes.is_job_code("011100")


def test_every_region_reaches_its_province() -> None:
    provinces = {
        code for code, region in codes.REGIONS.items() if region.parent == codes.ANYWHERE and region.valid_to is None
    }

    tops = {codes.region_path(code)[0] for code in codes.REGIONS if codes.is_place(code)}

    assert len(provinces) == 17
    assert tops == provinces


def test_a_city_district_stands_under_its_city() -> None:
    assert codes.region_path("41117") == ("41000", "41110", "41117")


def test_a_region_code_holds_only_in_its_time() -> None:
    assert codes.is_region("42110", date(2023, 6, 10))
    assert not codes.is_region("42110", date(2023, 6, 11))
    assert not codes.is_region("51110", date(2023, 6, 10))
    assert codes.is_region("51110", date(2023, 6, 11))
    assert not codes.is_region("42110")


@pytest.mark.parametrize(
    ("old", "new"), [("42110", "51110"), ("45111", "52111"), ("47720", "27720"), ("11110", "11110")]
)
def test_an_old_region_code_leads_to_the_current_one(old: str, new: str) -> None:
    assert codes.current_region(old) == new
    assert codes.is_region(codes.current_region(old))


def test_anywhere_is_a_wish_and_no_place() -> None:
    assert codes.is_region(codes.ANYWHERE)
    assert not codes.is_place(codes.ANYWHERE)
    assert codes.centre_of_region(codes.ANYWHERE) is None


def test_every_region_past_and_present_is_served_by_a_known_centre() -> None:
    served = {code: codes.centre_of_region(code) for code in codes.REGIONS if code != codes.ANYWHERE}

    assert [code for code, centre in served.items() if centre is None or not codes.is_centre(centre)] == []


def test_every_centre_serves_somebody_and_has_an_office() -> None:
    idle = set(codes.CENTRES) - {area.centre_code for area in codes.AREAS.values()}

    assert idle == set()
    assert {centre.regional_office_code for centre in codes.CENTRES.values()} == set(codes.REGIONAL_OFFICES)


@pytest.mark.parametrize("name", ["의정부고용센터", "서울서부고용센터", "부산동래고용센터", "대구고용센터"])
def test_the_centres_the_demo_speaks_of_exist(name: str) -> None:
    found = [centre for centre in codes.CENTRES.values() if centre.name == name]

    assert len(found) == 1
    assert found[0].demonstration == (name == "부산동래고용센터")


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("서울 강남구", "11680"),
        ("서울특별시 강남구 역삼동 123-4", "11680"),
        ("경기도 수원시 영통구 매탄동", "41117"),
        ("경기 수원시", "41110"),
        ("강원도 춘천시", "51110"),
        ("세종특별자치시 한누리대로", "36110"),
        ("경상남도", "48000"),
        (unicodedata.normalize("NFD", "서울 강남구"), "11680"),
        ("서울 전체", "11000"),
        ("서울 특별시 강남구", "11680"),
        ("경기 수원시팔달구 인계동", "41115"),
        ("전북 전주시 입구", "52110"),
        ("서울 없는구", None),
        ("경기 성남시 없는구", None),
        ("화성 올림푸스산", None),
        ("", None),
        ("   ", None),
    ],
)
def test_an_address_leads_to_its_most_exact_region(address: str, code: str | None) -> None:
    assert codes.find_region(address) == code


def test_an_occupation_is_found_by_name_and_a_job_code_wins() -> None:
    assert codes.find_occupation("직업상담사") == "231400"
    assert codes.find_occupation("배관") == "083"
    assert codes.find_occupation("없는 직업") is None
