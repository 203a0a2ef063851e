"""What people do in a browser, with every service behind it."""

from playwright.async_api import Page, expect

from ..running.system import System
from ..running.town import Town
from .conftest import PATIENCE, Visitor


async def _occupation_name(town: Town) -> str:
    items = (await town.system.get("registration", "/reference/occupations", town.counsellor))["items"]
    return str(next(entry["name"] for entry in items if entry["code"] == town.job))


async def _choose_occupation(page: Page, town: Town) -> None:
    """Search by name and take it, by button alone."""
    await page.get_by_label("Search by name").fill(await _occupation_name(town))
    await page.get_by_role("button", name="Search").click()
    found = page.locator(f".found input[value='{town.job}']")
    await expect(found).to_be_attached(timeout=PATIENCE)
    await found.check(force=True)


async def _post_a_vacancy(page: Page, town: Town, title: str) -> None:
    await page.get_by_label("Title").fill(title)
    await _choose_occupation(page, town)
    await page.get_by_label("Place of work").select_option(town.region["code"])
    await page.get_by_label("Least pay").fill("3000000")
    await page.get_by_role("button", name="Post it").last.click()
    await expect(page.get_by_role("status").first).to_contain_text("The vacancy is posted", timeout=PATIENCE)


async def test_somebody_registers_and_sees_a_match_arrive_without_reloading(visitor: Visitor, town: Town) -> None:
    employer = await town.employer()
    page = await visitor.signs_in("Jobseeker", "Somebody new who seeks work")
    await page.goto(f"{visitor.address}/jobseeker/registration")
    await _choose_occupation(page, town)
    region = page.locator(f"input[name='wishes.regions'][value='{town.region['code']}']")
    await region.evaluate("box => box.closest('details').open = true")
    await region.check(force=True)
    await page.get_by_label("Name", exact=True).fill("새길손")
    await page.get_by_label("E-mail", exact=False).first.fill(f"browser{town.centre_code}@people.example.org")
    await page.get_by_label("Employment centre").select_option(town.centre_code)
    await page.locator("input[name='matching_consent']").check(force=True)
    await page.get_by_role("button", name="Register").last.click()
    await expect(page.get_by_role("status").first).to_contain_text("You are registered", timeout=PATIENCE)
    await page.evaluate("window.notReloaded = true")

    await town.open_vacancy(employer, title="브라우저를 열어 둔 분")

    await expect(page.locator("#arrivals .arrival")).to_contain_text("브라우저를 열어 둔 분", timeout=PATIENCE)
    await expect(page.locator("main")).to_contain_text("브라우저를 열어 둔 분", timeout=PATIENCE)
    assert await page.evaluate("window.notReloaded") is True
    assert visitor.complaints == []
    assert visitor.only_the_portal_was_asked


async def test_an_employer_is_led_from_an_error_to_its_field_and_posts_a_vacancy(
    visitor: Visitor, system: System, town: Town
) -> None:
    employer = await town.employer()
    await visitor.is_signed_in(system, employer)
    page = await visitor.opens("/employer/vacancies/new")
    await page.get_by_label("Title").fill("등록할 자리")
    await page.get_by_label("Persons wanted").fill("0")
    await page.get_by_label("Place of work").select_option(town.region["code"])
    await page.get_by_role("button", name="Post it").last.click()

    await page.locator("#error-summary a", has_text="Persons wanted").first.click(timeout=PATIENCE)
    field = page.get_by_label("Persons wanted")
    await expect(field).to_be_focused()
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(page.locator(f"[id='{await field.get_attribute('aria-describedby')}']")).not_to_be_empty()
    await field.fill("2")
    await _post_a_vacancy(page, town, "등록할 자리")

    found = await system.get("registration", "/vacancies", employer.headers, employer_id=employer.employer_id)
    assert [(one["title"], one["openings"]) for one in found["items"]] == [("등록할 자리", 2)]
    # The browser itself reports a 422 answer to a form; nothing else is to be complained of.
    assert [said for said in visitor.complaints if "422" not in said] == []
    assert visitor.only_the_portal_was_asked


async def test_the_language_changes_on_the_page_one_is_on(visitor: Visitor, system: System, town: Town) -> None:
    await visitor.is_signed_in(system, await town.employer())
    page = await visitor.opens("/employer/vacancies?status=open")
    address, english = page.url, await page.title()

    await page.get_by_role("link", name="한국어").first.click()

    await expect(page.locator("html")).to_have_attribute("lang", "ko")
    await expect(page).not_to_have_title(english)
    assert page.url == address
    assert visitor.complaints == []


async def test_everything_a_vacancy_needs_works_without_script(
    without_script: Visitor, system: System, town: Town
) -> None:
    employer, jobseeker = await town.employer(), await town.jobseeker()
    await without_script.is_signed_in(system, employer)
    page = await without_script.opens("/employer/vacancies/new")

    await _post_a_vacancy(page, town, "글로만 된 자리")

    async with town.listen(jobseeker, after=0, most=1) as listener:
        (frame,) = await listener.full()
    assert "글로만 된 자리" in str(frame.data["title"])
    assert without_script.only_the_portal_was_asked
