"""Collecting what the gate looks at; called twice for a score, the second time under locks.

What is written once comes from the kept sheets, everything that can change is read at every call.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from foundation.accounts.queries import names_of
from foundation.accounts.rules import ask
from foundation.accounts.values import Actor
from foundation.clock import london_date
from foundation.lifecycle.queries import find_last_change
from model_runtime.cohorts.places import count_beside
from model_runtime.gate.law import read_law
from model_runtime.gate.rules import check_gate
from model_runtime.gate.sheets import Sheet, read_figures, read_sheet, read_standing
from model_runtime.gate.values import Ages, FactSeen, GateFacts, Moment, Opening, UseFacts
from model_runtime.objections.queries import find_standing
from model_runtime.objections.tables import Objection
from model_runtime.objections.values import Standing as StandingObjection
from model_runtime.people.rules import age_on
from model_runtime.people.tables import Fact, Person
from model_runtime.people.values import REFERENCE
from model_runtime.scores.tables import Score
from model_runtime.training.queries import find_training
from model_runtime.training.values import Training
from registry.agencies.tables import Agency, Source
from registry.evaluations.values import Figures
from registry.models.queries import is_newest, list_uses
from registry.models.tables import Approval, ModelVersion, Use
from registry.models.values import USE_LIFE, PermissionStage, Standing
from registry.safeguards.queries import get_safeguards
from registry.safeguards.values import Safeguards


class Known(NamedTuple):
    """The newest fact of a name about a person: its value, its source's name, its day, the source's agency."""

    value: Any
    source: str
    as_of: date
    agency: str


@dataclass(frozen=True)
class Subject:
    """Somebody who would be scored, as the gate needs them; `facts` by name.

    `objections` says how many objections of theirs there are, as far as somebody has counted.
    """

    id: int
    reference: str
    agency: str
    born_on: date | None
    facts: Mapping[str, Known]
    objections: int | None = None


@dataclass(frozen=True)
class Case:
    """Everything that was read about one use: what the gate looks at, and what a score is made from."""

    facts: UseFacts
    sheet: Sheet
    approval: Approval | None
    figures: Figures | None


@dataclass(frozen=True)
class Reader:
    """What is asked of somebody who would read a score of a use: their training, and the committee's safeguards."""

    training: Training
    safeguards: Safeguards


def collect(
    session: Session,
    actor: Actor,
    person: Person | Subject | None,
    use: Use | None,
    *,
    purpose: str,
    today: date,
    artefact_seen: str | None = None,
    lock: bool = False,
) -> GateFacts:
    """Everything the gate looks at, as plain values.

    `artefact_seen` is the SHA-256 of the bytes that would be run; without it the registered file is taken for
    granted, which is enough to tell people what is open. `lock` reads use and approval afresh under row locks.
    """
    subject = subject_of(session, person) if isinstance(person, Person) else person
    case = read_case(session, use.id, subject, today, artefact_seen, lock=lock) if use is not None else None
    return facts_of(session, actor, subject, case, purpose=purpose, today=today)


def facts_of(
    session: Session,
    actor: Actor,
    person: Subject | None,
    case: Case | None,
    *,
    purpose: str,
    today: date,
    moment: Moment | None = None,
    reader: Reader | None = None,
) -> GateFacts:
    """What the gate looks at, from a case that was read; without a person it is about the reader alone.

    `reader` is what is asked of the actor, where it was read already.
    """
    use = case.facts if case is not None else None
    means_it = use is not None and purpose in (use.code, use.purpose)
    offered = () if means_it else list_offered_rows(session, actor.agency)
    facts = GateFacts(
        roles=actor.roles,
        agency=actor.agency,
        person_agency=person.agency if person is not None else "",
        purpose=purpose,
        approved_purposes=tuple(said for _, _, said, stage in offered if stage == "approved"),
        use=use,
        today=today,
        age=age_on(person.born_on, today) if person is not None else None,
        team=actor.team,
        moment=moment,
        named=person is not None,
    )
    if case is None:
        return facts
    reader = reader or read_reader(session, actor, case.sheet.use)
    objection = _find_objection(session, person, case.sheet.use.id) if person is not None else None
    return replace(facts, training=reader.training, shows=reader.safeguards.for_team(actor.team), objection=objection)


def read_reader(session: Session, actor: Actor, use: Use) -> Reader:
    """What is asked of somebody who would read a score of this use now."""
    safeguards = get_safeguards(session, use.id)
    return Reader(find_training(session, actor.account_id, use.version_id, safeguards.training_days), safeguards)


def _find_objection(session: Session, person: Subject, use_id: int) -> StandingObjection | None:
    """Most people never objected, which one small statement says."""
    if person.objections == 0:
        return None
    if session.connection().execute(OBJECTED, {"person": person.reference.lower()}).first() is None:
        return None
    return find_standing(session, person.reference, person.agency, use_id)


def list_offered(session: Session, agency: str | None) -> list[Use]:
    """The uses an agency's practitioners can ask about: of several versions the approved one, otherwise the newest."""
    chosen: dict[tuple[int, str], Use] = {}
    for use in list_uses(session, agency=agency) if agency else ():
        key = use.version.model_id, use.code
        if key not in chosen or (use.stage == "approved" and chosen[key].stage != "approved"):
            chosen[key] = use
    return [use for use in chosen.values() if use.stage != "retired"]


def list_offered_rows(session: Session, agency: str | None) -> list[tuple[int, str, str, str]]:
    """The same as number, code, purpose and stage, in one statement."""
    if not agency:
        return []
    chosen: dict[tuple[int, str], tuple[int, str, str, str]] = {}
    for model_id, code, number, purpose, stage in session.connection().execute(OFFERED, {"agency": agency}).tuples():
        key = model_id, code
        if key not in chosen or (stage == "approved" and chosen[key][3] != "approved"):
            chosen[key] = number, code, purpose, stage
    return [one for one in chosen.values() if one[3] != "retired"]


def find_offered_id(session: Session, agency: str | None, purpose: str) -> int | None:
    """The number of the use whose code or purpose was stated, or none."""
    offered = list_offered_rows(session, agency)
    return next((number for number, code, said, _ in offered if purpose in (code, said)), None)


def find_offered(session: Session, agency: str | None, purpose: str) -> Use | None:
    """The use whose code or purpose was stated, or none."""
    number = find_offered_id(session, agency, purpose)
    return session.get(Use, number) if number is not None else None


def list_openings(session: Session, actor: Actor, person: Person, today: date) -> list[Opening]:
    """Each use of the actor's agency, and why it would be refused for this person now, if it would."""
    subject = subject_of(session, person)
    return [_opening(session, actor, subject, use, today) for use in list_offered(session, actor.agency)]


def _opening(session: Session, actor: Actor, person: Subject, use: Use, today: date) -> Opening:
    facts = collect(session, actor, person, use, purpose=use.code, today=today)
    standing = facts.use.standing if facts.use else None
    return Opening(
        purpose=use.purpose,
        decision=use.decision,
        model=use.version.title,
        model_slug=use.version.model.slug,
        closed=ask(check_gate, facts),
        shadow=standing is not None and standing.permission is PermissionStage.SHADOW,
    )


def find_subject(session: Session, reference: str) -> Subject | None:
    """Somebody with everything that is known about them, in two statements; none when nobody has this reference."""
    if not REFERENCE.fullmatch(reference):
        return None
    row = session.connection().execute(PERSON, {"reference": reference}).first()
    return Subject(*row, _known(session, row.id)) if row is not None else None


def read_subject(session: Session, row: tuple[int, str, str, date | None], objections: int) -> Subject:
    """Somebody whose own row was read, with everything that is known about them."""
    return Subject(*row, _known(session, row[0]), objections)


def subject_of(session: Session, person: Person) -> Subject:
    """A person that was read already, with everything that is known about them now."""
    return Subject(person.id, person.reference, person.agency_code, person.born_on, _known(session, person.id))


def _known(session: Session, person_id: int) -> dict[str, Known]:
    rows = session.connection().execute(FACTS, {"person": person_id}).tuples()
    return {name: Known(value, source, as_of, agency) for name, value, source, as_of, agency in rows}


PERSON = select(Person.id, Person.reference, Person.agency_code, Person.born_on).where(
    Person.reference == bindparam("reference")
)
FACTS = (
    select(Fact.name, Fact.value, Source.name, Fact.as_of, func.coalesce(Agency.name, ""))
    .join(Source, Source.code == Fact.source_code)
    .outerjoin(Agency, Agency.code == Source.agency_code)
    .where(Fact.person_id == bindparam("person"))
    .order_by(Fact.name, Fact.as_of, Fact.id)
)
OFFERED = (
    select(ModelVersion.model_id, Use.code, Use.id, Use.purpose, Use.stage)
    .join(ModelVersion, ModelVersion.id == Use.version_id)
    .where(is_newest(), Use.agency_code == bindparam("agency"))
    .order_by(Use.id.desc())
)
OBJECTED = select(Objection.id).where(Objection.person_key == bindparam("person")).limit(1)


def read_case(
    session: Session,
    use_id: int,
    person: Subject | None,
    today: date,
    artefact_seen: str | None = None,
    *,
    lock: bool = False,
) -> Case | None:
    """A use as it stands now, or none. With `lock` its row, its approval and the register are held until the commit."""
    session.flush()  # what follows reads the tables themselves
    read = read_sheet(session, use_id, lock=lock)
    if read is None:
        return None
    sheet, stage = read
    use, version = sheet.use, sheet.use.version
    approval = read_standing(session, use_id, lock=lock)
    figures = read_figures(session, version.id)
    people_scored, scored_before = _places(session, approval, person)
    facts = UseFacts(
        use_id=use.id,
        title=use.title,
        code=use.code,
        purpose=use.purpose,
        agency=use.agency_code,
        **_stage(session, sheet, stage, approval),
        owner=version.model.owner.name if version.model.owner else "not named",
        standing=_standing(approval),
        fingerprint=sheet.fingerprint(approval),
        as_declared=sheet.as_declared,
        artefact_sha256=version.artefact_sha256,
        artefact_seen=artefact_seen or version.artefact_sha256,
        has_figures=figures is not None and figures[1] == version.artefact_sha256,
        inputs=_inputs(sheet, person),
        law=read_law(session, sheet, stage, approval, today, lock=lock),
        stale_after_days=(version.declaration.get("watch") or UNWATCHED)["stale_after_days"],
        ages=Ages(**use.particulars["ages"]) if use.particulars.get("ages") else None,
        decision_kind=use.particulars.get("decision_kind", ""),
        exempt_until=_exempt_until(use),
        people_scored=people_scored,
        scored_before=scored_before,
        lapses_on=approval.lapses_on if approval is not None else None,
        version=version.title,
    )
    return Case(facts, sheet, approval, figures[0] if figures is not None else None)


UNWATCHED = {"stale_after_days": 31}
"""For a version that declares no watch: facts of the last month."""


def _stage(session: Session, sheet: Sheet, stage: str, approval: Approval | None) -> dict[str, Any]:
    """The stage and the step that led to it, which only a closed gate tells."""
    if stage == "approved" and approval is not None:
        return {"stage": stage, "stage_since": london_date(approval.granted_at), "stage_by": "", "stage_reason": ""}
    change = find_last_change(session, USE_LIFE.thing, sheet.use.id)
    return {
        "stage": stage,
        "stage_since": london_date(change.at if change else sheet.use.version.registered_at),
        "stage_by": names_of(session, [change.by_id])[change.by_id] if change else "",
        "stage_reason": change.reason if change else "",
    }


def _exempt_until(use: Use) -> date | None:
    exemption = use.particulars.get("exemption")
    return date.fromisoformat(exemption["review_on"]) if exemption else None


def _standing(approval: Approval | None) -> Standing | None:
    """The approval as the gate needs it; one whose words nobody knows is none."""
    if approval is None or approval.permission not in list(PermissionStage):
        return None
    ended = approval.ended_at is not None
    return Standing(approval.id, approval.expires_on, approval.fingerprint, ended, approval.stage, approval.pilot)


def _places(session: Session, approval: Approval | None, person: Subject | None) -> tuple[int, bool]:
    """How many different persons were scored under a pilot's approval, alone or in a run that was finished, and
    whether this one was (R08)."""
    if approval is None or approval.permission != PermissionStage.PILOT:
        return 0, False
    people = select(Score.person_id).where(Score.use_id == approval.use_id, Score.approval_id == approval.id).distinct()
    taken = select(func.count()).select_from(people.subquery())
    mine = people.where(Score.person_id == (person.id if person is not None else None)).exists()
    alone, before = session.execute(select(taken.scalar_subquery(), mine)).tuples().one()
    beside, in_run = count_beside(session, approval, person.reference if person is not None else "")
    return alone + beside, before or in_run


def of_person(case: Case, person: Subject) -> Case:
    """A case that was read for somebody else, for this person; not one of a pilot, whose places are counted."""
    return replace(case, facts=replace(case.facts, inputs=_inputs(case.sheet, person)))


def _inputs(sheet: Sheet, person: Subject | None) -> tuple[FactSeen, ...]:
    known = person.facts if person is not None else {}
    return tuple(
        FactSeen(one.name, one.meaning, known[one.name].as_of if one.name in known else None) for one in sheet.inputs
    )
