"""The calls of /api/v1: JSON in, JSON out, a token instead of a cookie, and a problem (RFC 9457) for every error."""

from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from flask import Response, jsonify, send_file

from foundation.accounts.values import Permission
from foundation.service_accounts.values import Scope
from foundation.web.callers import caller
from foundation.web.doors import PUBLIC, door, house
from model_runtime.api.calls import ADDRESS, Call, Sent, call, make_calls
from model_runtime.api.documents import describe
from model_runtime.api.gates import explain_gate
from model_runtime.api.populations import ENDINGS, follow_cohort, start_cohort, take_results
from model_runtime.api.queries import list_refusals
from model_runtime.api.recording import record_people
from model_runtime.api.schemas import (
    CohortAsked,
    CohortGiven,
    FirstViewAsked,
    GateAsked,
    GateGiven,
    JudgementAsked,
    JudgementGiven,
    PeopleAsked,
    PeopleGiven,
    RefusalsAsked,
    RefusalsGiven,
    ScoreAsked,
    ScoreGiven,
)
from model_runtime.api.scoring import ask_for_score, judge, read_score, say_first

SPOOLED = 8 * 1024 * 1024
"""Bytes of a file of results that are held in memory; more goes to a temporary file."""

views = make_calls("api", __name__)

ASK = Call(
    "ask_score",
    "POST",
    "/scores",
    Scope.SCORE,
    "Ask for an advisory score about one person",
    {201: ScoreGiven, 202: ScoreGiven},
    body=ScoreAsked,
    keyed=True,
    problems=(404, 503),
)
READ = Call(
    "read_score",
    "GET",
    "/scores/{reference}",
    Scope.SCORE,
    "Read a score again",
    {200: ScoreGiven, 202: ScoreGiven},
    problems=(409, 503),
)
JUDGE = Call(
    "record_judgement",
    "POST",
    "/scores/{reference}/judgement",
    Scope.JUDGE,
    "Record what a practitioner makes of a score",
    {201: JudgementGiven},
    body=JudgementAsked,
    keyed=True,
)
REFUSALS = Call(
    "list_refusals",
    "GET",
    "/refusals",
    Scope.REFUSALS,
    "List what was asked for and not given",
    {200: RefusalsGiven},
    query=RefusalsAsked,
)
PEOPLE = Call(
    "record_people",
    "POST",
    "/people",
    Scope.PEOPLE,
    "Record facts about people",
    {201: PeopleGiven},
    body=PeopleAsked,
    keyed=True,
)


EXPLAIN = Call(
    "explain_gate",
    "POST",
    "/gate/explain",
    Scope.GATE,
    "Ask what stands in the way of a score",
    {200: GateGiven},
    body=GateAsked,
    problems=(404,),
)
FIRST_VIEW = Call(
    "record_first_view",
    "POST",
    "/scores/{reference}/first-view",
    Scope.JUDGE,
    "Record a practitioner's own view before they see a score, and read it then",
    {201: ScoreGiven, 202: ScoreGiven},
    body=FirstViewAsked,
    keyed=True,
    problems=(503,),
)
START = Call(
    "start_cohort",
    "POST",
    "/cohorts",
    Scope.COHORT,
    "Run an approved model over a file of people",
    {202: CohortGiven},
    query=CohortAsked,
    files=tuple(ENDINGS),
    keyed=True,
    problems=(404,),
)
FOLLOW = Call(
    "follow_cohort",
    "GET",
    "/cohorts/{reference}",
    Scope.COHORT,
    "Follow a run",
    {200: CohortGiven},
)
RESULTS = Call(
    "take_cohort_results",
    "GET",
    "/cohorts/{reference}/results",
    Scope.COHORT,
    "Take out the labelled results of a finished run, in the order of the file",
    {200: ("text/csv",)},
    problems=(409,),
)


@views.get("/openapi.json")
@door(PUBLIC)
def describe_api() -> Response:
    """The description of every call, in OpenAPI 3.1."""
    return jsonify(describe(ADDRESS))


@call(views, ASK)
def ask_score(sent: Sent) -> tuple[int, ScoreGiven]:
    """Ask for a score: shown at once, or recorded with what to do first; a refusal is a problem with its reference."""
    given = ask_for_score(house().database, house().clock, house().engine, caller(), sent.body, sent.key)
    return 201 if given.status == "shown" else 202, given


@call(views, READ, Permission.SEE_PEOPLE)
def show_score(sent: Sent, reference: str) -> tuple[int, ScoreGiven]:
    """A score again; the viewing is recorded first."""
    given = read_score(house().database, house().clock, caller(), reference)
    return 200 if given.status == "shown" else 202, given


@call(views, JUDGE, Permission.RECORD_JUDGEMENT)
def record_judgement(sent: Sent, reference: str) -> tuple[int, JudgementGiven]:
    """What the practitioner makes of it, once."""
    return 201, judge(house().database, house().clock, caller(), reference, sent.body, sent.key)


@call(views, EXPLAIN)
def explain(sent: Sent) -> tuple[int, GateGiven]:
    """Every check of the gate."""
    return 200, explain_gate(house().database, house().clock, caller(), sent.body)


@call(views, FIRST_VIEW, Permission.RECORD_JUDGEMENT)
def record_view(sent: Sent, reference: str) -> tuple[int, ScoreGiven]:
    """The practitioner's own view, then the score."""
    given = say_first(house().database, house().clock, caller(), reference, sent.body, sent.key)
    return 201 if given.status == "shown" else 202, given


@call(views, START)
def start(sent: Sent) -> tuple[int, CohortGiven]:
    """A run that is queued for the worker; a closed gate is a problem with its reference."""
    parts = sent.query, sent.content, sent.media_type, sent.key
    return 202, start_cohort(house().database, house().clock, caller(), *parts)


@call(views, FOLLOW, Permission.SEE_COHORTS)
def follow(sent: Sent, reference: str) -> tuple[int, CohortGiven]:
    """How far it has come."""
    return 200, follow_cohort(house().database, house().clock, caller(), reference)


@call(views, RESULTS, Permission.RUN_COHORT)
def take(sent: Sent, reference: str) -> Response:
    """The results as a file; it is written whole before any of it is sent, so a fault is a problem and no half file."""
    written = SpooledTemporaryFile(max_size=SPOOLED)  # noqa: SIM115 - it is closed when it has been sent
    take_results(house().database, house().clock, caller(), reference, cast(BinaryIO, written))
    written.seek(0)
    return send_file(written, "text/csv", as_attachment=True, download_name=f"{reference}.csv")


@call(views, REFUSALS, Permission.SEE_PEOPLE, Permission.SEE_REFUSALS, Permission.RUN_COHORT)
def show_refusals(sent: Sent) -> tuple[int, RefusalsGiven]:
    """A page of what was not given."""
    with house().database.read() as session:
        return 200, list_refusals(session, caller(), sent.query)


@call(views, PEOPLE, Permission.SEE_PEOPLE)
def add_people(sent: Sent) -> tuple[int, PeopleGiven]:
    """Facts about people; one bad field refuses all of it."""
    return 201, record_people(house().database, house().clock, caller(), sent.body, sent.key)
