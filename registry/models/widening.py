"""What a use says as plain values, and where it would be wider than before: a material change voids approval (R24)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from foundation.web.texts import count_text, date_text
from registry.gateways.values import PURPOSES
from registry.models.decisions import DECISIONS
from registry.models.rules import SAID
from registry.models.tables import Use
from registry.models.values import REGIME_TITLES

ADULT = 18

Said = Mapping[str, Any]


@dataclass(frozen=True)
class Widening:
    """One way in which a use is wider than before: the field it stands at, and a sentence."""

    field: str
    sentence: str


def said_by(use: Use) -> dict[str, Any]:
    """All that a use says, under the names of the declaration. Texts of the first release stand where they stood."""
    said: dict[str, Any] = {
        "code": use.code,
        "purpose": use.purpose,
        "audience": use.audience,
        "agency": use.agency_code,
        "decision": use.decision,
        "excluded_decisions": list(use.excluded_decisions),
        "regime": use.regime,
        "significant": use.significant,
    }
    if use.particulars:
        return said | {name: value for name, value in use.particulars.items() if name != SAID}
    return said | {"human_involvement": use.human_involvement, "notice": use.notice}


def find_widenings(before: Said, after: Said) -> list[Widening]:
    """Where a use would be wider: audience, purpose, decision, ages, notice, regime or data (R24).

    Both are what a use says; `inputs`, if given, are the names of the inputs. Words cannot be weighed: another
    audience, purpose or decision counts as a wider one.
    """
    return [
        *_texts(before, after),
        *_purposes(before, after),
        *_decisions(before, after),
        *_ages(before.get("ages"), after.get("ages")),
        *_notice(before, after),
        *_data(before, after),
    ]


def _texts(before: Said, after: Said) -> Iterator[Widening]:
    for field, what in (
        ("audience", "Other people would see scores"),
        ("agency", "Another agency would see scores"),
        ("purpose", "The purpose would be another"),
        ("decision", "A score could influence another decision"),
    ):
        if before.get(field) != after.get(field):
            yield Widening(field, f"{what}: “{before.get(field)}” becomes “{after.get(field)}”.")
    if before.get("regime") != after.get("regime"):
        title = REGIME_TITLES.get(after.get("regime"), str(after.get("regime")))  # type: ignore[arg-type]
        yield Widening("regime", f"Another data protection regime would apply: {title}.")


def _purposes(before: Said, after: Said) -> Iterator[Widening]:
    for code in after.get("purpose_kinds") or ():
        if code not in (before.get("purpose_kinds") or ()):
            yield Widening("purpose_kinds", f"It would serve one more purpose: {_small(PURPOSES.get(code, code))}.")


def _decisions(before: Said, after: Said) -> Iterator[Widening]:
    code = after.get("decision_kind")
    if code and code != before.get("decision_kind"):
        title = DECISIONS[code].title if code in DECISIONS else code
        yield Widening("decision_kind", f"A score could influence a decision of another kind: {_small(title)}.")
    if after.get("significant") and not before.get("significant"):
        sentence = "The decision would have a legal or similarly significant effect on somebody."
        yield Widening("significant", sentence)
    for text in before.get("excluded_decisions") or ():
        if text not in (after.get("excluded_decisions") or ()):
            yield Widening("excluded_decisions", f"A decision would no longer be excluded: {_small(text)}.")


def _ages(before: Said | None, after: Said | None) -> Iterator[Widening]:
    if after is None or before == after:
        return
    if before is None:
        yield Widening("ages", f"Nobody had said whom a score may be about. Now: {ages_in_words(after)}.")
        return
    if after["minimum"] < before["minimum"]:
        sentence = f"Younger people could be scored: from {after['minimum']} instead of {before['minimum']}."
        if after["minimum"] < ADULT <= before["minimum"]:
            sentence += " They are children."
        yield Widening("ages", sentence)
    if _highest(after) > _highest(before):
        yield Widening("ages", f"Older people could be scored: {ages_in_words(after)}.")


def _highest(ages: Said) -> int:
    return 1000 if ages["maximum"] is None else int(ages["maximum"])


def _notice(before: Said, after: Said) -> Iterator[Widening]:
    was_told = before.get("told") or (before.get("notice") and not before.get("exemption"))
    if after.get("exemption") and was_told:
        yield Widening("exemption", "People would no longer be told.")


def _data(before: Said, after: Said) -> Iterator[Widening]:
    if after.get("special_condition") and not before.get("special_condition"):
        yield Widening("special_condition", "Special category or criminal offence data would be used.")
    added = [name for name in after.get("inputs") or () if name not in (before.get("inputs") or ())]
    if added and "inputs" in before:
        listed = ", ".join(str(name).replace("_", " ") for name in added)
        yield Widening("inputs", f"{count_text(len(added), 'further input')} would be used: {listed}.")


def ages_in_words(ages: Said) -> str:
    """Whom a score may be about, as a sentence says it: people aged 18 or over."""
    low, high = ages["minimum"], ages["maximum"]
    return f"people aged {low} or over" if high is None else f"people aged {low} to {high}"


def day_in_words(text: str) -> str:
    """A stored day as people read it."""
    return date_text(date.fromisoformat(text))


def _small(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")
