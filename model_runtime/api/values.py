"""What the API knows of a call besides its body, and a score that was not given."""

from dataclasses import dataclass

from foundation.errors import AlgocareError

FACTS = frozenset(
    {"missing_fact", "stale_fact", "age_unknown", "missing_value", "unknown_field", "not_a_number", "not_whole"}
    | {"out_of_range", "unseen_category", "category_not_encoded"}
)
"""Codes of refusals for a fact: what is recorded about the person is not as the model needs it."""


@dataclass(frozen=True)
class Key:
    """An Idempotency-Key of a token and what it stands for, both as digests."""

    token_id: int
    key: str
    body_sha256: str

    @property
    def pressed(self) -> str:
        """What makes the rooms below answer the same request once."""
        return f"api:{self.token_id}:{self.key}"


class NotGiven(AlgocareError):
    """A score that was not given: the refusal that was recorded, under its stable code."""

    title = "There is no score"

    def __init__(self, sentence: str, *, code: str, what_next: list[str], reference: str) -> None:
        super().__init__(sentence, code=code, what_next=what_next)
        self.reference = reference

    @property
    def status(self) -> int:
        """422 for a fact, 503 for a fault on our side, 403 for every closed gate."""
        if self.code in FACTS:
            return 422
        return 503 if self.code == "fault" or self.code.startswith("engine") else 403
