"""A quarter in words before numbers: what the first page of the report says, and what cannot be said. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from foundation.web.texts import count_text, list_text
from monitoring.reports.courses import COURSES, Course

TOLD = {
    Course.WORSE: "Got worse",
    Course.BETTER: "Improved",
    Course.MIXED: "Better in one way and worse in another",
    Course.STEADY: "Changed by no more than chance",
}
"""How each course that can be told begins its sentence."""


def summarise(uses: Sequence[Mapping[str, Any]], outside: int) -> list[str]:
    """The first page: who was not watched at all, who got worse, who improved, and what waits for whom.

    `outside` counts the cases about what runs without being registered.
    """
    if not uses:
        return ["No model was approved in this quarter, so there is nothing to report."]
    return [
        _unwatched(uses),
        *_courses(uses),
        *_lacking(uses),
        _holes(uses),
        _agreement(uses),
        _challenges(uses),
        _stopped(uses),
        _cases(uses, outside),
        _gaps(uses),
    ]


def name_of(use: Mapping[str, Any]) -> str:
    """A use in a line: the version of its model and what for."""
    purpose = use["purpose"]
    return f"{use['model']}, for {purpose[:1].lower()}{purpose[1:]}"


def _unwatched(uses: Sequence[Mapping[str, Any]]) -> str:
    without = [name_of(use) for use in uses if not use["watches"]["count"]]
    if without:
        return f"Not watched at all in this quarter: {'; '.join(without)}. Nobody knows how they behaved."
    return f"Every model that was approved in this quarter was watched ({count_text(len(uses), 'use')})."


def _courses(uses: Sequence[Mapping[str, Any]]) -> list[str]:
    told = []
    for course, words in TOLD.items():
        named = [name_of(use) for use in uses if use["course"] == course]
        if named:
            told.append(f"{words}: {'; '.join(named)}.")
    return told


def _lacking(uses: Sequence[Mapping[str, Any]]) -> list[str]:
    named = [name_of(use) for use in uses if use["outcomes"]["lacking"]]
    return [f"Too few outcomes are known to say how often it is right: {'; '.join(named)}."] if named else []


def _holes(uses: Sequence[Mapping[str, Any]]) -> str:
    nights = sum(use["holes"]["count"] for use in uses)
    if not nights:
        return "No watch that was due is missing."
    return f"{count_text(nights, 'watch', 'watches')} that were due did not run."


def _agreement(uses: Sequence[Mapping[str, Any]]) -> str:
    judged = sum(use["judgements"]["count"] for use in uses)
    if not judged:
        return "Nobody recorded a judgement on a score."
    agreed = sum(use["judgements"]["agree"] for use in uses)
    return f"Practitioners agreed with {agreed:,} of the {judged:,} scores they judged."


def _challenges(uses: Sequence[Mapping[str, Any]]) -> str:
    by_model = {use["slug"]: use["challenges"] for use in uses}  # a challenge is to a model, whatever its uses
    received = sum(one["received"] for one in by_model.values())
    upheld = sum(one["upheld"] for one in by_model.values())
    if not received and not upheld:
        return "Nobody challenged a score or a model."
    return f"{count_text(received, 'challenge')} came in, and {upheld} {'was' if upheld == 1 else 'were'} upheld."


def _stopped(uses: Sequence[Mapping[str, Any]]) -> str:
    stopped = sum(len(use["suspensions"]) for use in uses)
    named = list_text([name_of(use) for use in uses if use["suspensions"]])
    return f"Suspended {count_text(stopped, 'time')}: {named}." if stopped else "No model was suspended."


def _cases(uses: Sequence[Mapping[str, Any]], outside: int) -> str:
    waiting = sum(use["cases"]["open"] for use in uses)
    late = sum(use["cases"]["overdue"] for use in uses)
    told = f"{count_text(waiting, 'case is', 'cases are')} not closed; {late} of them overdue."
    if not outside:
        return told
    found = count_text(outside, "case is about something", "cases are about things")
    return f"{told} {found} found outside the register."


def _gaps(uses: Sequence[Mapping[str, Any]]) -> str:
    clear = [gap for use in uses for gap in use["gaps"] if gap["beyond_chance"]]
    measured = [use for use in uses if use["gaps"]]
    if not measured:
        return "Whether groups fare alike cannot be said of any model yet."
    if not clear:
        return "Between groups that could be assessed, no gap is larger than chance explains."
    return (
        f"{count_text(len(clear), 'gap')} between groups cannot be put down to chance; the table of equality has them."
    )


def unsaid(uses: Sequence[Mapping[str, Any]]) -> list[str]:
    """What cannot be said, and why, use by use."""
    told = []
    for use in uses:
        if use["course"] == Course.UNKNOWN:
            told.append(f"{name_of(use)}: whether it improved or got worse. {use['course_sentence']}")
        if not use["groups"]:
            told.append(f"{name_of(use)}: whether groups fare alike. {use['outcomes']['sentence']}")
        elif not use["gaps"]:
            told.append(f"{name_of(use)}: gaps between groups. Too few groups have enough people.")
    return told


def in_order(uses: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Uses as a report lists them: those nobody watched first, then those that got worse, those that improved last."""
    order = list(COURSES)
    return sorted(uses, key=lambda use: (use["watches"]["count"] > 0, order.index(Course(use["course"])), name_of(use)))
