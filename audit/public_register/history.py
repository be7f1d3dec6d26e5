"""What has happened to a model so far, in sentences, oldest first. Pure: rows in, a section out."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from audit.public_register.standing import said
from audit.public_register.values import Block, Field, Section
from foundation.lifecycle.tables import StageChange
from foundation.web.texts import count_text, date_text
from registry.evaluations.tables import Evaluation
from registry.models.tables import RiskModel
from registry.models.values import PermissionStage

STEPS = {
    "submit": "it was sent to the ethics committee",
    "approve": "the committee approved it",
    "return": "the committee asked for more",
    "reject": "the committee refused it",
    "suspend": "it was stopped",
    "lapse": "the stop came to an end",
    "step_back": "it was let go less far than before",
    "retire": "it was ended for good",
    "replace": "a newer form took its place",
    "enter": "a newer form of it was put on this list",
}
"""The steps of a use's life as a story tells them."""

EXTENTS = {
    PermissionStage.SHADOW: ", to be tested with scores that nobody sees",
    PermissionStage.PILOT: ", as a pilot",
    PermissionStage.OPERATIONAL: ", for full use",
}
"""How a sentence about an approval goes on, by how far it goes (R08)."""

Told = tuple[datetime, str]


def tell_history(
    model: RiskModel, changes: Mapping[int, Sequence[StageChange]], evaluations: Mapping[int, Sequence[Evaluation]]
) -> Section:
    """Every event with its day and, where somebody gave one, its reason."""
    events = [*_entries(model), *_tests(model, evaluations), *_steps(model, changes)]
    points = tuple(words for _, words in sorted(events, key=lambda event: event[0]))
    return Section(Field.HISTORY, (Block("", points), *_known(model)))


def _entries(model: RiskModel) -> Iterator[Told]:
    yield model.registered_at, f"On {date_text(model.registered_at)} it was put on this list."
    for version in model.versions:
        if version.number > 1:
            words = f"version {version.number} was put on this list"
            yield version.registered_at, f"On {date_text(version.registered_at)} {words}."


def _tests(model: RiskModel, evaluations: Mapping[int, Sequence[Evaluation]]) -> Iterator[Told]:
    for version in model.versions:
        for one in evaluations.get(version.id, ()):
            people = count_text(one.figures["people"], "person", "people")
            yield one.computed_at, f"On {date_text(one.computed_at)} it was checked on past records of {people}."


def _steps(model: RiskModel, changes: Mapping[int, Sequence[StageChange]]) -> Iterator[Told]:
    several = len(model.uses) > 1
    for use in model.uses:
        extents = {one.granted_at: EXTENTS[one.stage] for one in use.approvals}
        for change in changes.get(use.id, ()):
            what = STEPS.get(change.step, f"its stage became: {change.target}") + extents.get(change.at, "")
            use_words = f" This use: {said(use.purpose)}" if several else ""
            why = f" The reason given: {said(change.reason)}" if change.reason else ""
            yield change.at, f"On {date_text(change.at)} {what}.{use_words}{why}"


def _known(model: RiskModel) -> tuple[Block, ...]:
    known = model.known
    if not known.get("source"):
        return ()
    day = known.get("checked_on")
    checked = f" We last checked on {date_text(date.fromisoformat(day))}." if day else ""
    source = Block("We read this here:", (said(known["source"]),), cited=True)
    return (Block(f"We know it from others.{checked}"), source)
