"""The calls about what really happened: sent in the name of the model's owner, and how much is known (R13)."""

from foundation.accounts.values import Permission
from foundation.service_accounts.values import Scope
from foundation.web.callers import caller
from foundation.web.doors import house
from model_runtime.api.calls import Call, Sent, call, make_calls
from monitoring.outcomes.programs import send_outcomes, tell_coverage
from monitoring.outcomes.schemas import CoverageGiven, OutcomesAsked, OutcomesGiven

views = make_calls("outcomes_api", __name__)

RECORD = Call(
    "record_outcomes",
    "POST",
    "/models/{slug}/outcomes",
    Scope.OUTCOMES,
    "Record what really happened to people a model scored",
    {201: OutcomesGiven},
    body=OutcomesAsked,
    keyed=True,
    problems=(409,),
)
SUMMARY = Call(
    "summarise_outcomes",
    "GET",
    "/models/{slug}/outcomes/summary",
    Scope.OUTCOMES,
    "Read how much is known of what happened to the people a model scored",
    {200: CoverageGiven},
    problems=(409,),
)


@call(views, RECORD, Permission.RECORD_OUTCOMES)
def record(sent: Sent, slug: str) -> tuple[int, OutcomesGiven]:
    """All of them or none."""
    return 201, send_outcomes(house().database, house().clock, caller(), slug, sent.body, sent.key)


@call(views, SUMMARY, Permission.RECORD_OUTCOMES)
def summarise(sent: Sent, slug: str) -> tuple[int, CoverageGiven]:
    """Counts, and nothing about anybody."""
    return 200, tell_coverage(house().database, house().clock, caller(), slug)
