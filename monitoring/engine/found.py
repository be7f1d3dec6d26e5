"""Everything a watch found before anything is judged: what each measure takes its reading from."""

from dataclasses import dataclass

from monitoring.engine.values import ColumnVerdict, Observed
from registry.evaluations.values import Figures, Gap, Measures, Proportion


@dataclass(frozen=True)
class BandShare:
    """The people in one band of scores, of all scored, in the reference and in the window."""

    name: str
    reference: Proportion
    current: Proportion


@dataclass(frozen=True)
class BandScore:
    """In one band, the mean score of the people whose outcome is known and how many of them had it."""

    name: str
    mean: float
    outcome: Proportion


@dataclass(frozen=True)
class Outside:
    """Of the people with a value, those whose value lies outside the declared range of the input."""

    meaning: str
    low: float | None
    high: float | None
    share: Proportion


@dataclass(frozen=True)
class Counted:
    """What was counted in the two frames beside the columns; what could not be counted is empty.

    `outcomes` are those with the outcome, of those known, in the reference and in the window; `selected` the people
    flagged in each group, whose outcome is left open, with the widest gap of each characteristic; `chances` whether
    scores say how likely the outcome is.
    """

    bands: tuple[BandShare, ...] = ()
    outside: tuple[Outside, ...] = ()
    outcomes: tuple[Proportion, Proportion] | None = None
    calibration: tuple[BandScore, ...] = ()
    selected: tuple[Measures, ...] = ()
    selected_gaps: tuple[Gap, ...] = ()
    chances: bool = True


@dataclass(frozen=True)
class Found:
    """All a watch found. `why` says why there are no figures, where there are none."""

    columns: tuple[ColumnVerdict, ...]
    score: ColumnVerdict | None
    figures: Figures | None
    outcome_name: str
    counted: Counted = Counted()
    observed: Observed = Observed()  # noqa: RUF009 - frozen
    why: str = "It is not known yet who had the outcome."

    @property
    def compared(self) -> tuple[ColumnVerdict, ...]:
        """The inputs about whose drift something can be said."""
        return tuple(each for each in self.columns if each.compared)

    @property
    def drifted_share(self) -> float | None:
        """Of the inputs compared, the share that drifted; None when none could be compared."""
        return sum(each.drifted for each in self.compared) / len(self.compared) if self.compared else None
