"""Which of the demo people are shown."""

from portal.home.choosing import SHOWN_OF_ROLE, Candidate, chosen, featured_centre, placed
from portal.home.views import SignIn

from .answers import page
from .conftest import Browser
from .fakes import Asked, Fake
from .html import Page
from .nation import CENTRE, JOBSEEKER, PEOPLE

CENTRES = {"1": "의정부고용센터", "2": "대구고용센터"}


def somebody(name: str, role: str, **attributes: str) -> SignIn:
    return SignIn(person_id=name, name=name, role=role, attributes=attributes)


def of_centre(name: str, role: str, code: str) -> Candidate:
    return Candidate(somebody(name, role, centre_code=code), CENTRES[code])


def test_people_are_placed_at_their_company_or_centre() -> None:
    people = [
        somebody("a", "employer", employer_id="e"),
        somebody("b", "counsellor", centre_code="1"),
        somebody("c", "employer", employer_id="unknown"),
        somebody("d", "ministry"),
    ]

    found = placed(people, {**CENTRES, "e": "한빛물류"})

    assert [one.place for one in found] == ["한빛물류", "의정부고용센터", None, None]


def test_the_featured_centre_has_a_counsellor_and_the_most_jobseekers() -> None:
    jobseekers = [of_centre(str(number), "jobseeker", "12"[number > 2]) for number in range(4)]

    assert featured_centre({"jobseeker": jobseekers, "counsellor": [of_centre("c", "counsellor", "2")]}) == "2"
    both = [of_centre("c", "counsellor", "2"), of_centre("d", "counsellor", "1")]
    assert featured_centre({"jobseeker": jobseekers, "counsellor": both}) == "1"
    assert featured_centre({"jobseeker": jobseekers}) is None


def test_people_of_the_featured_centre_come_first_and_no_more_than_a_few() -> None:
    people = [of_centre(f"{number}", "jobseeker", "12"[number % 2]) for number in range(20)]

    few = chosen(people, "", "2")

    assert [one.person.name for one in few] == ["1", "3", "5", "7", "9", "11"]
    assert len(few) == SHOWN_OF_ROLE


def test_of_the_featured_centre_those_with_something_to_see_come_first() -> None:
    people = [of_centre(f"{number}", "jobseeker", "12"[number % 2]) for number in range(8)]
    companies = [Candidate(somebody(name, "employer", employer_id=f"e-{name}"), None) for name in "ab"]

    assert [one.person.name for one in chosen(people, "", "2", {"5", "4"})][:5] == ["5", "1", "3", "7", "4"]
    assert [one.person.name for one in chosen(companies, "", "2", {"e-b"})] == ["b", "a"]


async def test_who_has_a_referral_that_stands_is_offered_first(browser: Browser, services: dict[str, Fake]) -> None:
    idle = {"person_id": "idle", "name": "가상 한가해", "role": "jobseeker", "attributes": {"centre_code": CENTRE}}
    busy = {**idle, "person_id": JOBSEEKER, "name": "가상 김하늘"}
    counsellor = next(one for one in PEOPLE if one["role"] == "counsellor")
    found = {"jobseeker": [idle, busy], "counsellor": [counsellor]}
    services["registration"].says("GET", "/people", lambda asked: page(*found.get(asked.query["role"], ())))

    first = Page((await browser.get("/")).text)

    shown = [button.text for button in first.find("div", class_="people").all("button") if "구직자" in button.text]
    assert [name for text in shown for name in ("한가해", "김하늘") if name in text] == ["김하늘", "한가해"]


def test_a_search_needs_every_word_in_name_or_place() -> None:
    people = [
        of_centre("가온", "jobseeker", "1"),
        of_centre("가람", "jobseeker", "2"),
        of_centre("나래", "jobseeker", "1"),
    ]

    assert [one.person.name for one in chosen(people, "가 의정부", None)] == ["가온"]
    assert chosen(people, "없음", None) == []


async def test_a_search_looks_through_all_pages(browser: Browser, services: dict[str, Fake]) -> None:
    def people(asked: Asked) -> object:
        if asked.query["role"] != "jobseeker":
            return page()
        if "cursor" not in asked.query:
            return {**page(somebody("첫째", "jobseeker").model_dump()), "next": "2"}
        return page(somebody("막내", "jobseeker").model_dump())

    services["registration"].says("GET", "/people", people)

    found = Page((await browser.get("/?q=막내")).text)
    nobody = Page((await browser.get("/?q=아무개")).text)

    assert [button.text for button in found.find("div", class_="people").all("button")] == ["구직자: 막내"]
    assert "그런 사람이 없습니다" in nobody.text


async def test_a_search_for_a_company_finds_its_people(browser: Browser, services: dict[str, Fake]) -> None:
    found = Page((await browser.get("/?q=한빛물류")).text)

    assert [button.text for button in found.find("div", class_="people").all("button")] == [
        "구인기업: 가상 이도윤 한빛물류"
    ]
    assert services["registration"].was_asked("GET", "/employers")[0].query["q"] == "한빛물류"
