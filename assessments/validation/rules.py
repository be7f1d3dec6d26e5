"""Rules of plans, later data, unmet thresholds and leakage reviews; each refusal stands at its field."""

from collections.abc import Iterator, Sequence
from datetime import date
from math import isfinite

from assessments.validation.tables import Validation
from assessments.validation.values import CHARACTERISTICS, LABELS, MEASURES, WAYS, LaterData, PlanContent, TradeOff
from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.errors import Conflict, Forbidden, Invalid, Refused
from foundation.web.texts import date_text
from registry.evaluations.claims import Claim, Verdict, check_claims
from registry.models.rules import owns
from registry.models.tables import ModelVersion

LONGEST_TEXT, LONGEST_LINE = 4000, 200
PARQUET = b"PAR1"

SAID = {
    "practice": "Say how it is decided today, without the model.",
    "cost_alarm": "Say what a false alarm costs the person, in words.",
    "cost_miss": "Say what it costs to miss a person, in words.",
    "agreed_name": "Name who agreed the threshold.",
    "agreed_role": "Say in which role they agreed it.",
}
OPTIONAL = ("known", "hides", "no_trade_off", "accepted_by")


def check_plan(content: PlanContent, today: date) -> None:
    """Refuse a plan with anything missing or contradictory, all of it at once (R28, R30, R52, R55, R15)."""
    problems = dict([*_texts(content), *_thresholds(content), *_costs(content, today)])
    problems |= dict([*_trade_offs(content), *_label(content), *_tested(content)])
    if problems:
        raise Invalid(f"The plan was not registered. {' '.join(problems.values())}", problems=problems, code="plan")


def _texts(content: PlanContent) -> Iterator[tuple[str, str]]:
    for name, sentence in SAID.items():
        if not getattr(content, name).strip():
            yield name, sentence
    for name in (*SAID, *OPTIONAL):
        if len(getattr(content, name)) > LONGEST_TEXT:
            yield name, f"Write at most {LONGEST_TEXT:,} characters."


def _thresholds(content: PlanContent) -> Iterator[tuple[str, str]]:
    if not content.thresholds:
        yield "threshold_1_measure", "Register at least one threshold for success."
    for number, one in enumerate(content.thresholds, start=1):
        if one.measure not in MEASURES or one.way not in WAYS:
            yield (
                f"threshold_{number}_measure",
                "Choose a measure, and whether it is to be at least or at most a value.",
            )
        lowest = -1 if one.measure == "mcc" else 0
        if not lowest <= one.value <= 1:
            yield f"threshold_{number}_value", f"Enter a value from {lowest} to 1, such as 0.4 for 40 of 100."


def _costs(content: PlanContent, today: date) -> Iterator[tuple[str, str]]:
    if not (isfinite(content.ratio) and content.ratio > 0):
        yield "ratio", "Enter how many false alarms weigh as much as one missed person: a number above 0."
    if content.agreed_on > today:
        yield "agreed_on", "The threshold cannot have been agreed in the future."


def _trade_offs(content: PlanContent) -> Iterator[tuple[str, str]]:
    if not content.trade_offs and not content.no_trade_off.strip():
        yield "no_trade_off", "Log at least one trade-off, or say why there is none."
    for number, one in enumerate(content.trade_offs, start=1):
        for name in _unsaid(one):
            yield (
                f"trade_off_{number}_{name}",
                "Say which principles pull apart, the options, the choice and who chose.",
            )


def _unsaid(one: TradeOff) -> list[str]:
    return [name for name, text in vars(one).items() if not 0 < len(text.strip()) <= LONGEST_TEXT]


def _label(content: PlanContent) -> Iterator[tuple[str, str]]:
    if content.label not in LABELS:
        yield "label", "Choose where the outcome's label comes from."
    elif content.proxy and not content.hides.strip():
        yield "hides", "This label stands in for the outcome: say what it may hide."


def _tested(content: PlanContent) -> Iterator[tuple[str, str]]:
    said = {one.code: one for one in content.tested}
    for code, title in CHARACTERISTICS.items():
        one = said.get(code)
        if one is None or not (one.column.strip() or one.reason.strip()):
            yield f"{code}_reason", f"{title}: name the column it is tested by, or say why it is not tested."
        elif max(len(one.column), len(one.reason)) > LONGEST_TEXT:
            yield f"{code}_reason", f"{title}: write at most {LONGEST_TEXT:,} characters."


def check_later(data: LaterData, version: ModelVersion, sha256: str, today: date) -> None:
    """Refuse, each at its field, what cannot be people from a later time or cannot be measured (R36).

    That is: a version the platform does not run or that was registered without evaluation data, a file that is neither
    CSV nor Parquet, the very file the model was trained or first measured on, a period that does not begin after the
    training data's, and no period at all.
    """
    if version.kind not in ("scikit-learn", "point-score"):
        raise Refused("The platform does not run this kind of model, so it cannot validate it.", code="not_run_here")
    if version.evaluation_sha256 is None:
        why = "This version was registered without evaluation data, so nobody declared what it is measured by."
        raise Refused(why, code="not_measured_here")
    problems = dict([*_file(data, version, sha256), *_period(data, today)])
    if not data.outcome.strip():
        problems["outcome"] = "Name the column that says with 1 or 0 whether the outcome came."
    if problems:
        raise Invalid(f"The file was not taken. {' '.join(problems.values())}", problems=problems, code="later_data")


def _file(data: LaterData, version: ModelVersion, sha256: str) -> Iterator[tuple[str, str]]:
    known = {version.evaluation_sha256: "first measured on", version.training_sha256: "trained on"}
    ending = data.name.lower().rsplit(".", 1)[-1]
    if ending not in ("csv", "parquet") or not data.content:
        yield "file", "Choose a CSV or Parquet file with at least one row."
    elif (ending == "parquet") != data.content.startswith(PARQUET):
        yield "file", f"The content of {data.name} is not {'Parquet' if ending == 'parquet' else 'CSV'}."
    elif sha256 in known:
        yield "file", f"This is the very file the model was {known[sha256]}."


def _period(data: LaterData, today: date) -> Iterator[tuple[str, str]]:
    if data.training_from > data.training_to:
        yield "training_to", "The training data's period ends after it begins."
    if data.date_column.strip():
        return
    if data.starts_on is None or data.ends_on is None:
        yield "date_column", "Name the column with each row's date, or give the period of all rows."
    elif data.starts_on <= data.training_to:
        yield "starts_on", f"The period begins after the training data's, which ends on {date_text(data.training_to)}."
    elif not data.starts_on <= data.ends_on <= today:
        yield "ends_on", "The period ends after it begins, and not in the future."


def stood_before(validation: Validation, others: list[Validation]) -> bool:
    """Whether the plan of a validation was registered before anything was known about those people (R28).

    It was not without a plan, and not when figures from the same file or about an overlapping time were computed
    for this version before the plan was made: whoever made it could have known them.
    """
    plan = validation.plan
    if plan is None:
        return False
    measured = (one for one in others if one.id != validation.id and one.result is not None and one.result.people)
    known = (one for one in measured if one.result and one.result.computed_at <= plan.made_at)
    return not any(one.file_sha256 == validation.file_sha256 or _overlap(one, validation) for one in known)


def _overlap(one: Validation, other: Validation) -> bool:
    first, second = _days(one), _days(other)
    return first is not None and second is not None and first[0] <= second[1] and second[0] <= first[1]


def _days(one: Validation) -> tuple[date, date] | None:
    source = one.result if one.result is not None and one.result.starts_on else one
    return (source.starts_on, source.ends_on) if source.starts_on and source.ends_on else None


def check_reason(validation: Validation, text: str) -> None:
    """A reason is given once, in words, and only for a result that did not meet its plan."""
    result = validation.result
    if result is None or result.failed or result.met or validation.plan is None:
        raise Refused("A reason is only given for a result that did not meet its plan.", code="nothing_to_explain")
    if validation.reason is not None:
        raise Conflict("A reason is recorded already.", code="reason_given")
    if not 0 < len(text.strip()) <= LONGEST_TEXT:
        sentence = f"Give the reason in at most {LONGEST_TEXT:,} characters."
        raise Invalid(sentence, problems={"text": sentence})


def check_claimed(source: str, claims: Sequence[Claim]) -> Verdict:
    """What claimed figures come to. Refused: none, no word on who claims them, and a set that cannot be true (R04)."""
    problems = {}
    if not 0 < len(source.strip()) <= LONGEST_LINE:
        problems["source"] = f"Say who claims these figures, and where, in at most {LONGEST_LINE} characters."
    if not claims:
        problems["precision"] = "Enter at least one figure."
    verdict = check_claims(claims)
    problems |= {one.names[0]: one.sentence for one in verdict.conflicts}
    if problems:
        raise Invalid(f"The figures were not kept. {' '.join(problems.values())}", problems=problems, code="claims")
    return verdict


def check_may_review(actor: Actor, version: ModelVersion, entered_by: int | None) -> None:
    """Whoever reviews answers signs, never the model's owner or deputy or who entered the figures (R35)."""
    check_permission(actor, Permission.REVIEW_ANSWERS)
    if owns(version.model, actor) or actor.account_id == entered_by:
        raise Forbidden("Figures that are too good are reviewed by somebody who does not answer for the model.")


def check_review(statement: str, checked: str) -> None:
    """A leakage review says what was checked and what it came to."""
    problems = {}
    if not 0 < len(checked.strip()) <= LONGEST_TEXT:
        problems["checked"] = "Say what you checked: inputs, dates, how the files were split."
    if not 0 < len(statement.strip()) <= LONGEST_TEXT:
        problems["statement"] = "Say what you conclude."
    if problems:
        raise Invalid(" ".join(problems.values()), problems=problems)
