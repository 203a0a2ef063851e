"""What the services answer about the small nation of nation.py."""

from collections.abc import Mapping
from typing import Any

from .fakes import Asked, Fake, events
from .nation import (
    CENTRE,
    CENTRES,
    EMPLOYER,
    FIGURES,
    IMPORT,
    IMPORT_VIEW,
    JOBSEEKER,
    MATCH_VIEW,
    MESSAGE,
    OCCUPATIONS,
    OFFICE,
    PEOPLE,
    PLACEMENT,
    PLACEMENT_VIEW,
    PREFERENCES,
    RECORD,
    REFERRAL,
    REFERRAL_VIEW,
    REGIONS,
    REGISTERED,
    VACANCY,
    VACANCY_VIEW,
)


def scope(text: str, name: str) -> dict[str, Any]:
    """A scope as evaluation shows it."""
    kind, _, code = text.partition(":")
    return {"scope": text, "kind": kind, "code": code or None, "name": name}


SCOPES = {
    "nation": scope("nation", "전국"),
    f"office:{OFFICE}": scope(f"office:{OFFICE}", "중부지방고용노동청"),
    f"centre:{CENTRE}": scope(f"centre:{CENTRE}", "의정부고용센터"),
}
CHILDREN = {
    "nation": [f"office:{OFFICE}"],
    f"office:{OFFICE}": [f"centre:{CENTRE}"],
    f"centre:{CENTRE}": [],
}


def _span(asked: Asked) -> dict[str, Any]:
    shown = dict(SCOPES[asked.query["scope"]])
    if shown["kind"] == "nation" and asked.headers["accept-language"] == "en":
        shown["name"] = "Nation"
    return {
        "scope": shown,
        "from": asked.query["from"],
        "to": asked.query["to"],
        "as_of": "2026-11-23T01:02:03Z",
        "revision": 42,
    }


def page(*items: Any, **more: Any) -> dict[str, Any]:
    """A page of a list, the last one."""
    return {"items": list(items), "next": None, **more}


READY = {"status": "ready", "parts": {"service": {"status": "ok"}, "database": {"status": "ok"}}}


COMPANY = {"employer_id": EMPLOYER, "name": "한빛물류"}
OPERATIONS = {
    "version": "1.0.0",
    "unreadable": 2,
    "outbox_rows": 3,
    "outbox_oldest_seconds": 0.1,
    "relay_leads": True,
    "problems": {},
    "consumers": [
        {
            "consumer": "matching.recommendations",
            "topics": ["registration.vacancy.v1"],
            "assigned": True,
            "lag": 12,
            "parked_keys": 1,
            "last_problem": "TimeoutError",
        }
    ],
}
STUCK = {
    "consumer": "matching.recommendations",
    "topic": "registration.vacancy.v1",
    "aggregate_id": "v-1",
    "state": "rejected",
    "reason": "an unknown code",
    "since": "2026-11-23T00:00:00Z",
    "events": 2,
}
UNREADABLE = {
    "consumer": "matching.recommendations",
    "topic": "registration.vacancy.v1",
    "partition": 3,
    "offset": 17,
    "reason": "header ce_id is missing or malformed",
    "since": "2026-11-23T00:00:00Z",
}
PARKED_PATH = "/operations/parked/matching.recommendations/registration.vacancy.v1/v-1"
PARKED_EVENT = {
    "version": 3,
    "type": "VacancyChanged",
    "event_id": "f3f0d5b4-70b5-4b0f-9d0c-6c1d2e3f4a5b",
    "state": "rejected",
    "reason": "an unknown code",
    "attempts": 3,
    "parked_at": "2026-11-23T00:00:00Z",
    "body": {"title": "Clerk"},
}


def fill(services: Mapping[str, Fake]) -> None:
    """Makes the services answer with this nation."""
    registration, matching = services["registration"], services["matching"]
    notifications, evaluation = services["notifications"], services["evaluation"]
    for name, service in services.items():
        service.says("GET", "/readyz", READY)
        service.says("GET", "/operations", {**OPERATIONS, "service": name})
        service.says("GET", "/operations/parked", page(STUCK))
        service.says("GET", "/operations/unreadable", page(UNREADABLE))
        service.says("GET", PARKED_PATH, page(PARKED_EVENT))
        service.says("POST", f"{PARKED_PATH}/release", {"applied": 1, "said": [], "problem": None, "preview": True})
        service.says("POST", f"{PARKED_PATH}/skip", {"skipped": False})

    registration.says("GET", "/people", lambda asked: page(*(p for p in PEOPLE if p["role"] == asked.query["role"])))
    for one in PEOPLE:
        held = {"role": one["role"], "attributes": one["attributes"]}
        registration.says("GET", f"/people/{one['person_id']}/standings", {"standings": [held]})
    registration.says("GET", "/reference/occupations", {"edition": "1", "items": OCCUPATIONS})
    registration.says("GET", "/reference/regions", {"edition": "1", "items": REGIONS})
    registration.says("GET", "/reference/centres", {"edition": "1", "items": CENTRES})
    registration.says("GET", f"/jobseekers/{JOBSEEKER}", RECORD)
    registration.says("PUT", f"/jobseekers/{JOBSEEKER}", REGISTERED)
    registration.says("POST", f"/jobseekers/{JOBSEEKER}/stop", REGISTERED)
    registration.says("POST", "/jobseekers", REGISTERED)
    registration.says("GET", "/jobseekers", page(REGISTERED))
    registration.says(
        "GET",
        "/record-looks",
        page(
            {
                "look_no": 1,
                "looked_at": "2026-11-23T00:20:00Z",
                "viewer_id": "c-1",
                "viewer_role": "counsellor",
                "came_from": "127.0.0.1",
                "seen": "record",
                "purpose": "상담",
            }
        ),
    )
    registration.says("GET", "/employers", lambda asked: page(COMPANY) if asked.query["q"] in "한빛물류" else page())
    registration.says("GET", f"/employers/{EMPLOYER}", COMPANY)
    registration.says("GET", "/vacancies", page(VACANCY_VIEW))
    registration.says("POST", "/vacancies", VACANCY_VIEW)
    registration.says("GET", f"/vacancies/{VACANCY}", VACANCY_VIEW)
    registration.says("PUT", f"/vacancies/{VACANCY}", VACANCY_VIEW)
    for move in ("pause", "resume", "close"):
        registration.says("POST", f"/vacancies/{VACANCY}/{move}", VACANCY_VIEW)
    registration.says("GET", "/imports", page(IMPORT_VIEW))
    columns = [
        {"name": "reference", "headings": ["구인인증번호", "관리번호"], "required": True},
        {"name": "industry", "headings": ["업종"], "required": False},
    ]
    registration.says("GET", "/imports/csv-columns", page(*columns))
    registration.says("POST", "/imports", {**IMPORT_VIEW, "state": "waiting"})
    registration.says("GET", f"/imports/{IMPORT}", IMPORT_VIEW)
    registration.says(
        "GET",
        f"/imports/{IMPORT}/rejections",
        page(
            {"row": 17, "field": "jobsCd", "rule": "a known code", "ko": "등록된 코드여야 합니다.", "value": "999999"}
        ),
    )

    contact = {"person_id": JOBSEEKER, "name": "한가온", "email": "han@example.org", "phone": "01012345678"}
    registration.says("GET", f"/contacts/{JOBSEEKER}", {**contact, "language": "ko"})

    matching.says("GET", f"/jobseekers/{JOBSEEKER}/matches", page(MATCH_VIEW))
    matching.says("GET", f"/vacancies/{VACANCY}/candidates", page({**MATCH_VIEW, "jobseeker_id": JOBSEEKER}))
    matching.says("GET", "/matches", page(MATCH_VIEW))
    matching.says("GET", "/referrals", page(REFERRAL_VIEW))
    matching.says("POST", "/referrals", REFERRAL_VIEW)
    matching.says("GET", f"/referrals/{REFERRAL}", REFERRAL_VIEW)
    matching.says("POST", f"/referrals/{REFERRAL}/answer", {**REFERRAL_VIEW, "state": "hired"})
    matching.says("POST", f"/referrals/{REFERRAL}/withdraw", {**REFERRAL_VIEW, "state": "withdrawn"})
    matching.says("GET", "/placements", page(PLACEMENT_VIEW))
    matching.says("POST", "/placements", PLACEMENT_VIEW)
    matching.says("GET", f"/placements/{PLACEMENT}", PLACEMENT_VIEW)
    matching.says("POST", f"/placements/{PLACEMENT}/reverse", PLACEMENT_VIEW)

    notifications.says("GET", "/messages", page(MESSAGE, unread=1))
    notifications.says("POST", "/messages/7/read", {**MESSAGE, "read_at": "2026-11-23T01:00:00Z"})
    notifications.says("GET", "/preferences", PREFERENCES)
    notifications.says("PUT", "/preferences", PREFERENCES)
    notifications.says("GET", "/stream", events())

    evaluation.says("GET", "/figures", lambda asked: {**_span(asked), "figures": FIGURES})
    evaluation.says(
        "GET",
        "/figures/children",
        lambda asked: {
            **_span(asked),
            "children": [{"scope": SCOPES[child], "figures": FIGURES} for child in CHILDREN[asked.query["scope"]]],
        },
    )
    evaluation.says(
        "GET",
        "/figures/placement_rate/events",
        page(
            {
                "entry_id": 1,
                "measure": "placements",
                "centre_code": CENTRE,
                "day": "2026-11-23",
                "amount": 1,
                "event_id": "f3f0d5b4-70b5-4b0f-9d0c-6c1d2e3f4a5b",
                "type": "PlacementRecorded",
                "topic": "matching.placement.v1",
                "aggregate_id": PLACEMENT,
                "version": 1,
                "occurred_at": "2026-11-23T02:00:00Z",
            },
            totals={"placements": 345, "jobseekers": 2345},
        ),
    )
    evaluation.says(
        "GET",
        "/indicators",
        page(
            {
                "indicator": "placement_rate",
                "version": 1,
                "name": {"ko": "취업률", "en": "Placement rate"},
                "meaning": {"ko": "취업자수를 구직자수로 나눈 비율.", "en": "Placements against jobseekers."},
                "formula": {"ko": "취업자수 ÷ 구직자수 × 100", "en": "placements / jobseekers × 100"},
                "source": {
                    "title": "e-나라지표",
                    "publisher": {"ko": "고용노동부", "en": "Ministry of Employment and Labor"},
                    "url": "http://www.index.go.kr/",
                    "says": {"ko": "비율", "en": "a ratio"},
                },
            }
        ),
    )
    evaluation.says("GET", "/stream", events())
