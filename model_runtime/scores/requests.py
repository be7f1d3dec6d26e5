"""A request for a score, before anything is known about it."""

from dataclasses import dataclass

from foundation.accounts.values import Actor
from foundation.ledger.values import canonical_bytes, digest


@dataclass(frozen=True)
class ScoreRequest:
    """Who asks, about whom, for what stated purpose (a use's code or words of their own), of which use if any.

    `pressed` stands for one press of the button: the same request with the same one is the same request. `through_id`
    is the token of the system that asks on behalf of the actor.
    """

    actor: Actor
    person_reference: str
    purpose: str
    use_id: int | None
    pressed: str
    through_id: int | None = None

    @property
    def key(self) -> str:
        """SHA-256 of all of it, so that nobody's key fetches an answer that was given to somebody else."""
        parts: list[str | int | None] = [
            self.actor.reference,
            self.person_reference,
            self.purpose,
            self.use_id,
            self.pressed,
        ]
        parts += [f"through {self.through_id}"] if self.through_id is not None else []
        return digest(canonical_bytes(parts))


def clean_purpose(text: str) -> str:
    """A stated purpose on one line, at most 200 characters, as it is stored."""
    line = " ".join(text.split())
    return "".join(letter for letter in line if letter.isprintable())[:200]
