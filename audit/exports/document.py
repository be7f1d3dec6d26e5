"""The document of a record as HTML for paper: title and contents, summary, gaps, and then the whole record."""

from datetime import date, datetime
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assessments.members.values import KIND_TITLES, SeatKind
from audit.exports.bars import LABEL, ROW, WIDTH, draw_misses
from audit.exports.sentences import MEASURES, newest_evaluation, shown_figures, summarise
from audit.exports.values import Record
from foundation.clock import london_date
from foundation.paths import TEMPLATES
from foundation.web.texts import count_text, date_text, list_text, moment_text
from registry.evaluations.values import SMALLEST_GROUP, Figures
from registry.models.values import PERMISSION_WORDS
from registry.watch_plans.measures import MEASURES as WATCHED

OUTCOMES = {
    "approve": "Approve",
    "approve_with_conditions": "Approve with conditions",
    "more_information": "Ask for more information",
    "reject": "Reject",
    "suspend": "Suspend",
    "retire": "Retire",
    "adopt": "Put another watch plan in force",
    "keep": "Leave the watch plan as it is",
    "abstain": "Abstain",
}
"""How a vote and a decision read in the record."""

WORDS = {
    "person": "the person",
    "relative": "a relative",
    "linked": "somebody linked to the person",
    "yes_no": "yes or no",
    "unverified": "Not verified",
    "verified": "Verified",
    "none": "no interest",
    "stayed": "an interest, and stayed",
    "withdrew": "an interest, and withdrew",
    "not_used": "not used",
    "too_early": "too early to say",
    "tree_path_dependent": "contributions of each fact, computed from the trees themselves (TreeSHAP)",
    **{code: measured.words for code, measured in WATCHED.items()},
    "warn": "the owner looks into it",
    "refer": "the committee decides",
    "suspend": "suspended at once",
    "linear": "contributions of each fact to a weighted sum",
}
"""Stored codes as people read them, where a plain code would not do."""


def render_document(record: Record) -> str:
    """The document as one HTML page without any outside file."""
    built = datetime.fromisoformat(record["built_at"])
    evaluations = [(one, shown_figures(one)) for one in record["evaluations"]]
    newest = newest_evaluation(record)
    return (
        paper_environment()
        .get_template("audit/packs/document.html")
        .render(
            record=record,
            replies=summarise(record, london_date(built)),
            evaluations=evaluations,
            pictures=draw_misses(shown_figures(newest)) if newest else [],
            grid={"width": WIDTH, "label": LABEL, "row": ROW},
            measures=MEASURES,
            hidden=_hidden_groups,
            extents=PERMISSION_WORDS,
        )
    )


def _hidden_groups(evaluation: dict[str, Any], figures: Figures) -> int:
    return len(evaluation["figures"]["by_group"]) - len(figures.by_group)


@cache
def paper_environment() -> Environment:
    """The templates of documents for paper, with their filters."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        day=lambda text: date_text(date.fromisoformat(text[:10])) if text else "not set",
        moment=lambda text: moment_text(datetime.fromisoformat(text)) if text else "not set",
        counted=count_text,
        listed=list_text,
        words=lambda code: WORDS.get(code, str(code).replace("_", " ")),
        outcome=lambda code: OUTCOMES.get(code, str(code).replace("_", " ")),
        who=_who,
        seat=_seat,
        few=lambda count: f"fewer than {SMALLEST_GROUP}, or too few others" if count is None else f"{count:,}",
        capital=lambda text: text[:1].upper() + text[1:],
    )
    return environment


def _who(reference: str | None) -> str:
    """Who acted, as it reads: account 4, the worker."""
    if reference is None:
        return "not named"
    return reference.replace(":", " ") if reference.startswith("account:") else f"the {reference}"


def _seat(vote: dict[str, Any]) -> str:
    """The marks of a voter's seat: member, independent, lay."""
    seat = vote["seat"]
    if seat is None:
        return "no seat is on record"
    marks = [mark for mark in ("independent", "lay") if seat[mark]]
    return ", ".join([KIND_TITLES[SeatKind(seat["kind"])].lower(), *marks])
