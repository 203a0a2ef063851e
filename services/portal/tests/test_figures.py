"""Ways between the levels of the figures."""

import pytest

from . import nation
from .conftest import Browser, SignIn
from .html import Page

OFFICE = f"/figures?scope=office%3A{nation.OFFICE}"


@pytest.mark.parametrize("role", ["director", "ministry"])
async def test_a_centres_figures_lead_up_to_its_office(browser: Browser, sign_in: SignIn, role: str) -> None:
    sign_in(role)

    page = Page((await browser.get(f"/figures?scope=centre:{nation.CENTRE}&period=today")).text)

    levels = page.find("nav", class_="scopes").all("a")
    assert [link["href"].split("&")[0] for link in levels][:2] == ["/figures?scope=nation", OFFICE]


async def test_an_offices_figures_name_it_once(browser: Browser, sign_in: SignIn) -> None:
    sign_in("ministry")

    page = Page((await browser.get(f"/figures?scope=office:{nation.OFFICE}")).text)

    assert len(page.find("nav", class_="scopes").all("a")) == 2
