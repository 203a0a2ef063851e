"""Every exception that can leave a route, turned into a problem answer. Client input never ends in a 500."""

from collections.abc import Awaitable, Callable, Sequence

import asyncpg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from ieum.database.failures import MAY_MEAN_AWAY, is_away
from ieum.http.problems import (
    BodyTooLarge,
    Conflict,
    DatabaseUnavailable,
    FieldError,
    Forbidden,
    InternalError,
    Invalid,
    Malformed,
    MalformedJson,
    MethodNotAllowed,
    NotFound,
    Problem,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
    problem_response,
)
from ieum.http.rules import field_errors
from ieum.telemetry import log

CLIENT_GONE = 499
"""The status, in log and metrics, of a request whose client hung up (nginx's; there is no other)."""

ProblemPage = Callable[[Request, Problem], Response | None]
"""Renders a problem for people (a web page), or returns None to leave the problem document."""

_BY_STATUS: dict[int, type[Problem]] = {
    kind.status: kind
    for kind in (
        Malformed,
        Unauthenticated,
        Forbidden,
        NotFound,
        MethodNotAllowed,
        Conflict,
        BodyTooLarge,
        UnsupportedMediaType,
        Invalid,
        InternalError,
        Unavailable,
    )
}


def answer_with(page: ProblemPage | None) -> Callable[[Request, Problem], Response]:
    """How problems are answered: as `page` renders them, or as problem documents."""

    def answer(request: Request, problem: Problem) -> Response:
        return (page(request, problem) if page else None) or problem_response(request, problem)

    return answer


def handle_errors(app: FastAPI, page: ProblemPage | None = None) -> None:
    """Register the handlers. `page` may answer people who asked for HTML."""
    answer = answer_with(page)

    def handles(kind: type[Exception], to_problem: Callable[[Exception], Problem]) -> None:
        handles_of_request(kind, lambda _, failure: to_problem(failure))

    def handles_of_request(kind: type[Exception], to_problem: Callable[[Request, Exception], Problem]) -> None:
        async def handler(request: Request, failure: Exception) -> Response:
            return answer(request, to_problem(request, failure))

        typed: Callable[[Request, Exception], Awaitable[Response]] = handler
        app.add_exception_handler(kind, typed)

    handles(Problem, lambda failure: failure if isinstance(failure, Problem) else InternalError())
    handles(RequestValidationError, _broken_rules)
    handles(HTTPException, _by_status)
    for kind in MAY_MEAN_AWAY:
        handles(kind, _database_away)
    handles(TimeoutError, lambda failure: _logged(Unavailable(), "timed_out", failure))
    handles_of_request(asyncpg.DataError, _not_storable)
    handles_of_request(asyncpg.IntegrityConstraintViolationError, _constraint)
    app.add_exception_handler(ClientDisconnect, _client_gone)
    # Registered last and apart: the outermost layer logs it, this only words the answer.
    handles(Exception, lambda _: InternalError())


async def _client_gone(_: Request, __: Exception) -> Response:
    """Nobody is there to be answered; without this it would count as our failure."""
    return Response(status_code=CLIENT_GONE)


def _logged(problem: Problem, event: str, failure: Exception) -> Problem:
    log.warning(event, problem=problem.kind(), exc_info=failure)
    return problem


def _broken_rules(failure: Exception) -> Problem:
    errors: Sequence[dict[str, object]] = failure.errors() if isinstance(failure, RequestValidationError) else ()
    for error in errors:
        if error.get("type") == "json_invalid":
            location = error.get("loc", ())
            position = location[-1] if isinstance(location, tuple | list) and location else 0
            return MalformedJson(
                {
                    "en": f"It cannot be read from character {position}.",
                    "ko": f"{position}번째 글자부터 읽을 수 없습니다.",
                }
            )
    return Invalid(errors=field_errors(errors))


def _by_status(failure: Exception) -> Problem:
    if not isinstance(failure, HTTPException):
        return InternalError()
    kind = _BY_STATUS.get(failure.status_code, Malformed if failure.status_code < 500 else InternalError)
    problem = kind()
    if kind.status != failure.status_code:
        log.warning("status_without_problem", status=failure.status_code)
    problem.headers.update(failure.headers or {})
    return problem


def _database_away(failure: Exception) -> Problem:
    if not is_away(failure):
        # Ours to mend: asyncpg used wrongly, or a file that cannot be read.
        return _logged(InternalError(), "file_failed" if isinstance(failure, OSError) else "database_misused", failure)
    return _logged(DatabaseUnavailable(retry_after=2), "database_unavailable", failure)


def _place_of_input(request: Request) -> str:
    """Where in a request the value is that only the database refused: it does not say which one it was."""
    if request.method not in ("GET", "HEAD"):
        return "body"
    return "query" if request.query_params else "path"


def _not_storable(request: Request, failure: Exception) -> Problem:
    """A value that the column cannot hold and that no rule caught: the client's to mend, and ours to add the rule."""
    rule = FieldError(
        field=_place_of_input(request), rule="values that can be stored", ko="저장할 수 있는 값이어야 합니다"
    )
    return _logged(Invalid(errors=[rule]), "value_not_storable", failure)


def _constraint(request: Request, failure: Exception) -> Problem:
    """A constraint caught what no rule did. Never a 500: the record is as it was."""
    if isinstance(failure, asyncpg.CheckViolationError):
        rule = FieldError(
            field=_place_of_input(request), rule="values within their limits", ko="허용 범위의 값이어야 합니다"
        )
        return _logged(Invalid(errors=[rule]), "check_violated", failure)
    if isinstance(failure, asyncpg.NotNullViolationError):
        return _logged(InternalError(), "not_null_violated", failure)
    return _logged(Conflict(), "constraint_violated", failure)
