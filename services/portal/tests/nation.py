"""A small nation for page tests: a few made-up people, vacancies and figures, as the services would show them."""

from typing import Any

CENTRE, OFFICE = "15005", "15000"
EMPLOYER = "0b6c1a52-6d0c-4a5e-9d5b-2f6a4c1e7d01"
JOBSEEKER = "7f8c1f9e-51cf-4b3e-8a51-0c8d0b9a1e11"
VACANCY = "c51b0f6e-3a4e-4f0c-9a37-1f2f3d4c5b6a"
MATCH = "a3f0d5b4-70b5-5b0f-9d0c-6c1d2e3f4a5b"
REFERRAL = "d1e2f3a4-b5c6-4d7e-8f90-a1b2c3d4e5f6"
PLACEMENT = "e9d8c7b6-a5f4-4e3d-9c2b-1a0f9e8d7c6b"
IMPORT = "5a6b7c8d-9e0f-4a1b-8c2d-3e4f5a6b7c8d"

PEOPLE = [
    {"person_id": JOBSEEKER, "name": "가상 김하늘", "role": "jobseeker", "attributes": {}},
    {"person_id": "e-1", "name": "가상 이도윤", "role": "employer", "attributes": {"employer_id": EMPLOYER}},
    {"person_id": "c-1", "name": "가상 박서연", "role": "counsellor", "attributes": {"centre_code": CENTRE}},
    {"person_id": "d-1", "name": "가상 최지우", "role": "director", "attributes": {"centre_code": CENTRE}},
    {"person_id": "r-1", "name": "가상 정민준", "role": "regional", "attributes": {"regional_office_code": OFFICE}},
    {"person_id": "m-1", "name": "가상 강수아", "role": "ministry", "attributes": {}},
    {"person_id": "o-1", "name": "가상 조은우", "role": "operator", "attributes": {}},
]

OCCUPATIONS = [
    {"code": "01", "name": "경영·사무·금융·보험", "headings": []},
    {"code": "13", "name": "영업·판매·운전·운송", "headings": []},
    {"code": "13A", "name": "운송 사무·물류", "headings": ["13"]},
    {"code": "13B", "name": "배송·택배", "headings": ["13"]},
    {"code": "01A", "name": "총무·회계", "headings": ["01"]},
    {"code": "026201", "name": "물류 사무원", "headings": ["13A", "01A"]},
    {"code": "622200", "name": "택배원", "headings": ["13B"]},
    {"code": "026300", "name": "회계 사무원", "headings": ["01A"]},
]
REGIONS = [
    {"code": "00000", "name": "지역무관", "parent": None, "valid_to": None},
    {"code": "41000", "name": "경기", "parent": "00000", "valid_to": None},
    {"code": "41150", "name": "경기 의정부시", "parent": "41000", "valid_to": None},
    {"code": "41630", "name": "경기 양주시", "parent": "41000", "valid_to": None},
    {"code": "11000", "name": "서울", "parent": "00000", "valid_to": None},
    {"code": "11350", "name": "서울 노원구", "parent": "11000", "valid_to": None},
    {"code": "42000", "name": "강원", "parent": "00000", "valid_to": "2023-06-11"},
]
CENTRES = [
    {
        "code": CENTRE,
        "name": "의정부고용센터",
        "regional_office_code": OFFICE,
        "regional_office_name": "중부지방고용노동청",
    },
    {
        "code": "12012",
        "name": "서울고용센터",
        "regional_office_code": "12010",
        "regional_office_name": "서울지방고용노동청",
    },
]

WISHES = {
    "occupations": ["13", "026201"],
    "regions": ["41150", "11000"],
    "wage_floor": 12000,
    "employment_types": ["regular"],
    "weekly_hours_min": 35,
    "weekly_hours_max": 40,
}
REGISTERED: dict[str, Any] = {
    "jobseeker_id": JOBSEEKER,
    "version": 3,
    "name_masked": "가* 김**",
    "centre_code": CENTRE,
    "centre_name": "의정부고용센터",
    "state": "registered",
    "period": {"number": 1, "started_on": "2026-11-02", "stopped_on": None, "reason": None},
    "wishes": WISHES,
    "career_years": 3,
    "education": "05",
    "visible": True,
    "matching_consent": True,
    "rules_version": "2026-11",
    "changed_at": "2026-11-20T01:00:00Z",
}
RECORD = {
    **REGISTERED,
    "person": {
        "name": "가상 김하늘",
        "email": "haneul@example.test",
        "phone": "+821055501234",
        "birth_year": 1994,
        "language": "ko",
    },
    "periods": [REGISTERED["period"]],
    "consented_at": "2026-11-02T01:00:00Z",
}

VACANCY_VIEW: dict[str, Any] = {
    "vacancy_id": VACANCY,
    "version": 1,
    "employer_id": EMPLOYER,
    "employer_name": "한빛물류",
    "centre_code": CENTRE,
    "title": "물류센터 입출고 사무원 (주간)",
    "occupation_code": "026201",
    "occupation_name": "물류 사무원",
    "region_code": "41150",
    "region_name": "경기 의정부시",
    "openings": 3,
    "pay_type": "month",
    "pay_min": 2800000,
    "pay_max": 3200000,
    "employment_type": "regular",
    "weekly_hours": 40,
    "career": "any",
    "education": "03",
    "closes_on": "2026-12-19",
    "source": "portal",
    "status": "open",
    "status_reason": None,
    "opened_at": "2026-11-20T01:00:00Z",
}

PARTS = [
    ("occupation", 40, 40, "희망한 직종과 같습니다.", "The very occupation you wish for."),
    ("region", 18, 20, "희망한 도시 안에 있습니다.", "In the city you named."),
    ("pay", 11, 15, "희망 시급보다 11% 높습니다.", "11 % above the wage you named."),
    ("employment", 8, 8, "희망한 고용형태입니다.", "The employment type you wish for."),
    ("hours", 7, 7, "희망한 근로시간입니다.", "The hours you wish for."),
    ("career", 5, 6, "경력을 따지지 않습니다.", "Experience does not matter."),
    ("education", 2, 4, "요구보다 학력이 높습니다.", "Your education is above what is asked."),
]
MATCH_VIEW = {
    "match_id": MATCH,
    "jobseeker_id": JOBSEEKER,
    "vacancy": {
        name: VACANCY_VIEW[name]
        for name in (
            "vacancy_id",
            "title",
            "employer_name",
            "employer_id",
            "occupation_name",
            "region_name",
            "pay_type",
            "pay_min",
            "pay_max",
            "employment_type",
            "closes_on",
            "status",
        )
    },
    "score": 91,
    "rank": 1,
    "parts": [
        {"name": name, "points": points, "of": of, "text": {"ko": ko, "en": en}} for name, points, of, ko, en in PARTS
    ],
    "proposed_at": "2026-11-22T23:40:00Z",
    "referral": None,
}
REFERRAL_VIEW = {
    "referral_id": REFERRAL,
    "version": 1,
    "jobseeker_id": JOBSEEKER,
    "vacancy_id": VACANCY,
    "employer_id": EMPLOYER,
    "employer_name": "한빛물류",
    "title": VACANCY_VIEW["title"],
    "centre_code": CENTRE,
    "counsellor_id": "c-1",
    "state": "made",
    "reason": None,
    "made_at": "2026-11-23T00:10:00Z",
    "changed_at": "2026-11-23T00:10:00Z",
    "shows_candidate": True,
}
PLACEMENT_VIEW = {
    "placement_id": PLACEMENT,
    "jobseeker_id": JOBSEEKER,
    "vacancy_id": VACANCY,
    "employer_id": EMPLOYER,
    "employer_name": "한빛물류",
    "title": VACANCY_VIEW["title"],
    "centre_code": CENTRE,
    "source": "referral",
    "referral_id": REFERRAL,
    "hired_on": "2026-11-23",
    "recorded_at": "2026-11-23T02:00:00Z",
    "reversed_at": None,
    "reason": None,
}
IMPORT_VIEW = {
    "import_id": IMPORT,
    "file_name": "work24-2026-11.xml",
    "format": "work24",
    "state": "finished",
    "rows_total": 1200,
    "rows_read": 1200,
    "taken": 1150,
    "unchanged": 38,
    "rejected": 12,
    "problem": None,
    "uploaded_at": "2026-11-23T00:00:00Z",
    "started_at": "2026-11-23T00:00:00Z",
    "finished_at": "2026-11-23T00:00:09Z",
}
MESSAGE = {
    "seq": 7,
    "kind": "match_proposed",
    "params": {"match_id": MATCH},
    "title": {"ko": "새 일자리: 물류센터 입출고 사무원", "en": "New match: warehouse clerk"},
    "text": {
        "ko": "한빛물류의 구인이 91점으로 맞습니다.",
        "en": "A vacancy of Hanbit Logistics suits you with 91 points.",
    },
    "occurred_at": "2026-11-22T23:40:00Z",
    "created_at": "2026-11-22T23:40:00Z",
    "read_at": None,
}
PREFERENCES = {
    "kinds": {
        "match_proposed": {"live": True, "email": True, "sms": False},
        "referral_made": {"live": True, "email": True, "sms": False},
    },
    "language": None,
    "quiet_from": "22:00",
    "quiet_to": "07:00",
    "version": 2,
    "languages": ["ko", "en"],
}

NAMES = {
    "openings": ("구인인원", "Openings", "1234", "persons", 1234, None),
    "jobseekers": ("구직자수", "Jobseekers", "2345", "persons", 2345, None),
    "opening_ratio": ("구인배수", "Openings per jobseeker", "0.53", "ratio", 1234, 2345),
    "placements": ("취업자수", "Placements", "345", "persons", 345, None),
    "placement_rate": ("취업률", "Placement rate", "14.7", "percent", 345, 2345),
    "fill_rate": ("충족률", "Fill rate", "28.0", "percent", 345, 1234),
}
FIGURES = [
    {
        "indicator": code,
        "version": 1,
        "value": value,
        "unit": unit,
        "numerator": above,
        "denominator": below,
        "text": {"ko": ko, "en": en},
        "reason": None,
    }
    for code, (ko, en, value, unit, above, below) in NAMES.items()
]

NEW_VACANCY = {
    "title": "물류 사무원",
    "occupation_code": "026201",
    "region_code": "41150",
    "openings": "1,000",
    "pay_min": "2,800,000",
}
