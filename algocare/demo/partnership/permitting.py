"""The model's way through the committee: in the shadow, in a pilot, in operation after a test on a later year."""

from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from algocare.demo.partnership.generating import Partnership
from algocare.demo.partnership.months import Calendar
from algocare.demo.partnership.neet import FEATURES, GROUPS, MEASURED, OUTCOME, make_file, turned_17
from algocare.demo.stages import actor_called, assess_again, assess_for_shadow, attest_own, decide_item, register_model
from algocare.demo.training import learn
from assessments.validation.jobs import validate
from assessments.validation.queries import get_validation
from assessments.validation.service import ask_for_validation, explain_unmet
from assessments.validation.values import Characteristic, LaterData, PlanContent, Threshold, TradeOff
from foundation.accounts.service import open_account
from foundation.accounts.values import Role
from foundation.clock import StoppedClock, london_date
from foundation.database.connection import Database
from foundation.settings import Settings
from model_runtime.engine.client import EngineClient
from registry.footing.queries import answer_use
from registry.footing.service import sign_off
from registry.footing.values import Severity
from registry.models.queries import get_use
from registry.models.values import PermissionStage, PilotTerms

HERE = Path(__file__).parent
OWNER, ANALYST, ADVISER, TEAM = "nadia.owner", "noor.analyst", "wyn.practitioner", "Careers advisers"
STAFF = ((ANALYST, "Noor Haddad", Role.ANALYST), (ADVISER, "Wyn Pritchard", Role.PRACTITIONER))
"""Whom the partnership has beside the fixed cast: who runs everybody each month, and who reads what comes of it."""

IMPACT_STANDS = timedelta(days=800)
SIGNED_FOR = timedelta(days=365)
ACCEPTED = (
    "Demonstration only: an invented lawyer accepts this for the offer of a careers conversation, and for nothing else."
)
NOT_RECORDED = "The data does not record it, so no error rate can be computed."

SHADOW = "Nothing happens to anybody while scores are only recorded. The committee wants to see who would be flagged."
PILOT_REASONS = (
    "In the shadow it flagged about as many young people as advisers can see. A conversation can be declined, and the "
    "school speaks first."
)
OPERATION = (
    "On a later year it was right often enough for an offer. The committee asks to be told each month who is flagged, "
    "and expects the figures by ethnic group as soon as the term's outcomes are in."
)
UNMET = (
    "The later year has few young people who were NEET, so its figures are uncertain. Nothing hangs on a flag but an "
    "offer that can be declined, and the watch suspends the model where a flag tells next to nothing."
)
PILOT = PilotTerms(
    hypothesis="Young people who are likely to be NEET at 17 are seen by an adviser before they leave year 11.",
    success="At least half of those invited come to a conversation.",
    stop="A challenge is upheld because an offer was not free to decline, or the committee suspends it.",
    people=20_000,
    teams=(TEAM,),
)


def make_plan(at: datetime) -> PlanContent:
    """What success would be for the model, agreed three days before `at`."""
    not_recorded = ("gender_reassignment", "marriage", "religion", "orientation")
    return PlanContent(
        thresholds=(Threshold("precision", "at_least", 0.25), Threshold("recall", "at_least", 0.35)),
        practice="Schools name pupils to the advisers when they think of it; the indicator is used by some of them.",
        known="One in thirteen was NEET or not known at 16 and 17. Nobody counted who was reached early.",
        cost_alarm="A young person is invited to a conversation they did not need, and an adviser's hour is gone.",
        cost_miss="A young person leaves school without anybody having asked what they want to do.",
        ratio=3.0,
        agreed_name="Dr Morgan Hale",
        agreed_role="Lead data scientist, analytics hub",
        agreed_on=london_date(at) - timedelta(days=3),
        label="other",
        hides="'Not known' counts as NEET: a family that moved away without a word looks like one in need.",
        trade_offs=(
            TradeOff(
                tension="Finding as many as possible, and looking into as few families as possible",
                options="All that any service knows; what schools and social care know; attendance alone",
                choice="Thirteen facts with a lawful route; free meals and youth cautions left out",
                decided_by="Nadia Rahman, model owner, with the schools' forum",
            ),
        ),
        tested=(
            Characteristic("age", reason="Everybody scored is 15 or 16."),
            Characteristic("disability", reason="Only an education, health and care plan is known: an input."),
            Characteristic("pregnancy", reason="Too few of those scored are pregnant or have a child."),
            Characteristic("race", column="ethnicity"),
            Characteristic("sex", column="sex"),
            *(Characteristic(code, reason=NOT_RECORDED) for code in not_recorded),
        ),
        accepted_by="Oscar Lindqvist, accountable officer",
    )


def hire(session: Session, at: datetime) -> None:
    """Open the accounts of the partnership's own staff, without passwords like all others."""
    for sign_in_name, name, role in STAFF:
        open_account(
            session,
            sign_in_name=sign_in_name,
            name=name,
            roles=(role,),
            agency="BCC",
            team=TEAM,
            password=None,
            at=at,
        )


def permit_shadow(
    database: Database, clock: StoppedClock, engine: EngineClient, folder: Path, settings: Settings, until: date
) -> int:
    """Register the model and let its scores be recorded until a day; the number of its use."""
    prepared = {"plan": make_plan, "reviewed_after": IMPACT_STANDS}
    use_id = register_model(database, clock, engine, folder, settings, owner=OWNER, **prepared)
    clock.advance(days=1)
    sign_law(database, clock, use_id)
    item = assess_for_shadow(database, clock, use_id, owner=OWNER, answers=HERE / "answers.yaml")
    clock.advance(days=5)
    decide_item(database, clock, item, settings, "approve", SHADOW, until)
    return use_id


def permit_pilot(database: Database, clock: StoppedClock, use_id: int, settings: Settings, until: date) -> None:
    """Let one team read it until a day; the adviser passes the training about it."""
    sign_law(database, clock, use_id)
    item = assess_again(database, clock, use_id, PermissionStage.PILOT, PILOT, owner=OWNER)
    clock.advance(days=5)
    decide_item(database, clock, item, settings, "approve", PILOT_REASONS, until)
    with database.read() as session:
        version_id = get_use(session, use_id).version_id
    clock.advance(days=1)
    learn(database, clock, ADVISER, version_id)


def permit_operation(
    database: Database,
    clock: StoppedClock,
    engine: EngineClient,
    use_id: int,
    later: tuple[Calendar, Partnership],
    settings: Settings,
    until: date,
) -> None:
    """Measure it on those who turned 17 in the first year, and let it be used until a day (R36)."""
    sign_law(database, clock, use_id)
    validate_later(database, clock, engine, use_id, *later)
    item = assess_again(database, clock, use_id, PermissionStage.OPERATIONAL, owner=OWNER)
    clock.advance(days=5)
    decide_item(database, clock, item, settings, "approve", OPERATION, until)


def sign_law(database: Database, clock: StoppedClock, use_id: int) -> None:
    """The legal adviser accepts for a year what waits for a lawyer, and the owner attests again that it is theirs."""
    with database.write() as session:
        use, today = get_use(session, use_id), london_date(clock.now())
        findings = answer_use(session, use, today).findings
        keys = {one.key for one in findings if one.severity == Severity.SIGN_OFF}
        lawyer, until = actor_called(session, "leo.lawyer"), today + SIGNED_FOR
        sign_off(session, lawyer, use, keys, reason=ACCEPTED, expires_on=until, at=clock.now())
        attest_own(session, actor_called(session, OWNER), use.version.model, clock)


def validate_later(
    database: Database, clock: StoppedClock, engine: EngineClient, use_id: int, calendar: Calendar, people: Partnership
) -> None:
    """Hand in everybody who turned 17 in the first year, and measure the model on them; the owner explains a miss."""
    chosen = turned_17(people, 0, 12)
    columns = {**FEATURES, **{name: MEASURED[name] for name in (OUTCOME, *GROUPS)}}
    content = make_file(people, 0, chosen, columns).content
    starts_on, ends_on = calendar.run_on(0).replace(day=1), calendar.run_on(12).replace(day=1) - timedelta(days=1)
    learnt = starts_on - timedelta(days=730), starts_on - timedelta(days=270)
    data = LaterData("first_year.csv", content, OUTCOME, *learnt, starts_on=starts_on, ends_on=ends_on)
    with database.write() as session:
        owner, use = actor_called(session, OWNER), get_use(session, use_id)
        asked = ask_for_validation(session, owner, use, data, upload_mib=20, at=clock.now()).id
    clock.advance(minutes=5)
    validate(database, clock, engine, asked)
    _explain_if_unmet(database, clock, use_id, asked)


def _explain_if_unmet(database: Database, clock: StoppedClock, use_id: int, number: int) -> None:
    with database.write() as session:
        validation = get_validation(session, number)
        if validation.result is not None and not validation.result.met:
            owner, use = actor_called(session, OWNER), get_use(session, use_id)
            explain_unmet(session, owner, use, validation, UNMET, clock.now())
