"""State machines as data: a table of steps that a reviewer can read, and a picture drawn from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from foundation.accounts.values import Permission

Rule = Callable[..., None]


@dataclass(frozen=True)
class Stage:
    """A stage: what people read and the tone of its tag (colour never stands alone)."""

    title: str
    tone: str = "plain"
    meaning: str = ""


@dataclass(frozen=True)
class Step:
    """One allowed step: from which stages, to which, who may take it, and the rule that must hold.

    `also` is a second permission that is enough as well: where the committee advises, an officer takes its steps (R09).
    """

    name: str
    sources: tuple[str, ...]
    target: str
    permission: Permission
    title: str
    rule: Rule | None = None
    also: Permission | None = None


@dataclass(frozen=True)
class Lifecycle:
    """All stages and steps of one kind of thing. `thing` is the code used in stage-change rows."""

    thing: str
    title: str
    first: str
    stages: Mapping[str, Stage]
    steps: tuple[Step, ...]

    def step(self, name: str) -> Step:
        """The step called `name`."""
        return next(step for step in self.steps if step.name == name)

    def steps_from(self, stage: str) -> list[Step]:
        """The steps that can be taken from `stage`."""
        return [step for step in self.steps if stage in step.sources]

    def diagram(self) -> str:
        """The lifecycle as a Mermaid state diagram, drawn from this very table."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.first}"]
        lines += [f"    {code}: {stage.title}" for code, stage in self.stages.items()]
        lines += [f"    {s} --> {step.target}: {step.title}" for step in self.steps for s in step.sources]
        leaving = {source for step in self.steps for source in step.sources}
        lines += [f"    {code} --> [*]" for code in self.stages if code not in leaving]
        return "\n".join(lines)


def facts_of(**facts: Any) -> dict[str, Any]:
    """Facts for a ledger entry without the ones that are missing."""
    return {name: value for name, value in facts.items() if value is not None}
