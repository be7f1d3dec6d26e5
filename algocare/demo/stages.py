"""The first stages of the story: the owner registers and answers, the committee decides."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from algocare.demo.assessing import answer_all, decide, read_answers
from assessments.questionnaire.service import start, submit
from foundation.accounts.queries import find_account
from foundation.accounts.values import Actor
from foundation.clock import StoppedClock, london_date
from foundation.database.connection import Database
from foundation.errors import NotFound
from foundation.settings import Settings
from model_runtime.engine.client import EngineClient
from registry.declarations.reading import read_folder
from registry.declarations.service import register
from registry.declarations.values import read_declaration
from registry.evaluations.jobs import evaluate
from registry.models.queries import get_use

REASONS = (
    "The model orders an offer of help and restricts nobody. It does better than the simple rule it was compared with. "
    "The committee is uneasy that it is right less often for people not recorded as Black and for people of 25 and "
    "over, and asks for this to be looked at with each watch."
)
DISSENT = "I would first like to see how the offer is explained to the people it is made to."
CONDITION = "Report to the committee how often each group is flagged and rightly flagged"


def actor_called(session: Session, sign_in_name: str) -> Actor:
    """A member of the cast as somebody who acts."""
    account = find_account(session, sign_in_name)
    if account is None:
        raise NotFound(f"There is no account {sign_in_name}.")
    return account.actor()


def register_model(
    database: Database, clock: StoppedClock, engine: EngineClient, folder: Path, settings: Settings
) -> int:
    """The owner registers the model from its declarative file; returns the number of its use."""
    data, files = read_folder(folder / "model.yaml")
    declaration = read_declaration(data, "model.yaml")
    with database.write() as session:
        owner = actor_called(session, "olivia.owner")
        version = register(session, owner, declaration, files, engine, upload_mib=settings.upload_mib, at=clock.now())
        version_id, use_id = version.id, version.uses[0].id
    clock.advance(minutes=4)
    evaluate(database, clock, engine, version_id)
    return use_id


def approve(database: Database, clock: StoppedClock, use_id: int, settings: Settings) -> None:
    """The owner answers the 32 questions and submits; the committee declares, votes and decides."""
    with database.write() as session:
        owner, chair = actor_called(session, "olivia.owner"), actor_called(session, "cara.chair")
        members = [actor_called(session, name) for name in ("mina.member", "tom.member", "grace.member")]
        assessment = start(session, owner, get_use(session, use_id), clock.now() - timedelta(days=14))
        answer_all(session, owner, assessment.use, read_answers(), clock.now() - timedelta(days=9))
        item = submit(session, owner, assessment, clock.now() - timedelta(days=7))
        today = london_date(clock.now())
        decide(
            session,
            [*members, chair],
            chair,
            item,
            "approve_with_conditions",
            REASONS,
            today + timedelta(days=300),
            clock.now(),
            conditions=[
                (
                    "Report to the committee how often each group is flagged and rightly flagged",
                    today + timedelta(days=60),
                )
            ],
            quorum=settings.quorum,
            approval_months=settings.approval_months,
            dissent={"Tom Ashdown": ("more_information", DISSENT)},
        )
