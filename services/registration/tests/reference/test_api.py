"""The code lists are open to everybody and cached until they change."""

import httpx
import pytest

LISTS = {"occupations": 1215, "regions": 319, "centres": 131, "languages": 71, "education-levels": 8}


@pytest.mark.parametrize(("name", "size"), LISTS.items())
async def test_a_list_is_served_whole_and_not_again_when_known(
    service_client: httpx.AsyncClient, name: str, size: int
) -> None:
    first = await service_client.get(f"/reference/{name}")
    again = await service_client.get(f"/reference/{name}", headers={"If-None-Match": first.headers["etag"]})
    stale = await service_client.get(f"/reference/{name}", headers={"If-None-Match": '"0123456789abcdef"'})

    assert len(first.json()["items"]) == size
    assert first.headers["etag"] == f'"{first.json()["edition"]}"'
    assert "max-age" in first.headers["cache-control"]
    assert (again.status_code, again.content) == (304, b"")
    assert stale.status_code == 200


async def test_an_occupation_names_its_headings_and_a_region_its_centre(service_client: httpx.AsyncClient) -> None:
    occupations = (await service_client.get("/reference/occupations")).json()["items"]
    regions = (await service_client.get("/reference/regions")).json()["items"]

    by_code = {item["code"]: item for item in [*occupations, *regions]}
    assert by_code["024401"]["headings"] == ["015", "058"]
    assert by_code["41150"]["centre_code"] == "15152"
    assert by_code["42110"] == {
        "code": "42110",
        "name": "강원 춘천시",
        "parent": "42000",
        "valid_from": None,
        "valid_to": "2023-06-11",
        "succeeded_by": "51110",
        "centre_code": "15212",
    }


async def test_there_is_no_other_list(service_client: httpx.AsyncClient) -> None:
    assert (await service_client.get("/reference/colours")).status_code == 404
