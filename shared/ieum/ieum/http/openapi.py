"""The OpenAPI document says what is true: every error is a problem document, none is FastAPI's own."""

from typing import Any

from fastapi import FastAPI

from ieum.http.problems import MEDIA_TYPE, FieldError, ProblemDocument

_REFERENCE = {"$ref": "#/components/schemas/Problem"}
_FASTAPIS_OWN = ("HTTPValidationError", "ValidationError")


def describe(app: FastAPI) -> None:
    """Replace the application's OpenAPI generator by one that describes problem answers."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        document = generate()
        if "x-problems" not in document:
            _describe_problems(document)
            document["x-problems"] = "RFC 9457"
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _describe_problems(document: dict[str, Any]) -> None:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in _FASTAPIS_OWN:
        schemas.pop(name, None)
    schemas["FieldError"] = FieldError.model_json_schema()
    schemas["Problem"] = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas["Problem"].pop("$defs", None)
    answer = {"description": "A problem (RFC 9457)", "content": {MEDIA_TYPE: {"schema": _REFERENCE}}}
    for operations in document.get("paths", {}).values():
        for operation in operations.values():
            responses = operation.setdefault("responses", {})
            if "HTTPValidationError" in str(responses.get("422", "")):
                responses["422"] = {**answer, "description": "Something in the request breaks a rule."}
            responses.setdefault("default", answer)
