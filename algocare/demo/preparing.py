"""What has to be there before the committee is asked: impact assessments and a plan, for the demonstration's model."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from assessments.impact.queries import find_current
from assessments.impact.service import enter_impact, record_advice
from assessments.impact.values import ADVISED, NEEDED, Advice, Document
from assessments.validation.queries import find_plan
from assessments.validation.service import register_plan
from assessments.validation.values import Characteristic, PlanContent, Threshold, TradeOff
from foundation.accounts.values import Actor
from foundation.clock import london_date
from registry.models.tables import Use
from registry.models.values import Regime

ADVICE = Advice(
    text="Try it in the shadow first. Keep the offer voluntary, and tell people at release that a score exists.",
    answer="accepted",
)
NOT_RECORDED = "The data set does not record it, so no error rate can be computed."
TESTED = (
    Characteristic("age", column="age_group"),
    Characteristic("disability", reason=NOT_RECORDED),
    Characteristic("gender_reassignment", reason=NOT_RECORDED),
    Characteristic("marriage", column="marital_status"),
    Characteristic("pregnancy", reason=NOT_RECORDED),
    Characteristic("race", column="ethnicity"),
    Characteristic("religion", reason=NOT_RECORDED),
    Characteristic("sex", reason=NOT_RECORDED),
    Characteristic("orientation", reason=NOT_RECORDED),
)


REVIEWED_AFTER = timedelta(days=400)
"""How long an impact assessment stands before it is looked at again."""


def prepare(
    session: Session,
    owner: Actor,
    use: Use,
    at: datetime,
    protector: Actor | None = None,
    *,
    plan: Callable[[datetime], PlanContent] | None = None,
    reviewed_after: timedelta = REVIEWED_AFTER,
) -> None:
    """Record what a submission needs and is not there yet; a second call changes nothing.

    It is enough for a trial in the shadow and for a pilot. It is not enough for operation: most characteristics are
    not recorded, and there are no people from a later time. Without `protector` the data protection officer's advice
    is only quoted from the document. `plan` says what success would be, in place of what the first model is held to.
    """
    _assess_impact(session, owner, use, at, protector, london_date(at) + reviewed_after)
    if find_plan(session, use.version_id) is None:
        register_plan(session, owner, use, (plan or make_plan)(at), at)


def _assess_impact(
    session: Session, owner: Actor, use: Use, at: datetime, protector: Actor | None, review_on: date
) -> None:
    current, today = find_current(session, use.version), london_date(at)
    for kind in NEEDED[Regime(use.regime)]:
        if kind in current:
            continue
        advised = kind in ADVISED
        document = Document(
            kind=kind,
            document_version="1.0",
            covers=(use.version.number,),
            approved_by="Oscar Lindqvist, accountable officer",
            approved_on=today - timedelta(days=3),
            review_on=review_on,
            link=f"https://partnership.example/{use.version.model.slug}/{kind}",
        )
        quoted = ADVICE if advised and protector is None else None
        impact = enter_impact(session, owner, use, document, quoted=quoted, upload_mib=1, at=at)
        if advised and protector is not None:
            record_advice(session, protector, impact, use.version.model, ADVICE, at)


def make_plan(at: datetime) -> PlanContent:
    """What success would be for the demonstration's model, agreed three days before `at`."""
    return PlanContent(
        thresholds=(
            Threshold("precision", "at_least", 0.45),
            Threshold("recall", "at_least", 0.4),
            Threshold("gap_miss_rate", "at_most", 0.2),
        ),
        practice="Resettlement workers go through the list of releases in the order of the dates.",
        known="None. Nobody has counted how many of those reached early would have returned.",
        cost_alarm="Somebody is offered help they may not need, and somebody else waits longer for it.",
        cost_miss="Somebody leaves prison without the help that might have kept them from going back.",
        ratio=2.0,
        agreed_name="Dr Morgan Hale",
        agreed_role="Lead data scientist, analytics hub",
        agreed_on=london_date(at) - timedelta(days=3),
        label="custody",
        hides="Who is watched, reported and recalled: a return to prison is not the same as a new offence.",
        trade_offs=(
            TradeOff(
                tension="Fairness between groups and reaching as many people as possible",
                options="One threshold for all; a threshold of its own for each group; no model",
                choice="One threshold for all, with the rates of each group shown to the committee",
                decided_by="Olivia Owen, model owner, with the analytics hub",
            ),
        ),
        tested=TESTED,
    )
