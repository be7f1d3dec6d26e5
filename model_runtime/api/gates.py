"""What stands in the way of a score, for a program: every check of the gate, in sentences."""

from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.clock import Clock, london_date
from foundation.database.connection import Database
from foundation.errors import NotFound
from foundation.service_accounts.rules import check_purpose
from foundation.service_accounts.values import Caller
from model_runtime.api.schemas import GateAsked, GateCheck, GateGiven
from model_runtime.gate.queries import collect, find_offered, list_offered
from model_runtime.gate.rules import explain
from model_runtime.people.queries import get_own_person
from registry.models.tables import Use


def explain_gate(database: Database, clock: Clock, caller: Caller, asked: GateAsked) -> GateGiven:
    """Which checks pass and which fail for the person the system acts for; nothing is scored, nothing is recorded.

    Refused: a purpose the token was not made for. Not found: somebody the agency does not work with (R54).
    """
    check_purpose(caller, asked.purpose)
    with database.read() as session:
        use, today = find_meant(session, caller.actor, asked.purpose, asked.model), london_date(clock.now())
        person = None
        if asked.person_reference is not None:
            check_permission(caller.actor, Permission.SEE_PEOPLE)
            person = get_own_person(session, caller.actor, asked.person_reference)
        lines = explain(collect(session, caller.actor, person, use, purpose=asked.purpose, today=today))
    return GateGiven(
        open=use is not None and all(line.passes for line in lines),
        purpose=asked.purpose,
        model=use.version.model.slug if use is not None else None,
        person_reference=asked.person_reference,
        checks=[GateCheck(code=one.code, title=one.title, passes=one.passes, sentence=one.sentence) for one in lines],
    )


def find_meant(session: Session, actor: Actor, purpose: str, model: str | None) -> Use | None:
    """The use that is meant; without a model the purpose chooses, and the gate says what is unknown.

    Not found: a model that offers the agency no use of this purpose.
    """
    if model is None:
        return find_offered(session, actor.agency, purpose)
    for use in list_offered(session, actor.agency):
        if (use.code, use.version.model.slug) == (purpose, model):
            return use
    raise NotFound("Your agency is offered no use of this purpose by this model.")
