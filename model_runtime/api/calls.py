"""How a call of the API is declared: once, for the door, for reading what is sent, and for its description."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, request
from pydantic import BaseModel
from werkzeug.exceptions import UnsupportedMediaType

from foundation.accounts.values import Permission
from foundation.errors import AlgocareError
from foundation.service_accounts.values import Scope
from foundation.web.callers import caller, door_for_programs, record_refused_call
from foundation.web.problems import problem_of, respond
from model_runtime.api.idempotency import HEADER, read_key
from model_runtime.api.reading import read_body, read_query
from model_runtime.api.values import Key, NotGiven

ADDRESS = "/api/v1"
JSON = "application/json"
LARGEST_BODY = 256 * 1024
"""Bytes of a JSON body: a hundred people with every fact of a large model."""


@dataclass(frozen=True)
class Call:
    """A call: its method and address, what a token needs, what is sent and what comes back.

    `body` is the schema of a JSON body, `files` the media types of a file instead of one, `query` the schema of what
    stands after the question mark. `answers` gives the schema, or the media type of a file, for each good status.
    `keyed` calls change something and need an Idempotency-Key. `problems` are the statuses it can also end in.
    """

    name: str
    method: str
    address: str
    scope: Scope
    summary: str
    answers: Mapping[int, type[BaseModel] | Sequence[str]]
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    files: Sequence[str] = ()
    keyed: bool = False
    problems: Sequence[int] = ()


@dataclass(frozen=True)
class Sent:
    """What came with a call, read and held to its declaration. `key` only comes with a keyed call."""

    body: Any = None
    query: Any = None
    content: bytes = b""
    media_type: str = ""
    key: Key = field(default_factory=lambda: Key(0, "", ""))


CALLS: list[Call] = []
"""Every call, in the order of its description: those of this room, and those that rooms above it declare."""

View = Callable[..., tuple[int, BaseModel] | Response]


def make_calls(name: str, module: str) -> Blueprint:
    """A blueprint for calls of any room: they lie under /api/v1, and every error of ours is answered as a problem."""
    views = Blueprint(name, module, url_prefix=ADDRESS)
    views.register_error_handler(AlgocareError, _refused)
    return views


def _refused(error: AlgocareError) -> Response:
    """A refused call of a known system is recorded with its code; a refused score has its own record already."""
    problem = problem_of(error)
    if problem.status in (403, 422) and not isinstance(error, NotGiven):
        record_refused_call(problem.code)
    return respond(problem)


def call(views: Blueprint, declared: Call, *permissions: Permission) -> Callable[[View], View]:
    """Declare a view as a call: it is given what was sent, and answers a status and a value of its schema."""

    def decorate(view: View) -> View:
        def entered(**places: Any) -> Response:
            answer = view(_read(declared), **places)
            if isinstance(answer, Response):
                return answer
            status, given = answer
            return Response(given.model_dump_json(), status, content_type=JSON)

        guarded = door_for_programs(declared.scope, *permissions)(entered)
        views.add_url_rule(_rule(declared.address), declared.name, guarded, methods=[declared.method])
        CALLS.append(declared)
        return view

    return decorate


def _rule(address: str) -> str:
    """The address as the application writes its places."""
    return address.replace("{", "<").replace("}", ">")


def _read(declared: Call) -> Sent:
    query = read_query(list(request.args.items(multi=True)), declared.query or NoQuery)
    if declared.method == "GET":
        return Sent(query=query)
    if not declared.files:
        request.max_content_length = LARGEST_BODY
    accepted = declared.files or (JSON,)
    if request.mimetype not in accepted:
        raise UnsupportedMediaType
    content = request.get_data(cache=False)
    text = request.headers.get(HEADER, "")
    key = read_key(caller(), text, f"{declared.name} {request.full_path}", content) if declared.keyed else None
    body = read_body(content, declared.body) if declared.body is not None else None
    return Sent(body, query, content, request.mimetype, key or Key(0, "", ""))


class NoQuery(BaseModel):
    """Nothing stands after the question mark."""

    model_config = {"extra": "forbid"}
