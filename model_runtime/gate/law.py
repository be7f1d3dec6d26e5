"""What stands against an approved use by law, asked at every score.

The answer follows from the register's state, the use, its approval, its sign-offs and the day. It is kept in memory
under all of these together, so that a score asks the legal engine only when one of them is another one.
"""

from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from model_runtime.gate.sheets import Kept, Sheet
from model_runtime.gate.values import LawFacts
from registry.catalogue.queries import read_catalogue
from registry.catalogue.tables import RegisterState
from registry.footing.queries import answer_use, find_lost
from registry.footing.tables import SignOff
from registry.models.tables import Approval

_answers = Kept()


def read_law(
    session: Session, sheet: Sheet, stage: str, approval: Approval | None, today: date, *, lock: bool = False
) -> LawFacts:
    """What stands against an approved use by law; of any other use the stage says enough.

    With `lock` nobody revises the register until this transaction ends.
    """
    if approval is None or stage != "approved":
        return LawFacts()
    connection = session.connection()
    state = connection.execute(HELD_STATE if lock else STATE).scalar()
    signed = connection.execute(SIGNED, {"use": sheet.use.id}).all()
    footing = approval.footing
    resting = repr(footing.grounds) if footing is not None else ""
    key = repr((state, sheet.digest, resting, [tuple(one) for one in signed], today.isoformat()))
    kept: LawFacts | None = _answers.find(key) if state else None
    if kept is not None:
        return kept
    found = _ask(session, sheet, approval, today, lock)
    if state and rests_on_no_model(session, sheet):
        _answers.keep(key, found)
    return found


STATE = select(RegisterState.state)
HELD_STATE = STATE.with_for_update(read=True)
SIGNED = (
    select(SignOff.id, SignOff.finding, SignOff.accepted, SignOff.expires_on)
    .where(SignOff.use_id == bindparam("use"))
    .order_by(SignOff.id)
)


def _ask(session: Session, sheet: Sheet, approval: Approval, today: date, lock: bool) -> LawFacts:
    answer = answer_use(session, sheet.use, today, lock=lock)
    return LawFacts(
        lost=tuple(one.sentence for one in find_lost(session, approval, today)),
        blocked=tuple(one.sentence for one in answer.blocks),
        unsigned=tuple(one.sentence for one in answer.unsigned),
    )


def rests_on_no_model(session: Session, sheet: Sheet) -> bool:
    """Whether no input is the result of a model: what such a result is made from is not part of what is kept."""
    items = read_catalogue(session).items
    return all(items[feature.item_id].matter != "score" for feature in sheet.use.version.features)
