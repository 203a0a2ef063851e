"""What the first page needs of registration."""

from pydantic import Field

from portal.services import View


class SignIn(View):
    """Someone a visitor may look as."""

    person_id: str
    name: str
    role: str
    attributes: dict[str, str] = Field(default_factory=dict)


class Employer(View):
    """A company; its name is public."""

    employer_id: str
    name: str
