"""HTTP routes of the code lists: public, the same for everybody, cached until the next edition."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final, Generic, TypeVar

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from registration.reference import codes

router = APIRouter(prefix="/reference", tags=["reference"])

_ONE_HOUR: Final = "public, max-age=3600"

Item = TypeVar("Item", bound=BaseModel)


class CodeList(BaseModel, Generic[Item]):
    """A whole code list; `edition` changes when its content does."""

    edition: str
    items: list[Item]


class OccupationItem(BaseModel):
    """An entry of the occupation menu; `headings` are the entries right above it, one or several."""

    code: str
    name: str
    headings: list[str]


class RegionItem(BaseModel):
    """A region in use from `valid_from` to the day before `valid_to`; `centre_code` is demonstration data."""

    code: str
    name: str
    parent: str | None
    valid_from: date | None
    valid_to: date | None
    succeeded_by: str | None
    centre_code: str | None


class CentreItem(BaseModel):
    """A centre and its regional office."""

    code: str
    name: str
    regional_office_code: str
    regional_office_name: str
    regional_office_name_en: str
    demonstration: bool


class LanguageItem(BaseModel):
    """A language."""

    code: str
    name: str


class EducationLevelItem(BaseModel):
    """An education level; codes rise with the level."""

    code: str
    name: str
    name_en: str


def _occupations() -> list[OccupationItem]:
    return [OccupationItem(code=o.code, name=o.name, headings=list(o.headings)) for o in codes.OCCUPATIONS.values()]


def _regions() -> list[RegionItem]:
    return [
        RegionItem(
            code=region.code,
            name=region.name,
            parent=region.parent,
            valid_from=region.valid_from,
            valid_to=region.valid_to,
            succeeded_by=region.succeeded_by,
            centre_code=codes.centre_of_region(region.code),
        )
        for region in codes.REGIONS.values()
    ]


def _centres() -> list[CentreItem]:
    return [
        CentreItem(
            code=centre.code,
            name=centre.name,
            regional_office_code=centre.regional_office_code,
            regional_office_name=codes.REGIONAL_OFFICES[centre.regional_office_code].name,
            regional_office_name_en=codes.REGIONAL_OFFICES[centre.regional_office_code].name_en,
            demonstration=centre.demonstration,
        )
        for centre in codes.CENTRES.values()
    ]


def _languages() -> list[LanguageItem]:
    return [LanguageItem(code=language.code, name=language.name) for language in codes.LANGUAGES.values()]


def _education_levels() -> list[EducationLevelItem]:
    return [
        EducationLevelItem(code=level.code, name=level.name, name_en=level.name_en)
        for level in codes.EDUCATION_LEVELS.values()
    ]


def _serve(path: str, model: type[CodeList[Item]], items: Callable[[], Sequence[Item]], told: str) -> None:
    """Add the route of one list. The body is made once: it only changes with the release."""
    listed = list(items())
    content = b",".join(item.model_dump_json().encode() for item in listed)
    edition = hashlib.sha256(content).hexdigest()[:16]
    body = model(edition=edition, items=listed).model_dump_json().encode()
    headers = {"ETag": f'"{edition}"', "Cache-Control": _ONE_HOUR}

    async def read(request: Request) -> Response:
        if edition in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="application/json", headers=headers)

    router.add_api_route(path, read, response_model=model, summary=told, name=f"reference_{path.strip('/')}")


_serve("/occupations", CodeList[OccupationItem], _occupations, "Occupations: Work24's menu over KECO codes")
_serve("/regions", CodeList[RegionItem], _regions, "Regions: 시·도 and 시·군·구, present and former codes")
_serve("/centres", CodeList[CentreItem], _centres, "Centres and their regional offices")
_serve("/languages", CodeList[LanguageItem], _languages, "Languages")
_serve("/education-levels", CodeList[EducationLevelItem], _education_levels, "Education levels")
