"""An assessed use at the points of its way through the committee."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from algocare.demo.assessing import answer_all, assess, decide, read_answers
from assessments.committee.queries import get_item
from assessments.committee.service import close_vote, declare, vote
from assessments.decisions.service import record_decision
from assessments.members.queries import find_seat
from assessments.members.service import end_seat
from assessments.questionnaire.queries import get_assessment
from foundation.database.connection import Database
from registry.catalogue.queries import read_catalogue
from registry.catalogue.service import revise
from registry.catalogue.values import Change
from registry.models.queries import find_use
from registry.models.values import PilotTerms

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REVIEW = date(2027, 9, 1)


class Story:
    """One use, and the steps that take it through the committee; each step is one committed transaction."""

    def __init__(self, database: Database, cast: SimpleNamespace) -> None:
        self.database, self.cast = database, cast
        with database.read() as session:
            self.use_id = self._use(session).id

    def _use(self, session):
        return find_use(session, "return-to-custody", "resettlement-support")

    def stage(self) -> str:
        with self.database.read() as session:
            return self._use(session).stage

    def answer(self) -> int:
        """Answer everything, without submitting; the assessment's number."""
        with self.database.write() as session:
            return answer_all(session, self.cast.owner, self._use(session), read_answers(), NOON).id

    def submit(self) -> int:
        """Answer everything and submit it; the item's number."""
        with self.database.write() as session:
            return assess(session, self.cast.owner, self._use(session), read_answers(), NOON).id

    def declare(self, who, item_id: int, declared: str = "none", text: str = "") -> None:
        with self.database.write() as session:
            declare(session, who, get_item(session, item_id), declared, text, NOON)

    def vote(self, who, item_id: int, choice: str, reason: str = "because") -> None:
        with self.database.write() as session:
            vote(session, who, get_item(session, item_id), choice, reason, NOON)

    def vote_all(self, item_id: int, **choices: str) -> None:
        """Each named member of the cast declares no interest and votes."""
        for name, choice in choices.items():
            self.declare(getattr(self.cast, name), item_id)
            self.vote(getattr(self.cast, name), item_id, choice)

    def close(self, item_id: int, quorum: int = 3) -> None:
        with self.database.write() as session:
            close_vote(session, self.cast.chair, get_item(session, item_id), quorum=quorum, at=NOON)

    def record(self, item_id: int, outcome: str, review_on: date | None = REVIEW, conditions=(), **more) -> int:
        given = {"reasons": "The figures are open.", "at": NOON, "approval_months": 12, "actor": self.cast.chair} | more
        who = given.pop("actor")
        with self.database.write() as session:
            item = get_item(session, item_id)
            made = record_decision(
                session, who, item, outcome=outcome, review_on=review_on, conditions=conditions, **given
            )
            return made.id

    def decide(self, item_id: int, outcome: str, review_on: date | None = REVIEW, conditions=()) -> int:
        """Three members and the chair agree, and the chair records it."""
        members = [self.cast.mina, self.cast.tom, self.cast.grace]
        with self.database.write() as session:
            item = get_item(session, item_id)
            made = decide(
                session, members, self.cast.chair, item, outcome, "Agreed.", review_on, NOON, conditions=conditions
            )
            return made.id

    def end_seat(self, name: str) -> None:
        """The secretary ends the seat of a member of the cast."""
        with self.database.write() as session:
            seat = find_seat(session, getattr(self.cast, name).account_id, NOON.date())
            end_seat(session, self.cast.secretary, seat, "They moved away.", NOON)

    def ask_for_pilot(self) -> int:
        """Ask for a pilot while the use is approved; the item's number."""
        pilot = PilotTerms(
            "Offers reach people sooner.", "Two in three take it up.", "A complaint upheld.", 400, ("Any team",)
        )
        with self.database.write() as session:
            use = self._use(session)
            return assess(session, self.cast.owner, use, read_answers(), NOON, permission="pilot", pilot=pilot).id

    def change_law(self) -> None:
        """Give an item that the use takes another gateway: what it rests on is another thing, and still carries it."""
        with self.database.write() as session:
            use = self._use(session)
            catalogue = read_catalogue(session)
            items = sorted({feature.item_id for feature in use.version.features})
            item = next(catalogue.items[number] for number in items if catalogue.items[number].gateways)
            spare = next(number for number in sorted(catalogue.gateways) if number not in item.gateways)
            entry = item.model_copy(update={"gateways": tuple(sorted((*item.gateways, spare)))})
            revise(session, None, entry, change=Change.AMENDED, reason="A test.", at=NOON)

    def approve(self, conditions=()) -> int:
        """From nothing to an approval; the item's number."""
        item_id = self.submit()
        self.decide(item_id, "approve_with_conditions" if conditions else "approve", conditions=conditions)
        return item_id

    def read(self, assessment_id: int, look: Callable):
        with self.database.read() as session:
            return look(get_assessment(session, assessment_id))


@pytest.fixture
def story(registered: Database, cast: Callable[[Database], SimpleNamespace]) -> Story:
    """The return-to-custody model's one use, registered and measured, not yet assessed."""
    return Story(registered, cast(registered))
