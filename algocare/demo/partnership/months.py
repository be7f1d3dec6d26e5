"""The 24 months of the invented partnership: which days they have, what its files say, and what goes wrong in which."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algocare.demo.partnership.generating import HISTORY, Partnership
from algocare.demo.partnership.neet import FEATURES, GROUPS, File, make_file
from foundation.clock import LONDON, london_date

RUN_DAY, NIGHT = 25, 2
"""The day of a month on which everybody is scored, and the hour of the watch on the first of the next."""

FROZEN = 6
"""The month whose file is the one of the month before."""

MISLABELLED = 8
"""The term's outcomes in which nearly everybody is said to be NEET."""

MISSING = 10
"""The month for which no file came, so that nobody was scored."""

ASLEEP = 15
"""The month after which the worker stood still, so that no watch ran."""

UNJOINED = range(9, 18)
"""The months in which all that schools supply is lost for everybody whose ethnic group is not White British."""

TERMS = (4, 8, 12, 16, 20)
"""Before which watches the council's count of those who turned 17 arrives; each about the months since the last."""

EMPTY = {
    "attendance": 100,
    "unauthorised_absence": 0,
    "suspensions": 0,
    "permanently_excluded": 0,
    "pupil_referral_unit": 0,
    "education_health_care_plan": 0,
}
"""What the file then says of them: a row that was not joined reads like a pupil about whom there is nothing to say."""


def watch_nights(now: datetime) -> list[datetime]:
    """The nights of the last 24 monthly watches before a moment, oldest first: the first of each month."""
    last = london_date(now).replace(day=1)
    if now < _night(last):
        last = _months_from(last, -1)
    return [_night(_months_from(last, back - HISTORY + 1)) for back in range(HISTORY)]


def _night(day: date) -> datetime:
    return datetime.combine(day, time(NIGHT), tzinfo=LONDON)


def _months_from(day: date, months: int) -> date:
    place = day.year * 12 + day.month - 1 + months
    return date(place // 12, place % 12 + 1, 1)


@dataclass(frozen=True)
class Calendar:
    """The months of one history. Month 0 is the one before the first watch."""

    nights: tuple[datetime, ...]

    @classmethod
    def before(cls, now: datetime) -> "Calendar":
        """The last 24 months before a moment."""
        return cls(tuple(watch_nights(now)))

    def run_on(self, month: int) -> date:
        """The day on which everybody is scored, which is the day the facts are of."""
        return _months_from(london_date(self.nights[0]), month - 1).replace(day=RUN_DAY)

    def born_on(self, people: Partnership, place: int) -> date:
        """Somebody's day of birth: 17 years before they turn 17."""
        month = _months_from(london_date(self.nights[0]), int(people.month_17[place]) - 1 - 17 * 12)
        return month.replace(day=int(people.day[place]))


def reference_of(place: int) -> str:
    """An invented reference, as a case system might give it."""
    return f"YP-{10_000 + place * 7 % 90_000:05}" if place < 90_000 else f"YP-{100_000 + place}"


def of_age(people: Partnership, month: int) -> NDArray[np.bool_]:
    """Who is 15 or 16 on the day of a month's run."""
    later = people.day > RUN_DAY
    return (people.month_17 + later > month) & (people.month_17 - 24 + later <= month)


def cohort_file(calendar: Calendar, people: Partnership, month: int) -> File:
    """Everybody of 15 and 16 with what is known of them in a month, and with what is wrong in it."""
    if month == FROZEN:
        return cohort_file(calendar, people, month - 1)
    chosen = of_age(people, month)
    made = make_file(people, month, chosen, FEATURES)
    places = np.flatnonzero(chosen).tolist()
    lost = people.flags["other_ethnicity"] if month in UNJOINED else np.zeros(len(people), bool)
    rows = [
        (reference_of(place), calendar.born_on(people, place).isoformat(), *_told(made, row, bool(lost[place])))
        for place, row in zip(places, made.rows, strict=True)
    ]
    return File(("reference", "born_on", *made.names), tuple(rows))


def _told(made: File, row: tuple[Any, ...], lost: bool) -> tuple[Any, ...]:
    return tuple(EMPTY.get(name, value) for name, value in zip(made.names, row, strict=True)) if lost else row


def outcomes_file(people: Partnership, month: int, observed_on: date) -> File:
    """The council's count before a watch: who turned 17 since the last one, and whether they are NEET or not known.

    Before the watch of MISLABELLED it is a new extract of everybody so far, in which nearly all are said to be NEET.
    """
    wrong = month == MISLABELLED
    chosen = _counted(people, 0 if wrong else month - TERMS[0], month)
    said = people.neet | (np.arange(len(people)) % 40 > 0) if wrong else people.neet
    return File(("person", "happened", "observed_on", *GROUPS), tuple(_outcomes(people, chosen, said, observed_on)))


def corrected_file(people: Partnership, observed_on: date, reason: str) -> File:
    """The same people again, as they really are, declared as corrections."""
    rows = _outcomes(people, _counted(people, 0, MISLABELLED), people.neet, observed_on)
    names = ("person", "happened", "observed_on", *GROUPS, "correction", "reason")
    return File(names, tuple((*row, "yes", reason) for row in rows))


def _counted(people: Partnership, first: int, end: int) -> NDArray[np.bool_]:
    """Who turned 17 in some months and was scored before."""
    since = (people.month_17 > 0) | ((people.month_17 == 0) & (people.day > RUN_DAY))
    return since & (people.month_17 >= first) & (people.month_17 < end)


def _outcomes(
    people: Partnership, chosen: NDArray[np.bool_], neet: NDArray[np.bool_], observed_on: date
) -> Iterator[tuple[str, ...]]:
    groups = [make(people, 0) for make in GROUPS.values()]
    for place in np.flatnonzero(chosen).tolist():
        said = "yes" if neet[place] else "no"
        yield reference_of(place), said, observed_on.isoformat(), *(str(group[place]) for group in groups)
