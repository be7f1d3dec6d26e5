"""Rules of benefit evaluations: counts that can be true, what they come to in words, and when one is due (R31)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assessments.benefits.tables import BenefitEvaluation
from foundation.clock import london_date
from foundation.errors import Invalid
from foundation.web.texts import date_text
from registry.evaluations.intervals import difference, estimate_share
from registry.evaluations.values import Proportion
from registry.models.tables import Approval
from registry.models.values import PermissionStage

LONGEST_TEXT, LONGEST_LINE = 4000, 200
YEAR = timedelta(days=365)
PARTS = (
    ("offered", "flagged", "More people were offered support than were flagged."),
    ("taken_up", "offered", "More people took support up than were offered it."),
    ("taken_up_had", "taken_up", "More people had the outcome than took support up."),
    ("compared_had", "compared", "More people had the outcome than were compared with."),
)
"""Which count cannot be larger than which other one."""


@dataclass(frozen=True)
class Benefit:
    """A benefit evaluation as it is handed in: days with both ends, counts of people, words."""

    starts_on: date
    ends_on: date
    flagged: int
    offered: int
    taken_up: int
    taken_up_had: int
    compared: int
    compared_had: int
    outcome: str
    comparison: str
    learned: str


def check_benefit(benefit: Benefit, today: date) -> None:
    """Refuse, each at its field, periods that are not over, counts below 0, parts above their whole, empty texts."""
    problems = {name: sentence for name, whole, sentence in PARTS if getattr(benefit, name) > getattr(benefit, whole)}
    counts = {name for name, _, _ in PARTS} | {"flagged", "compared"}
    problems |= {name: "Enter a whole number of people, 0 or more." for name in counts if getattr(benefit, name) < 0}
    if benefit.starts_on > benefit.ends_on:
        problems["ends_on"] = "The period ends after it begins."
    elif benefit.ends_on > today:
        problems["ends_on"] = "The period has to be over."
    for name, longest in (("outcome", LONGEST_LINE), ("comparison", LONGEST_TEXT), ("learned", LONGEST_TEXT)):
        if not 0 < len(getattr(benefit, name).strip()) <= longest:
            problems[name] = f"Say this in at most {longest:,} characters."
    if problems:
        told = " ".join(problems.values())
        raise Invalid(f"The benefit evaluation was not recorded. {told}", problems=problems)


def sentences_of(row: BenefitEvaluation) -> list[str]:
    """What the counts come to as natural frequencies with 95% intervals, never saying more than a comparison can."""
    offered, taken_up = Proportion(row.offered, row.flagged), Proportion(row.taken_up, row.offered)
    had, compared = Proportion(row.taken_up_had, row.taken_up), Proportion(row.compared_had, row.compared)
    said = [
        _share("people flagged", offered, "were offered support"),
        _share("people offered support", taken_up, "took it up"),
        _share("people who took it up", had, row.outcome),
        _share("people in the comparison", compared, row.outcome),
    ]
    return [*said, _difference(had, compared)]


def _share(whom: str, share: Proportion, what: str) -> str:
    if not share.assessed:
        return f"Of {share.of:,} {whom}, {share.count:,} {what}: too few to say more."
    return f"Of 100 {whom}, about {share.frequency} {what} ({share.count:,} of {share.of:,})."


def _difference(one: Proportion, other: Proportion) -> str:
    first, second = estimate_share(one), estimate_share(other)
    if not (one.assessed and other.assessed and first and second):
        return "Too few people to compare the two groups."
    gap = difference(first, second)
    low, high = (round((bound or 0) * 100) for bound in (gap.low, gap.high))
    told = f"The difference is {round(gap.value * 100):+d} of 100 ({low:+d} to {high:+d})"
    if (gap.low or 0) <= 0 <= (gap.high or 0):
        return f"{told}: chance alone can explain it."
    return f"{told}. It is a difference between groups, and does not prove that the support made it."


def is_due(
    approvals: Sequence[Approval], standing: Approval | None, asked: PermissionStage, today: date
) -> Approval | None:
    """The operational approval after which a benefit evaluation has to end, or None while none is asked for.

    `approvals` are all of the version for the use, in any edition. One is asked for to renew operation, and to permit
    it again when operation first began a year ago or longer.
    """
    operated = [one for one in approvals if one.stage is PermissionStage.OPERATIONAL]
    if asked is not PermissionStage.OPERATIONAL or not operated:
        return None
    first, last = min(operated, key=lambda one: one.id), max(operated, key=lambda one: one.id)
    renews = standing is not None and standing.stage is PermissionStage.OPERATIONAL
    return last if renews or london_date(first.granted_at) + YEAR <= today else None


def check_until(until: date, impact_ends: date | None, operated: Sequence[Approval], evaluated: Sequence[date]) -> None:
    """Refuse a review date beyond what carries the approval (R31, R32).

    That is the day on which an impact assessment ends, and, for operation (`operated`, its approvals so far), a year
    after it first began while no benefit evaluation ended (`evaluated`) after the newest of them was granted.
    """
    if impact_ends is not None and until > impact_ends:
        _refuse_day(f"The review date can be at most {date_text(impact_ends)}: an impact assessment ends then.")
    if not operated:
        return
    first, last = min(operated, key=lambda one: one.id), max(operated, key=lambda one: one.id)
    longest = london_date(first.granted_at) + YEAR
    if until > longest and not any(day > london_date(last.granted_at) for day in evaluated):
        _refuse_day(
            f"Without a new evaluation of benefit it can operate until {date_text(longest)} at most, a year after it "
            "first began."
        )


def _refuse_day(sentence: str) -> None:
    raise Invalid(sentence, problems={"review_on": sentence})
