"""Forged stories: every hash is right, the manifest fits, and still the entries tell of something that may not be."""

from collections.abc import Callable
from pathlib import Path

import pytest

from audit.verifier.verify_pack import content_digest

ARTEFACT, OTHER, PRINT = "a" * 64, "b" * 64, "f" * 64
OWNER, DEPUTY, CHAIR, MEMBER, PRACTITIONER = ("account:1", "account:2", "account:7", "account:4", "account:9")


def registered(day: float = 0) -> tuple:
    facts = {"version": 1, "owner": OWNER, "deputy": DEPUTY, "artefact": ARTEFACT, "uses": [3]}
    return ("model_registered", day, OWNER, facts)


def stage(day: float, source: str, target: str) -> tuple:
    facts = {"thing": "use:3", "step": "x", "from": source, "to": target, "use": 3, "version": 1}
    return ("stage_changed", day, CHAIR, facts)


def vote(day: float, by: str = MEMBER, item: int = 1) -> tuple:
    return ("vote_cast", day, by, {"item": item})


def closed(day: float, votes: int = 1) -> tuple:
    return ("vote_closed", day, CHAIR, {"item": 1, "votes": votes})


def decision(day: float) -> tuple:
    facts = {"item": 1, "use": 3, "outcome": "approve", "fingerprint": PRINT, "tally": {"approve": 1}}
    return ("decision_recorded", day, CHAIR, facts)


def approval(day: float, number: int = 1, expires_on: str = "2026-09-01") -> tuple:
    facts = {"approval": number, "use": 3, "version": 1, "expires_on": expires_on, "fingerprint": PRINT}
    return ("approval_granted", day, CHAIR, facts)


SHADOW = {"permission": "shadow", "terms": content_digest({})}


def score(day: float, approval: int = 1, artefact: str = ARTEFACT, use: int = 3) -> tuple:
    facts = {"score": "S-1", "use": use, "version": 1, "approval": approval, "artefact": artefact, "commitment": "c"}
    return ("score_given", day, PRACTITIONER, facts)


DECIDED = [registered(), stage(1, "registered", "submitted"), vote(2), closed(3), decision(3)]
APPROVED = [*DECIDED, stage(3, "submitted", "approved"), approval(3)]

DECIDED_SHADOW = [*APPROVED[:-1], (*approval(3)[:3], {**approval(3)[3], **SHADOW})]

HONEST = {
    "a score under its approval": [*APPROVED, score(4)],
    "a score on the last day of its approval": [*APPROVED, score(92)],
    "a score after a suspension was lifted": [
        *APPROVED,
        stage(5, "approved", "suspended"),
        stage(6, "suspended", "approved"),
        approval(6, 2),
        score(7, 2),
    ],
    "a score and a suspension within the same moment": [*APPROVED, stage(5, "approved", "suspended"), score(5)],
    "acts of one moment in another order": [
        registered(),
        stage(1, "submitted", "approved"),
        approval(1),
        decision(1),
        closed(1),
        vote(1),
        stage(1, "registered", "submitted"),
        score(1),
    ],
    "a score in the shadow, seen by nobody": [*DECIDED_SHADOW, score(4)],
    "an approval renewed while it stood": [*APPROVED, stage(5, "approved", "approved"), approval(5, 2), score(6, 2)],
}

FORGED = {
    "a score before any approval": ([*DECIDED, score(3.5), *APPROVED[5:]], "had not been granted"),
    "an approval put in later with an earlier date": ([*DECIDED, stage(3, "submitted", "approved"), score(4),
                                                       approval(3)], "had not been granted"),
    "a score of an approval that never was": ([*APPROVED, score(4, approval=8)], "had not been granted"),
    "a score after suspension": ([*APPROVED, stage(5, "approved", "suspended"), score(6)], "was not approved"),
    "a score after the end for good": ([*APPROVED, stage(5, "approved", "retired"), score(6)], "was not approved"),
    "a suspension dated back behind a score": ([*APPROVED, score(6), stage(5, "approved", "suspended")],
                                               "was not approved"),
    "a score after the approval ended": ([*APPROVED, score(93)], "approval had ended"),
    "a score of another model file": ([*APPROVED, score(4, artefact=OTHER)], "not computed with the model file"),
    "a score of another use": ([*APPROVED, score(4, use=9)], "another use or version"),
    "a score of a replaced approval": ([*APPROVED, stage(5, "approved", "approved"), approval(5, 2), score(6, 1)],
                                       "had been replaced"),
    "a score in the shadow that somebody saw": ([*DECIDED_SHADOW, score(4), ("score_viewed", 4.1, PRACTITIONER,
                                                                             {"score": "S-1"})], "in the shadow"),
    "a vote by the owner": ([registered(), vote(2, OWNER)], "owner or deputy"),
    "a vote by the deputy": ([registered(), vote(2, DEPUTY)], "owner or deputy"),
    "a vote cast twice": ([registered(), vote(2), vote(2.5)], "voted twice"),
    "a vote after withdrawing": ([registered(), ("interest_declared", 1, MEMBER, {"item": 1, "declared": "withdrew"}),
                                  vote(2)], "withdrawing"),
    "a decision without a vote": ([registered(), decision(3)], "does not follow a closed vote"),
    "a decision before the vote was closed": ([registered(), vote(2), decision(3), closed(4)],
                                              "does not follow a closed vote"),
    "a decision on more votes than were cast": ([registered(), vote(2), closed(3, votes=4), decision(3)],
                                                "does not rest on"),
    "a use that jumps to approved": ([registered(), stage(1, "registered", "submitted"), stage(2, "suspended",
                                                                                              "approved")],
                                     "cannot take this step"),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_story_holds(name: str, forge: Callable[..., Path], run_verifier) -> None:
    answer = run_verifier(forge(HONEST[name]))
    assert answer.code == 0, answer.text


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_story_is_found_although_every_hash_is_right(
    name: str, forge: Callable[..., Path], run_verifier
) -> None:
    entries, words = FORGED[name]
    answer = run_verifier(forge(entries))
    assert answer.code == 1
    assert words in answer.text


def test_an_approval_without_a_decision_is_pointed_out(forge: Callable[..., Path], run_verifier) -> None:
    answer = run_verifier(forge([registered(), stage(1, "registered", "submitted"), approval(3)]))
    assert answer.code == 0
    assert "No decision of the committee stands before approval 1." in answer.text
