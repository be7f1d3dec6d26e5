"""What a letter of ALGO-CARE shows beside what its owner wrote: facts nobody typed, as they stand at a moment.

Every floor knows some of them: the register its law, the runtime its judgements, monitoring its watches. The roof
gathers the sources, and pages are handed them, so that no floor has to know one above it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from registry.models.tables import Use

STATES = ("good", "amber", "red", "none")
"""Fine; needs somebody; not as it was promised; nothing to say yet."""


@dataclass(frozen=True)
class LiveFact:
    """One fact under one letter. `letter` is a duty's code, `name` a few words, `text` a sentence with its numbers.

    `state` is one of STATES. `endpoint` and `arguments` lead to the page that shows where it comes from. `brief` is
    what a tile says when no fact of its letter is worse, such as "2 acknowledgements overdue"; without it, the name.
    """

    letter: str
    name: str
    text: str
    state: str
    endpoint: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    brief: str = ""

    @property
    def words(self) -> str:
        """What a tile says of it."""
        return self.brief or self.name


FactSource = Callable[[Session, Use, datetime], Sequence[LiveFact]]
"""What a room offers: the facts it knows about a use at a moment. It reads and never fails for want of data."""
