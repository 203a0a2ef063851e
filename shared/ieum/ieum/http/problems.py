"""What went wrong, as RFC 9457 problem details in two languages.

A problem is an exception class: its docstring is the English title, `ko` the Korean one, its name the type.

```python
class ShopClosed(Problem):
    \"\"\"The shop is closed and takes no more orders.\"\"\"

    status = 409
    ko = "문을 닫아 더 이상 주문을 받지 않습니다."

raise ShopClosed()      # 409, application/problem+json, type urn:ieum:problem:shop-closed
```
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ieum.http.language import Language, preferred_language

MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """One field and the rule it breaks. The value itself is never repeated."""

    model_config = ConfigDict(frozen=True)

    field: str = Field(description="Dotted path of the field, such as pay.min or wishes.regions.0")
    rule: str = Field(description="The rule in English")
    ko: str = Field(description="The rule in Korean")


class ProblemDocument(BaseModel):
    """Problem details (RFC 9457) with a request id and the fields at fault."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(description="urn:ieum:problem:<kind>; stable, for programs")
    title: str = Field(description="What went wrong, for people, by Accept-Language (ko or en)")
    status: int
    detail: str | None = Field(None, description="What is particular about this occurrence")
    request_id: str | None = Field(None, description="Quote it when asking for help")
    errors: list[FieldError] | None = None


class Problem(Exception):
    """Something about this request cannot be done."""

    status: ClassVar[int] = 400
    ko: ClassVar[str] = "요청을 처리할 수 없습니다."

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not (cls.__dict__.get("__doc__") or "").strip() or not cls.__dict__.get("ko"):
            raise TypeError(f"{cls.__qualname__} needs its own docstring (the English title) and `ko` (the Korean one)")
        if not 400 <= cls.status <= 599:
            raise TypeError(f"{cls.__qualname__}.status must be an error status, not {cls.status}")

    def __init__(
        self,
        detail: str | Mapping[Language, str] | None = None,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """`detail` is one text for everybody or one per language; it goes to the client, so no personal data in it."""
        super().__init__(self.kind())
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    @classmethod
    def kind(cls) -> str:
        """The class name as a slug: ShopClosed → shop-closed."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", cls.__name__).lower()

    @classmethod
    def title(cls, language: Language) -> str:
        """What went wrong, in one sentence."""
        return cls.ko if language == "ko" else " ".join((cls.__doc__ or "").strip().split("\n\n")[0].split())

    def document(self, language: Language, request_id: str | None = None) -> dict[str, Any]:
        """The body of the answer."""
        detail = self.detail.get(language) if isinstance(self.detail, Mapping) else self.detail
        told = ProblemDocument(
            type=f"urn:ieum:problem:{self.kind()}",
            title=self.title(language),
            status=self.status,
            detail=detail,
            request_id=request_id,
            errors=list(self.errors) or None,
        )
        return told.model_dump(exclude_none=True)


class Invalid(Problem):
    """Something in the request breaks a rule."""

    status = 422
    ko = "요청에 규칙에 맞지 않는 항목이 있습니다."


class MalformedJson(Problem):
    """The request body is not well-formed JSON."""

    status = 400
    ko = "요청 본문이 올바른 JSON이 아닙니다."


class Malformed(Problem):
    """The request cannot be read."""

    status = 400
    ko = "요청을 읽을 수 없습니다."


class Unauthenticated(Problem):
    """Sign in first: the token is missing, expired or not valid."""

    status = 401
    ko = "로그인이 필요합니다. 인증 정보가 없거나 만료되었거나 올바르지 않습니다."

    def __init__(self, detail: str | Mapping[Language, str] | None = None) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer realm="ieum"'})


class Forbidden(Problem):
    """You may not see or do this."""

    # The same text whether the record exists or not: a hint would tell who is registered.
    status = 403
    ko = "권한이 없습니다."


class NotFound(Problem):
    """There is nothing at this address."""

    status = 404
    ko = "해당 주소에 아무것도 없습니다."


class MethodNotAllowed(Problem):
    """This address does not take this method."""

    status = 405
    ko = "이 주소에서는 지원하지 않는 메서드입니다."


class Conflict(Problem):
    """The request contradicts what is already recorded."""

    status = 409
    ko = "이미 기록된 내용과 충돌합니다."


class StaleVersion(Problem):
    """The record was changed meanwhile: read it again and repeat the change."""

    status = 412
    ko = "그동안 다른 변경이 있었습니다. 다시 읽은 뒤 변경해 주세요."


class BodyTooLarge(Problem):
    """The request body is too large."""

    status = 413
    ko = "요청 본문이 너무 큽니다."


class UnsupportedMediaType(Problem):
    """The content type of the request body is not supported here."""

    status = 415
    ko = "지원하지 않는 콘텐츠 형식입니다."


class VersionRequired(Problem):
    """Say which version you are changing: send its ETag as If-Match."""

    status = 428
    ko = "변경하려는 버전을 If-Match 헤더에 ETag로 보내 주세요."


class InternalError(Problem):
    """Something went wrong on our side. It has been logged under the request id."""

    status = 500
    ko = "내부 오류가 발생했습니다. 요청 번호로 기록되었습니다."


class Unavailable(Problem):
    """Something this answer needs is not available at the moment. Try again shortly."""

    status = 503
    ko = "일시적으로 이용할 수 없습니다. 잠시 후 다시 시도해 주세요."

    def __init__(self, detail: str | Mapping[Language, str] | None = None, *, retry_after: int = 5) -> None:
        """`retry_after` is seconds."""
        super().__init__(detail, headers={"Retry-After": str(retry_after)})


class DatabaseUnavailable(Unavailable):
    """The database is not available at the moment. Try again shortly."""

    ko = "데이터베이스를 일시적으로 이용할 수 없습니다. 잠시 후 다시 시도해 주세요."


def problem_response(request: Request, problem: Problem) -> Response:
    """The problem as an answer to this request, in its language."""
    language = preferred_language(request.headers.get("accept-language"))
    return JSONResponse(
        problem.document(language, request.scope.get("ieum.request_id")),
        status_code=problem.status,
        headers={
            "Content-Language": language,
            "Vary": "Accept-Language",
            "Cache-Control": "no-store",
            **problem.headers,
        },
        media_type=MEDIA_TYPE,
    )


def problem_responses(*classes: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """What a route may answer when it cannot do what was asked, for `responses=` of the route, and so for OpenAPI."""
    told: dict[int | str, dict[str, Any]] = {}
    for cls in sorted(classes, key=lambda cls: (cls.status, cls.__name__)):
        response = told.setdefault(
            cls.status, {"description": "", "content": {MEDIA_TYPE: {"schema": _REFERENCE, "examples": {}}}}
        )
        response["description"] = f"{response['description']} {cls.title('en')}".strip()
        response["content"][MEDIA_TYPE]["examples"][cls.kind()] = {"value": cls().document("en")}
    return told


_REFERENCE = {"$ref": "#/components/schemas/Problem"}
