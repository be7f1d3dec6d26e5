"""What pages show of plans and validations, and what the committee's papers include (R15, R28, R36)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from assessments.validation.judging import describe_costs, describe_threshold
from assessments.validation.queries import (
    TooGood,
    find_counted,
    find_plan,
    list_claims,
    list_too_good,
    list_validations,
)
from assessments.validation.tables import ClaimedFigures, SuccessPlan, Validation
from assessments.validation.values import Characteristic, PlanContent
from foundation.web.texts import date_text
from registry.evaluations.claims import title_of
from registry.evaluations.queries import find_figures
from registry.models.tables import ModelVersion, Use

SHOWN = ("flagged", "precision", "recall", "miss_rate", "false_positive_rate")


@dataclass(frozen=True)
class GroupTable:
    """One characteristic or intersection: rows of the group, its people, and rates with counts; None: not assessed."""

    caption: str
    rows: Sequence[Sequence[str | None]]


@dataclass(frozen=True)
class Standing:
    """One characteristic as it stands: tested by which column, or not and why; never a pass when not tested."""

    title: str
    tag: str
    tone: str
    text: str


@dataclass(frozen=True)
class Evidence:
    """What a reader is shown of a use: its plan, the result that counts, all later files, claims and reviews."""

    plan: SuccessPlan | None
    said: PlanContent | None
    before: str
    threshold: str | None
    costs: str | None
    counted: Validation | None
    groups: Sequence[GroupTable]
    characteristics: Sequence[Standing]
    validations: Sequence[Validation]
    claims: Sequence[ClaimedFigures]
    too_good: Sequence[TooGood]


def papers(session: Session, use: Use) -> Evidence:
    """What the committee's page of an item shows of a use, and the page of the evidence too."""
    version = use.version
    plan, validations = find_plan(session, version.id), list_validations(session, version.id)
    said, counted = plan.said if plan else None, find_counted(validations)
    figures = find_figures(session, version.id)
    return Evidence(
        plan=plan,
        said=said,
        before=_say_before(plan),
        threshold=describe_threshold(figures.overall, version.threshold, version.outcome_name) if figures else None,
        costs=describe_costs(said.ratio, version.threshold, version.unit) if said else None,
        counted=counted,
        groups=group_tables(counted),
        characteristics=stand(said, version, counted),
        validations=validations,
        claims=list_claims(session, version.id),
        too_good=list_too_good(session, version.id, validations),
    )


def _say_before(plan: SuccessPlan | None) -> str:
    if plan is None:
        return "No plan is registered: nobody has said what success would be."
    made = f"Plan {plan.number} was registered on {date_text(plan.made_at)}"
    if plan.after_figures:
        return (
            f"{made}, after the platform had computed figures of this version. It does not count as registered before "
            "those. It counts for people from a later time whose file is handed in after it."
        )
    return f"{made}, before the platform had computed any figures of this version."


def group_tables(validation: Validation | None) -> list[GroupTable]:
    """The report of a result by group and intersection, with counts; small groups are said as not assessed."""
    if validation is None or validation.result is None:
        return []
    groups = validation.result.report.get("groups", [])
    names = dict.fromkeys(one["group"] for one in groups)
    return [GroupTable(f"By {name}", [_row(one) for one in groups if one["group"] == name]) for name in names]


def _row(one: dict[str, Any]) -> list[str | None]:
    if not one["assessed"]:
        return [one["value"], f"{one['people']:,}", *([None] * len(SHOWN))]
    return [one["value"], f"{one['people']:,}", *(_cell(one["rates"][name]) for name in SHOWN)]


def _cell(share: dict[str, Any]) -> str | None:
    if not share["assessed"]:
        return None
    return f"{share['text'].removesuffix(' of 100')}; {share['count']:,} of {share['of']:,}"


def stand(said: PlanContent | None, version: ModelVersion, counted: Validation | None) -> list[Standing]:
    """The nine characteristics as the plan and the result that counts leave them."""
    tested = counted.result.summary["tested"] if counted and counted.result else []
    return [_stand(one, tested) for one in said.tested] if said else []


def _stand(one: Characteristic, tested: Sequence[str]) -> Standing:
    if one.column and one.column in tested:
        return Standing(one.title, "Tested", "info", f"By the column {one.column}; its rates stand with the result.")
    if one.column:
        return Standing(one.title, "Not tested yet", "attention", f"To be tested by the column {one.column}.")
    return Standing(one.title, "Not tested", "attention", one.reason)


def claim_sentence(claim: ClaimedFigures) -> str:
    """Claimed figures as printed, and what they mean of 1,000 people."""
    printed = ", ".join(f"{title_of(name)} {text}" for name, text in claim.printed.items())
    shares = {name: span for name, span in claim.verdict["implied"].items() if name in ("tp", "fp", "fn", "tn")}
    if not shares:
        return f"{printed}. Together they imply nothing more."
    words = {"tp": "rightly flagged", "fp": "wrongly flagged", "fn": "missed", "tn": "rightly not flagged"}
    told = [f"{round(low * 1000)} to {round(high * 1000)} {words[name]}" for name, (low, high) in shares.items()]
    return f"{printed}. Of 1,000 people these mean {', '.join(told)}."
