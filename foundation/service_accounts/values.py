"""What a system may ask for, and who calls: a system on behalf of a named person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from foundation.accounts.values import Actor


class Scope(StrEnum):
    """One kind of call that a token can allow. Stored and printed codes are never renamed."""

    GATE = "gate"
    SCORE = "score"
    JUDGE = "judge"
    COHORT = "cohort"
    REFUSALS = "refusals"
    PEOPLE = "people"
    OUTCOMES = "outcomes"


SCOPES: dict[Scope, str] = {
    Scope.GATE: "Ask what stands in the way of a score",
    Scope.SCORE: "Ask for a score about one person, and read it again",
    Scope.JUDGE: "Record what a practitioner makes of a score",
    Scope.COHORT: "Run an approved model over a whole population, and take out the results",
    Scope.REFUSALS: "List what was asked for and not given",
    Scope.PEOPLE: "Record facts about people",
    Scope.OUTCOMES: "Record what really happened to people, and ask how much of it is known",
}
"""The scopes in plain words."""


@dataclass(frozen=True)
class TokenTerms:
    """What a token is to be for: kinds of calls, codes of uses, and the moment it ends."""

    scopes: Collection[str]
    purposes: Collection[str]
    expires_at: datetime


@dataclass(frozen=True)
class Holding:
    """A token as it was shown with a call, and how it and its system `account_id` of an agency stand."""

    id: int
    account_id: int
    agency: str
    scopes: Collection[str]
    purposes: Collection[str]
    expires_at: datetime
    revoked_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class Caller:
    """A system that calls, and the person it acts for.

    Nothing is allowed that the person may not do; the token only takes away: `scopes` are the kinds of calls,
    `purposes` the codes of uses it may name.
    """

    token_id: int
    system_id: int
    actor: Actor
    agency: str
    scopes: frozenset[str]
    purposes: frozenset[str]
