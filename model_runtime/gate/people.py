"""The gates that the reader opens or closes, and those of the person who would be scored."""

from collections.abc import Sequence
from datetime import timedelta

from foundation.web.texts import count_text, date_text, list_text
from model_runtime.gate.values import FactSeen, GateFacts, refuse, use_of
from registry.models.values import PermissionStage


def check_team(facts: GateFacts) -> None:
    """In a pilot scores are shown to the teams its terms name, and to nobody else (R08)."""
    use = use_of(facts)
    pilot = use.standing.pilot if use.standing else None
    if pilot is None or is_in_team(facts.team, pilot.teams):
        return
    yours = f"you are in the team {facts.team}" if facts.team else "no team is named in your account"
    refuse(
        "not_in_pilot",
        f"this use is tried by {list_text(list(pilot.teams))}, and {yours}.",
        "The ethics committee decides which teams the pilot is for. An administrator corrects the team of an account.",
    )


def check_places(facts: GateFacts) -> None:
    """A pilot is about a limited number of people; who was scored in it can be scored again (R08)."""
    use = use_of(facts)
    pilot = use.standing.pilot if use.standing else None
    if pilot is not None and not use.scored_before and use.people_scored >= pilot.people:
        refuse(
            "pilot_full",
            f"the pilot is for at most {count_text(pilot.people, 'person', 'people')}, and so many have been scored.",
            "Somebody who was scored in it can be scored again.",
            f"The model's owner ({use.owner}) can ask the ethics committee what comes after it.",
        )


def check_age(facts: GateFacts) -> None:
    """The person is of an age the use is for, on the day of the request; an unknown age is none (R33)."""
    use = use_of(facts)
    ages, age = use.ages, facts.age
    if ages is None or age is None:
        refuse(
            "age_unknown",
            "the model may only be used for people of certain ages, and this person's date of birth is not known here.",
            "Ask again when the record has it. Nobody guesses an age.",
        )
    if age < ages.minimum:
        refuse(
            "too_young",
            f"this person is {age}, and the use is for people aged {ages.minimum} or over.",
            "No score is given about anybody younger, whoever asks.",
        )
    if ages.maximum is not None and age > ages.maximum:
        refuse("too_old", f"this person is {age}, and the use is for people aged {ages.maximum} or under.")


def check_known(facts: GateFacts) -> None:
    """Every input is known; none is ever filled in."""
    use = use_of(facts)
    missing = [seen for seen in use.inputs if seen.as_of is None]
    if missing:
        refuse(
            "missing_fact",
            f"the model needs {_counted(missing)} that {'is' if len(missing) == 1 else 'are'} not known here: "
            f"{_listed(missing)}.",
            "Ask again when the record has it. The model never guesses.",
        )


def check_fresh(facts: GateFacts) -> None:
    """No input is older than the limit that was approved with the model (R41)."""
    use = use_of(facts)
    oldest = facts.today - timedelta(days=use.stale_after_days)
    stale = [seen for seen in use.inputs if seen.as_of is not None and seen.as_of < oldest]
    if stale:
        last = min(seen.as_of for seen in stale if seen.as_of is not None)
        refuse(
            "stale_fact",
            f"the model needs facts of the last {use.stale_after_days} days, and {_counted(stale)} "
            f"{'is' if len(stale) == 1 else 'are'} older (as of {date_text(last)}): {_listed(stale)}.",
            "Ask again when the record has been brought up to date.",
        )


def check_audience(facts: GateFacts) -> None:
    """The committee lets a reader of this team be shown something; a word nobody knows shows nothing (R41)."""
    if is_in_shadow(facts) or facts.shows in SHOWN:
        return
    yours = f"your team ({facts.team}) is" if facts.team else "people without a team are"
    refuse(
        "not_audience",
        f"the ethics committee decided that {yours} shown nothing of this use.",
        "The ethics committee decides who is shown what. An administrator corrects the team of an account.",
    )


def check_trained(facts: GateFacts) -> None:
    """The reader passed the training for this version, and it is in date (R39). In the shadow nobody reads."""
    last = facts.training.lapses_on
    if is_in_shadow(facts) or (last is not None and facts.today <= last):
        return
    version = use_of(facts).version
    lapsed = f"your training in {version} counted until {date_text(last)}"
    refuse(
        "not_trained",
        f"{lapsed if last else f'you have not passed the training in {version}'}.",
        "Pass the training on the page 'Training'. It takes about five minutes and says where the model was wrong.",
    )


def check_not_objected(facts: GateFacts) -> None:
    """The person has not objected, or the objection was answered with compelling grounds (R53)."""
    if facts.objection is not None:
        refuse(
            "objected",
            f"the person objected to being scored on {date_text(facts.objection.since)}, and that stands "
            f"({facts.objection.reference}).",
            "The data protection officer answers objections.",
        )


SHOWN = ("reasons", "band")
"""What a reader can be shown; everything else is nothing."""


def is_in_shadow(facts: GateFacts) -> bool:
    """Whether the approval lets scores be recorded and shown to nobody (R08)."""
    standing = use_of(facts).standing
    return standing is not None and standing.permission is PermissionStage.SHADOW


def is_in_team(team: str, teams: Sequence[str]) -> bool:
    """Whether a team is one of those named, however blanks and capitals are written; no team is in none."""
    return _plain(team) in [_plain(one) for one in teams]


def _plain(team: str) -> str:
    return " ".join(team.split()).casefold()


def _counted(seen: Sequence[FactSeen]) -> str:
    return count_text(len(seen), "fact")


def _listed(seen: Sequence[FactSeen]) -> str:
    return "; ".join(f"{one.meaning[:1].lower()}{one.meaning[1:].rstrip('.')}" for one in seen)
