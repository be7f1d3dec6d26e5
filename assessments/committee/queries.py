"""Reading the agenda. Nothing here tells how anybody voted before the vote is closed."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments.committee.rules import is_one_sided
from assessments.committee.tables import AgendaItem
from assessments.committee.values import APPROVALS, WAITING, Bound, Changed, Sitting, Voter
from assessments.members.queries import list_seats
from assessments.questionnaire.queries import find_decided, list_authors
from assessments.questionnaire.rules import answers_digest
from assessments.questionnaire.tables import Assessment
from foundation.accounts.tables import Account
from foundation.errors import NotFound
from foundation.ledger.values import content_digest
from registry.catalogue.queries import read_catalogue
from registry.footing.grounds import grounds_of
from registry.footing.queries import answer_use
from registry.models.queries import find_approval
from registry.models.rules import fingerprint
from registry.models.tables import Use
from registry.watch_plans.rules import is_intact

DECIDED_SHOWN = 50


def get_item(session: Session, item_id: int) -> AgendaItem:
    """An agenda item by number."""
    item = session.get(AgendaItem, item_id)
    if item is None:
        raise NotFound("There is no such item on the agenda.")
    return item


def list_open_items(session: Session) -> Sequence[AgendaItem]:
    """What the committee has to decide, the longest wait first; also advice nobody decided on yet."""
    chosen = select(AgendaItem).where(AgendaItem.stage.in_(WAITING))
    return session.scalars(chosen.order_by(AgendaItem.opened_at, AgendaItem.id)).all()


def list_decided(session: Session, limit: int = DECIDED_SHOWN) -> Sequence[AgendaItem]:
    """What the committee decided, newest first."""
    chosen = select(AgendaItem).where(AgendaItem.stage == "decided").order_by(AgendaItem.id.desc())
    return session.scalars(chosen.limit(limit)).all()


def list_items_of(session: Session, use_id: int) -> Sequence[AgendaItem]:
    """The items about one use that are not decided yet."""
    chosen = select(AgendaItem).where(AgendaItem.use_id == use_id, AgendaItem.stage.in_(WAITING))
    return session.scalars(chosen.order_by(AgendaItem.id)).all()


def get_sitting(session: Session, item: AgendaItem, today: date) -> Sitting:
    """What the rules need to know of an item today. It holds the votes, so it is never given to a page."""
    model = item.use.version.model
    owners = {number for number in (model.owner_id, model.deputy_id) if number is not None}
    return Sitting(
        stage=item.stage,
        use_stage=item.use.stage,
        barred=list_authors(session, item.use_id) | owners,
        declared={interest.member_id: interest.declared for interest in item.interests},
        votes={vote.member_id: vote.choice for vote in item.votes},
        seats={seat.account_id: Voter(seat.kind, seat.independent) for seat in list_seats(session, today)},
        counted=frozenset(item.counted) if item.counted is not None else None,
        submission=item.assessment_id is not None,
        plan=item.plan_id is not None,
    )


def blind_tally(session: Session, item: AgendaItem, today: date) -> dict[str, int] | None:
    """Votes by choice, or None while the vote is open."""
    return None if item.stage == "open" else get_sitting(session, item, today).tally


def find_answers(session: Session, use: Use, submitted: Assessment | None) -> Assessment | None:
    """The answers an item rests on: those submitted with it, otherwise those of the approval that stands.

    Where the approval names no round, the newest the committee decided on.
    """
    if submitted is not None:
        return submitted
    approval = find_approval(session, use)
    said = approval.answers_sha256 if approval is not None else ""
    chosen = select(Assessment).where(Assessment.use_id == use.id, Assessment.answers_sha256 == said)
    return session.scalars(chosen.order_by(Assessment.id.desc())).first() or find_decided(session, use.id)


def bound_now(session: Session, use: Use, submitted: Assessment | None, today: date, *, lock: bool = False) -> Bound:
    """What is before the committee as it is now, the answers and the grounds of the law hashed afresh.

    With `lock` the register cannot be changed by others until this transaction ends.
    """
    answers = find_answers(session, use, submitted)
    said = answers_digest(answers) if answers else ""
    law = content_digest(grounds_of(answer_use(session, use, today, lock=lock)))
    return Bound(fingerprint(use, said), said, law)


def list_changed(session: Session, item: AgendaItem, today: date, *, lock: bool = False) -> list[Changed]:
    """What is not as it was when the item was put before the committee; empty while everything is (R03, R24).

    About a watch plan only the plan counts: it is decided on whatever else changes meanwhile.
    """
    if item.plan is not None:
        return [] if is_intact(item.plan) else [Changed.PLAN]
    now = bound_now(session, item.use, item.assessment, today, lock=lock)
    if item.answers_sha256 is None:
        found = {Changed.EITHER: now.fingerprint != item.fingerprint}
    else:
        found = {
            Changed.MODEL: fingerprint(item.use, item.answers_sha256) != item.fingerprint,
            Changed.ANSWERS: now.answers != item.answers_sha256,
        }
    found[Changed.LAW] = item.law_sha256 not in (None, now.law)
    return [changed for changed, is_so in found.items() if is_so]


def find_one_sided(session: Session, item: AgendaItem, sitting: Sitting) -> bool:
    """Whether a closed vote carries an approval that only one of council and police voted for."""
    voted_for = list_voting_kinds(session, sitting, APPROVALS)
    return is_one_sided(sitting, list_agency_kinds(session, item.use), voted_for)


def list_agency_kinds(session: Session, use: Use) -> frozenset[str]:
    """The kinds of agency a use brings together: those whose data it takes, who own it and who see its scores."""
    catalogue = read_catalogue(session)
    owner = use.version.model.owner
    codes = (use.agency_code, use.version.model.agency_code or "", (owner.agency if owner else None) or "")
    named = [catalogue.agencies[code] for code in codes if code in catalogue.agencies]
    items = [catalogue.items[number] for number in {feature.item_id for feature in use.version.features}]
    return frozenset(
        agency.kind.value for agency in [*named, *(a for item in items for a in catalogue.suppliers(item))]
    )


def list_voting_kinds(session: Session, sitting: Sitting, outcomes: Sequence[str]) -> frozenset[str]:
    """The kinds of agency of those whose counting votes were for one of some outcomes."""
    members = [member for member, choice in sitting.counting.items() if choice in outcomes]
    codes = session.scalars(select(Account.agency).where(Account.id.in_(members))).all()
    agencies = read_catalogue(session).agencies
    return frozenset(agencies[code].kind.value for code in codes if code and code in agencies)
