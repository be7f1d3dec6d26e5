"""Every closed gate is a recorded refusal, before the engine works and while it does."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, text, update

from foundation.database.append_only import release
from foundation.files.tables import StoredFile
from model_runtime.gate.values import MEANWHILE
from model_runtime.scores.tables import Refusal, Score
from model_runtime.scores.values import AdvisoryScore
from registry.declarations.uses import UsePart
from registry.evaluations.tables import Evaluation
from registry.models.editions import enter_edition
from registry.models.queries import get_use
from registry.models.service import ask_for_more, reject, retire, submit, suspend
from registry.models.tables import Approval, Band, Feature, ModelVersion, Use
from registry.models.widening import said_by
from tests.conftest import grant
from tests.model_runtime.conftest import NOON, Meanwhile, approve_use, change, count, ledger, take


def _fresh(world):
    world.add(world.database, "RC-0001", at=world.clock.now(), as_of=world.clock.now().date())


def _returned(world):
    take(world, submit, by="owner")
    take(world, ask_for_more, "More about fairness, please.")


def _rejected(world):
    take(world, submit, by="owner")
    take(world, reject, "Not fair enough.")


def _suspended(world):
    approve_use(world)
    take(world, suspend, "Its figures got worse.")


def _retired(world):
    approve_use(world)
    take(world, retire, "Replaced.")


def _expired(world):
    approve_use(world)
    world.clock.set(datetime(2027, 3, 4, 0, 0, tzinfo=UTC))
    _fresh(world)


def _other_bytes(world):
    approve_use(world)
    with world.database.read() as session:
        sha256 = session.scalars(select(ModelVersion)).one().artefact_sha256
    change(world, update(StoredFile).where(StoredFile.sha256 == sha256).values(content=b"another model"))


def _changed(statement):
    def prepare(world):
        approve_use(world)
        change(world, statement)

    return prepare


def _other_limits(world):
    approve_use(world)
    with world.database.write() as session:
        version = session.scalars(select(ModelVersion)).one()
        part = {**version.declaration["version"], "limits": ["None worth mentioning."]}
        version.declaration = {**version.declaration, "version": part}


def _unmeasured(world):
    approve_use(world)
    with world.database.write() as session:
        kind = session.get_bind().dialect.name
        for statement in release(kind, "evaluation"):
            session.execute(text(statement))
        session.execute(update(Evaluation).values(artefact_sha256="0" * 64))


def _fact_missing(world):
    approve_use(world)
    world.add(world.database, "RC-0003", at=world.clock.now(), age="", drug_history="")


def _facts_old(world):
    approve_use(world)
    world.add(world.database, "RC-0003", at=world.clock.now(), as_of=date(2026, 10, 7))


def _born(born_on: str):
    def prepare(world):
        approve_use(world)
        world.add(world.database, "RC-0003", at=world.clock.now(), born_on=born_on)

    return prepare


def _of_the_first_release(world):
    approve_use(world)
    change(world, update(Use).values(particulars={}))


def _ages_widened(world):
    approve_use(world)
    with world.database.write() as session:
        use = get_use(session, world.use_id)
        use.particulars = {**use.particulars, "ages": {"minimum": 10, "maximum": None}}


GATES = {
    "an unknown birth": (_born(""), {"person": "RC-0003"}, "age_unknown", "date of birth is not known here"),
    "a day before the eighteenth birthday": (
        _born("2008-11-23"),
        {"person": "RC-0003"},
        "too_young",
        "this person is 17, and the use is for people aged 18 or over",
    ),
    "a use of the first release": (_of_the_first_release, {}, "use_incomplete", "nobody has said whom"),
    "ages widened behind the product's back": (_ages_widened, {}, "content_changed", "no longer what the ethics"),
    "role": (approve_use, {"actor": "auditor"}, "role_not_allowed", "your role (Auditor) does not include"),
    "purpose": (
        approve_use,
        {"purpose": "Recall to prison", "use_id": None},
        "unknown_purpose",
        "has not approved the purpose you stated",
    ),
    "purpose of a chosen use": (approve_use, {"purpose": "Recall to prison"}, "unknown_purpose", "has not approved"),
    "a use that is not there": (approve_use, {"use_id": 999}, "unknown_purpose", "has not approved"),
    "person of another agency": (approve_use, {"person": "RC-0002"}, "other_agency", "does not work with this person"),
    "use of another agency": (
        approve_use,
        {"person": "RC-0002", "actor": "stranger"},
        "other_agency",
        "for practitioners of another agency",
    ),
    "registered": (lambda world: None, {}, "not_approved", "It was registered on 22 November 2026 and never submitted"),
    "submitted": (
        lambda world: take(world, submit, by="owner"),
        {},
        "not_approved",
        "It has been with the committee since 22 November 2026",
    ),
    "returned": (_returned, {}, "not_approved", "asked for more information on 22 November 2026"),
    "rejected": (_rejected, {}, "rejected", "rejected this use on 22 November 2026"),
    "suspended": (
        _suspended,
        {},
        "suspended",
        "suspended on 22 November 2026 by Cara Whitfield. The reason given: Its figures got worse.",
    ),
    "retired": (_retired, {}, "retired", "retired on 22 November 2026"),
    "expired": (_expired, {}, "approval_expired", "ended on 3 March 2027"),
    "model file": (_other_bytes, {}, "artefact_changed", "file is not the one"),
    "declaration": (_other_limits, {}, "content_changed", "no longer what the ethics committee approved"),
    "declared digest": (
        _changed(update(ModelVersion).values(declaration_sha256="0" * 64)),
        {},
        "content_changed",
        "no longer what",
    ),
    "answers": (_changed(update(Approval).values(answers_sha256="1" * 64)), {}, "content_changed", "no longer what"),
    "a band": (_changed(update(Band).where(Band.code == "higher").values(start=0.9)), {}, "content_changed", "no lon"),
    "a sentence": (_changed(update(Feature).values(sentence="Is dangerous")), {}, "content_changed", "no longer what"),
    "the threshold": (_changed(update(ModelVersion).values(threshold=0.1)), {}, "content_changed", "no longer what"),
    "what it may influence": (_changed(update(Use).values(decision="Recall")), {}, "content_changed", "no longer what"),
    "figures": (_unmeasured, {}, "no_figures", "has not been measured yet"),
    "missing facts": (
        _fact_missing,
        {"person": "RC-0003"},
        "missing_fact",
        "2 facts that are not known here: age in whole years on the day of release; the records note a history of drug",
    ),
    "old facts": (_facts_old, {"person": "RC-0003"}, "stale_fact", "facts of the last 45 days, and 12 facts are older"),
}


@pytest.mark.parametrize("gate", GATES)
def test_a_closed_gate_is_a_recorded_refusal(world, ask, gate: str):
    prepare, how, code, words = GATES[gate]
    prepare(world)
    how = {**how, **({"actor": getattr(world.cast, how["actor"])} if "actor" in how else {})}
    refusal = ask(**how)
    assert isinstance(refusal, Refusal), "a score was given"
    assert refusal.code == code
    assert refusal.sentence.startswith("You cannot be shown a score: ")
    assert words in refusal.sentence
    assert refusal.what_next[-1] == MEANWHILE
    assert len(refusal.what_next) >= 2
    with world.database.read() as session:
        kept = session.scalars(select(Refusal)).one()
    assert (kept.reference, kept.code, kept.sentence) == (refusal.reference, code, refusal.sentence)
    assert kept.asked_by_id == how.get("actor", world.cast.practitioner).account_id
    assert kept.at == world.clock.now()
    (entry,) = ledger(world.database, "score_refused")
    assert entry["facts"] == {"refusal": refusal.reference, "use": refusal.use_id, "code": code}
    assert count(world, Score) == 0


def test_a_purpose_that_is_a_use_finds_it_by_code_and_by_words(approved, ask):
    assert isinstance(ask(use_id=None), Score)
    assert isinstance(ask(purpose="Offer of resettlement support", use_id=None), Score)


def test_on_its_last_day_an_approval_still_gives_scores(approved, ask):
    approved.clock.set(datetime(2027, 3, 3, 23, 59, tzinfo=UTC))
    _fresh(approved)
    assert isinstance(ask(), Score)


def test_a_reinstated_use_gives_scores_again(approved, ask):
    take(approved, suspend, "Its figures got worse.")
    assert ask().code == "suspended"
    with approved.database.write() as session:
        use = get_use(session, approved.use_id)
        grant(session, approved.cast.chair, use, expires_on=date(2027, 6, 1), at=approved.clock.now())
    score = ask(key="another press")
    assert AdvisoryScore.from_dict(score.advisory).approval_expires_on == date(2027, 6, 1)


@pytest.mark.parametrize(
    ("happens", "code"),
    [
        (lambda world: take(world, suspend, "Stop at once."), "suspended"),
        (lambda world: take(world, retire, "Over."), "retired"),
        (lambda world: world.clock.set(datetime(2027, 3, 4, 0, 0, tzinfo=UTC)), "approval_expired"),
        (lambda world: change(world, update(Approval).values(ended_at=NOON)), "not_approved"),
        (lambda world: change(world, update(Approval).values(answers_sha256="2" * 64)), "content_changed"),
        (lambda world: change(world, update(Band).where(Band.code == "higher").values(start=0.9)), "content_changed"),
    ],
)
def test_what_happens_while_the_engine_works_still_counts(approved, ask, engine, happens, code: str):
    refusal = ask(engine=Meanwhile(engine, lambda: happens(approved)))
    assert isinstance(refusal, Refusal), "a score was given"
    assert refusal.code == code
    assert count(approved, Score) == 0
    assert ledger(approved.database, "score_given") == []


def test_no_transaction_is_open_while_the_engine_works(approved, ask, engine):
    def write_at_once():
        approved.add(approved.database, "RC-0007", at=approved.clock.now())

    assert isinstance(ask(engine=Meanwhile(engine, write_at_once)), Score)


def test_another_edition_is_scored_on_its_own_approval_and_its_own_words(approved, ask):
    """The earlier edition stops at once; a lapsed exemption or a changed row stops the new one."""
    exempt = {"ground": "It would warn.", "approved_by": "Dora Hughes", "review_on": "2026-11-22"}
    with approved.database.write() as session:
        use = get_use(session, approved.use_id)
        part = UsePart.model_validate(said_by(use) | {"told": None, "exemption": exempt})
        owner, at = approved.cast.owner, approved.clock.now()
        new = enter_edition(session, owner, use, part, reason="They must not be warned.", at=at).id
    assert ask(key="the old one").code == "not_approved"
    assert ask(key="the new one", use_id=new).code == "not_approved"
    approved.use_id = new
    approve_use(approved)
    assert isinstance(ask(key="approved", use_id=new), Score)
    approved.clock.advance(days=1)
    assert ask(key="a day later", use_id=new).code == "notice_overdue"
    change(approved, update(Use).where(Use.id == new).values(audience="Everybody"))
    assert ask(key="changed", use_id=new).code == "content_changed"
