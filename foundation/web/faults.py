"""Error pages: every error of the table becomes a page with a sentence and what to do next."""

import logging
import secrets
from typing import Any

from flask import Flask, jsonify, redirect, render_template, request, url_for
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from foundation.errors import AlgocareError, SignInNeeded, Unavailable, status_of
from foundation.web.problems import Problem, is_for_programs, problem_of, respond

log = logging.getLogger("algocare.web")

HTTP_SENTENCES = {
    400: "The page was sent in a way the service does not accept. Go back, reload the page and try again.",
    404: "If you typed the address, check it is right. The page may also have moved.",
    405: "This address does not take that kind of request.",
    413: "What was sent is larger than the service accepts.",
}

CALL_SENTENCES = {
    404: "There is nothing at this address.",
    415: "What is sent has to be of a type that the description of this call names.",
}
"""What is said to a program instead."""


def show_errors(app: Flask) -> None:
    """Register a handler for each family of errors; no stack trace ever reaches a reader."""
    app.register_error_handler(AlgocareError, _ours)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(Exception, _unexpected)


def _ours(error: AlgocareError) -> Any:
    if is_for_programs():
        return respond(problem_of(error))
    if isinstance(error, SignInNeeded) and not wants_json():
        return _signed_out()
    return page(error.title, error.sentence, list(error.what_next), error.code, status_of(error))


WORTH_KEEPING = 40
"""From how many characters on a typed text is shown again to somebody whose session ended before it was saved."""


def _signed_out() -> Any:
    """The sign-in page; or, when something longer was typed, that text, so that nothing people wrote is lost."""
    typed = [
        (name, text)
        for name, text in request.form.items()
        if len(text) >= WORTH_KEEPING and " " in text.strip() and "password" not in name
    ]
    if typed:
        return render_template("errors/signed_out.html", typed=typed), 401
    return redirect(url_for("accounts.sign_in", next=request.full_path if request.method == "GET" else None))


def wants_json() -> bool:
    """Whether a program asks, such as the script that saves what is typed."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _http(error: HTTPException) -> Any:
    code = error.code or 500
    sentence = HTTP_SENTENCES.get(code, error.description or "The request could not be answered.")
    if is_for_programs():
        return respond(Problem(code, f"http_{code}", error.name, CALL_SENTENCES.get(code, sentence)), _allowed(error))
    return page(error.name, sentence, [], f"http_{code}", code)


def _allowed(error: HTTPException) -> dict[str, str]:
    """Which methods an address takes, for a caller that used another one."""
    methods = error.valid_methods if isinstance(error, MethodNotAllowed) else None
    return {"Allow": ", ".join(sorted(methods))} if methods else {}


def _database(error: OperationalError) -> Any:
    log.error("database unavailable: %s", error.orig.__class__.__name__)
    fault = Unavailable("The database cannot be reached. Nothing you sent was saved. Try again in a few minutes.")
    return page(fault.title, fault.sentence, [], fault.code, 503)


def _unexpected(error: Exception) -> Any:
    reference = secrets.token_hex(4)
    log.exception("unexpected error %s", reference)
    sentence = "Something went wrong on our side. Nothing you sent was half saved."
    what_next = [f"Try again. If it happens again, tell the administrator this reference: {reference}."]
    return page("Sorry, there is a problem", sentence, what_next, reference, 500)


def page(title: str, sentence: str, what_next: list[str], code: str, status: int) -> Any:
    """An error as a page, or as JSON for a program that asks for it."""
    if is_for_programs():
        return respond(Problem(status, code, title, sentence, what_next))
    if wants_json():
        return jsonify({"title": title, "detail": sentence, "code": code, "status": status}), status
    body = render_template(
        "errors/page.html", title=title, sentence=sentence, what_next=what_next, code=code, reference=None
    )
    return body, status
