"""Errors for programs: problem details (RFC 9457), the same for every call under /api."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from foundation.errors import AlgocareError, Invalid, status_of

PREFIX = "/api/"
MEDIA_TYPE = "application/problem+json"
URN = "urn:algocare:problem:"
"""What the type of every problem begins with; the rest is its code, which is never renamed."""


@dataclass(frozen=True)
class Problem:
    """What went wrong: a stable code, a sentence, what to do next and, of bad input, each field with its rule.

    `reference` is that of a record that was kept, such as a refusal, or none.
    """

    status: int
    code: str
    title: str
    sentence: str
    what_next: Sequence[str] = ()
    fields: Sequence[Mapping[str, str]] = ()
    reference: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The members of RFC 9457, and our own beside them."""
        return {
            "type": URN + self.code,
            "title": self.title,
            "status": self.status,
            "detail": self.sentence,
            "code": self.code,
            "what_next": list(self.what_next),
            "fields": [dict(one) for one in self.fields],
            "reference": self.reference,
        }


def is_for_programs() -> bool:
    """Whether the request is a call of a program, which has no cookies and reads no pages."""
    return request.path.startswith(PREFIX)


def problem_of(error: AlgocareError) -> Problem:
    """A problem that says what an error of ours says; the rule of each field is the error's code, if it names none."""
    rules: Mapping[str, str] = getattr(error, "rules", {})
    problems = error.problems if isinstance(error, Invalid) else {}
    fields = [
        {"field": name, "rule": rules.get(name, error.code), "sentence": sentence}
        for name, sentence in problems.items()
    ]
    status = getattr(error, "status", status_of(error))  # an error that was recorded says its own
    reference = getattr(error, "reference", None)
    return Problem(status, error.code, error.title, error.sentence, error.what_next, fields, reference)


def respond(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as an answer. Without a token that holds, the answer says which kind of token is asked for."""
    body = json.dumps(problem.to_dict(), ensure_ascii=False)
    answer = Response(body, problem.status, content_type=MEDIA_TYPE)
    if problem.status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="algocare"'
    answer.headers.update(headers or {})
    return answer
