"""What people do about what the watches find: the owner explains, the chair answers, the committee decides (R12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from algocare.demo.partnership.permitting import OWNER
from algocare.demo.stages import actor_called, decide_item
from assessments.committee.queries import list_items_of
from foundation.clock import StoppedClock, london_date
from foundation.database.connection import Database
from foundation.settings import Settings
from monitoring.cases.queries import list_open_cases
from monitoring.cases.service import close, explain
from monitoring.cases.steps import choose
from monitoring.cases.tables import Case
from monitoring.cases.values import Chosen, StepKind
from registry.models.queries import find_approval, get_use

RELABELLED = "The extract took every young person whose place was not confirmed that week for NEET"
"""Why the term's outcomes were corrected."""


@dataclass(frozen=True)
class Answered:
    """What people did after a watch: the owner's explanation, and what the chair said to it.

    Without `follows` the chair closes the cases with `said`; with it, that follows until so many `days` later. Cases
    that were being dealt with already are closed with `ends`, where that is said.
    """

    explanation: str
    said: str
    follows: StepKind | None = None
    days: int = 0
    ends: str = ""


ANSWERS: Mapping[int, Answered] = {
    6: Answered(
        "The export of the schools' system had failed and left last month's file in its place. We sent it as if it "
        "were new. The export now writes its own date into the file, and the analyst looks at it.",
        "Nobody was invited on the old file. The watch found it within the week.",
    ),
    8: Answered(
        "The council's new extract took every young person whose place was not confirmed that week for NEET. We "
        "compared it with the term before, and handed in a correction with its reason.",
        "The correction is on record beside what it corrects, and the next watch rests on it.",
    ),
    9: Answered(
        "Fewer young people are flagged than a month ago. Schools say that attendance is good at the moment. We see no "
        "fault in the file.",
        "Good attendance does not move the scores of so many at once. The committee wants to see the figures by group "
        "with the next outcomes.",
        StepKind.REREFER,
        330,
    ),
    10: Answered(
        "The analyst was away and nobody stood in, so no file was sent and nobody was scored. There is a deputy now.",
        "The gap is recorded, and who stands in is named.",
    ),
    20: Answered(
        "For nine months the rows of schools were joined by a list of ethnic groups that knew one group only. For all "
        "others attendance, suspensions and plans read as if there were nothing to say, so nearly all of them who are "
        "NEET were missed. The join was put right two months ago. It is also why the scores had moved at first: what "
        "we said then was wrong.",
        "Young people were missed because of how their ethnic group is written. The committee has to hear what was "
        "done for each of them.",
        StepKind.REREFER,
        150,
        "It is explained now, by the case about the gap between groups.",
    ),
    21: Answered(
        "This is no fault of a file. One in four pupils is persistently absent where it was one in seven when the "
        "model learned. It now flags more young people, and fewer of them are NEET at 17.",
        "A model that learned from other years is trained again on these.",
        StepKind.RETRAIN,
        180,
    ),
}
"""What people did, by the month before the watch."""

GO_ON = "The fault is explained and lay in a file, not in the model. It may go on as it was approved."


def answer(database: Database, clock: StoppedClock, use_id: int, month: int, settings: Settings) -> None:
    """Tell, from the clock on, what people did about the watch after a month; after most there is nothing to do."""
    told = ANSWERS.get(month)
    if told is None:
        return
    with database.write() as session:
        owner = actor_called(session, OWNER)
        for case in _standing(session, use_id, "open"):
            explain(session, owner, case, told.explanation, clock.now())
    clock.advance(days=4)
    with database.write() as session:
        _end(session, use_id, told, clock)
        _follow(session, use_id, told, clock)
    if told.follows is None:
        _let_it_go_on(database, clock, use_id, settings)


def _standing(session: Session, use_id: int, stage: str) -> Sequence[Case]:
    return [case for case in list_open_cases(session, [use_id]) if case.stage == stage]


def _end(session: Session, use_id: int, told: Answered, clock: StoppedClock) -> None:
    """Close the cases that were being dealt with and are explained now."""
    for case in _standing(session, use_id, "following") if told.ends else ():
        close(session, actor_called(session, "cara.chair"), case, told.ends, clock.now())


def _follow(session: Session, use_id: int, told: Answered, clock: StoppedClock) -> None:
    chair = actor_called(session, "cara.chair")
    for case in _standing(session, use_id, "explained"):
        if told.follows is None:
            close(session, chair, case, told.said, clock.now())
        else:
            due_on = london_date(clock.now()) + timedelta(days=told.days)
            choose(session, chair, case, Chosen(told.follows, told.said, due_on), clock.now())


def _let_it_go_on(database: Database, clock: StoppedClock, use_id: int, settings: Settings) -> None:
    """The committee decides each breach that is on its agenda: the approval that stands goes on to its last day."""
    with database.read() as session:
        approval = find_approval(session, get_use(session, use_id))
        items = [item.id for item in list_items_of(session, use_id) if item.kind == "breach"]
        until = approval.expires_on if approval is not None else london_date(clock.now())
    for number in items:
        clock.advance(hours=1)
        decide_item(database, clock, number, settings, "approve", GO_ON, until)
