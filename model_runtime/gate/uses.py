"""The gates that a use's own life, approval, law and file open or close."""

from collections.abc import Sequence

from foundation.web.texts import count_text, date_text
from model_runtime.gate.values import GateFacts, refuse, use_of
from registry.models.decisions import DECISIONS
from registry.models.values import PermissionStage


def check_decided(facts: GateFacts) -> None:
    """The committee has decided; before that nothing runs."""
    use = use_of(facts)
    if use.stage in UNDECIDED:
        how_far, who_opens = UNDECIDED[use.stage]
        refuse(
            "not_approved",
            f"the ethics committee has not approved this use. {how_far.format(date_text(use.stage_since))}",
            who_opens.format(use.owner),
        )


def check_not_rejected(facts: GateFacts) -> None:
    """The committee did not refuse the use."""
    use = use_of(facts)
    if use.stage == "rejected":
        refuse(
            "rejected",
            f"the ethics committee rejected this use on {date_text(use.stage_since)}.",
            f"The model's owner ({use.owner}) can change it and ask the committee again.",
        )


def check_not_suspended(facts: GateFacts) -> None:
    """Nobody stopped the use."""
    use = use_of(facts)
    if use.stage == "suspended":
        reason = use.stage_reason.rstrip(". ")
        refuse(
            "suspended",
            f"this use was suspended on {date_text(use.stage_since)} by {use.stage_by}. The reason given: {reason}.",
            "Only the ethics committee can open it again, by a new decision.",
        )


def check_not_retired(facts: GateFacts) -> None:
    """The use has not ended for good."""
    use = use_of(facts)
    if use.stage == "retired":
        refuse(
            "retired",
            f"this use was retired on {date_text(use.stage_since)} and will not give scores again.",
            "The register says whether another model serves this purpose.",
        )


def check_standing(facts: GateFacts) -> None:
    """An approved use has an approval that was not ended. A stage nobody thought of is refused as well."""
    use = use_of(facts)
    if use.stage != "approved" or use.standing is None or use.standing.ended:
        refuse(
            "not_approved",
            "no approval of this use stands.",
            f"The model's owner ({use.owner}) can ask the ethics committee for one.",
        )


def check_expiry(facts: GateFacts) -> None:
    """The approval still runs; the day it expires on, in London, is its last. A pilot stops on it by itself (R08)."""
    use = use_of(facts)
    standing = use.standing
    if standing is None or facts.today > standing.expires_on:
        what, who_opens = ENDED[standing.permission if standing else PermissionStage.OPERATIONAL]
        refuse(
            "approval_expired",
            f"{what} ended on {date_text(standing.expires_on if standing else None)}.",
            who_opens.format(use.owner),
        )


def check_conditions(facts: GateFacts) -> None:
    """No critical condition of the approval is overdue: the day it is due is its last (R11)."""
    use = use_of(facts)
    if use.lapses_on is not None and facts.today > use.lapses_on:
        refuse(
            "condition_overdue",
            f"a critical condition of its approval was to be met by {date_text(use.lapses_on)} and is not.",
            f"The model's owner ({use.owner}) shows how it was met; the chair of the ethics committee agrees.",
        )


def check_complete(facts: GateFacts) -> None:
    """The use says whom it may be about; uses of the first release were never asked (R33)."""
    use = use_of(facts)
    if use.ages is None:
        refuse(
            "use_incomplete",
            "nobody has said whom a score for this purpose may be about.",
            f"The model's owner ({use.owner}) changes the use and asks the ethics committee again.",
        )


def check_decision(facts: GateFacts) -> None:
    """The decision is not one that no score may touch, whatever was approved (R37)."""
    use = use_of(facts)
    kind = DECISIONS.get(use.decision_kind)
    if kind is None or kind.excluded:
        what = f"{kind.title[:1].lower()}{kind.title[1:]}" if kind else "a decision that is not in the register"
        refuse("decision_excluded", f"no score may touch what this use is for: {what}.", "No committee can open this.")


def check_notice(facts: GateFacts) -> None:
    """An exemption from telling people is looked at again in time: its review day is its last (R23)."""
    use = use_of(facts)
    if use.exempt_until is not None and facts.today > use.exempt_until:
        refuse(
            "notice_overdue",
            "people are not told of this use, and the reason was to be looked at again by "
            f"{date_text(use.exempt_until)}.",
            f"The model's owner ({use.owner}) tells people, or changes the use and asks the ethics committee again.",
        )


def check_content(facts: GateFacts) -> None:
    """What is stored is what was approved: features, bands, threshold, limits, use and answers (R03, R24)."""
    use = use_of(facts)
    if use.as_declared and use.standing is not None and use.standing.fingerprint == use.fingerprint:
        return
    refuse(
        "content_changed",
        "what is stored about this model is no longer what the ethics committee approved.",
        f"Tell the model's owner ({use.owner}) and the data protection officer.",
        "It runs again when the committee has approved what is there now.",
    )


def check_law(facts: GateFacts) -> None:
    """Every input still has a lawful route, and nothing the approval rested on has fallen away (R16, R18)."""
    use = use_of(facts)
    law = use.law
    if law.lost:
        refuse(
            "law_lost",
            f"the law its approval rested on has changed. {_first(law.lost)}",
            "The ethics committee decides again, on the law as it now stands.",
        )
    if law.blocked:
        refuse(
            "law_open",
            f"the law does not carry it. {_first(law.blocked)}",
            "The information governance lead keeps the register; the ethics committee is told.",
        )
    if law.unsigned:
        refuse(
            "law_not_signed_off",
            f"a lawyer has not accepted what it rests on. {_first(law.unsigned)}",
            "The legal adviser or the data protection officer can sign this off.",
        )


def check_artefact(facts: GateFacts) -> None:
    """The bytes that would be run are those that were approved (R03)."""
    use = use_of(facts)
    if use.artefact_seen != use.artefact_sha256:
        refuse(
            "artefact_changed",
            "the model's file is not the one that the ethics committee approved.",
            f"Tell the model's owner ({use.owner}) and the data protection officer.",
        )


def check_figures(facts: GateFacts) -> None:
    """The model was measured: without figures nobody can say how often it is wrong (R27)."""
    use = use_of(facts)
    if not use.has_figures:
        refuse(
            "no_figures",
            "this model has not been measured yet, so nobody can say how often it is wrong.",
            f"Ask the model's owner ({use.owner}) when its figures will be there.",
        )


def _first(sentences: Sequence[str]) -> str:
    more = len(sentences) - 1
    return sentences[0] + (f" ({count_text(more, 'more finding')}.)" if more else "")


ENDED = {
    PermissionStage.SHADOW: (
        "the time in which this use was tried in the shadow",
        "The model's owner ({}) can ask the ethics committee for a pilot, or for more time.",
    ),
    PermissionStage.PILOT: (
        "the pilot of this use",
        "The ethics committee decides from its results what comes next, when the model's owner ({}) asks.",
    ),
    PermissionStage.OPERATIONAL: (
        "the approval for this purpose",
        "The model's owner ({}) can ask the ethics committee to renew it.",
    ),
}
"""What ended, and who can open it again, by how far the approval went."""

UNDECIDED = {
    "registered": (
        "It was registered on {} and never submitted.",
        "The model's owner ({}) can submit it to the ethics committee.",
    ),
    "submitted": (
        "It has been with the committee since {}.",
        "The ethics committee decides at one of its next meetings.",
    ),
    "returned": (
        "The committee asked for more information on {}.",
        "The model's owner ({}) answers the committee's questions and submits it again.",
    ),
}
"""Stages before a decision: how far the use has come, and who can take it further."""
