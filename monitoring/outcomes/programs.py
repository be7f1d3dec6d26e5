"""Outcomes from a program that calls on behalf of the model's owner or deputy (R13)."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from foundation.clock import Clock, london_date
from foundation.database.connection import Database
from foundation.errors import Invalid
from foundation.service_accounts.rules import check_purpose
from foundation.service_accounts.values import Caller
from model_runtime.api.idempotency import keep, once
from model_runtime.api.reading import BadInput
from model_runtime.api.values import Key
from monitoring.outcomes.coverage import measure_coverage
from monitoring.outcomes.queries import group_columns
from monitoring.outcomes.rules import check_may_record, find_correcting
from monitoring.outcomes.schemas import CoverageGiven, OutcomeAsked, OutcomesAsked, OutcomesGiven
from monitoring.outcomes.service import record_rows
from monitoring.outcomes.values import HandedIn, OutcomeRow, Recorded, Source
from registry.models.queries import get_model
from registry.models.tables import RiskModel

ROW = re.compile(r"row ([0-9]+), column ([a-z_]+)")
"""How the commands name a cell."""

NAME = "API"
"""What stands where a file has its name."""

Problems = dict[str, tuple[str, str]]


def send_outcomes(
    database: Database, clock: Clock, caller: Caller, slug: str, asked: OutcomesAsked, key: Key
) -> OutcomesGiven:
    """Record outcomes of a model; all of them or none, and the same key once.

    Refused with field and rule: a day to come, a person named twice or not known here, a group the model does not
    declare, a correction of nothing or without a reason. Also who does not answer for the model, and a model of none
    of the token's purposes.
    """

    def command() -> Mapping[str, Any]:
        with database.write() as session:
            model, at = _own_model(session, caller, slug), clock.now()
            _check(asked.outcomes, group_columns(model), london_date(at))
            handed = HandedIn(Source.API, NAME, key.body_sha256, caller.token_id)
            recorded = _record(session, caller, model, asked.outcomes, handed, at)
            kept = {"matched": recorded.matched, "corrections": recorded.corrections, "conflicts": recorded.conflicts}
            keep(session, key, 201, {"recorded": recorded.rows, **kept}, at)
            return {"recorded": recorded.rows, **kept}

    return OutcomesGiven.model_validate(dict(once(database, key, command)))


def tell_coverage(database: Database, clock: Clock, caller: Caller, slug: str) -> CoverageGiven:
    """How much is known of the people a model scored; refused to whom its outcomes are not sent by."""
    with database.read() as session:
        model, now = _own_model(session, caller, slug), clock.now()
        found = measure_coverage(session, model, now)
        return CoverageGiven(
            model=model.slug,
            outcome=model.outcome["name"],
            as_of=london_date(now),
            scored=found.scored,
            scored_half_a_year_ago=found.long_ago,
            of_those_known=found.long_ago_known,
            conflicts=found.conflicts,
            late=found.timing.late,
            corrected=found.timing.corrected,
            median_days_to_outcome=found.timing.score_to_observed,
            median_days_to_record=found.timing.observed_to_recorded,
        )


def _own_model(session: Session, caller: Caller, slug: str) -> RiskModel:
    model = get_model(session, slug)
    check_may_record(model, caller.actor)
    codes = [use.code for use in model.uses]
    check_purpose(caller, next((code for code in codes if code in caller.purposes), ""))
    return model


def _record(
    session: Session, caller: Caller, model: RiskModel, asked: Sequence[OutcomeAsked], handed: HandedIn, at: datetime
) -> Recorded:
    """Record them; what the command refuses is said at the field of the body."""
    rows = [
        OutcomeRow(number, one.person, one.happened, one.observed_on, one.groups, one.correction, one.reason)
        for number, one in enumerate(asked, 1)
    ]
    try:
        return record_rows(session, caller.actor, model, rows, handed, at)
    except Invalid as problem:
        raise BadInput(dict(_placed(problem))) from None


def _placed(problem: Invalid) -> Iterator[tuple[str, tuple[str, str]]]:
    for place, sentence in problem.problems.items():
        found = ROW.fullmatch(place)
        rule = RULES.get(found[2], problem.code) if found else problem.code
        field = f"outcomes.{int(found[1]) - 1}.{found[2]}" if found else "outcomes"
        yield field, (rule, sentence.removeprefix(f"{NAME}, {place}: "))


RULES = {"person": "unknown_person", "correction": "nothing_to_correct"}
"""What the command refuses, by its column; everything else was asked before."""


def _check(asked: Sequence[OutcomeAsked], groups: Collection[str], today: date) -> None:
    problems: Problems = {}
    seen: set[str] = set()
    for number, one in enumerate(asked):
        if one.person in seen:
            problems[f"outcomes.{number}.person"] = ("doubled_person", "This person is there twice.")
        seen.add(one.person)
        problems |= {f"outcomes.{number}.{field}": said for field, said in _problems_of(one, groups, today)}
    if problems:
        raise BadInput(problems)


def _problems_of(one: OutcomeAsked, groups: Collection[str], today: date) -> Iterator[tuple[str, tuple[str, str]]]:
    if one.observed_on > today:
        yield "observed_on", ("day_to_come", f"{one.observed_on.isoformat()} is still to come.")
    for name in one.groups:
        if name not in groups:
            yield f"groups.{name}", ("unknown_group", "The model declares no group of this name.")
    for field, sentence in find_correcting("yes" if one.correction else "no", one.reason):
        yield field, ("correction_and_reason", sentence)
