"""One visit of a page: who looks, in which language, with which services at hand, and the answer they get."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from python_multipart.multipart import parse_options_header
from starlette.responses import Response

from ieum.http import Caller, Language, UnsupportedMediaType
from ieum.http.identity import SERVICE_ROLE, issue
from portal.codes.lists import Lists
from portal.forms import guard
from portal.forms.form import Form
from portal.language.catalogue import chosen_language, translations
from portal.language.said import SAID
from portal.language.words import N_
from portal.language.writing import SEOUL
from portal.layout.menus import Entry, menu_of
from portal.layout.rendering import render
from portal.places import Places
from portal.services import Asking, Lines, Refused, Unavailable
from portal.settings import Settings
from portal.sign_in.session import LIFETIME, Person, seal, unseal
from portal.sign_in.standing import Posts

T = TypeVar("T")

TOKEN_LIFETIME = timedelta(minutes=5)
"""So long may somebody who has just left still be taken for who they were; open streams end with it, too."""

SESSION, GUARD, LANGUAGE, NOTE = "ieum_session", "ieum_guard", "ieum_language", "ieum_note"


# Within the site, and nothing that a browser would take for another one's.
_ADDRESS = re.compile(r"/(?![/\\])[^\s\\]{0,2000}")


class SignInNeeded(Exception):
    """The page is for people who are signed in."""


class NotForThisRole(Exception):
    """The page is for other roles than the visitor's."""


@dataclass(frozen=True)
class Site:
    """What all visits share."""

    settings: Settings
    lines: Lines
    lists: Lists
    posts: Posts
    places: Places


class Visit:
    """One request of one visitor."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.site: Site = request.app.state.site
        self.settings = self.site.settings
        self.signing_key = self.settings.identity_key
        cookies = request.cookies
        self.language: Language = chosen_language(cookies.get(LANGUAGE), request.headers.get("accept-language"))
        self.person = unseal(self.signing_key, cookies.get(SESSION, ""), datetime.now(UTC))
        self.secret = cookies.get(GUARD) or guard.new_secret()
        self._shown_at = "/"

    def say(self, message: str) -> str:
        """A message of the catalogue in the visitor's language."""
        return translations(self.language).gettext(message)

    @property
    def person_id(self) -> str:
        """Who looks; raises SignInNeeded for a visitor."""
        if self.person is None:
            raise SignInNeeded
        return self.person.person_id

    @property
    def role(self) -> str | None:
        """The role of who looks; None for a visitor."""
        return self.person.role if self.person else None

    async def check_post(self) -> None:
        """Brings the visitor's attributes up to today's. Raises NoLongerHeld, Unavailable, SignInNeeded."""
        if self.person is None:
            raise SignInNeeded
        self.person = await self.site.posts.checked(self.person, self.as_site("registration"))

    def attribute(self, name: str) -> str:
        """Something the visitor's role cannot do without, such as the centre of staff; raises NotForThisRole."""
        if self.person is None or not self.person.attributes.get(name):
            raise NotForThisRole
        return self.person.attributes[name]

    @property
    def lists(self) -> Lists:
        """The code lists for forms."""
        return self.site.lists

    @property
    def path(self) -> str:
        """The address of this page within the site, query included."""
        query = self.request.url.query
        return self.request.url.path + (f"?{query}" if query else "")

    @property
    def address(self) -> str:
        """The address that shows this page: of a form that is shown again, where it was shown at first."""
        return self.path if self.request.method in ("GET", "HEAD") else self._shown_at

    @property
    def today(self) -> date:
        """The calendar day in Seoul."""
        return datetime.now(SEOUL).date()

    @property
    def is_part(self) -> bool:
        """Whether a live part of a page is asked for instead of the whole page."""
        return self.request.headers.get("hx-request") == "true"

    @property
    def menu(self) -> list[Entry]:
        """The main menu of the visitor's role."""
        return menu_of(self.person.role if self.person else None, self.request.url.path)

    @property
    def form_token(self) -> str:
        """What every form of this page carries."""
        return guard.token(self.signing_key, self.secret)

    @property
    def note(self) -> str | None:
        """What was just done, to be said once."""
        return SAID.get(self.request.cookies.get(NOTE, ""))

    def token(self) -> str:
        """A bearer token of the person who looks."""
        if self.person is None:
            raise SignInNeeded
        caller = Caller(person_id=self.person.person_id, role=self.person.role, attributes=dict(self.person.attributes))
        return issue(self.signing_key, caller, TOKEN_LIFETIME)

    def as_site(self, service: str) -> Asking:
        """
        A service asked by the site itself: for what anybody may see, such as the nation's figures, or for what the
        service that owns the rule has said the visitor may learn.
        """
        token = issue(self.signing_key, Caller(person_id="service:portal", role=SERVICE_ROLE), TOKEN_LIFETIME)
        return self.site.lines.to(service, token, self._headers)

    @property
    def _headers(self) -> dict[str, str]:
        """What services are told of the visitor beside the token: language, and from where, for the log of looks."""
        client = self.request.client
        return {"Accept-Language": self.language} | ({"X-Forwarded-For": client.host} if client else {})

    def ask(self, service: str) -> Asking:
        """A service, asked as the person who looks."""
        return self.site.lines.to(service, self.token(), self._headers)

    @property
    def registration(self) -> Asking:
        """Who and what is registered."""
        return self.ask("registration")

    @property
    def matching(self) -> Asking:
        """Who should meet whom."""
        return self.ask("matching")

    @property
    def notifications(self) -> Asking:
        """What people are told."""
        return self.ask("notifications")

    @property
    def evaluation(self) -> Asking:
        """What came of it."""
        return self.ask("evaluation")

    @staticmethod
    def status_of(form: Form) -> int:
        """The status of a page that shows a form: why the form is shown again, if it is."""
        if form.missing:
            return 503
        if form.problem:
            return form.problem.status
        return 422 if form.errors else 200

    def page(self, template: str, status: int = 200, **context: Any) -> HTMLResponse:
        """The page of a template."""
        answer = HTMLResponse(render(template, self.language, {**context, "visit": self}), status)
        if self.request.cookies.get(GUARD) != self.secret:
            self._keep(answer, GUARD, self.secret)
        if NOTE in self.request.cookies and not self.is_part:
            answer.delete_cookie(NOTE)
        return answer

    def not_found(self) -> HTMLResponse:
        """The page for an address where nothing is."""
        return self.page(
            "layout/problem.html",
            404,
            heading=N_("There is nothing at this address"),
            explanation="",
            tone="danger",
            broken=(),
        )

    def go(self, path: str, said: str | None = None) -> RedirectResponse:
        """On to another page after something was done, so that a reload does not do it again."""
        answer = RedirectResponse(path, 303)
        if said is not None:
            self._keep(answer, NOTE, said, timedelta(minutes=1))
        return answer

    def sign_in(self, answer: Response, person: Person) -> None:
        """Keeps who looks. Forms rendered before are no longer taken."""
        self._keep(answer, SESSION, seal(self.signing_key, person, datetime.now(UTC)), LIFETIME)
        self._keep(answer, GUARD, guard.new_secret())

    def sign_out(self, answer: Response) -> None:
        """Forgets who looked."""
        answer.delete_cookie(SESSION)
        answer.delete_cookie(GUARD)

    def keep_language(self, answer: Response, language: str) -> None:
        """Keeps the language for a year."""
        self._keep(answer, LANGUAGE, language, timedelta(days=365))

    async def sent_form(self, labels: Mapping[str, str] | None = None) -> Form:
        """
        The form that was sent. Raises ForeignForm unless it was rendered for this visitor, UnsupportedMediaType for
        another encoding than our pages', Invalid for hidden fields that no page of ours sends.
        """
        _, told = parse_options_header(self.request.headers.get("content-type"))
        if told.get(b"charset", b"utf-8").lower() != b"utf-8":
            # The name would be looked up among Python's codecs, some of which make text that nobody can send on.
            raise UnsupportedMediaType("charset=utf-8")
        data = await self.request.form()
        sent, shown_at = data.get("form_token"), data.get("shown_at")
        if isinstance(shown_at, str) and _ADDRESS.fullmatch(shown_at):
            self._shown_at = shown_at
        guard.check(self.signing_key, self.request.cookies.get(GUARD), sent if isinstance(sent, str) else None)
        return Form.sent(labels or {}, data)

    def _keep(self, answer: Response, name: str, value: str, lifetime: timedelta | None = None) -> None:
        answer.set_cookie(
            name,
            value,
            max_age=int(lifetime.total_seconds()) if lifetime else None,
            httponly=True,
            samesite="lax",
            secure=(self.settings.portal_url or str(self.request.url)).startswith("https:"),
        )


async def attempt(form: Form, sending: Awaitable[T]) -> tuple[T | None, Form]:
    """What a service made of a form: its answer, or None and the form to show again with the reason."""
    try:
        return await sending, form
    except Refused as refused:
        if refused.problem.status in (401, 403, 404):
            raise
        return None, form.refused(refused.problem)
    except Unavailable as absent:
        return None, form.unsent(absent.service)


async def _visit(request: Request) -> AsyncIterator[Visit]:
    yield Visit(request)
    # Files that came with a form lie on disk until then.
    await request.close()


def _visit_of(*roles: str) -> Callable[..., Awaitable[Visit]]:
    async def visit_of_role(visit: Annotated[Visit, Depends(_visit)]) -> Visit:
        if visit.person is None:
            raise SignInNeeded
        if roles and visit.person.role not in roles:
            raise NotForThisRole
        await visit.check_post()
        return visit

    return visit_of_role


AnyVisit = Annotated[Visit, Depends(_visit)]
"""A visit of anybody, signed in or not."""
SignedIn = Annotated[Visit, Depends(_visit_of())]
JobseekerVisit = Annotated[Visit, Depends(_visit_of("jobseeker"))]
EmployerVisit = Annotated[Visit, Depends(_visit_of("employer"))]
CounsellorVisit = Annotated[Visit, Depends(_visit_of("counsellor"))]
CentreVisit = Annotated[Visit, Depends(_visit_of("counsellor", "director"))]
UploaderVisit = Annotated[Visit, Depends(_visit_of("employer", "counsellor"))]
LookedAtVisit = Annotated[Visit, Depends(_visit_of("jobseeker", "director"))]
OperatorVisit = Annotated[Visit, Depends(_visit_of("operator"))]
