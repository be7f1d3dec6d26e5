"""A task on somebody's home page: what waits for whom, since when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Task:
    """One line of a task list, leading to the page `endpoint` with `arguments`.

    `since` says how long it has waited; `tone` colours the tag, whose words say the same.
    """

    text: str
    endpoint: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    since: datetime | None = None
    hint: str = ""
    tag: str = "To do"
    tone: str = "info"
