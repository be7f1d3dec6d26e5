"""The first stages of the story: the owner registers and answers, the committee decides how far the model may go."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from algocare.demo.assessing import ANSWERS, answer_all, decide, read_answers, review_all
from algocare.demo.preparing import prepare
from assessments.attestations.service import attest
from assessments.attestations.values import STATEMENTS, Told
from assessments.committee.queries import get_item
from assessments.decisions.values import NewCondition
from assessments.questionnaire.queries import get_assessment
from assessments.questionnaire.service import start, submit
from foundation.accounts.queries import find_account
from foundation.accounts.values import Actor
from foundation.clock import StoppedClock, london_date
from foundation.database.connection import Database
from foundation.errors import NotFound
from foundation.settings import Settings
from model_runtime.engine.client import EngineClient
from model_runtime.training.jobs import build_training
from registry.declarations.reading import read_folder
from registry.declarations.service import register
from registry.declarations.values import read_declaration
from registry.evaluations.jobs import evaluate
from registry.explanations.jobs import explain_version
from registry.models.queries import get_use
from registry.models.tables import RiskModel
from registry.models.values import PermissionStage, PilotTerms

OWNER = "olivia.owner"
"""Who owns the first model of the demonstration."""

SHADOW_REASONS = (
    "Nothing happens to anybody while scores are only recorded. The committee wants to see how many people would be "
    "flagged, and who, before anybody acts on it."
)
REASONS = (
    "The model orders an offer of help and restricts nobody. It does better than the simple rule it was compared with. "
    "The committee is uneasy that it is right less often for people not recorded as Black and for people of 25 and "
    "over, and asks for this to be looked at with each watch."
)
DISSENT = "I would first like to see how the offer is explained to the people it is made to."
PILOT = PilotTerms(
    hypothesis="Workers reach people who are likely to return to custody earlier than by the date of release.",
    success="At least two in three people who are offered a worker in their first week take it up.",
    stop="A challenge is upheld because an offer was not free to decline, or a watch finds a breach.",
    people=400,
    teams=("Resettlement team",),
)
CONDITION = "Report to the committee how often each group is flagged and rightly flagged"


def actor_called(session: Session, sign_in_name: str) -> Actor:
    """A member of the cast as somebody who acts."""
    account = find_account(session, sign_in_name)
    if account is None:
        raise NotFound(f"There is no account {sign_in_name}.")
    return account.actor()


def register_model(
    database: Database,
    clock: StoppedClock,
    engine: EngineClient,
    folder: Path,
    settings: Settings,
    *,
    owner: str = OWNER,
    **prepared: Any,
) -> int:
    """The owner registers the model from its declarative file, and what success would be before it is measured.

    Returns the number of its use. `prepared` goes to `preparing.prepare`.
    """
    data, files = read_folder(folder / "model.yaml")
    declaration = read_declaration(data, "model.yaml")
    with database.write() as session:
        actor = actor_called(session, owner)
        version = register(session, actor, declaration, files, engine, upload_mib=settings.upload_mib, at=clock.now())
        version_id, use_id = version.id, version.uses[0].id
        prepare(session, actor, version.uses[0], clock.now(), actor_called(session, "dora.officer"), **prepared)
    clock.advance(minutes=4)
    evaluate(database, clock, engine, version_id)
    explain_version(database, clock, engine, version_id)
    build_training(database, clock, engine, version_id)
    return use_id


def assess_for_shadow(
    database: Database, clock: StoppedClock, use_id: int, *, owner: str = OWNER, answers: Path = ANSWERS
) -> int:
    """The owner answers the 32 questions and asks to try the model in the shadow; the number of the agenda item."""
    with database.write() as session:
        actor, use = actor_called(session, owner), get_use(session, use_id)
        attest_own(session, actor, use.version.model, clock)
        assessment = answer_all(session, actor, use, read_answers(answers), clock.now())
        clock.advance(days=1)
        return submit(session, actor, assessment, clock.now()).id


def attest_own(session: Session, owner: Actor, model: RiskModel, clock: StoppedClock) -> None:
    """The owner says that the model is theirs, and which source they opened today."""
    code = model.code_reference
    told = Told(code["location"], code["revision"], london_date(clock.now()), frozenset(STATEMENTS))
    attest(session, owner, model, told, clock.now())


def assess_for_pilot(database: Database, clock: StoppedClock, use_id: int) -> int:
    """The owner asks for a pilot with its terms, and the data protection officer reviews every answer."""
    return assess_again(database, clock, use_id, PermissionStage.PILOT, PILOT)


def assess_again(
    database: Database,
    clock: StoppedClock,
    use_id: int,
    permission: PermissionStage,
    pilot: PilotTerms | None = None,
    *,
    owner: str = OWNER,
) -> int:
    """The owner asks for the next stage with the answers there are, which somebody else reviews; the agenda item."""
    with database.write() as session:
        actor = actor_called(session, owner)
        assessment = start(session, actor, get_use(session, use_id), clock.now())
        assessment_id = assessment.id
        clock.advance(days=1)
        item_id = submit(session, actor, assessment, clock.now(), permission=permission, pilot=pilot).id
    clock.advance(days=1)
    with database.write() as session:
        reviewer, assessment = actor_called(session, "dora.officer"), get_assessment(session, assessment_id)
        review_all(session, reviewer, assessment, clock.now())
    return item_id


def permit_shadow(database: Database, clock: StoppedClock, item_id: int, settings: Settings) -> None:
    """The committee agrees that scores are recorded and shown to nobody."""
    until = london_date(clock.now()) + timedelta(days=120)
    decide_item(database, clock, item_id, settings, "approve", SHADOW_REASONS, until)


def permit_pilot(database: Database, clock: StoppedClock, item_id: int, settings: Settings) -> None:
    """The committee lets one team see scores for half a year, with a condition and one member against it."""
    today = london_date(clock.now())
    conditions = [NewCondition(CONDITION, today + timedelta(days=60))]
    until, against = today + timedelta(days=180), {"Tom Ashdown": ("more_information", DISSENT)}
    told = {"conditions": conditions, "dissent": against}
    decide_item(database, clock, item_id, settings, "approve_with_conditions", REASONS, until, **told)


def decide_item(
    database: Database,
    clock: StoppedClock,
    item_id: int,
    settings: Settings,
    outcome: str,
    reasons: str,
    until: date,
    **told: Any,
) -> None:
    """Every member and the chair vote for an outcome, and the chair records it; `told` goes to `assessing.decide`."""
    with database.write() as session:
        chair, item = actor_called(session, "cara.chair"), get_item(session, item_id)
        members = [actor_called(session, name) for name in ("mina.member", "tom.member", "grace.member")]
        decide(
            session,
            [*members, chair],
            chair,
            item,
            outcome,
            reasons,
            until,
            clock.now(),
            quorum=settings.quorum,
            independents=settings.independents,
            approval_months=settings.approval_months,
            **told,
        )
