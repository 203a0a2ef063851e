"""What is sealed says nothing, opens only in its place and tells when it was touched."""

import base64

import pytest

from registration.people.sealing import BadDataKey, SealBroken, Sealing

DATA_KEY = base64.b64encode(bytes(range(32))).decode()


def test_a_sealed_text_opens_in_its_place() -> None:
    sealing = Sealing(DATA_KEY)

    sealed = sealing.seal("홍길동", "person.name:1")

    assert sealing.open(sealed, "person.name:1") == "홍길동"
    assert "홍길동".encode() not in sealed


def test_the_same_text_is_sealed_differently_each_time() -> None:
    sealing = Sealing(DATA_KEY)

    assert sealing.seal("홍길동", "p") != sealing.seal("홍길동", "p")


def test_a_sealed_text_moved_to_another_place_does_not_open() -> None:
    sealing = Sealing(DATA_KEY)
    sealed = sealing.seal("홍길동", "person.name:1")

    with pytest.raises(SealBroken):
        sealing.open(sealed, "person.name:2")


@pytest.mark.parametrize("position", [0, 1, 12, 13, -1])
def test_a_sealed_text_with_one_changed_byte_does_not_open(position: int) -> None:
    sealing = Sealing(DATA_KEY)
    sealed = bytearray(sealing.seal("홍길동", "p"))
    sealed[position] ^= 1

    with pytest.raises(SealBroken):
        sealing.open(bytes(sealed), "p")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01short"])
def test_a_truncated_seal_does_not_open(sealed: bytes) -> None:
    with pytest.raises(SealBroken):
        Sealing(DATA_KEY).open(sealed, "p")


def test_a_sealed_text_does_not_open_under_another_key() -> None:
    sealed = Sealing(DATA_KEY).seal("홍길동", "p")
    other = Sealing(base64.b64encode(bytes(32)).decode())

    with pytest.raises(SealBroken):
        other.open(sealed, "p")


def test_equal_texts_are_found_again_by_kind_and_key() -> None:
    sealing = Sealing(DATA_KEY)
    other = Sealing(base64.b64encode(bytes(32)).decode())

    found = sealing.lookup("phone", "+821012345678")

    assert found == Sealing(DATA_KEY).lookup("phone", "+821012345678")
    assert found != sealing.lookup("name", "+821012345678")
    assert found != other.lookup("phone", "+821012345678")


@pytest.mark.parametrize("written", [bytes(range(32)).hex(), bytes(range(32)).hex().upper(), f" {DATA_KEY}\n"])
def test_a_data_key_may_be_written_in_both_ways(written: str) -> None:
    sealed = Sealing(written).seal("홍길동", "p")

    assert Sealing(DATA_KEY).open(sealed, "p") == "홍길동"


@pytest.mark.parametrize("key", ["", "short", base64.b64encode(bytes(31)).decode(), "*" * 44, "g" * 64, "0" * 62])
def test_a_bad_data_key_is_refused_at_once(key: str) -> None:
    with pytest.raises(BadDataKey):
        Sealing(key)
