"""The gates between a request and a score, as data, in order. Everything is refused that is not allowed (R01).

Each check takes plain values and raises GateClosed with a stable code, a sentence and who can open the gate.
"""

from collections.abc import Callable
from dataclasses import dataclass

from foundation.accounts.values import ROLES, Permission, Role
from model_runtime.gate.people import (
    check_age,
    check_audience,
    check_fresh,
    check_known,
    check_not_objected,
    check_places,
    check_team,
    check_trained,
    is_in_team,
)
from model_runtime.gate.uses import (
    check_artefact,
    check_complete,
    check_conditions,
    check_content,
    check_decided,
    check_decision,
    check_expiry,
    check_figures,
    check_law,
    check_not_rejected,
    check_not_retired,
    check_not_suspended,
    check_notice,
    check_standing,
)
from model_runtime.gate.values import NO_SCORE, GateClosed, GateFacts, Line, refuse

__all__ = ["CHECKS", "NO_SCORE", "Check", "check_gate", "explain", "is_in_team"]

MOST_APART = 60.0
"""By how many seconds the clocks of service and database may differ, and a record may lie in the future."""


@dataclass(frozen=True)
class Check:
    """One gate: a stable name, what it is about, what is true when it is open, and the function that closes it.

    `closed` is the sentence for everybody when the gate is about the person, of whom nothing may be said.
    """

    name: str
    title: str
    holds: str
    run: Callable[[GateFacts], None]
    needs_use: bool = True
    closed: str = ""


def check_gate(facts: GateFacts) -> None:
    """Every check in order; the first closed gate raises."""
    for check in CHECKS:
        check.run(facts)


def explain(facts: GateFacts) -> list[Line]:
    """Every check that can be run, in order, each with what it says; nothing is said about the person.

    Without a use only what comes before it is run, without a person (`named`) nothing that is about one.
    """
    return [
        _line(check, facts)
        for check in CHECKS
        if (facts.use is not None or not check.needs_use) and (facts.named or not check.closed)
    ]


def _line(check: Check, facts: GateFacts) -> Line:
    try:
        check.run(facts)
    except GateClosed as closed:
        said = closed.sentence.removeprefix(f"{NO_SCORE}: ")
        return Line(closed.code, check.title, False, check.closed or f"{said[:1].upper()}{said[1:]}")
    return Line(check.name, check.title, True, check.holds)


def check_role(facts: GateFacts) -> None:
    """Somebody with the permission to ask asks: the audience of a use is its agency's practitioners."""
    if any(Permission.ASK_SCORE in ROLES[role].permissions for role in facts.roles):
        return
    held = ", ".join(ROLES[role].title for role in Role if role in facts.roles) or "none"
    askers = [card.title for card in ROLES.values() if Permission.ASK_SCORE in card.permissions]
    refuse("role_not_allowed", f"your role ({held}) does not include asking for one.", f"It is for: {askers[0]}.")


def check_purpose(facts: GateFacts) -> None:
    """The stated purpose is that of a use; any other purpose is refused, whatever is approved (R24)."""
    use, approved = facts.use, "; ".join(facts.approved_purposes)
    if use is None or facts.purpose not in (use.code, use.purpose):
        refuse(
            "unknown_purpose",
            "the ethics committee has not approved the purpose you stated.",
            f"Approved for your agency: {approved}." if approved else "No purpose is approved for your agency now.",
            "The owner of a model can ask the ethics committee for another purpose.",
        )


def check_persons_agency(facts: GateFacts) -> None:
    """The reader's agency works with the person."""
    if facts.agency is None or facts.person_agency != facts.agency:
        refuse("other_agency", "your agency does not work with this person.", "Ask the agency that does.")


def check_agency(facts: GateFacts) -> None:
    """The use is for the reader's agency."""
    if facts.agency is None or (facts.use is not None and facts.use.agency != facts.agency):
        refuse(
            "other_agency",
            "this use of the model is for practitioners of another agency.",
            "The owner of the model can ask the ethics committee for a use by your agency.",
        )


def check_clock(facts: GateFacts) -> None:
    """The clocks agree and time does not run backwards: otherwise nobody knows what has expired (R01)."""
    moment = facts.moment
    if moment is not None and max(moment.apart, moment.back) > MOST_APART:
        what = "the clocks of the service and of its database differ"
        refuse(
            "clock_differs",
            f"{what if moment.apart > MOST_APART else 'the newest record lies in the future'}, "
            "so nobody can say what has expired.",
            "The administrator sets the clocks right.",
        )


CHECKS: tuple[Check, ...] = (
    Check("role", "Role", "The role includes asking for a score.", check_role, needs_use=False),
    Check("purpose", "Purpose", "The stated purpose is that of this use.", check_purpose, needs_use=False),
    Check(
        "person",
        "Agency of the person",
        "The reader's agency works with the person.",
        check_persons_agency,
        needs_use=False,
        closed="The reader's agency does not work with this person.",
    ),
    Check("agency", "Agency of the use", "The use is for the reader's agency.", check_agency, needs_use=False),
    Check("clock", "Clock", "The clocks agree.", check_clock, needs_use=False),
    Check("decided", "Committee", "The ethics committee has decided.", check_decided),
    Check("not_rejected", "Not rejected", "The use was not rejected.", check_not_rejected),
    Check("not_suspended", "Not suspended", "The use is not suspended.", check_not_suspended),
    Check("not_retired", "Not retired", "The use is not retired.", check_not_retired),
    Check("standing", "Approval", "An approval of this version for this use stands.", check_standing),
    Check("expiry", "Expiry", "The approval has not expired.", check_expiry),
    Check("conditions", "Conditions", "No critical condition is overdue.", check_conditions),
    Check("complete", "Whom it may be about", "The use says whom it may be about.", check_complete),
    Check("content", "What was approved", "What is stored is what was approved.", check_content),
    Check("team", "Team of a pilot", "The reader's team may ask.", check_team),
    Check(
        "places",
        "Places of a pilot",
        "There is a place for this person.",
        check_places,
        closed="The pilot has no place for another person.",
    ),
    Check("audience", "Audience", "The reader's team is shown something of it.", check_audience),
    Check("training", "Training", "The reader's training for this version is in date.", check_trained),
    Check("decision", "Decision", "The decision is one that a score may touch.", check_decision),
    Check("notice", "Telling people", "People are told, or an exemption is in date.", check_notice),
    Check("law", "Law", "Every input has a lawful route, signed off where it has to be.", check_law),
    Check("artefact", "Model file", "The model's file is the one that was approved.", check_artefact),
    Check("figures", "Figures", "The model was measured.", check_figures),
    Check(
        "age",
        "Age",
        "The person is of an age the use is for.",
        check_age,
        closed="The person is not of an age the use is for, or it is not known.",
    ),
    Check(
        "objection",
        "Objection",
        "No objection by the person stands.",
        check_not_objected,
        closed="The person objected to being scored, and that stands.",
    ),
    Check(
        "known",
        "Facts known",
        "Every fact the model needs is known.",
        check_known,
        closed="A fact the model needs is not known.",
    ),
    Check(
        "fresh",
        "Facts fresh",
        "No fact is older than was approved.",
        check_fresh,
        closed="A fact is older than was approved.",
    ),
)
"""Every gate, in the order in which they are passed."""
