"""What is reported to every meeting of the committee, gathered from the floors it may not look into itself (R22)."""

from datetime import datetime

from sqlalchemy.orm import Session

from assessments.meetings.values import Report, ReportSource
from audit.public_register.rules import counted
from foundation.clock import london_date
from foundation.web.texts import count_text
from model_runtime.challenges.figures import challenge_figures
from model_runtime.challenges.values import ChallengeFigures
from monitoring.cases.queries import explain_by, list_open_cases
from monitoring.lookbacks.queries import count_harm
from monitoring.lookbacks.values import HarmCount


def report_challenges(session: Session, now: datetime) -> Report:
    """Challenges to scores and models: how many, how fast, and what became of them, model by model (R22, R43)."""
    figures = challenge_figures(session)
    if not figures:
        nothing = ("Nobody has challenged a score or a model yet.",)
        return Report("challenges", "Challenges to scores and models", nothing, nothing)
    return Report(
        "challenges",
        "Challenges to scores and models",
        [_challenge_sentence(one) for one in figures],
        [_public_sentence(one) for one in figures],
    )


def _public_sentence(one: ChallengeFigures) -> str:
    """Small numbers are left out: they could point at somebody."""
    upheld = counted(one.upheld + one.partly_upheld, one.received)
    return f"{one.model}: {counted(one.received)} received, {upheld} upheld, wholly or in part."


def _challenge_sentence(one: ChallengeFigures) -> str:
    said = (
        f"{one.model}: {one.received} received, {one.open} still open; {one.in_time} acknowledged in time, {one.late} "
        f"late, {one.not_acknowledged} not at all. {one.upheld} upheld, {one.partly_upheld} in part, "
        f"{one.not_upheld} not upheld, {one.withdrawn} withdrawn."
    )
    if one.median_days is None:
        return said
    return f"{said} Half of the outcomes came within {count_text(round(one.median_days), 'day')}."


def report_cases(session: Session, now: datetime) -> Report:
    """Breaches that nobody has closed, and explanations that are late (R12)."""
    cases = list_open_cases(session)
    late = sum(1 for case in cases if case.stage == "open" and explain_by(case) < london_date(now))
    open_ones = count_text(len(cases), "case is open", "cases are open")
    told = (f"{open_ones}; {count_text(late, 'explanation is', 'explanations are')} overdue.",) if cases else ()
    sentences = told or ("No case is open: no watch found anything that somebody has yet to explain or close.",)
    return Report("cases", "Breaches and other cases", sentences, sentences)


def report_harm(session: Session, now: datetime) -> Report:
    """Looking back at what was withdrawn: how many people, how far, and harm, in counts alone (R14)."""
    counts = count_harm(session)
    nothing = ("Nothing was withdrawn that anybody has to look back at.",)
    told, public = [_harm_sentence(one) for one in counts], [_public_harm(one) for one in counts]
    return Report("harm", "Looking back at what was withdrawn", told or nothing, public or nothing)


def _harm_sentence(one: HarmCount) -> str:
    looked = f"{one.reviewed:,} of {count_text(one.people, 'person', 'people')} looked at again"
    harm = f"harm found for {one.harm:,} and possible for {one.possible:,}"
    return f"{one.use.version.title}: {looked}; {harm}; the scores of {one.challenged:,} were challenged."


def _public_harm(one: HarmCount) -> str:
    """Small numbers are left out: they could point at somebody."""
    looked, harm = counted(one.reviewed, one.people), counted(one.harm + one.possible, one.people)
    return f"{one.use.version.title}: people scored: {counted(one.people)}; looked at again: {looked}; harm: {harm}."


SOURCES: tuple[ReportSource, ...] = (report_challenges, report_cases, report_harm)
"""Every report, in the order in which it stands on an agenda."""
