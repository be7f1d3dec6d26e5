"""What a quarter showed of every use that was approved in it, gathered from every room below (R12, R43)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assessments.decisions.suspensions import list_suspensions
from foundation.clock import london_date
from foundation.web.texts import count_text, date_text, list_text
from model_runtime.challenges.tables import Challenge
from model_runtime.challenges.values import UPHELD
from model_runtime.judgements.tables import Judgement
from model_runtime.judgements.values import View
from model_runtime.scores.tables import Score
from monitoring.cases.queries import explain_by
from monitoring.cases.tables import Case
from monitoring.engine.values import Verdict, WatchResult
from monitoring.reports.courses import Measured, compare
from monitoring.reports.values import Period
from monitoring.watches.changes import holes_sentence
from monitoring.watches.queries import list_holes
from monitoring.watches.report import figure_lines
from monitoring.watches.tables import WatchRun
from monitoring.watches.values import VERDICTS
from registry.evaluations.values import SMALLEST_GROUP, Figures, Gap, Proportion
from registry.models.tables import Approval, Use

MOST_LOOKED_AT = 100
"""How many watches are looked through for the newest one that could say how often a model is right."""
GAPS = {
    "flagged": "flagged",
    "miss_rate": "missed, of those who had the outcome",
    "false_positive_rate": "flagged, of those without it",
}
"""The gaps that are told, and how their measure reads."""

Row = dict[str, Any]


def list_live(session: Session, period: Period) -> list[Use]:
    """The uses that were approved at some time in a period, by model, version and purpose."""
    chosen = select(Approval).where(Approval.granted_at <= period.until)
    chosen = chosen.where(Approval.expires_on >= period.quarter.starts_on)
    standing = chosen.where((Approval.ended_at.is_(None)) | (Approval.ended_at >= period.since))
    uses = {approval.use_id: approval.use for approval in session.scalars(standing)}
    return sorted(uses.values(), key=lambda use: (use.version.model.name, use.version.number, use.purpose, use.id))


def tell_use(session: Session, use: Use, period: Period, hour: int) -> Row:
    """Everything a report says about one use, as plain values."""
    newest = _newest_run(session, use, period)
    measured = find_measured(session, use, period)
    course, sentence = compare(_earlier_measured(session, use, period, measured), measured)
    result = WatchResult.from_dict(newest.result) if newest else None
    return {
        "use": use.id,
        "slug": use.version.model.slug,
        "model": use.version.title,
        "purpose": use.purpose,
        "stage": use.stage_card.title,
        "course": course.value,
        "course_sentence": sentence,
        "watches": count_watches(session, use, period),
        "newest": _tell_run(newest),
        "holes": _holes(session, use, period, hour),
        "outcomes": tell_outcomes(result),
        "judgements": count_judgements(session, use, period),
        "challenges": count_challenges(session, use, period),
        "suspensions": _suspensions(session, use, period),
        "cases": count_cases(session, use, period),
        "groups": _groups(measured),
        "gaps": _gaps(measured),
    }


def _of(use: Use, period: Period) -> tuple[Any, ...]:
    return WatchRun.use_id == use.id, WatchRun.due_at >= period.since, WatchRun.due_at <= period.until


def _newest_run(session: Session, use: Use, period: Period) -> WatchRun | None:
    chosen = select(WatchRun).where(*_of(use, period)).order_by(WatchRun.due_at.desc()).limit(1)
    return session.scalars(chosen).first()


def find_measured(session: Session, use: Use, period: Period) -> Measured | None:
    """The newest watch of a period that could say how often a model is right."""
    return next(_measured(session, _of(use, period)), None)


def _earlier_measured(session: Session, use: Use, period: Period, after: Measured | None) -> Measured | None:
    """The last watch before the period that could say it; without one, the first of the period."""
    before = next(_measured(session, (WatchRun.use_id == use.id, WatchRun.due_at < period.since)), None)
    first = before or next(_measured(session, _of(use, period), oldest_first=True), None)
    return first if first != after else None


def _measured(session: Session, chosen: tuple[Any, ...], *, oldest_first: bool = False) -> Any:
    order = WatchRun.due_at if oldest_first else WatchRun.due_at.desc()
    for result in session.scalars(select(WatchRun.result).where(*chosen).order_by(order).limit(MOST_LOOKED_AT)):
        if result["figures"]:
            read = WatchResult.from_dict(result)
            yield Measured(Figures.from_dict(result["figures"]), read.current)


def count_watches(session: Session, use: Use, period: Period) -> Row:
    """How many watches ran, and how many with each verdict."""
    chosen = select(WatchRun.verdict, func.count()).where(*_of(use, period)).group_by(WatchRun.verdict)
    counts = dict(session.execute(chosen).tuples().all())
    told = [f"{VERDICTS[code].tag.lower()} {counts[code]:,}" for code in Verdict if code in counts]
    total = sum(counts.values())
    said = f"{count_text(total, 'watch', 'watches')}: {list_text(told)}." if total else "No watch ran."
    return {"count": total, "sentence": said, **{code.value: counts.get(code.value, 0) for code in Verdict}}


def _tell_run(run: WatchRun | None) -> Row | None:
    return {"run": run.id, "due_at": run.due_at.isoformat(), "sentence": run.sentence} if run else None


def _holes(session: Session, use: Use, period: Period, hour: int) -> Row:
    days = [day for day in list_holes(session, use, period.until, hour) if period.covers(day)]
    return {"count": len(days), "sentence": holes_sentence(days)}


def tell_outcomes(result: WatchResult | None) -> Row:
    """For how many of the people of the newest watch the outcome is known; `lacking` when it says nothing yet."""
    known, people = result.outcome_coverage if result else (0, 0)
    if result is None:
        return {"known": 0, "people": 0, "lacking": True, "sentence": "No watch ran, so nothing is known."}
    lacking = result.figures is None
    why = next((told for told in result.not_assessed if told.startswith("Performance")), "") if lacking else ""
    said = f"The outcome is known for {known:,} of {people:,}."
    return {"known": known, "people": people, "lacking": lacking, "sentence": f"{said} {why}".strip()}


def count_judgements(session: Session, use: Use, period: Period) -> Row:
    """How practitioners judged the scores of a use (R07)."""
    chosen = select(Judgement.view, func.count()).join(Score, Score.id == Judgement.score_id)
    chosen = chosen.where(Score.use_id == use.id, Judgement.at >= period.since, Judgement.at <= period.until)
    counts = dict(session.execute(chosen.group_by(Judgement.view)).tuples().all())
    agree, total = counts.get(View.AGREE, 0), sum(counts.values())
    views = {view.value: counts.get(view.value, 0) for view in View}
    return {"count": total, **views, "sentence": _agreement(Proportion(agree, total))}


def _agreement(agreed: Proportion) -> str:
    if not agreed.of:
        return "Nobody recorded a judgement."
    told = f"Practitioners agreed with {agreed.count:,} of the {agreed.of:,} scores they judged"
    return f"{told}: {agreed.text}." if agreed.assessed else f"{told}; too few to say more."


def count_challenges(session: Session, use: Use, period: Period) -> Row:
    """Challenges to the model that came in, and those that were decided for whoever challenged (R22, R43)."""
    of_model = Challenge.model_id == use.version.model_id
    came = of_model, Challenge.received_at >= period.since, Challenge.received_at <= period.until
    ended = of_model, Challenge.closed_at >= period.since, Challenge.closed_at <= period.until
    received = session.scalar(select(func.count()).select_from(Challenge).where(*came)) or 0
    upheld = session.scalar(select(func.count()).select_from(Challenge).where(*ended, Challenge.stage.in_(UPHELD))) or 0
    said = f"{count_text(received, 'challenge')} to the model came in; {upheld} upheld, wholly or in part."
    return {"received": received, "upheld": upheld, "sentence": said}


def _suspensions(session: Session, use: Use, period: Period) -> list[str]:
    inside = [one for one in list_suspensions(session, use.id) if period.since <= one.at <= period.until]
    return [f"Suspended on {date_text(one.at)}: {one.reason}" for one in reversed(inside)]


def count_cases(session: Session, use: Use, period: Period) -> Row:
    """Cases that were opened in the period, that are open now, and whose explanation is overdue (R12)."""
    cases = session.scalars(select(Case).where(Case.use_id == use.id, Case.opened_at <= period.until)).all()
    opened = sum(1 for case in cases if case.opened_at >= period.since)
    waiting = [case for case in cases if case.stage != "closed"]
    late = count_late(waiting, london_date(period.until))
    said = f"{count_text(opened, 'case was', 'cases were')} opened; {len(waiting)} not closed, {late} overdue."
    return {"opened": opened, "open": len(waiting), "overdue": late, "sentence": said}


def count_late(cases: Sequence[Case], today: date) -> int:
    """How many cases wait for an explanation beyond their day."""
    return sum(1 for case in cases if case.stage == "open" and explain_by(case) < today)


def _groups(measured: Measured | None) -> list[Row]:
    if measured is None:
        return []
    names = ("group", "people", "flagged", "right", "missed", "wrongly")
    return [{name: getattr(line, name) for name in names} for line in figure_lines(measured.figures)]


def _gaps(measured: Measured | None) -> list[Row]:
    """The widest gap of each rate by each characteristic, with the counts of its two groups (R15)."""
    if measured is None:
        return []
    return [_gap(gap, measured.figures) for gap in measured.figures.gaps if gap.measure in GAPS]


def _gap(gap: Gap, figures: Figures) -> Row:
    sides = {each.value: each for each in figures.by_group if each.group == gap.group}
    most, least = (sides[value] for value in gap.between)
    higher, lower = getattr(most, gap.measure), getattr(least, gap.measure)
    return {
        "by": gap.group,
        "what": GAPS[gap.measure],
        "higher": f"{most.value}: {higher.count:,} of {higher.of:,}",
        "lower": f"{least.value}: {lower.count:,} of {lower.of:,}",
        "gap": f"{gap.largest * 100:.0f} in 100 ({gap.low * 100:.0f} to {gap.high * 100:.0f})",
        "beyond_chance": gap.clear,
        "said": "Beyond chance" if gap.clear else "Can be chance",
    }


WITHHELD = f"Groups with fewer than {SMALLEST_GROUP} people are not assessed, and no gap rests on them."
"""What a report says of small groups."""
