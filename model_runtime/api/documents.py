"""The description of the API in OpenAPI 3.1, made from the very declarations that the calls are held to."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel

from foundation.service_accounts.values import SCOPES
from foundation.web.callers import ACTING_FOR
from foundation.web.problems import MEDIA_TYPE
from model_runtime.api.calls import CALLS, JSON, Call
from model_runtime.api.idempotency import HEADER, LONGEST
from model_runtime.api.schemas import ProblemGiven

ABOUT = (
    "Advisory scores for systems that act on behalf of named people. Nothing can be done here that the person could "
    "not do on the pages: the same gate, the same audience, the same record. A human decides. A score never leaves "
    "without its label, reasons, limits and challenge route, and there is no call that ranks people. What really "
    "happened comes back in the same way, so that models can be judged."
)
PLACES = {
    "reference": {"type": "string", "minLength": 1, "maxLength": 40, "pattern": "^[A-Za-z0-9._-]+$"},
    "slug": {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[a-z0-9-]+$"},
}
ALWAYS = (401, 403, 422)
SCHEMAS = "#/components/schemas/"


def describe(address: str) -> dict[str, Any]:
    """The whole description; `address` is where the API is, such as /api/v1."""
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for one in CALLS:
        paths.setdefault(one.address, {})[one.method.lower()] = _operation(one, schemas)
    paths["/openapi.json"] = {"get": _own()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "ALGOCARE", "version": "1", "description": ABOUT},
        "servers": [{"url": address}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{"token": []}],
    }


def _own() -> dict[str, Any]:
    answer = {"description": "This description.", "content": {JSON: {"schema": {"type": "object"}}}}
    return {"operationId": "describe_api", "summary": "Read this description", "responses": {"200": answer}} | {
        "security": []
    }


def _operation(one: Call, schemas: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "description": f"Needs a token with the scope {one.scope}: {_inside(SCOPES[one.scope])}.",
        "parameters": _parameters(one),
        "responses": {str(status): _answer(status, gives, schemas) for status, gives in one.answers.items()},
    }
    found["responses"] |= {str(status): _problem(status, schemas) for status in _problems(one)}
    if one.body is not None:
        found["requestBody"] = {"required": True, "content": {JSON: {"schema": _reference(one.body, schemas)}}}
    elif one.files:
        content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in one.files}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _inside(text: str) -> str:
    """The words of a title inside a sentence."""
    return text[:1].lower() + text[1:]


def _problems(one: Call) -> list[int]:
    found = {*ALWAYS, *one.problems}
    found |= {404} if "{" in one.address else set()
    found |= {409} if one.keyed else set()
    found |= {413, 415} if one.body is not None or one.files else set()
    return sorted(found)


def _parameters(one: Call) -> list[dict[str, Any]]:
    acting = {"type": "string", "minLength": 1, "maxLength": 80}
    said = "The sign-in name of the person the system acts for."
    found = [_parameter(ACTING_FOR, "header", acting, required=True, description=said)]
    if one.keyed:
        kind = {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]+$"}
        said = "Chosen by the caller for this one call; the same call again is answered the same."
        found.append(_parameter(HEADER, "header", kind, required=True, description=said))
    for name in re.findall(r"\{(\w+)\}", one.address):
        found.append(_parameter(name, "path", PLACES[name], required=True))
    if one.query is not None:
        fields = one.query.model_json_schema()
        for name, kind in fields["properties"].items():
            found.append(_parameter(name, "query", _plain(kind), required=name in fields.get("required", ())))
    return found


def _parameter(name: str, place: str, kind: Mapping[str, Any], *, required: bool, **more: str) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": dict(kind), **more}


def _answer(status: int, gives: type[BaseModel] | Sequence[str], schemas: dict[str, Any]) -> dict[str, Any]:
    if isinstance(gives, type):
        said = gives.__doc__ or HTTPStatus(status).phrase
        return {"description": said, "content": {JSON: {"schema": _reference(gives, schemas)}}}
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in gives}
    return {"description": "A file.", "content": content}


def _problem(status: int, schemas: dict[str, Any]) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": _reference(ProblemGiven, schemas)}}
    return {"description": HTTPStatus(status).phrase, "content": content}


def _reference(schema: type[BaseModel], schemas: dict[str, Any]) -> dict[str, str]:
    if schema.__name__ not in schemas:
        found = schema.model_json_schema(
            ref_template=SCHEMAS + "{model}", mode="serialization" if _given(schema) else "validation"
        )
        for name, inner in found.pop("$defs", {}).items():
            schemas[name] = _plain(inner)
        schemas[schema.__name__] = _plain(found)
    return {"$ref": SCHEMAS + schema.__name__}


def _given(schema: type[BaseModel]) -> bool:
    return schema.__name__.endswith("Given")


def _plain(schema: Any) -> Any:
    """Without titles, which repeat the names, and without `null` as what is not sent."""
    if isinstance(schema, dict):
        dropped = {"title"} if isinstance(schema.get("title"), str) else set()
        dropped |= {"default"} if schema.get("default", "") is None else set()
        return {name: _plain(value) for name, value in schema.items() if name not in dropped}
    return [_plain(one) for one in schema] if isinstance(schema, list) else schema
