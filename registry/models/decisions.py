"""The kinds of decision a score may inform, and those that no score may touch in this house (R37)."""

from dataclasses import dataclass

from foundation.errors import Refused


@dataclass(frozen=True)
class DecisionKind:
    """A kind of decision. `excluded` says why no score may inform it; empty when one may."""

    code: str
    title: str
    excluded: str = ""


_KINDS = (
    DecisionKind("offer_support", "Offering somebody support they can decline"),
    DecisionKind("prioritise_review", "Choosing whose situation a practitioner looks at first"),
    DecisionKind("allocate_worker", "Choosing which worker or team helps somebody"),
    DecisionKind("invite_to_meeting", "Inviting somebody to talk, freely"),
    DecisionKind("plan_services", "Planning services for many people, without looking at one"),
    DecisionKind("information_only", "Background for a professional who decides on other grounds"),
    DecisionKind(
        "remove_child",
        "Taking a child from its family",
        "It may change a life for good and belongs to a court that hears the family.",
    ),
    DecisionKind(
        "arrest_or_charge",
        "Arresting or charging somebody",
        "Suspicion must rest on what a person did, not on a likeness to others.",
    ),
    DecisionKind(
        "stop_or_search",
        "Stopping or searching somebody",
        "The law asks for grounds about this person and this moment.",
    ),
    DecisionKind(
        "sentence_or_release",
        "Sentencing, bail, release or recall",
        "Liberty is for a court or the Parole Board to decide on evidence that can be answered.",
    ),
    DecisionKind(
        "benefit_decision",
        "Granting, cutting or stopping a benefit",
        "Entitlement follows from the law and the facts of a claim, and a mistake leaves a family without money.",
    ),
    DecisionKind(
        "school_exclusion", "Excluding a child from school", "It punishes conduct and must rest on what the child did."
    ),
    DecisionKind(
        "refuse_service",
        "Refusing, ending or reducing a service",
        "A score may open a door to help. It never closes one.",
    ),
    DecisionKind(
        "immigration_enforcement",
        "Enforcing immigration law",
        "Families would no longer dare to ask for help, and children would be less safe.",
    ),
)

DECISIONS = {kind.code: kind for kind in _KINDS}
"""Every kind of decision, by stored code."""


def check_decision(code: str) -> None:
    """Refuse a kind of decision that no score may inform (R37)."""
    kind = DECISIONS.get(code)
    if kind is not None and kind.excluded:
        raise Refused(f"{kind.title} is a decision that no score may inform. {kind.excluded}", code="decision_excluded")
