"""Each gate: open when all is well, closed with its code and its sentence when one thing is not."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from foundation.accounts.values import Role
from model_runtime.gate.rules import check_gate
from model_runtime.gate.values import MEANWHILE, TITLES, Ages, FactSeen, GateClosed, GateFacts, Moment, UseFacts
from model_runtime.objections.values import Standing as Objection
from model_runtime.training.values import Training
from registry.models.values import USE_LIFE, PermissionStage, Standing

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
USE = UseFacts(
    use_id=1,
    title="Return to custody, version 1",
    code="support",
    purpose="Offer of support",
    agency="ASC",
    stage="approved",
    stage_since=date(2026, 9, 3),
    stage_by="Cara Whitfield",
    stage_reason="Its figures got worse.",
    owner="Olivia Owen",
    standing=Standing(4, date(2027, 3, 3), "f" * 64, False),
    fingerprint="f" * 64,
    as_declared=True,
    artefact_sha256="a" * 64,
    artefact_seen="a" * 64,
    has_figures=True,
    inputs=(FactSeen("age", "Age at release", date(2026, 10, 8)), FactSeen("work", "Has work", TODAY)),
    stale_after_days=45,
    ages=Ages(18, 25),
    decision_kind="offer_support",
)
OPEN = GateFacts(
    frozenset({Role.PRACTITIONER}),
    "ASC",
    "ASC",
    "support",
    ("Offer of support",),
    USE,
    TODAY,
    age=18,
    training=Training(TODAY, date(2028, 11, 22)),
    shows="reasons",
)


def with_use(**changes) -> GateFacts:
    return replace(OPEN, use=replace(USE, **changes))


def test_the_gate_is_open_when_everything_holds():
    check_gate(OPEN)


def test_the_purpose_can_be_stated_by_its_words():
    check_gate(replace(OPEN, purpose="Offer of support"))


def test_the_day_an_approval_expires_on_is_its_last():
    check_gate(replace(OPEN, today=date(2027, 3, 3), use=replace(USE, stale_after_days=400)))


def test_a_fact_may_be_exactly_as_old_as_the_limit():
    check_gate(with_use(inputs=(FactSeen("age", "Age", date(2026, 10, 8)),)))  # 45 days before


@pytest.mark.parametrize(
    "facts",
    [
        replace(OPEN, age=25),
        replace(with_use(ages=Ages(18)), age=99),
        with_use(exempt_until=TODAY),
        with_use(lapses_on=TODAY),
        replace(OPEN, training=Training(TODAY, TODAY), shows="band"),
        replace(OPEN, moment=Moment(NOW, apart=60, back=60)),
        replace(
            with_use(standing=replace(USE.standing, permission=PermissionStage.SHADOW)),
            training=Training(None, None),
            shows="nothing",
        ),
    ],
)
def test_the_edges_of_ages_and_of_an_exemption_are_inside(facts: GateFacts):
    """R23, R33: the youngest age and the day an exemption is looked at again still let a score through."""
    check_gate(facts)


CLOSED = {
    "a critical condition of yesterday": (
        with_use(lapses_on=date(2026, 11, 21)),
        "condition_overdue",
        "You cannot be shown a score: a critical condition of its approval was to be met by 21 November 2026 and is "
        "not.",
        "The model's owner (Olivia Owen) shows how it was met; the chair of the ethics committee agrees.",
    ),
    "a team that is shown nothing": (
        replace(OPEN, shows="nothing", team="Front desk"),
        "not_audience",
        "You cannot be shown a score: the ethics committee decided that your team (Front desk) is shown nothing "
        "of this use.",
        "The ethics committee decides who is shown what. An administrator corrects the team of an account.",
    ),
    "a word for what is shown that nobody knows": (
        replace(OPEN, shows="everything"),
        "not_audience",
        "You cannot be shown a score: the ethics committee decided that people without a team are shown nothing "
        "of this use.",
        "The ethics committee decides who is shown what. An administrator corrects the team of an account.",
    ),
    "training of yesterday": (
        replace(OPEN, training=Training(date(2025, 11, 21), date(2026, 11, 21))),
        "not_trained",
        "You cannot be shown a score: your training in this model counted until 21 November 2026.",
        "Pass the training on the page 'Training'. It takes about five minutes and says where the model was wrong.",
    ),
    "no training at all": (
        replace(OPEN, training=Training(None, None)),
        "not_trained",
        "You cannot be shown a score: you have not passed the training in this model.",
        "Pass the training on the page 'Training'. It takes about five minutes and says where the model was wrong.",
    ),
    "an objection": (
        replace(OPEN, objection=Objection("O-2345-6789", date(2026, 11, 2))),
        "objected",
        "You cannot be shown a score: the person objected to being scored on 2 November 2026, and that stands "
        "(O-2345-6789).",
        "The data protection officer answers objections.",
    ),
    "clocks that differ": (
        replace(OPEN, moment=Moment(NOW, apart=60.1)),
        "clock_differs",
        "You cannot be shown a score: the clocks of the service and of its database differ, so nobody can say what has "
        "expired.",
        "The administrator sets the clocks right.",
    ),
    "time that runs backwards": (
        replace(OPEN, moment=Moment(NOW, back=61)),
        "clock_differs",
        "You cannot be shown a score: the newest record lies in the future, so nobody can say what has expired.",
        "The administrator sets the clocks right.",
    ),
    "a use of the first release": (
        with_use(ages=None, decision_kind="", fingerprint="e" * 64),
        "use_incomplete",
        "You cannot be shown a score: nobody has said whom a score for this purpose may be about.",
        "The model's owner (Olivia Owen) changes the use and asks the ethics committee again.",
    ),
    "an excluded decision": (
        with_use(decision_kind="remove_child"),
        "decision_excluded",
        "You cannot be shown a score: no score may touch what this use is for: taking a child from its family.",
        "No committee can open this.",
    ),
    "a decision nobody knows": (
        with_use(decision_kind="punish"),
        "decision_excluded",
        "You cannot be shown a score: no score may touch what this use is for: a decision that is not in the register.",
        "No committee can open this.",
    ),
    "an exemption of yesterday": (
        with_use(exempt_until=date(2026, 11, 21)),
        "notice_overdue",
        "You cannot be shown a score: people are not told of this use, and the reason was to be looked at again by "
        "21 November 2026.",
        "The model's owner (Olivia Owen) tells people, or changes the use and asks the ethics committee again.",
    ),
    "an unknown age": (
        replace(OPEN, age=None),
        "age_unknown",
        "You cannot be shown a score: the model may only be used for people of certain ages, and this person's date of "
        "birth is not known here.",
        "Ask again when the record has it. Nobody guesses an age.",
    ),
    "a year too young": (
        replace(OPEN, age=17),
        "too_young",
        "You cannot be shown a score: this person is 17, and the use is for people aged 18 or over.",
        "No score is given about anybody younger, whoever asks.",
    ),
    "a year too old": (
        replace(OPEN, age=26),
        "too_old",
        "You cannot be shown a score: this person is 26, and the use is for people aged 25 or under.",
        MEANWHILE,
    ),
    "an auditor": (
        replace(OPEN, roles=frozenset({Role.AUDITOR})),
        "role_not_allowed",
        "You cannot be shown a score: your role (Auditor) does not include asking for one.",
        "It is for: Practitioner.",
    ),
    "no role": (
        replace(OPEN, roles=frozenset()),
        "role_not_allowed",
        "You cannot be shown a score: your role (none) does not include asking for one.",
        "It is for: Practitioner.",
    ),
    "another purpose": (
        replace(OPEN, purpose="Recall to prison"),
        "unknown_purpose",
        "You cannot be shown a score: the ethics committee has not approved the purpose you stated.",
        "Approved for your agency: Offer of support.",
    ),
    "no use at all": (
        replace(OPEN, use=None, approved_purposes=()),
        "unknown_purpose",
        "You cannot be shown a score: the ethics committee has not approved the purpose you stated.",
        "No purpose is approved for your agency now.",
    ),
    "a person of another agency": (
        replace(OPEN, person_agency="BCC"),
        "other_agency",
        "You cannot be shown a score: your agency does not work with this person.",
        "Ask the agency that does.",
    ),
    "no agency": (
        replace(OPEN, agency=None),
        "other_agency",
        "You cannot be shown a score: your agency does not work with this person.",
        "Ask the agency that does.",
    ),
    "a use of another agency": (
        with_use(agency="BCC"),
        "other_agency",
        "You cannot be shown a score: this use of the model is for practitioners of another agency.",
        "The owner of the model can ask the ethics committee for a use by your agency.",
    ),
    "registered": (
        with_use(stage="registered", standing=None),
        "not_approved",
        "You cannot be shown a score: the ethics committee has not approved this use. "
        "It was registered on 3 September 2026 and never submitted.",
        "The model's owner (Olivia Owen) can submit it to the ethics committee.",
    ),
    "submitted": (
        with_use(stage="submitted", standing=None),
        "not_approved",
        "You cannot be shown a score: the ethics committee has not approved this use. "
        "It has been with the committee since 3 September 2026.",
        "The ethics committee decides at one of its next meetings.",
    ),
    "returned": (
        with_use(stage="returned", standing=None),
        "not_approved",
        "You cannot be shown a score: the ethics committee has not approved this use. "
        "The committee asked for more information on 3 September 2026.",
        "The model's owner (Olivia Owen) answers the committee's questions and submits it again.",
    ),
    "approved without an approval": (
        with_use(standing=None),
        "not_approved",
        "You cannot be shown a score: no approval of this use stands.",
        "The model's owner (Olivia Owen) can ask the ethics committee for one.",
    ),
    "an ended approval": (
        with_use(standing=replace(USE.standing, ended=True)),
        "not_approved",
        "You cannot be shown a score: no approval of this use stands.",
        "The model's owner (Olivia Owen) can ask the ethics committee for one.",
    ),
    "a stage nobody thought of": (
        with_use(stage="archived"),
        "not_approved",
        "You cannot be shown a score: no approval of this use stands.",
        "The model's owner (Olivia Owen) can ask the ethics committee for one.",
    ),
    "rejected": (
        with_use(stage="rejected", standing=None),
        "rejected",
        "You cannot be shown a score: the ethics committee rejected this use on 3 September 2026.",
        "The model's owner (Olivia Owen) can change it and ask the committee again.",
    ),
    "suspended": (
        with_use(stage="suspended"),
        "suspended",
        "You cannot be shown a score: this use was suspended on 3 September 2026 by Cara Whitfield. "
        "The reason given: Its figures got worse.",
        "Only the ethics committee can open it again, by a new decision.",
    ),
    "retired": (
        with_use(stage="retired", standing=None),
        "retired",
        "You cannot be shown a score: this use was retired on 3 September 2026 and will not give scores again.",
        "The register says whether another model serves this purpose.",
    ),
    "expired": (
        replace(OPEN, today=date(2027, 3, 4)),
        "approval_expired",
        "You cannot be shown a score: the approval for this purpose ended on 3 March 2027.",
        "The model's owner (Olivia Owen) can ask the ethics committee to renew it.",
    ),
    "another fingerprint": (
        with_use(fingerprint="e" * 64),
        "content_changed",
        "You cannot be shown a score: what is stored about this model is no longer what the ethics committee approved.",
        "Tell the model's owner (Olivia Owen) and the data protection officer.",
    ),
    "rows that are not as declared": (
        with_use(as_declared=False),
        "content_changed",
        "You cannot be shown a score: what is stored about this model is no longer what the ethics committee approved.",
        "Tell the model's owner (Olivia Owen) and the data protection officer.",
    ),
    "other bytes": (
        with_use(artefact_seen="b" * 64),
        "artefact_changed",
        "You cannot be shown a score: the model's file is not the one that the ethics committee approved.",
        "Tell the model's owner (Olivia Owen) and the data protection officer.",
    ),
    "no figures": (
        with_use(has_figures=False),
        "no_figures",
        "You cannot be shown a score: this model has not been measured yet, so nobody can say how often it is wrong.",
        "Ask the model's owner (Olivia Owen) when its figures will be there.",
    ),
    "one fact missing": (
        with_use(inputs=(FactSeen("age", "Age at release", None), FactSeen("work", "Has work", TODAY))),
        "missing_fact",
        "You cannot be shown a score: the model needs 1 fact that is not known here: age at release.",
        "Ask again when the record has it. The model never guesses.",
    ),
    "two facts missing": (
        with_use(inputs=(FactSeen("age", "Age at release", None), FactSeen("work", "Has work", None))),
        "missing_fact",
        "You cannot be shown a score: the model needs 2 facts that are not known here: age at release; has work.",
        "Ask again when the record has it. The model never guesses.",
    ),
    "a fact a day too old": (
        replace(OPEN, today=date(2026, 11, 23)),
        "stale_fact",
        "You cannot be shown a score: the model needs facts of the last 45 days, and 1 fact is older "
        "(as of 8 October 2026): age at release.",
        "Ask again when the record has been brought up to date.",
    ),
}


@pytest.mark.parametrize("case", CLOSED)
def test_one_thing_amiss_closes_the_gate(case: str):
    """R01, R16, R23, R33, R37, R41: each gate by itself, with its code and its sentence."""
    facts, code, sentence, first_help = CLOSED[case]
    with pytest.raises(GateClosed) as refusal:
        check_gate(facts)
    assert (refusal.value.code, refusal.value.sentence) == (code, sentence)
    assert refusal.value.what_next[0] == first_help
    assert refusal.value.what_next[-1] == MEANWHILE
    assert code in TITLES


@pytest.mark.parametrize("stage", [stage for stage in USE_LIFE.stages if stage != "approved"])
def test_no_stage_but_approved_lets_a_score_through(stage: str):
    with pytest.raises(GateClosed):
        check_gate(with_use(stage=stage))


def test_the_first_closed_gate_speaks():
    both = replace(with_use(stage="suspended", has_figures=False), roles=frozenset({Role.AUDITOR}))
    with pytest.raises(GateClosed) as refusal:
        check_gate(both)
    assert refusal.value.code == "role_not_allowed"
