"""What rests on a data item, a legal gateway or a sharing agreement, gathered for a page, a picture and a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from foundation.web.texts import count_text, list_text
from registry.models.resting import Granted, Reached, UseOn

LIVE = ("approved",)
"""Stages of a use that gives scores."""


@dataclass(frozen=True)
class Resting:
    """Everything that rests on one thing on a day.

    `items` are the data items that rest on it by number, those in between included; `uses` what takes them as inputs;
    `scores` counts the scores given under each approval up to the day; `names` are account names by number.
    """

    title: str
    day: date
    items: Mapping[int, Reached]
    uses: Sequence[UseOn]
    scores: Mapping[int, int]
    names: Mapping[int | None, str]

    @cached_property
    def live(self) -> list[UseOn]:
        """The uses that are approved, with an approval that has not ended or expired."""
        return [use for use in self.uses if use.stage_code in LIVE and use.granted and use.granted.stands(self.day)]

    @property
    def total(self) -> int:
        """How many scores were given."""
        return sum(self.scores_of(use) for use in self.uses)

    def scores_of(self, use: UseOn) -> int:
        """How many scores were given under a use's approvals."""
        return sum(self.scores_under(granted) for granted in use.approvals)

    def scores_under(self, granted: Granted) -> int:
        """How many scores were given under an approval."""
        return self.scores.get(granted.id, 0)

    def titles_of(self, use: UseOn) -> list[str]:
        """The data items over which a use rests on the thing."""
        return [self.items[number].item.title for number in use.items if number in self.items]

    @property
    def models(self) -> int:
        """How many models there are among the uses."""
        return len({use.slug for use in self.uses})

    @property
    def sentence(self) -> str:
        """The answer in a sentence or two."""
        if not self.items:
            return f"Nothing rests on {self.title}: no data item does, so no model and no score can."
        items = count_text(len(self.items), "data item")
        rest = "rests" if len(self.items) == 1 else "rest"
        if not self.uses:
            return f"{items} {rest} on {self.title}. No model here takes {_it(len(self.items))} as an input."
        parts = [items, count_text(self.models, "model"), f"{count_text(len(self.uses), 'use')} of {_it(self.models)}"]
        return f"{list_text(parts)} rest on {self.title}. {self._approved} {self._given}"

    @property
    def _approved(self) -> str:
        if len(self.uses) == 1:
            return f"The use is {'' if self.live else 'not '}approved."
        live = len(self.live)
        return f"{live or 'None'} of these uses {'are' if live > 1 else 'is'} approved."

    @property
    def _given(self) -> str:
        if not self.total:
            return "No score has been given."
        given = f"{count_text(self.total, 'score')} {'was' if self.total == 1 else 'were'} given under"
        return f"{given} {'its' if len(self.uses) == 1 else 'their'} approvals."


def _it(number: int) -> str:
    return "it" if number == 1 else "them"
