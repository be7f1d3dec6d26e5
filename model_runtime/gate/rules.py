"""The gates between a request and a score, in order. Everything is refused that is not allowed (R01).

Each check takes plain values and raises GateClosed with a stable code, a sentence and who can open the gate.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NoReturn

from foundation.accounts.values import ROLES, Permission, Role
from foundation.web.texts import count_text, date_text, list_text
from model_runtime.gate.values import MEANWHILE, FactSeen, GateClosed, GateFacts, UseFacts
from registry.models.decisions import DECISIONS
from registry.models.values import PermissionStage

NO_SCORE = "You cannot be shown a score"


def check_gate(facts: GateFacts) -> None:
    """Every check in order; the first closed gate raises."""
    check_role(facts)
    use = check_purpose(facts)
    check_agency(facts, use)
    for check in USE_CHECKS:
        check(use)
    check_expiry(facts, use)
    check_complete(use)
    check_content(use)
    check_team(facts, use)
    check_places(use)
    check_decision(use)
    check_notice(facts, use)
    check_law(use)
    check_artefact(use)
    check_figures(use)
    check_age(facts, use)
    check_known(use)
    check_fresh(facts, use)


def check_role(facts: GateFacts) -> None:
    """Somebody with the permission to ask asks: the audience of a use is its agency's practitioners."""
    if any(Permission.ASK_SCORE in ROLES[role].permissions for role in facts.roles):
        return
    held = ", ".join(ROLES[role].title for role in Role if role in facts.roles) or "none"
    askers = [card.title for card in ROLES.values() if Permission.ASK_SCORE in card.permissions]
    _refuse("role_not_allowed", f"your role ({held}) does not include asking for one.", f"It is for: {askers[0]}.")


def check_purpose(facts: GateFacts) -> UseFacts:
    """The stated purpose is that of a use; any other purpose is refused, whatever is approved (R24)."""
    use, approved = facts.use, "; ".join(facts.approved_purposes)
    if use is None or facts.purpose not in (use.code, use.purpose):
        _refuse(
            "unknown_purpose",
            "the ethics committee has not approved the purpose you stated.",
            f"Approved for your agency: {approved}." if approved else "No purpose is approved for your agency now.",
            "The owner of a model can ask the ethics committee for another purpose.",
        )
    return use


def check_agency(facts: GateFacts, use: UseFacts) -> None:
    """Person, use and practitioner belong to one agency."""
    if facts.agency is None or facts.person_agency != facts.agency:
        _refuse("other_agency", "your agency does not work with this person.", "Ask the agency that does.")
    if use.agency != facts.agency:
        _refuse(
            "other_agency",
            "this use of the model is for practitioners of another agency.",
            "The owner of the model can ask the ethics committee for a use by your agency.",
        )


def check_decided(use: UseFacts) -> None:
    """The committee has decided; before that nothing runs."""
    if use.stage in UNDECIDED:
        how_far, who_opens = UNDECIDED[use.stage]
        _refuse(
            "not_approved",
            f"the ethics committee has not approved this use. {how_far.format(date_text(use.stage_since))}",
            who_opens.format(use.owner),
        )


def check_not_rejected(use: UseFacts) -> None:
    """The committee did not refuse the use."""
    if use.stage == "rejected":
        _refuse(
            "rejected",
            f"the ethics committee rejected this use on {date_text(use.stage_since)}.",
            f"The model's owner ({use.owner}) can change it and ask the committee again.",
        )


def check_not_suspended(use: UseFacts) -> None:
    """Nobody stopped the use."""
    if use.stage == "suspended":
        reason = use.stage_reason.rstrip(". ")
        _refuse(
            "suspended",
            f"this use was suspended on {date_text(use.stage_since)} by {use.stage_by}. The reason given: {reason}.",
            "Only the ethics committee can open it again, by a new decision.",
        )


def check_not_retired(use: UseFacts) -> None:
    """The use has not ended for good."""
    if use.stage == "retired":
        _refuse(
            "retired",
            f"this use was retired on {date_text(use.stage_since)} and will not give scores again.",
            "The register says whether another model serves this purpose.",
        )


def check_standing(use: UseFacts) -> None:
    """An approved use has an approval that was not ended. A stage nobody thought of is refused as well."""
    if use.stage != "approved" or use.standing is None or use.standing.ended:
        _refuse(
            "not_approved",
            "no approval of this use stands.",
            f"The model's owner ({use.owner}) can ask the ethics committee for one.",
        )


def check_expiry(facts: GateFacts, use: UseFacts) -> None:
    """The approval still runs; the day it expires on, in London, is its last. A pilot stops on it by itself (R08)."""
    standing = use.standing
    if standing is None or facts.today > standing.expires_on:
        what, who_opens = ENDED[standing.permission if standing else PermissionStage.OPERATIONAL]
        _refuse(
            "approval_expired",
            f"{what} ended on {date_text(standing.expires_on if standing else None)}.",
            who_opens.format(use.owner),
        )


def check_complete(use: UseFacts) -> None:
    """The use says whom it may be about; uses of the first release were never asked (R33)."""
    if use.ages is None:
        _refuse(
            "use_incomplete",
            "nobody has said whom a score for this purpose may be about.",
            f"The model's owner ({use.owner}) changes the use and asks the ethics committee again.",
        )


def check_decision(use: UseFacts) -> None:
    """The decision is not one that no score may touch, whatever was approved (R37)."""
    kind = DECISIONS.get(use.decision_kind)
    if kind is None or kind.excluded:
        what = f"{kind.title[:1].lower()}{kind.title[1:]}" if kind else "a decision that is not in the register"
        _refuse("decision_excluded", f"no score may touch what this use is for: {what}.", "No committee can open this.")


def check_notice(facts: GateFacts, use: UseFacts) -> None:
    """An exemption from telling people is looked at again in time: its review day is its last (R23)."""
    if use.exempt_until is not None and facts.today > use.exempt_until:
        _refuse(
            "notice_overdue",
            "people are not told of this use, and the reason was to be looked at again by "
            f"{date_text(use.exempt_until)}.",
            f"The model's owner ({use.owner}) tells people, or changes the use and asks the ethics committee again.",
        )


def check_age(facts: GateFacts, use: UseFacts) -> None:
    """The person is of an age the use is for, on the day of the request; an unknown age is none (R33)."""
    ages, age = use.ages, facts.age
    if ages is None or age is None:
        _refuse(
            "age_unknown",
            "the model may only be used for people of certain ages, and this person's date of birth is not known here.",
            "Ask again when the record has it. Nobody guesses an age.",
        )
    if age < ages.minimum:
        _refuse(
            "too_young",
            f"this person is {age}, and the use is for people aged {ages.minimum} or over.",
            "No score is given about anybody younger, whoever asks.",
        )
    if ages.maximum is not None and age > ages.maximum:
        _refuse("too_old", f"this person is {age}, and the use is for people aged {ages.maximum} or under.")


def check_content(use: UseFacts) -> None:
    """What is stored is what was approved: features, bands, threshold, limits, use and answers (R03, R24)."""
    if use.as_declared and use.standing is not None and use.standing.fingerprint == use.fingerprint:
        return
    _refuse(
        "content_changed",
        "what is stored about this model is no longer what the ethics committee approved.",
        f"Tell the model's owner ({use.owner}) and the data protection officer.",
        "It runs again when the committee has approved what is there now.",
    )


def check_team(facts: GateFacts, use: UseFacts) -> None:
    """In a pilot scores are shown to the teams its terms name, and to nobody else (R08)."""
    pilot = use.standing.pilot if use.standing else None
    if pilot is None or is_in_team(facts.team, pilot.teams):
        return
    yours = f"you are in the team {facts.team}" if facts.team else "no team is named in your account"
    _refuse(
        "not_in_pilot",
        f"this use is tried by {list_text(list(pilot.teams))}, and {yours}.",
        "The ethics committee decides which teams the pilot is for. An administrator corrects the team of an account.",
    )


def check_places(use: UseFacts) -> None:
    """A pilot is about a limited number of people; who was scored in it can be scored again (R08)."""
    pilot = use.standing.pilot if use.standing else None
    if pilot is not None and not use.scored_before and use.people_scored >= pilot.people:
        _refuse(
            "pilot_full",
            f"the pilot is for at most {count_text(pilot.people, 'person', 'people')}, and so many have been scored.",
            "Somebody who was scored in it can be scored again.",
            f"The model's owner ({use.owner}) can ask the ethics committee what comes after it.",
        )


def is_in_team(team: str, teams: Sequence[str]) -> bool:
    """Whether a team is one of those named, however blanks and capitals are written; no team is in none."""
    return _plain(team) in [_plain(one) for one in teams]


def _plain(team: str) -> str:
    return " ".join(team.split()).casefold()


def check_law(use: UseFacts) -> None:
    """Every input still has a lawful route, and nothing the approval rested on has fallen away (R16, R18)."""
    law = use.law
    if law.lost:
        _refuse(
            "law_lost",
            f"the law its approval rested on has changed. {_first(law.lost)}",
            "The ethics committee decides again, on the law as it now stands.",
        )
    if law.blocked:
        _refuse(
            "law_open",
            f"the law does not carry it. {_first(law.blocked)}",
            "The information governance lead keeps the register; the ethics committee is told.",
        )
    if law.unsigned:
        _refuse(
            "law_not_signed_off",
            f"a lawyer has not accepted what it rests on. {_first(law.unsigned)}",
            "The legal adviser or the data protection officer can sign this off.",
        )


def _first(sentences: Sequence[str]) -> str:
    more = len(sentences) - 1
    return sentences[0] + (f" ({count_text(more, 'more finding')}.)" if more else "")


def check_artefact(use: UseFacts) -> None:
    """The bytes that would be run are those that were approved (R03)."""
    if use.artefact_seen != use.artefact_sha256:
        _refuse(
            "artefact_changed",
            "the model's file is not the one that the ethics committee approved.",
            f"Tell the model's owner ({use.owner}) and the data protection officer.",
        )


def check_figures(use: UseFacts) -> None:
    """The model was measured: without figures nobody can say how often it is wrong (R27)."""
    if not use.has_figures:
        _refuse(
            "no_figures",
            "this model has not been measured yet, so nobody can say how often it is wrong.",
            f"Ask the model's owner ({use.owner}) when its figures will be there.",
        )


def check_known(use: UseFacts) -> None:
    """Every input is known; none is ever filled in."""
    missing = [seen for seen in use.inputs if seen.as_of is None]
    if missing:
        _refuse(
            "missing_fact",
            f"the model needs {_counted(missing)} that {'is' if len(missing) == 1 else 'are'} not known here: "
            f"{_listed(missing)}.",
            "Ask again when the record has it. The model never guesses.",
        )


def check_fresh(facts: GateFacts, use: UseFacts) -> None:
    """No input is older than the limit that was approved with the model (R41)."""
    oldest = facts.today - timedelta(days=use.stale_after_days)
    stale = [seen for seen in use.inputs if seen.as_of is not None and seen.as_of < oldest]
    if stale:
        last = min(seen.as_of for seen in stale if seen.as_of is not None)
        _refuse(
            "stale_fact",
            f"the model needs facts of the last {use.stale_after_days} days, and {_counted(stale)} "
            f"{'is' if len(stale) == 1 else 'are'} older (as of {date_text(last)}): {_listed(stale)}.",
            "Ask again when the record has been brought up to date.",
        )


USE_CHECKS: tuple[Callable[[UseFacts], None], ...] = (
    check_decided,
    check_not_rejected,
    check_not_suspended,
    check_not_retired,
    check_standing,
)
"""The gates that a use's own stage opens or closes."""

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


def _refuse(code: str, what: str, *what_next: str) -> NoReturn:
    raise GateClosed(f"{NO_SCORE}: {what}", code=code, what_next=[*what_next, MEANWHILE])


def _counted(seen: Sequence[FactSeen]) -> str:
    return count_text(len(seen), "fact")


def _listed(seen: Sequence[FactSeen]) -> str:
    return "; ".join(f"{one.meaning[:1].lower()}{one.meaning[1:].rstrip('.')}" for one in seen)
