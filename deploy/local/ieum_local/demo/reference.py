"""Registration's code lists, as anybody can read them."""

from typing import Any

from ieum_local.demo.nation import Codes
from ieum_local.demo.system import System


async def read_codes(system: System, headers: dict[str, str]) -> Codes:
    """Occupations of six digits, 시·군·구 in use, centres and offices."""
    occupations, regions, centres = [
        (await system.get("registration", f"/reference/{name}", headers))["items"]
        for name in ("occupations", "regions", "centres")
    ]
    places = [region for region in regions if _is_place(region)]
    return Codes(
        occupations=[entry["code"] for entry in occupations if len(entry["code"]) == 6],
        fields=[entry["code"] for entry in occupations if len(entry["code"]) == 2],
        groups=[entry["code"] for entry in occupations if len(entry["code"]) == 3],
        regions=[region["code"] for region in places],
        centres={centre["code"]: centre["name"] for centre in centres},
        offices=list(dict.fromkeys(centre["regional_office_code"] for centre in centres)),
        centre_of_region={region["code"]: region["centre_code"] for region in places if region.get("centre_code")},
    )


def _is_place(region: dict[str, Any]) -> bool:
    return not region["code"].endswith("000") and region.get("valid_to") is None
