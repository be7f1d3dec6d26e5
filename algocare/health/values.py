"""Signs of health: what was looked at, what was found, and how good that is."""

from dataclasses import dataclass

GOOD, ATTENTION, BAD = "good", "attention", "bad"
WORDS = {GOOD: "Good", ATTENTION: "Look at it", BAD: "Not working"}


@dataclass(frozen=True)
class Sign:
    """One thing that was looked at: its name, a sentence about it, and one of the three tones."""

    what: str
    says: str
    tone: str = GOOD

    @property
    def word(self) -> str:
        """The tone in words."""
        return WORDS[self.tone]


@dataclass(frozen=True)
class LayerSign:
    """One layer of the sandbox of engines, and whether it was seen to hold."""

    title: str
    active: bool
    needed: bool
