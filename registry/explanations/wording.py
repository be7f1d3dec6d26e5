"""What was found about a version as sentences, before any number is shown."""

from collections.abc import Sequence

from foundation.web.texts import count_text, list_text
from registry.explanations.values import DIFFERS, FALLS, FLAT, MIXED, RISES, Curve, Findings, Steadiness, Weight

FRACTIONS = (
    (0.05, "about a twentieth"),
    (0.1, "about a tenth"),
    (0.2, "about a fifth"),
    (0.25, "about a quarter"),
    (1 / 3, "about a third"),
    (0.4, "about two fifths"),
    (0.5, "about half"),
    (0.6, "about three fifths"),
    (2 / 3, "about two thirds"),
    (0.75, "about three quarters"),
    (0.8, "about four fifths"),
    (0.9, "about nine tenths"),
)
LITTLE, NEARLY_ALL, MOST = 0.03, 0.95, 0.5
ABOUT = {"person": "the person", "relative": "relatives", "linked": "other people linked to the person"}

WAYS = {
    RISES: "The score rises as it grows.",
    FALLS: "The score falls as it grows.",
    MIXED: "The score goes up and down as it grows.",
    FLAT: "It hardly moves the score.",
    DIFFERS: "The score differs between its values.",
}

YES_OR_NO = {RISES: "The score is higher where this is so.", FALLS: "The score is lower where this is so."}
AGAINST = " The outcome went the other way in the evaluation data. Ask why."


def share_text(share: float) -> str:
    """A share of the weight in words: about a third of the weight."""
    if share <= 0:
        return "none of the weight"
    if share < LITTLE:
        return "hardly any of the weight"
    if share > NEARLY_ALL:
        return "nearly all of the weight"
    return f"{min(FRACTIONS, key=lambda one: abs(one[0] - share))[1]} of the weight"


def sentence_of(weight: Weight) -> str:
    """One input and its share: About a third of the weight: earlier convictions."""
    told = share_text(weight.share)
    return f"{told[:1].upper()}{told[1:]}: {weight.title[:1].lower()}{weight.title[1:]}."


def headline(findings: Findings) -> str:
    """What drives the model, in a sentence with its two or three strongest inputs."""
    strongest = [one for one in findings.weights[:3] if one.share >= LITTLE]
    if not strongest:
        return "Nothing moves its scores: they are the same for everybody."
    names = list_text([f"{one.title[:1].lower()}{one.title[1:]}" for one in strongest])
    told = share_text(sum(one.share for one in strongest))
    return f"{told[:1].upper()}{told[1:]} lies on {count_text(len(strongest), 'input')}: {names}."


def whose(findings: Findings) -> str:
    """Whom the weight is about, with a warning where most of it is not about the person (R29)."""
    if not findings.others:
        return "All inputs describe the person."
    parts = [f"{share_text(share)} is about {ABOUT[code]}" for code, share in findings.about.items() if share > 0]
    told = list_text(parts)
    warning = " Most of it does not come from the person." if findings.others > MOST else ""
    return f"{told[:1].upper()}{told[1:]}.{warning}"


def protected(findings: Findings) -> str:
    """How much lies on protected characteristics or what stands for them (R29)."""
    named = sorted({one.protected for one in findings.weights if one.protected})
    if not named:
        return "No input is declared as a protected characteristic or standing for one."
    told = share_text(findings.protected)
    return f"{told[:1].upper()}{told[1:]} lies on inputs declared as protected or standing for it: {list_text(named)}."


def way_of(curve: Curve) -> str:
    """How the score goes with an input, and that the outcome does not go that way if so."""
    if is_yes_or_no(curve):
        return YES_OR_NO.get(curve.way, WAYS[FLAT]) + (AGAINST if curve.against else "")
    if not curve.against:
        return WAYS[curve.way]
    goes = "falls" if curve.way == FALLS else "rises"
    came = "more often" if curve.observed == RISES else "less often"
    return f"The score {goes} as it grows, although the outcome came {came} to people with more of it. Ask why."


def is_yes_or_no(curve: Curve) -> bool:
    """Whether an input says only whether something is so."""
    return [point.text for point in curve.points] == ["No", "Yes"]


def direction(curves: Sequence[Curve]) -> str:
    """Whether any input works against what was observed."""
    odd = [curve.title for curve in curves if curve.against]
    if not odd:
        return "No input moves the score against what was observed in the evaluation data."
    named = list_text([f"{title[:1].lower()}{title[1:]}" for title in odd])
    return f"{count_text(len(odd), 'input moves', 'inputs move')} the score against what was observed: {named}."


def steady(found: Steadiness) -> str:
    """What the smallest changes do, of 100 of them."""
    if not found.changes:
        return "No input can be changed by a single step, so steadiness was not assessed."
    bands, reasons = found.out_of_100(found.bands), found.out_of_100(found.reasons)
    return (
        f"Of 100 changes of one input by one step, about {bands} {'moves' if bands == 1 else 'move'} the person to "
        f"another band and about {reasons} {'changes' if reasons == 1 else 'change'} the leading reason."
    )


def left_over(findings: Findings) -> str:
    """What the reasons leave unexplained."""
    where = f"all {findings.people:,} people" if findings.people == findings.rows else f"{findings.people:,} people"
    return f"The reasons of {where} add up to the model's own output; nothing is left unexplained."
