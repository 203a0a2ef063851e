"""A job's place is found from words first, then from codes and addresses that do not contradict them."""

import pytest

from registration.imports.places import place
from registration.imports.rows import Unreadable


@pytest.mark.parametrize(
    ("words", "road_code", "address", "postal_code", "region"),
    [
        ("서울 강남구", None, None, None, "11680"),
        ("서울특별시 강남구", None, None, None, "11680"),
        ("경기 수원시 영통구", None, None, None, "41117"),
        ("11680", None, None, None, "11680"),
        ("42110", None, None, None, "51110"),  # 춘천, before 강원 became 특별자치도
        ("강원도 춘천시", None, None, None, "51110"),
        ("서울 강남구, 서울 서초구", None, None, None, "11680"),
        ("전남광주 광산구", None, None, None, "29200"),
        ("전남광주통합특별시 목포시", None, None, None, "46110"),
        ("서울", "116803122001", None, None, "11680"),  # the road says which part of it
        ("서울", "264103122001", None, None, "11000"),  # a road in Busan contradicts the words
        ("서울", None, "서울특별시 마포구 어디로 1", None, "11440"),
        ("", "427703122001", None, None, "51770"),  # an old road code
        (None, None, "경남 창원시 성산구 어디로 1", None, "48123"),
        ("", "", "", "06000", "11000"),
        ("", "", "", "63000", "50000"),
        ("의정부시, 서울 강남구", "411503122001", None, None, "41150"),
    ],
)
def test_a_place_is_found(
    words: str | None, road_code: str | None, address: str | None, postal_code: str | None, region: str
) -> None:
    assert place(words, road_code, address, postal_code) == region


@pytest.mark.parametrize("words", ["", None, "화성 올림푸스산", "서울 없는구", "99999", "00000", "지역무관", "全國"])
def test_words_that_name_no_place_are_refused(words: str | None) -> None:
    with pytest.raises(Unreadable):
        place(words, None, None, "99999")
