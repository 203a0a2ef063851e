"""What somebody agrees to when they register is theirs to tick."""

from . import nation
from .conftest import Browser, SignIn
from .fakes import Fake
from .html import Page


async def test_a_new_registration_agrees_to_nothing_beforehand(
    browser: Browser, sign_in: SignIn, services: dict[str, Fake]
) -> None:
    sign_in("jobseeker")
    del services["registration"].answers["GET", f"/jobseekers/{nation.JOBSEEKER}"]

    form = Page((await browser.get("/jobseeker/registration")).text).form("form")

    assert not {"visible", "matching_consent"} & form.values.keys()
