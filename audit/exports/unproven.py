"""What is missing beside the answers: impact assessments, plans, tests, later people, reviews, attestations. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from assessments.impact.values import ADVISED, KINDS
from audit.exports.values import Record
from foundation.clock import london_date
from foundation.web.texts import count_text, date_text, list_text

OVER = ("replaced", "retired", "rejected")
"""Stages of a use for which nothing has to be there any more."""


def find_unproven(record: Record, today: date) -> Iterator[str]:
    """What a use that is not over needs and the record does not hold, impact assessments first."""
    living = [use for use in record["uses"] if use["stage"] not in OVER]
    for use in living:
        yield from _of_impacts(record, use, today)
    for number in sorted({use["version"] for use in living}):
        yield from _of_proof(record, number)
    yield from _of_leakage(record)
    for use in living:
        yield from _of_reviews(record, use)
    if living and record["model"]["held"]:
        yield from _of_attestation(record, today)


def _of_impacts(record: Record, use: Mapping[str, Any], today: date) -> Iterator[str]:
    """The newest document of each kind that covers the version counts (R32)."""
    covering = [one for one in record["impacts"] if use["version"] in one["covers"]]
    current = {one["kind"]: one for one in covering}
    for kind in use["documents_needed"]:
        found, name = current.get(kind), f"{use['purpose']} (version {use['version']}): {KINDS[kind]}"
        if found is None:
            yield f"{name}: none is recorded."
        elif _read(found["review_on"]) < today:
            yield f"{name}: it was to be reviewed by {_day(found['review_on'])} and holds no longer."
        elif kind in ADVISED and all(one["quoted"] for one in found["advice"]):
            yield f"{name}: the data protection officer has recorded no advice of their own."


def _of_proof(record: Record, number: int) -> Iterator[str]:
    plans, later = _of_version(record["plans"], number), _of_version(record["validations"], number)
    counted = next((one for one in later if one["counts"]), None)
    if not plans:
        yield f"Version {number}: no plan says what success would be."
    elif all(plan["after_figures"] for plan in plans):
        yield f"Version {number}: what success would be was only said after figures were known."
    if counted is None:
        yield f"Version {number}: there is no result on people from a later time whose plan was registered before."
    elif not counted["met"]:
        why = "The owner gave a reason to go on." if counted["unmet_reason"] else "No reason is given to go on."
        yield f"Version {number}: a threshold was not met on people from a later time. {why}"
    yield from (f"Version {number}: {problem}" for problem in _failed(later))
    if plans:
        yield from _of_characteristics(plans[-1], counted, number)


def _failed(later: Sequence[Mapping[str, Any]]) -> list[str]:
    return [f"a result on people from a later time failed. {one['problem']}" for one in later if one["problem"]]


def _of_characteristics(plan: Mapping[str, Any], counted: Mapping[str, Any] | None, number: int) -> Iterator[str]:
    """Protected characteristics without a test, and who accepts that (R15)."""
    tested = counted["summary"].get("tested", []) if counted else []
    waiting = [one["title"].lower() for one in plan["characteristics"] if one["column"] not in ("", *tested)]
    if waiting:
        yield f"Version {number}: not tested yet on people from a later time: {list_text(waiting)}."
    left = [one["title"].lower() for one in plan["characteristics"] if not one["column"]]
    if left:
        accepts = plan["content"]["accepted_by"]
        who = f"Accepted by {accepts}." if accepts else "Nobody is named who accepts that."
        yield f"Version {number}: cannot be tested with the data there is: {list_text(left)}. {who}"


def _of_leakage(record: Record) -> Iterator[str]:
    for one in record["leakage"]:
        if one["at"] is None:
            yield f"Version {one['version']}: {_lower(one['words'])} are too good to be believed; no review is signed."


def _of_reviews(record: Record, use: Mapping[str, Any]) -> Iterator[str]:
    """Answers of the newest submitted round that nobody but their authors looked at, or that did not satisfy (R05)."""
    rounds = [one for one in record["assessments"] if one["use"] == use["id"] and one["submitted_at"]]
    if not rounds:
        return
    name, reviews = f"{use['purpose']} (version {use['version']})", rounds[-1]["reviews"]
    seen = {one["code"] for one in reviews}
    unseen = [one["code"] for one in rounds[-1]["answers"] if one["answered"] and one["code"] not in seen]
    if unseen:
        yield f"{name}: nobody but the authors has reviewed {count_text(len(unseen), 'answer')}: {list_text(unseen)}."
    unhappy = sorted({one["code"] for one in reviews if one["view"] == "not_satisfied"})
    if unhappy:
        yield f"{name}: a reviewer is not satisfied with {list_text(unhappy)}."


def _of_attestation(record: Record, today: date) -> Iterator[str]:
    """Without an attestation it is due so long after the model was registered, as if it had been one."""
    newest = record["attestations"][-1] if record["attestations"] else None
    since = newest["at"] if newest else record["model"]["registered_at"]
    due = london_date(datetime.fromisoformat(since)) + timedelta(days=record["attest_every_days"])
    if due < today:
        yield f"The owner's attestation was due by {date_text(due)}. Nobody has said since that they answer for it."


def _of_version(rows: Sequence[Mapping[str, Any]], number: int) -> list[Mapping[str, Any]]:
    return [one for one in rows if one["version"] == number]


def _read(text: str) -> date:
    return date.fromisoformat(text)


def _day(text: str) -> str:
    return date_text(_read(text))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
